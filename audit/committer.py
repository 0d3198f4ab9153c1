"""The committing thread: hands whatever is queued to the sequencer as one group, and wakes the waiters."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

from audit.draft import Batch
from audit.errors import AuditError, AuditUnavailable
from audit.receipt import Receipt
from audit.sequencer import Outcome, Sequencer

MAX_GROUP = 1000
"""Batches in one group at most."""

QUIET_SECONDS = 0.2
"""After so much silence the last signed checkpoint is put into the store."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    future: asyncio.Future[list[Receipt]]


_Group: TypeAlias = list[_Waiting]


class Committer:
    """One thread around one sequencer; made and used in one event loop."""

    def __init__(self, sequencer: Sequencer, name: str) -> None:
        """Prepare the thread; `start` runs it."""
        self._sequencer = sequencer
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._open = True

    async def start(self) -> None:
        """Run the thread and wait until the sequencer has recovered; raises what it raises."""
        self._thread.start()
        await self._started

    def submit(self, batch: Batch) -> asyncio.Future[list[Receipt]]:
        """Queue a batch; the future gets its receipts or its error. `AuditUnavailable` once stopped."""
        if not self._open:
            raise AuditUnavailable("log: is closed")
        waiting = _Waiting(batch, self._loop.create_future())
        self._queue.put(waiting)
        return waiting.future

    async def stop(self) -> None:
        """Let the thread finish what is queued, and wait for its end."""
        if self._open:
            self._open = False
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            self._sequencer.start()
        except Exception as error:  # noqa: BLE001 - whatever broke, the starter must hear of it
            self._tell(_settle, self._started, _as_audit(error))
            return
        self._tell(_settle, self._started, None)
        going = True
        while going:
            group, going = self._take()
            if group:
                self._tell(_deliver, group, self._commit(group))
            elif self._sequencer.note_pending:
                self._sequencer.keep_note()

    def _take(self) -> tuple[_Group, bool]:
        """Return what is queued, waiting for the first; and whether to go on. Empty after a silence."""
        group: _Group = []
        with suppress(Empty):
            waiting = self._queue.get(timeout=QUIET_SECONDS if self._sequencer.note_pending else None)
            while waiting is not None:
                group.append(waiting)
                if len(group) == MAX_GROUP:
                    return group, True
                waiting = self._queue.get_nowait()
            return group, False
        return group, True

    def _commit(self, group: _Group) -> Sequence[Outcome]:
        try:
            return self._sequencer.commit([waiting.batch for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever broke, the waiters must hear of it
            return [_as_audit(error)] * len(group)

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        """Call in the event loop; a loop that is gone has no waiters."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)


def _as_audit(error: Exception) -> AuditError:
    """Return the error as one of this room's."""
    if isinstance(error, AuditError):
        return error
    wrapped = AuditUnavailable(f"log: {type(error).__name__} while appending")
    wrapped.__cause__ = error
    return wrapped


def _settle(future: asyncio.Future[None], error: AuditError | None) -> None:
    """End a future that may have been cancelled."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


def _deliver(group: _Group, outcomes: Sequence[Outcome]) -> None:
    """Wake the waiters that still wait."""
    for waiting, outcome in zip(group, outcomes, strict=True):
        if waiting.future.done():
            continue
        if isinstance(outcome, AuditError):
            waiting.future.set_exception(outcome)
        else:
            waiting.future.set_result(outcome)
