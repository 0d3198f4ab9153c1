"""One instance of the compiled Rego: OPA's Wasm ABI 1.2 or newer, on wasmtime.

The tables are parsed once into the instance's memory. Each evaluation writes its input behind them and calls
`opa_eval`, which resets the heap to just behind that input. So memory grows with the longest input, never
with the number of evaluations. Not for use from two threads at once. Source of the ABI:
https://www.openpolicyagent.org/docs/wasm.
"""

import ctypes
from collections.abc import Mapping
from typing import Final, cast

import orjson
from wasmtime import (
    Caller,
    Engine,
    Func,
    FuncType,
    Global,
    Instance,
    Limits,
    Memory,
    MemoryType,
    Module,
    Store,
)

from policy.bundle import RULES
from policy.errors import EngineFailed

PAGE: Final = 65536
MAX_INPUT: Final = 4 * 1024 * 1024
MAX_MEMORY: Final = 256 * 1024 * 1024
_JSON: Final = 0


class WasmInstance:
    """One instance with the tables in its memory.

    `fuel`: steps that it has to read the tables, and anew for each evaluation, before wasmtime stops it with
    a `Trap`; 0 is no limit. Only an engine that counts steps takes one.
    """

    def __init__(self, engine: Engine, module: Module, data: bytes, fuel: int = 0) -> None:
        self._store: Final = Store(engine)
        self._fuel: Final = fuel
        self._refuel()
        self._store.set_limits(memory_size=MAX_MEMORY)
        self._memory: Final = Memory(
            self._store, MemoryType(Limits(_least_pages(module), MAX_MEMORY // PAGE))
        )
        imports = [self._import(each.name, each.type) for each in module.imports]
        self._exports: Final = Instance(self._store, module, imports).exports(self._store)
        self._check_abi()
        names = _object(orjson.loads(self._text(self._dumped("entrypoints"))))
        self._entrypoints: Final = {rule: names.get(f"entente/{rule.replace('.', '/')}") for rule in RULES}
        self._eval: Final = cast(Func, self._exports["opa_eval"])
        self._data: Final = self._load(data)
        self._heap: Final = self._call("opa_heap_ptr_get")

    def evaluate(self, rule: str, document: bytes) -> object:
        """The one result of `rule` for the JSON text `document`; raises `EngineFailed`, or as wasmtime."""
        entrypoint = self._entrypoints.get(rule)
        if entrypoint is None or len(document) > MAX_INPUT:
            raise EngineFailed(f"no rule {rule!r:.60}, or {len(document)} bytes of input, over {MAX_INPUT}")
        self._refuel()
        size, heap = len(document), self._heap
        self._write(document, heap)
        found = self._eval(self._store, 0, entrypoint, self._data, heap, size, heap + size, _JSON)
        results = orjson.loads(self._text(found))
        if not isinstance(results, list) or len(results) != 1 or "result" not in _object(results[0]):
            raise EngineFailed("no single result")
        value: object = results[0]["result"]
        return value

    @property
    def memory_bytes(self) -> int:
        """How much memory the instance has taken so far."""
        return self._memory.data_len(self._store)

    def _refuel(self) -> None:
        if self._fuel:
            self._store.set_fuel(self._fuel)

    def _import(self, name: str | None, kind: object) -> Memory | Func:
        if name == "memory":
            return self._memory
        if not isinstance(kind, FuncType):
            raise EngineFailed(f"the module imports {name}, which the ABI does not know")
        return Func(self._store, kind, _abort if name == "opa_abort" else _no_builtin, access_caller=True)

    def _check_abi(self) -> None:
        versions = [
            cast(Global, self._exports[f"opa_wasm_abi_{part}version"]).value(self._store)
            for part in ("", "minor_")
        ]
        if versions[0] != 1 or versions[1] < 2:  # noqa: PLR2004  # opa_eval came with 1.2
            raise EngineFailed(f"the module has Wasm ABI {versions}, 1.2 or newer is wanted")

    def _load(self, data: bytes) -> int:
        address = self._call("opa_malloc", len(data))
        self._write(data, address)
        parsed = self._call("opa_json_parse", address, len(data))
        if not parsed:
            raise EngineFailed("the tables are no JSON to the module")
        return parsed

    def _dumped(self, export: str) -> int:
        return self._call("opa_json_dump", self._call(export))

    def _call(self, export: str, *arguments: int) -> int:
        return int(cast(Func, self._exports[export])(self._store, *arguments))

    def _write(self, data: bytes, address: int) -> None:
        missing = address + len(data) - self._memory.data_len(self._store)
        if missing > 0:
            self._memory.grow(self._store, -(-missing // PAGE))
        ctypes.memmove(self._base() + address, data, len(data))

    def _text(self, address: int) -> bytes:
        return _text(self._base(), address, self._memory.data_len(self._store))

    def _base(self) -> int:
        return ctypes.addressof(self._memory.data_ptr(self._store).contents)


def _text(base: int, address: int, end: int) -> bytes:
    """The zero-terminated text at `address`, never reading beyond `end`."""
    taken = PAGE
    while 0 < address < end:
        chunk = ctypes.string_at(base + address, min(taken, end - address))
        text, zero, _ = chunk.partition(b"\0")
        if zero:
            return text
        if len(chunk) < taken:
            break
        taken *= 8
    raise EngineFailed(f"no text at {address} of {end}")


def _least_pages(module: Module) -> int:
    for each in module.imports:
        if isinstance(each.type, MemoryType):
            return each.type.limits.min
    raise EngineFailed("the module imports no memory")


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise EngineFailed(f"an object is wanted, not {value!r:.60}")
    return value


def _abort(caller: Caller, address: int) -> None:
    """What the module calls when it cannot go on."""
    memory = caller.get("memory")
    if not isinstance(memory, Memory):
        raise EngineFailed("the module aborted and has no memory")
    base = ctypes.addressof(memory.data_ptr(caller).contents)
    raise EngineFailed(f"the module aborted: {_text(base, address, memory.data_len(caller))!r:.200}")


def _no_builtin(_caller: Caller, number: int, *_arguments: int) -> int:
    """Our dialect needs no builtin from the host; the module asks for one all the same."""
    raise EngineFailed(f"the module asks for builtin {number} of the host; the dialect has none")
