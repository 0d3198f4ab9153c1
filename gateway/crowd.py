"""Who is at work at once: places for all, a share of them for each, and a line that is told when to return.

A partner, or a person, that sends faster than it is answered fills its own line and nobody else's. In this
process only, like `pace.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

from gateway.errors import GatewayError
from gateway.settings import LimitsPart

RETRY_AFTER = 2
"""Seconds after which to come back."""
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses of a response that carries `Retry-After`."""


class Crowded(GatewayError):
    """More is under way for who asks than the node works on at once; nothing was decided, read or logged."""

    code = "BUSY"
    status = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(slots=True)
class _Line:
    places: asyncio.Semaphore
    inside: int = 0


@dataclass(slots=True)
class Crowd:
    """`at_once` places, of which each has `share`; of each, `waiting` more wait for `seconds` at most."""

    at_once: int
    share: int
    waiting: int
    seconds: float
    _places: asyncio.Semaphore = field(init=False)
    _lines: dict[str, _Line] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """All places are free."""
        self._places = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def place(self, who: str) -> AsyncIterator[None]:
        """A place for `who` until the block ends; `Crowded` when its line is full or does not move."""
        line = self._lines.setdefault(who, _Line(asyncio.Semaphore(self.share)))
        if line.inside >= self.share + self.waiting:
            raise Crowded(f"{line.inside} requests are under way for you, at most {line.inside} are taken")
        line.inside += 1
        try:
            await self._taken(line)
            try:
                yield
            finally:
                self._places.release()
                line.places.release()
        finally:
            line.inside -= 1
            if not line.inside:
                self._lines.pop(who, None)

    async def _taken(self, line: _Line) -> None:
        """Wait for one of the own places, then for one of all; nothing is held when that fails."""
        try:
            async with asyncio.timeout(self.seconds):
                await line.places.acquire()
                try:
                    await self._places.acquire()
                except BaseException:
                    line.places.release()
                    raise
        except TimeoutError as error:
            raise Crowded(f"no place within {self.seconds} s; {self.at_once} are at work") from error


@dataclass(frozen=True, slots=True)
class Crowds:
    """Partners' questions, and what the node's own people ask: neither takes the places of the other."""

    partners: Crowd
    people: Crowd

    @classmethod
    def of(cls, limits: LimitsPart) -> Self:
        """As the settings have it."""
        sizes = (limits.at_once, limits.share_at_once, limits.waiting, limits.waiting_seconds)
        return cls(Crowd(*sizes), Crowd(*sizes))
