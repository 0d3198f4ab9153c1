"""Verifying the node's own log while it runs: one job at a time, in a thread, asked and stopped at will."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from audit.archive import Archive
from audit.trust import TrustPolicy
from audit.verifier import Report, verify

log = logging.getLogger(__name__)
_PAUSE = 0.0005
"""Seconds given back to the node's questions after each 256 leaves."""


class Stage(StrEnum):
    """How far a verification is."""

    NONE = "NONE"
    RUNNING = "RUNNING"
    HOLDS = "HOLDS"
    DOES_NOT_HOLD = "DOES_NOT_HOLD"
    STOPPED = "STOPPED"
    FAILED = "FAILED"


class _Stopped(Exception):
    """The job was told to end."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What there is to tell: `done` of `total` leaves, times in Unix seconds, and the report at the end."""

    stage: Stage = Stage.NONE
    done: int = 0
    total: int = 0
    started_at: float = 0.0
    ended_at: float = 0.0
    report: Report | None = None


def _nobody(_: Progress) -> None:
    """Whoever is told nothing."""


@dataclass(slots=True)
class Verification:
    """The node's one verification job; `ended` is told how each one ended, before that is seen."""

    clock: Callable[[], float] = time.time
    ended: Callable[[Progress], None] = _nobody
    _progress: Progress = field(default_factory=Progress)
    _stop: threading.Event = field(default_factory=threading.Event)
    _task: asyncio.Task[None] | None = None

    @property
    def progress(self) -> Progress:
        """How far it is; of the last one when none is running."""
        return self._progress

    def start(self, archive: Archive, policy: TrustPolicy) -> bool:
        """Begin to verify, strictly; False, with nothing done, while one is running."""
        if self._task is not None and not self._task.done():
            return False
        self._stop.clear()
        self._progress = Progress(Stage.RUNNING, 0, archive.size, self.clock())
        self._task = asyncio.create_task(asyncio.to_thread(self._run, archive, policy))
        return True

    async def stop(self) -> None:
        """Ask a running job to end, and wait until it has."""
        self._stop.set()
        if self._task is not None:
            await self._task

    def _run(self, archive: Archive, policy: TrustPolicy) -> None:
        try:
            report = verify(archive, policy, self._told, strict=True)
        except _Stopped:
            self._end(Stage.STOPPED, None)
        except Exception:  # whatever breaks must not look like a job that still runs
            log.exception("verification of %s", archive.name)
            self._end(Stage.FAILED, None)
        else:
            self._end(Stage.HOLDS if report.holds else Stage.DOES_NOT_HOLD, report)

    def _told(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._progress = Progress(Stage.RUNNING, done, total, self._progress.started_at)
        time.sleep(_PAUSE)

    def _end(self, stage: Stage, report: Report | None) -> None:
        before = self._progress
        now = Progress(stage, before.done, before.total, before.started_at, self.clock(), report)
        try:
            self.ended(now)
        except Exception:  # a result that cannot be kept is no result
            log.exception("verification: its end, %s, cannot be kept", stage)
            now = replace(now, stage=Stage.FAILED)
        self._progress = now
