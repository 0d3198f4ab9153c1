"""The port to whatever evaluates Rego."""

from collections.abc import Mapping
from typing import Protocol


class Engine(Protocol):
    """Evaluates the node's Rego. Every adapter gives the same answers (tests/policy/test_engines.py)."""

    @property
    def name(self) -> str:
        """The adapter's technology: `wasm`, `opa` or `rego`."""

    @property
    def revision(self) -> str:
        """The revision of the Rego that it evaluates, `sha256:<hex>`."""

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """Value of `data.entente.<rule>` for the input `document`, as parsed JSON.

        Raises `EngineFailed` when there is no defined result, whatever the cause.
        """

    async def close(self) -> None:
        """Give back what the adapter holds; a second call does nothing, an `evaluate` after it fails."""
