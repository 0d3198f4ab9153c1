"""The simulation of changed rules as a job at the desk: one at a time, beside the answers, with progress.

It can be stopped at every question; what was found until then is thrown away, for half a replay says nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audit.errors import AuditError
from gateway.errors import GatewayError
from policy.errors import PolicyError

Found = Mapping[str, Any]
Told = Callable[[int, int], None]
log = logging.getLogger(__name__)


class Stage(StrEnum):
    """Where the job stands."""

    NONE = "NONE"
    RUNNING = "RUNNING"
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

    @property
    def progress(self) -> Progress:
        """How far it is; of the last one when none is running."""
        return self._progress

    @property
    def running(self) -> bool:
        """Whether one is under way."""
        return self._task is not None and not self._task.done()

    def start(self, work: Callable[[Told], Awaitable[Found]]) -> bool:
        """Begin `work`, which tells how far it is; False, with nothing done, while one is running."""
        if self.running:
            return False
        self._progress = Progress(Stage.RUNNING, started_at=self.clock())
        self._task = asyncio.create_task(self._run(work))
        return True

    async def stop(self) -> None:
        """End a running job, and wait until it has ended."""
        if self._task is not None and self._task.cancel():
            await asyncio.gather(self._task, return_exceptions=True)
            if self._progress.stage is Stage.RUNNING:  # it had not begun
                self._end(Stage.STOPPED)

    async def _run(self, work: Callable[[Told], Awaitable[Found]]) -> None:
        try:
            found = await work(self._told)
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
        self._progress = Progress(Stage.RUNNING, done, total, self._progress.started_at)

    def _end(self, stage: Stage, found: Found | None = None, failed: str | None = None) -> None:
        was = self._progress
        self._progress = Progress(stage, was.done, was.total, was.started_at, self.clock(), found, failed)
