"""What a check found: both sides of it, and what to do. No finding holds a secret or anything of a record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from gateway.home import Home
from gateway.settings import Settings

DAY = 86_400


class State(StrEnum):
    """How a thing stands: in order; in order, but look after it soon; the node does not work right."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was found and what was expected, and what to do about it.

    What is in order asks for nothing to be done.
    """

    check: str
    looked_at: str
    state: State
    found: str
    expected: str
    to_do: str = ""

    def __post_init__(self) -> None:
        if self.state is State.OK:
            object.__setattr__(self, "to_do", "")

    @property
    def told(self) -> Mapping[str, str]:
        """As a program reads it."""
        names = ("check", "looked_at", "state", "found", "expected", "to_do")
        return {name: str(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of a file system: free for this user, and all."""

    free: int
    all: int


@dataclass(frozen=True, slots=True)
class Patient:
    """The node that is looked at. `now` is in Unix seconds; nothing takes longer than `seconds` each."""

    home: Home
    settings: Settings
    now: int
    space: Callable[[Path], Space]
    seconds: float = 5.0

    @property
    def id(self) -> str:
        """The node's id."""
        return self.settings.node.id


def worst(findings: Sequence[Finding]) -> State:
    """The state of the whole."""
    states = {each.state for each in findings}
    return next((each for each in (State.FAIL, State.WARN) if each in states), State.OK)


def day(seconds: float) -> str:
    """A moment of Unix seconds as a day."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def life(left: float, *, warn: int, fail: int = 0) -> State:
    """The state of what ends in `left` seconds: warned of at `warn` of them, failed at `fail`."""
    if left <= fail:
        return State.FAIL
    return State.WARN if left <= warn else State.OK
