"""The Rego compiled to Wasm, in this process: the embedded default.

One compiled module for all engines of one law and their threads, one instance of it (`policy.wasm_instance`)
for each thread; an instance that failed in any way is thrown away.
"""

import hashlib
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import orjson
from wasmtime import Config, Module, Trap, TrapCode, WasmtimeError
from wasmtime import Engine as Runtime

from policy.bundle import Bundle
from policy.conformance import try_vectors
from policy.errors import EngineFailed, Exhausted
from policy.wasm_instance import WasmInstance


class WasmEngine:
    """`Engine` on wasmtime."""

    name: Final = "wasm"

    def __init__(self, wasm: bytes, bundle: Bundle, *, fuel: int = 0) -> None:
        self.revision: Final = bundle.revision
        self._fuel: Final = fuel
        self._data: Final = bundle.data_json.encode()
        self._digest: Final = hashlib.sha256(wasm + self._data).digest()
        self._runtime, module = _compiled(wasm, counting=bool(fuel))
        self._module: Module | None = module
        self._local: Final = threading.local()

    @classmethod
    def open(cls, bundle: Bundle, *, opa: str, cache: Path) -> "WasmEngine":
        """Compile (or take from `cache`), then try the vectors; raises `EngineFailed`.

        A module with its tables is tried once in a process: its next engine runs the same machine code.
        """
        return cls.untried(bundle, opa=opa, cache=cache).tried(bundle)

    @classmethod
    def untried(cls, bundle: Bundle, *, opa: str, cache: Path, fuel: int = 0) -> "WasmEngine":
        """The same without the vectors: for Rego on trial, which decides nothing.

        `fuel` bounds the steps of each decision; one that takes more raises `Exhausted`.
        """
        try:
            return cls(bundle.wasm(opa, cache), bundle, fuel=fuel)
        except (WasmtimeError, OSError) as error:
            raise EngineFailed(f"wasm: cannot be loaded from {cache}: {error}") from error

    def tried(self, bundle: Bundle) -> Self:
        """The engine itself, once it decided the vectors as it should; raises `EngineFailed`."""
        if self._digest not in _TRIED:
            try_vectors(self.decide, self.name, bundle)
            _TRIED.add(self._digest)
        return self

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """See `Engine`; runs in the caller's thread, for a handover would cost half as much again."""
        return self.decide(rule, document)

    def decide(self, rule: str, document: Mapping[str, object]) -> object:
        """The same without a loop."""
        if self._module is None:
            raise EngineFailed("wasm: the engine is closed")
        try:
            return self._instance(self._module).evaluate(rule, orjson.dumps(document))
        except Trap as error:
            self._local.instance = None
            if error.trap_code is TrapCode.OUT_OF_FUEL:
                raise Exhausted(f"wasm: {rule:.60}: is not decided after {self._fuel} steps") from error
            raise EngineFailed(f"wasm: {rule:.60}: {error}") from error
        except (EngineFailed, WasmtimeError, ValueError, TypeError) as error:
            self._local.instance = None
            raise EngineFailed(f"wasm: {rule:.60}: {error}") from error

    async def close(self) -> None:
        """See `Engine`."""
        self._module = None
        self._local.instance = None

    @property
    def memory_bytes(self) -> int:
        """How much memory this thread's instance has taken; 0 before its first evaluation."""
        instance: WasmInstance | None = getattr(self._local, "instance", None)
        return instance.memory_bytes if instance else 0

    def _instance(self, module: Module) -> WasmInstance:
        instance: WasmInstance | None = getattr(self._local, "instance", None)
        if instance is None:
            instance = self._local.instance = WasmInstance(self._runtime, module, self._data, self._fuel)
        return instance


#: Digests of the modules with tables that decided all vectors as they should.
_TRIED: Final[set[bytes]] = set()


@lru_cache(maxsize=4)
def _compiled(wasm: bytes, *, counting: bool) -> tuple[Runtime, Module]:
    """The module in machine code: it holds no state, and to compile it takes a third of a second.

    `counting`: steps are counted, which slows each by a little.
    """
    config = Config()
    config.consume_fuel = counting
    runtime = Runtime(config)
    return runtime, Module(runtime, wasm)
