"""Two engines on the same question: one decides, the other is compared with it, beside the answer's path.

The shadow has a thread and an event loop of its own and a queue that is bounded: no answer ever waits for it,
fails because of it or is changed by it. What it leaves out is counted. A difference is told as digests, under
a key that the caller holds; neither input nor decision ever leaves this module in clear.
"""

import asyncio
import json
import queue
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from policy.engine import Engine

MOST_WAITING: Final = 256


@dataclass(frozen=True, slots=True)
class Difference:
    """Two engines that decided differently on one input of one rule: digests of the input and of both."""

    rule: str
    document: str
    served: str
    shadowed: str


@dataclass(slots=True)
class Counts:
    """What became of the decisions served.

    `failed` are those that could not be compared, `dropped` those for which there was no room.
    """

    same: int = 0
    differing: int = 0
    failed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Shadowing:
    """How to shadow.

    `open_shadow` makes the engine to compare with, in the shadow's own loop; after a failure it is called
    again for a later question. `digest` is keyed. `tell` gets each difference and `failed` the first failure
    of a row, both in the shadow's thread.
    """

    name: str
    open_shadow: Callable[[], Awaitable[Engine]]
    digest: Callable[[bytes], str]
    tell: Callable[[Difference], None]
    failed: Callable[[Exception], None]


_Waiting = tuple[str, Mapping[str, object], object]


class ShadowEngine:
    """`Engine` that decides by `serving` alone."""

    def __init__(self, serving: Engine, shadowing: Shadowing, *, most: int = MOST_WAITING) -> None:
        self.counts: Final = Counts()
        self._serving: Final = serving
        self._shadowing: Final = shadowing
        self._waiting: Final[queue.Queue[_Waiting | None]] = queue.Queue(most)
        self._thread: Final = threading.Thread(target=self._run, name="policy-shadow", daemon=True)
        self._closing = False
        self._thread.start()

    @property
    def name(self) -> str:
        """The serving engine's."""
        return self._serving.name

    @property
    def revision(self) -> str:
        """The serving engine's."""
        return self._serving.revision

    @property
    def shadow(self) -> str:
        """The name of the engine that is compared with the serving one."""
        return self._shadowing.name

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """See `Engine`; on return the comparison waits to be made, or was dropped for want of room."""
        answer = await self._serving.evaluate(rule, document)
        try:
            if not self._closing:
                self._waiting.put_nowait((rule, document, answer))
        except queue.Full:
            self.counts.dropped += 1
        return answer

    async def close(self) -> None:
        """See `Engine`; what still waits is left out."""
        if not self._closing:
            self._closing = True
            self._empty()
            self._waiting.put(None)
            await asyncio.to_thread(self._thread.join)
        await self._serving.close()

    def _empty(self) -> None:
        while True:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                return
            self.counts.dropped += 1

    def _run(self) -> None:
        shadow: Engine | None = None
        failing = False
        with asyncio.Runner() as runner:
            while (waiting := self._waiting.get()) is not None:
                try:
                    shadow = shadow or runner.run(_opened(self._shadowing))
                    self._compare(waiting, runner.run(_evaluated(shadow, waiting)))
                    failing = False
                except Exception as failed:  # noqa: BLE001  # no question, however odd, ends the comparing
                    self.counts.failed += 1
                    if not failing:
                        self._shadowing.failed(failed)
                    failing = True
            if shadow is not None:
                runner.run(shadow.close())

    def _compare(self, waiting: _Waiting, shadowed: object) -> None:
        rule, document, served = waiting
        if _bytes(served) == _bytes(shadowed):
            self.counts.same += 1
            return
        self.counts.differing += 1
        of = self._shadowing.digest
        self._shadowing.tell(Difference(rule, of(_bytes(document)), of(_bytes(served)), of(_bytes(shadowed))))


async def _opened(shadowing: Shadowing) -> Engine:
    return await shadowing.open_shadow()


async def _evaluated(shadow: Engine, waiting: _Waiting) -> object:
    rule, document, _ = waiting
    return await shadow.evaluate(rule, document)


def _bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
