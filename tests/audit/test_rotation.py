"""A log key that is followed by another: both sign during the overlap, and what either signed can be kept."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.checkpoint import open_checkpoint
from audit.errors import ProofRefused
from audit.guard import MemoryGuard
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.note import Note
from audit.sequencer import Retiring
from tests.audit.samples import KEY, OTHER_KEY, asked

START = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = START + timedelta(days=1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


async def test_both_keys_sign_until_the_overlap_is_over() -> None:
    clock, store, guard = Clock(), MemoryStore(), MemoryGuard()
    log = await Log.open(store, guard, KEY, clock=clock)
    first = await log.append(asked("q-1"))
    await log.close()
    log = await Log.open(store, guard, OTHER_KEY, clock=clock, retiring=Retiring(KEY, UNTIL))
    assert (await log.append(asked("q-2"))).origin == first.origin
    note = log.checkpoint()
    for key in (KEY, OTHER_KEY):
        open_checkpoint(note, [key.public])
    assert len(Note.parse(note).signatures) == 2
    clock.now = UNTIL
    await log.append(asked("q-3"))
    open_checkpoint(log.checkpoint(), [OTHER_KEY.public])
    with pytest.raises(ProofRefused):
        open_checkpoint(log.checkpoint(), [KEY.public])
    await log.close()


async def test_what_the_old_key_signed_alone_can_still_win_cosignatures() -> None:
    store, guard = MemoryStore(), MemoryGuard()
    log = await Log.open(store, guard, KEY)
    await log.append(asked("q-1"))
    signed = log.checkpoint()
    await log.close()
    log = await Log.open(store, guard, OTHER_KEY, retiring=Retiring(KEY, UNTIL))
    await log.append(asked("q-2"))
    await log.keep(signed)
    await log.close()
    log = await Log.open(store, guard, OTHER_KEY)
    with pytest.raises(ProofRefused):
        await log.keep(signed)
    await log.close()
