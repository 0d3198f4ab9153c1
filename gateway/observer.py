"""The port to whoever measures: steps with their times, messages to partners, outcomes by code.

What passes here is made of names of steps, ids of nodes, codes and numbers. Nothing of a person, a question
or a record ever does, so no adapter can tell any.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol


class Use(StrEnum):
    """Whose step or outcome it is: of a question that is asked here, or of one that is answered here."""

    ASK = "ask"
    ANSWER = "answer"


QUESTION = "question"
"""The step that holds all others of its use."""

STEPS: Mapping[Use, tuple[str, ...]] = {
    Use.ASK: ("prepare", "decide", "log_intent", "seal", "fan_out", "merge", "log_outcome"),
    Use.ANSWER: ("open", "decide", "log_intent", "read", "log_outcome", "seal"),
}
"""The steps in their order."""

UNKNOWN = "unknown"
"""In the place of a partner whose message was turned away before it was certain whose it is."""


class Observer(Protocol):
    """Told of what happens, on the event loop; it neither waits nor raises."""

    def step(self, use: Use, name: str) -> AbstractContextManager[object]:
        """Around one step; what is begun within belongs to it."""

    def from_afar(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """Around the answer to a message; `headers` are not trusted, and may name the trace it belongs to."""

    def onward(self) -> Mapping[str, str]:
        """Header fields that go beside a message to a partner, unsigned."""

    def delivered(self, partner: str, seconds: float, skew: float | None) -> None:
        """A message and its reply took so long; the partner's clock is `skew` seconds ahead, if known."""

    def outcome(self, use: Use, partner: str, status: str, reason: str) -> None:
        """What came of a question to or of a partner; `reason` is a code, empty without one."""


_NOTHING = nullcontext()


class Unobserved:
    """Nobody measures."""

    def step(self, use: Use, name: str) -> AbstractContextManager[object]:  # noqa: ARG002  # the port's
        """See `Observer.step`."""
        return _NOTHING

    def from_afar(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:  # noqa: ARG002  # the port's
        """See `Observer.from_afar`."""
        return _NOTHING

    def onward(self) -> Mapping[str, str]:
        """See `Observer.onward`."""
        return {}

    def delivered(self, partner: str, seconds: float, skew: float | None) -> None:
        """See `Observer.delivered`."""

    def outcome(self, use: Use, partner: str, status: str, reason: str) -> None:
        """See `Observer.outcome`."""
