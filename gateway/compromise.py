"""When a node's key is in other hands: a new key at once, without overlap; for the log key, a new log.

Whoever has the log's key can sign another history, so its log ends: at the last checkpoint that is trusted
(one that witnesses cosigned, or the last one the node's own guard remembers). The new log has a new origin;
its first entry commits to the old one, and what was open there is closed here. The old log stays beside it,
read-only. May be cut short at any step and begun again.

1. The old log is checked against the guard and the trusted checkpoint. 2. The new key is made, durably.
3. The new log begins, in files of its own, with the KEY entry and the closed intents. 4. The files of the old
log are set aside, those of the new one take their place. 5. The card names the new log. 6. The new key takes
its place; the old private key is gone.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from audit.canonical import JSON
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.entry import Entry, Kind
from audit.errors import Duplicate, ProofRefused
from audit.guard import FileGuard
from audit.key_reference import public_half
from audit.keys import VerifyKey
from audit.log import Log
from audit.merkle import EMPTY_ROOT, range_root
from audit.reading import TileReader
from audit.signer import Signer
from audit.sql_store import SqlStore
from audit.store import Head, Intent
from audit.succession import COMPROMISED, next_origin, succession
from audit.tiles import node_reader
from gateway.card import Card
from gateway.databases import ready
from gateway.errors import KeyRotationRefused
from gateway.facts import moment
from gateway.home import Home, read_card
from gateway.key_files import Place
from gateway.log_keys import load_blob_key
from gateway.logs import LOG
from gateway.retention import untold
from gateway.rotation import Change, Changed, change_signing, maker, rotate
from gateway.settings import database
from gateway.signers import destroyed, load_signer
from sharing.keys import OLDER_GRANTS, Use, kid


async def compromised(
    home: Home, change: Change, now: datetime, *, trusted: Path | None = None, store: str | None = None
) -> Changed:
    """Replace a key that is in other hands, or lost; the old one is accepted no more. The node is stopped.

    For the log key: `trusted` is the last checkpoint of the log that is trusted, without it the guard's;
    `store` is the address of an empty database for the new log, needed when the log is on a server.
    """
    if change is Change.LOG:
        return await _new_log(home, now, trusted, store)
    if change in {Change.WITNESS, Change.BLOB}:
        return await rotate(home, change, timedelta(0), now, untold)
    changed = await change_signing(home, Use(change.value), now=now, until=now, reason=COMPROMISED)
    if change is Change.GRANT:
        (home.keys / OLDER_GRANTS).unlink(missing_ok=True)
    return changed


@dataclass(frozen=True, slots=True)
class _Files:
    """A log's store and guard: where the old ones are and go, and where the new ones are made.

    `database` is the store's file; a store on a server has none and stays where it is.
    """

    guard: Path
    database: Path | None
    old_store: str
    new_store: str
    number: str

    @classmethod
    def of(cls, home: Home, origin: str, store: str | None) -> "_Files":
        """Those of the log `origin` of a home; `KeyRotationRefused` for a server without a new database."""
        url = make_url(database(home.path, home.settings().store.audit))
        number = origin.rpartition("/log")[2].removeprefix(".") or "1"
        old_store = url.render_as_string(hide_password=False)
        if url.get_backend_name() == "sqlite" and url.database:
            file = Path(url.database)
            return cls(home.guard, file, old_store, f"sqlite:///{_coming(file)}", number)
        if store is None or store == old_store:
            raise KeyRotationRefused(
                f"log key: the log is on a server ({url.get_backend_name()}); name an empty database for it"
            )
        return cls(home.guard, None, old_store, store, number)

    def aside(self, path: Path) -> Path:
        """`audit.1.sqlite` for the first log, `audit.2.sqlite` for the one after it."""
        return path.with_name(path.name.replace(".", f".{self.number}.", 1))

    @property
    def begun(self) -> bool:
        """Whether the old files are being set aside already."""
        return self.aside(self.guard).exists()

    def move(self) -> None:
        """Set the old files aside, read-only, and put the new ones in their place; twice is once."""
        epochs = sorted(self.guard.parent.glob(f"{self.guard.name}.*"))
        for path in (*epochs, self.guard, *([self.database] if self.database else [])):
            aside = self.aside(path)
            if not aside.exists():
                path.replace(aside)
                aside.chmod(0o400)
            if _coming(path).exists():
                _coming(path).replace(path)


def _coming(path: Path) -> Path:
    """Where a new file is made before it takes the place of the old one."""
    return path.with_name(f"{path.stem}.next{path.suffix}")


async def _new_log(home: Home, now: datetime, trusted: Path | None, store: str | None) -> Changed:
    place, card = Place(home.keys, Use.LOG.value), Card(home.card)
    key = place.key(read_card(home.card).log_keys)
    files = _Files.of(home, key.name, store)
    if not files.begun:
        ended = _ended(files, key, trusted)  # 1
        place.next_key(next_origin(key.name), key, maker(home))  # 2
        await _begin(home, files, load_signer(home.path, place.coming), key, ended)  # 3
    new = public_half(place.coming)
    files.move()  # 4
    card.replace(Use.LOG, key, new, now=int(now.timestamp()), until=int(now.timestamp()))
    card.save()  # 5
    left = destroyed(home.path, place.swap(keep=False))  # 6
    old_name = "the old database" if files.database is None else files.aside(files.database).name
    to_do = (
        "give node.card.json to the federation at once: partners refuse this node until the directory has it",
        f"witnesses and trust policies: end {key.name}, begin `log {new.vkey}`",
        f"keep {old_name} without write access; it verifies with {key.vkey}",
        *([] if files.database else ["put the new database into node.toml: [store] audit"]),
        *left,
    )
    return Changed("log", kid(new), kid(key), new.vkey, moment(now.timestamp()), to_do)


@dataclass(frozen=True, slots=True)
class _Ended:
    """Where the old log ends, and what was open in it."""

    trusted: Checkpoint
    intents: Sequence[Intent]


def _ended(files: _Files, key: VerifyKey, trusted: Path | None) -> _Ended:
    """Read the old log; `ProofRefused` if guard or checkpoint contradict it, `GuardRefused` if it runs."""
    guard = FileGuard(files.guard, key.name)
    store = SqlStore(files.old_store)
    try:
        head = store.start() or Head(0, EMPTY_ROOT)
        checkpoint = _checkpoint(head, key, trusted)
        tiles = node_reader(TileReader(store.reader).tile, head.size)
        for said in (guard.last() or head, checkpoint):
            root = range_root(tiles, 0, said.size) if said.size <= head.size else b""
            if root != said.root:
                raise ProofRefused(f"{said}: the log {key.name} is at {head}, and differs there")
        return _Ended(checkpoint, store.reader.intents())
    finally:
        store.close()
        guard.close()


def _checkpoint(head: Head, key: VerifyKey, trusted: Path | None) -> Checkpoint:
    """The last checkpoint that is trusted: the file's, signed by the old key, or the stored head."""
    if trusted is None:
        return Checkpoint(key.name, head.size, head.root)
    return open_checkpoint(trusted.read_text("utf-8", "replace"), [key])


async def _begin(home: Home, files: _Files, new: Signer, old: VerifyKey, ended: _Ended) -> None:
    """Append the first entries of the new log, unless they were before this was cut short."""
    node = home.settings().node.id
    first = Entry(Kind.KEY, node, succession(ended.trusted, old, new.public), once=f"key:{kid(new.public)}")
    closed = [_closed(node, old.name, each) for each in ended.intents]
    store = SqlStore(ready(LOG, files.new_store))
    guard = FileGuard(_coming(files.guard), new.name)
    log = await Log.open(store, guard, new, blob_key=load_blob_key(home))
    try:
        for each in (first, *closed):
            with suppress(Duplicate):
                await log.append(each)
    finally:
        await log.close()


def _closed(node: str, origin: str, intent: Intent) -> Entry:
    """The entry that closes, in the new log, what was open in the old one."""
    facts: dict[str, JSON] = {
        "intent": intent.entry_id,
        "opened_at": intent.at,
        "previous_origin": origin,
        "reasons": ["KEY_COMPROMISED"],
    }
    return Entry(Kind.CLOSED, node, facts, once=f"closed:{intent.entry_id}")
