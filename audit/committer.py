"""The committing thread: hands whatever is queued to the sequencer as one group, and wakes the waiters.

The adapter of `Committing` for a log that grows in this process.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

from audit.draft import Batch
from audit.errors import AuditError, AuditUnavailable, Duplicate, ErasureRefused, KeyUnavailable
from audit.groups import Groups
from audit.placed import Placed
from audit.sequencer import Outcome, Sequencer
from audit.store import Head

MAX_GROUP = 1000
"""Batches in one group at most."""

QUIET_SECONDS = 0.2
"""After so much silence the last signed checkpoint is put into the store."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    future: asyncio.Future[Placed]


@dataclass(frozen=True, slots=True)
class _Keeping:
    note: str
    future: asyncio.Future[None]


_Group: TypeAlias = list[_Waiting]
_Queued: TypeAlias = _Waiting | _Keeping | None


class Committer:
    """One thread around one sequencer; made and used in one event loop."""

    def __init__(self, sequencer: Sequencer) -> None:
        """Prepare the thread; `start` runs it. The sequencer's store and guard are closed by `stop`."""
        self._sequencer = sequencer
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Queued] = SimpleQueue()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._thread = Thread(target=self._run, name=f"log {sequencer.origin}", daemon=True)
        self._open = True
        self.groups = Groups()

    @property
    def refused(self) -> str | None:
        """The code under which every append is refused until somebody looks after it; None while it works."""
        if self._open and self._thread.ident is not None and not self._thread.is_alive():
            return AuditUnavailable.code
        return self._sequencer.refused

    def look(self) -> None:
        """Raise `KeyUnavailable` unless the log's key is within reach."""
        self._sequencer.look()

    @property
    def waiting(self) -> int:
        """How much is queued, about."""
        return self._queue.qsize()

    @property
    def origin(self) -> str:
        """The log's identity."""
        return self._sequencer.origin

    @property
    def head(self) -> Head:
        """The last signed head."""
        return self._sequencer.head

    @property
    def note(self) -> str:
        """Its signed checkpoint."""
        return self._sequencer.note

    async def start(self) -> None:
        """Run the thread and wait until the sequencer has recovered; raises what it raises."""
        self._thread.start()
        await self._started

    def submit(self, batch: Batch) -> asyncio.Future[Placed]:
        """Queue a batch; the future gets its place or its error. `AuditUnavailable` once stopped."""
        self._must_be_open()
        waiting = _Waiting(batch, self._loop.create_future())
        self._queue.put(waiting)
        return waiting.future

    async def keep(self, note: str) -> None:
        """Have the thread keep a cosigned checkpoint; raises what it raises."""
        self._must_be_open()
        keeping = _Keeping(note, self._loop.create_future())
        self._queue.put(keeping)
        await keeping.future

    def quarantine(self, reason: str) -> None:
        """Refuse every later append."""
        self._sequencer.quarantine(reason)

    async def stop(self) -> None:
        """Let the thread finish what is queued, wait for its end, let go of store and guard."""
        if not self._open:
            return
        self._open = False
        if self._thread.ident is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
        self._sequencer.close()

    def _must_be_open(self) -> None:
        if not self._open:
            raise AuditUnavailable(f"log {self._sequencer.origin}: is closed")

    def _run(self) -> None:
        try:
            self._sequencer.start()
        except Exception as error:  # noqa: BLE001 - whatever broke, the starter must hear of it
            self._tell(_settle, self._started, _as_audit(error))
            return
        self._tell(_settle, self._started, None)
        going = True
        while going:
            queued, going = self._take()
            group = [each for each in queued if isinstance(each, _Waiting)]
            if group:
                self._tell(_deliver, group, self._commit(group))
            elif not queued and self._sequencer.note_pending:
                self._sequencer.keep_note()
            for each in queued:
                if isinstance(each, _Keeping):
                    self._tell(_settle, each.future, self._keep(each.note))

    def _take(self) -> tuple[list[_Waiting | _Keeping], bool]:
        """Return what is queued, waiting for the first; and whether to go on. Empty after a silence."""
        queued: list[_Waiting | _Keeping] = []
        with suppress(Empty):
            each = self._queue.get(timeout=QUIET_SECONDS if self._sequencer.note_pending else None)
            while each is not None:
                queued.append(each)
                if len(queued) == MAX_GROUP:
                    return queued, True
                each = self._queue.get_nowait()
            return queued, False
        return queued, True

    def _keep(self, note: str) -> AuditError | None:
        try:
            self._sequencer.keep(note)
        except Exception as error:  # noqa: BLE001 - whatever broke, the waiter must hear of it
            return _as_audit(error)
        return None

    def _commit(self, group: _Group) -> Sequence[Outcome]:
        try:
            outcomes: Sequence[Outcome] = self._sequencer.commit([waiting.batch for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever broke, the waiters must hear of it
            outcomes = [_as_audit(error)] * len(group)
        self._count(group, outcomes)
        return outcomes

    def _count(self, group: _Group, outcomes: Sequence[Outcome]) -> None:
        """A batch that is turned away for what it is says nothing about the log."""
        entries = sum(
            len(waiting.batch)
            for waiting, each in zip(group, outcomes, strict=True)
            if isinstance(each, Placed)
        )
        if entries:
            self.groups.committed(entries)
        elif any(not isinstance(each, Duplicate | ErasureRefused) for each in outcomes):
            self.groups.refused(key_away=any(isinstance(each, KeyUnavailable) for each in outcomes))

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
