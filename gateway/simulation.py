"""The simulation of changed rules as a job at the desk: one at a time, beside the answers, with progress.

At every question it can be paused, and goes on from there, or be stopped: what was found until then is thrown
away, for half a replay says nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from audit.errors import AuditError
from gateway.errors import GatewayError
from gateway.turns import Told, Turn, others_first
from policy.errors import PolicyError

Found = Mapping[str, Any]
Work = Callable[[Told, Turn], Awaitable[Found]]
log = logging.getLogger(__name__)


class Stage(StrEnum):
    """Where the job stands."""

    NONE = "NONE"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    DONE = "DONE"
    STOPPED = "STOPPED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` questions, times in Unix seconds, what was `found` at the end, or why it `failed`."""

    stage: Stage = Stage.NONE
    done: int = 0
    total: int = 0
    started_at: float = 0.0
    ended_at: float = 0.0
    found: Found | None = None
    failed: str | None = None


@dataclass(slots=True)
class Simulation:
    """The node's one simulation job."""

    clock: Callable[[], float] = time.time
    _progress: Progress = field(default_factory=Progress)
    _task: asyncio.Task[None] | None = None
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def progress(self) -> Progress:
        """How far it is; of the last one when none is running."""
        return self._progress

    @property
    def running(self) -> bool:
        """Whether one is under way, paused or not."""
        return self._task is not None and not self._task.done()

    def start(self, work: Work) -> bool:
        """Begin `work`, which tells how far it is; False, with nothing done, while one is under way."""
        if self.running:
            return False
        self._free.set()
        self._progress = Progress(Stage.RUNNING, started_at=self.clock())
        self._task = asyncio.create_task(self._run(work))
        return True

    def pause(self) -> None:
        """Let a running job wait before its next question, until `go_on` or `stop`."""
        if self.running:
            self._free.clear()
            self._progress = replace(self._progress, stage=Stage.PAUSED)

    def go_on(self) -> None:
        """Let a paused job take its next question."""
        if self.running:
            self._free.set()
            self._progress = replace(self._progress, stage=Stage.RUNNING)

    async def stop(self) -> None:
        """End a job that is under way, and wait until it has ended."""
        if self._task is not None and self._task.cancel():
            await asyncio.gather(self._task, return_exceptions=True)
            if self._progress.stage in {Stage.RUNNING, Stage.PAUSED}:  # it had not begun
                self._end(Stage.STOPPED)

    async def _run(self, work: Work) -> None:
        try:
            found = await work(self._told, self._turn)
        except asyncio.CancelledError:
            self._end(Stage.STOPPED)
            raise
        except (PolicyError, AuditError, GatewayError) as error:
            self._end(Stage.FAILED, failed=f"{error.code}: {error}")
        except Exception:  # whatever breaks must not look like a job that still runs
            log.exception("simulation of changed rules")
            self._end(Stage.FAILED, failed="INTERNAL: the details are in the node's own log")
        else:
            self._end(Stage.DONE, found=found)

    def _told(self, done: int, total: int) -> None:
        self._progress = replace(self._progress, done=done, total=total)

    async def _turn(self) -> None:
        await others_first()
        await self._free.wait()

    def _end(self, stage: Stage, found: Found | None = None, failed: str | None = None) -> None:
        was = self._progress
        self._progress = Progress(stage, was.done, was.total, was.started_at, self.clock(), found, failed)
