"""What the node holds of its federation: the signed directory, and who cosigns its log."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from audit.errors import AuditError
from audit.freshness import Freshness
from audit.keys import VerifyKey
from audit.sql_store import SqlStore
from gateway.doctor.finding import DAY, Finding, Patient, State, day, life
from gateway.doctor.parts import read_only, stored
from gateway.errors import SettingsRejected
from gateway.home import read_card
from gateway.quarantine import FILE as QUARANTINE
from gateway.quarantine import WITNESS_FILE as WITNESS_QUARANTINE
from gateway.quarantine import held_witness, marked
from gateway.settings import database
from gateway.watch import Watch, watch_of
from sharing.directory import Directory, DirectoryNode
from sharing.encoding import digest
from sharing.errors import DirectoryExpired, SharingError
from sharing.sql_directory import SqlDirectoryStore

WARN = 7 * DAY
_OF_WITNESSES = {
    Freshness.FRESH: State.OK,
    Freshness.WARN: State.WARN,
    Freshness.PAGE: State.FAIL,
    Freshness.STOP: State.FAIL,
    Freshness.UNWITNESSED: State.WARN,
}
_NEWER = "Get the directory in force from the federation and put it there; the node reads it by itself."


def directory(at: Patient) -> Iterator[Finding]:
    """The directory is signed by the pinned key, in force, the newest seen, and names this node as it is."""
    path = str(at.home.directory)
    try:
        told = opened(at)
    except OSError as error:
        found, wanted = f"{error.filename}: {error.strerror}", "a signed directory and the key that signs it"
        to_do = "Give node.card.json to the federation: `entente join` walks through it."
        yield Finding("directory", path, State.FAIL, found, wanted, to_do)
        return
    except DirectoryExpired as error:
        yield Finding("directory", path, State.FAIL, str(error), "a directory in force", _NEWER)
        return
    except (SharingError, AuditError, ValueError) as error:
        to_do = "Ask the federation by telephone which key signs, and compare federation.vkey with it."
        yield Finding("directory", path, State.FAIL, str(error), "signed by federation.vkey", to_do)
        return
    state = life(told.expires_at - at.now, warn=WARN)
    found = f"version {told.version}, until {day(told.expires_at)}"
    yield Finding("directory", path, state, found, "7 days or more", _NEWER)
    yield from _seen(at, told)
    yield _own(at, told)


def opened(at: Patient) -> Directory:
    """The directory of the home, verified and in force; nothing is kept of it."""
    pinned = VerifyKey.parse(at.home.federation_key.read_text(encoding="utf-8").strip())
    return Directory.open(at.home.directory.read_text(encoding="utf-8").strip(), [pinned], now=at.now)


def quarantine(at: Patient) -> Iterator[Finding]:
    """A log that came back from a backup grows when its witnesses have agreed; nothing is said of others."""
    where = str(at.home.path / QUARANTINE)
    if not (at.home.path / QUARANTINE).exists():
        return
    try:
        mark = marked(at.home.path, read_card(at.home.card).log_origin)
    except (SettingsRejected, AuditError, SharingError) as error:
        found, to_do = str(error), "Restore the backup again, into a new home."
    else:
        if mark is None:
            return
        found = f"{mark.origin} came back from a backup at size {mark.size} ({mark.at})"
        to_do = f"entente release {at.home.path}"
    yield Finding("quarantine", where, State.FAIL, found, "a log that its witnesses agree to", to_do)


def own_witness(at: Patient) -> Iterator[Finding]:
    """A witness that came back from a backup cosigns under a new key only; nothing is said of others."""
    where = str(at.home.path / WITNESS_QUARANTINE)
    try:
        mark = held_witness(at.home.path, read_card(at.home.card).witness_vkey)
    except (SettingsRejected, AuditError, SharingError) as error:
        if (at.home.path / WITNESS_QUARANTINE).exists():
            to_do = "Restore the backup again, into a new home."
            yield Finding("witness", where, State.FAIL, str(error), "a mark and a card to read", to_do)
        return
    if mark is not None:
        found = f"WITNESS_QUARANTINED: came back from a backup ({mark.at}), cosigns nothing"
        to_do = f"entente keys compromised {at.home.path} --use witness, and give the card to the federation"
        yield Finding("witness", where, State.FAIL, found, "a witness key from after the backup", to_do)


def witnesses(at: Patient) -> Iterator[Finding]:
    """The log has its quorum, and had it not long ago."""
    if at.settings.witness.policy is None:
        found, wanted = "nobody must cosign the log", "a trust policy with witnesses"
        to_do = f"entente witness policy {at.home.path} --quorum any --take"
        yield Finding(
            "witnesses",
            f"{at.home.path}/node.toml [witness]",
            State.WARN,
            found,
            wanted,
            f"{to_do}, then restart the node.",
        )
        return
    where = str(at.home.path / at.settings.witness.policy)
    url = database(at.home.path, at.settings.store.audit)
    try:
        watch = watch_of(
            at.home.path, at.settings.witness, read_card(at.home.card).log_keys, lambda: float(at.now)
        )
        if stored(url):
            _recalled(watch, url)
    except (SettingsRejected, AuditError, SharingError) as error:
        to_do = f"entente witness policy {at.home.path} --quorum any --take writes one from the directory."
        yield Finding(
            "witnesses", where, State.FAIL, str(error), "a policy and a log that can be read", to_do
        )
        return
    state, seconds = watch.freshness()
    to_do = "Ask who runs the witnesses; `entente serve` says in its log which of them does not answer."
    found = f"{state}: {seconds} s since the log had its quorum"
    wanted = f"under {at.settings.witness.warn_seconds} s while the node runs"
    yield Finding("witnesses", where, _OF_WITNESSES[state], found, wanted, to_do)


def _recalled(watch: Watch, url: str) -> None:
    """Let the watch start from the log, which is only read."""
    store = SqlStore(url)
    try:
        watch.recall(store.reader)
    finally:
        store.close()


def _seen(at: Patient, told: Directory) -> Iterator[Finding]:
    """Compared with the newest that the node has accepted; it goes back to none before."""
    url, where = database(at.home.path, at.settings.store.sharing), f"{at.home.directory}: version"
    if not stored(url):
        return
    try:
        with read_only(url, at.seconds) as database_:
            row = SqlDirectoryStore(database_).last()
    except SQLAlchemyError as error:
        found = type(error).__name__
        yield Finding("directory", where, State.FAIL, found, "what was accepted before", "See `database`.")
        return
    if row is None:
        return
    text = at.home.directory.read_text(encoding="utf-8").strip()
    back = told.version < row[0] or (told.version == row[0] and digest(text.encode()) != row[1])
    state = State.FAIL if back else State.OK
    expected = f"{row[0]} or newer, and the same text for the same version"
    yield Finding("directory", where, state, f"{told.version}", expected, _NEWER)


def _own(at: Patient, told: Directory) -> Finding:
    """What partners check this node's messages by is what it signs them with."""
    where, listed = f"{at.home.directory}: {at.id}", told.by_id.get(at.id)
    to_do = "Give node.card.json to the federation; partners refuse this node until a directory names it."
    if listed is None:
        return Finding("directory", where, State.FAIL, f"names {', '.join(sorted(told.by_id))}", at.id, to_do)
    try:
        card = read_card(at.home.card)
    except (SettingsRejected, SharingError) as error:
        return Finding("directory", where, State.FAIL, str(error), "the card", "See the check `card`.")
    differs = [name for name in _COMPARED if _part(listed, name) != _part(card, name)]
    state = State.FAIL if differs else State.OK
    found = f"other {', '.join(differs)} than the card" if differs else "as on the card"
    return Finding("directory", where, state, found, "the address and the keys of node.card.json", to_do)


_COMPARED = ("address", "keys", "log_vkey", "witness_vkey")


def _part(node: DirectoryNode, name: str) -> object:
    return {key.kid for key in node.keys} if name == "keys" else getattr(node, name)
