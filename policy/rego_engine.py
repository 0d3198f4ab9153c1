"""The Rego in `regopy`, for a machine without any OPA: demo and development only.

`regopy` as it comes is unsafe; what makes it usable here: an exact pin; input as JSON text without escapes
(`ensure_ascii=False`) of which `policy.inputs` lets only the id alphabet through; one compiled bundle and one
interpreter per thread; strict builtin errors; the restricted dialect; vectors at the start. A query has one
expression, and everything else that it may return is no result.
"""

import json
import threading
from collections.abc import Mapping
from typing import Final

from regopy import Bundle as Compiled  # type: ignore[import-untyped]  # it ships no types
from regopy import Interpreter, RegoError

from policy.bundle import RULES, Bundle
from policy.conformance import try_vectors
from policy.errors import EngineFailed


class RegoEngine:
    """`Engine` on `regopy`."""

    name: Final = "rego"

    def __init__(self, bundle: Bundle) -> None:
        self.revision: Final = bundle.revision
        self._bundle: Bundle | None = bundle
        self._local: Final = threading.local()

    @classmethod
    def open(cls, bundle: Bundle) -> "RegoEngine":
        """Compile, then try the vectors; raises `EngineFailed`."""
        engine = cls(bundle)
        try_vectors(engine.decide, engine.name, bundle)
        return engine

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """See `Engine`; runs in the caller's thread, some milliseconds."""
        return self.decide(rule, document)

    def decide(self, rule: str, document: Mapping[str, object]) -> object:
        """The same without a loop."""
        if self._bundle is None:
            raise EngineFailed("rego: the engine is closed")
        try:
            return self._policy(self._bundle).evaluate(rule, document)
        except (EngineFailed, RegoError, ValueError, TypeError) as error:
            self._local.policy = None
            raise EngineFailed(f"rego: {rule:.60}: {error}") from error

    async def close(self) -> None:
        """See `Engine`."""
        self._bundle = None
        self._local.policy = None

    def _policy(self, bundle: Bundle) -> "_Policy":
        policy: _Policy | None = getattr(self._local, "policy", None)
        if policy is None:
            policy = self._local.policy = _Policy(bundle)
        return policy


class _Policy:
    """One thread's interpreter with its compiled bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._interpreter = Interpreter()
        self._interpreter.strict_built_in_errors = True
        self._interpreter.add_data_json(bundle.data_json)
        for name, source in bundle.sources.items():
            self._interpreter.add_module(name, source)
        self._entrypoints = {rule: f"entente/{rule.replace('.', '/')}" for rule in RULES}
        self._compiled: Compiled = self._interpreter.build(None, list(self._entrypoints.values()))
        if not self._compiled.ok():
            raise EngineFailed("the bundle does not compile")

    def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """The one result; raises `EngineFailed` or what `regopy` raises."""
        entrypoint = self._entrypoints.get(rule)
        if entrypoint is None:
            raise EngineFailed("no such rule")
        self._interpreter.set_input_term(json.dumps(document, ensure_ascii=False, allow_nan=False))
        output = self._interpreter.query_bundle_entrypoint(self._compiled, entrypoint)
        if not output.ok():
            raise EngineFailed(str(output)[:300])
        if len(output) != 1 or len(output[0].expressions) != 1 or output[0].bindings:
            raise EngineFailed("no single result")
        value: object = output[0].expressions[0]
        return value
