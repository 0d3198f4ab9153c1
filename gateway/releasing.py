"""Out of quarantine: a log that came back from a backup is compared with what others have seen of it.

1. No node runs on the home; its log is opened and appends nothing.
2. Its witnesses are asked, each once. One that has seen more, or another history, is enough to keep the log
   in quarantine (ADR 0103); without a quorum of cosignatures given now it stays there as well.
3. A log that nobody must cosign is held against a checkpoint that somebody else has kept, named by hand.
4. Only then an entry says that the log came back, and the mark goes.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from audit.canonical import JSON
from audit.checkpoint import open_checkpoint
from audit.entry import Entry, Kind
from audit.errors import Duplicate
from audit.feeding import Meaning, Verdict
from audit.files import read_text
from audit.log import Log
from audit.trust import NONE
from gateway.databases import in_use
from gateway.errors import NothingToCompare
from gateway.facts import retain_until
from gateway.home import Home, now_utc, read_card
from gateway.logs import grow_marked
from gateway.manifest import LogHead
from gateway.quarantine import FILE, marked
from gateway.settings import Settings
from gateway.watch import CONTRADICTS
from gateway.witness_check import asked_witnesses
from gateway.witnessing import Poster


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it: `size` is the log's here, `lost` how many more leaves somebody has seen.

    `words` are what the witnesses said, by name.
    """

    origin: str
    size: int
    released: bool
    lost: int = 0
    words: Mapping[str, str] = field(default_factory=dict)


async def release(home: Home, *, checkpoint: Path | None = None, poster: Poster | None = None) -> Compared:
    """Compare the log of `home` and end its quarantine if nothing speaks against it.

    `checkpoint` is a file with one that the log has signed; it is for a log that nobody must cosign, and
    `NothingToCompare` says so when it is missing there. `ProofRefused` if the log does not hold it.
    """
    settings, card = home.settings(), read_card(home.card)
    mark = marked(home.path, card.log_origin)
    if mark is None:
        return Compared(card.log_origin, 0, released=True)
    with in_use(home.path, alone_for="its log is compared"):
        log = await grow_marked(home, settings)
        try:
            if settings.witness.policy is None:
                found = await _by_hand(home, log, checkpoint)
            else:
                found = await _by_witnesses(home, log, checkpoint, poster)
            if found.released:
                await _say(log, settings, mark)
        finally:
            await log.close()
        if found.released:
            (home.path / FILE).unlink()
    return found


async def _by_hand(home: Home, log: Log, path: Path | None) -> Compared:
    if path is None:
        raise NothingToCompare(
            f"log {log.origin}: nobody must cosign it; name the newest checkpoint that a partner, a "
            "witness or oversight has kept of it"
        )
    note = read_text(path)
    told, size = open_checkpoint(note, read_card(home.card).log_keys), log.head.size
    if told.size > size:
        return Compared(log.origin, size, released=False, lost=told.size - size)
    await log.keep(note)
    return Compared(log.origin, size, released=True)


async def _by_witnesses(home: Home, log: Log, path: Path | None, poster: Poster | None) -> Compared:
    if path is not None:
        raise NothingToCompare(
            f"log {log.origin}: its witnesses are asked; no checkpoint is taken for theirs"
        )
    size = log.head.size
    watch, said = await asked_witnesses(home, log, poster)
    if watch.policy is None or watch.policy.quorum == NONE:
        raise NothingToCompare(f"log {log.origin}: its trust policy asks for no witness; name one there")
    against = [each for each in said.values() if each.verdict in CONTRADICTS]
    lost = max((each.size - size for each in against if each.size is not None), default=0)
    words = {name: _word(each) for name, each in said.items()}
    return Compared(log.origin, size, not against and bool(watch.note), lost, words)


def _word(meaning: Meaning) -> str:
    return meaning.verdict if meaning.verdict is Verdict.COSIGNED else f"{meaning.verdict} {meaning.detail}"


async def _say(log: Log, settings: Settings, mark: LogHead) -> None:
    """The entry, once, however often this is cut short."""
    facts: dict[str, JSON] = {
        "action": "LOG_RESTORED",
        "origin": mark.origin,
        "size": mark.size,
        "retain_until": retain_until(now_utc().timestamp(), Kind.ADMINISTRATION),
    }
    with suppress(Duplicate):
        await log.append(
            Entry(Kind.ADMINISTRATION, settings.node.id, facts, once=f"restored:{mark.origin}:{mark.at}")
        )
