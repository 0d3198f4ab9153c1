"""What lies in the node's home: disk space, the secrets and who can read them, the card."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from audit.errors import AuditError, KeyUnavailable
from audit.key_reference import public_half
from audit.keys import read_secret
from audit.sealing import BlobKey
from gateway.doctor.finding import DAY, Finding, Patient, Space, State, day, life
from gateway.errors import SettingsRejected
from gateway.home import read_card
from gateway.key_settings import USES
from gateway.settings import database
from gateway.signers import check_places, left_over, load_signer, referred
from sharing.directory import DirectoryNode
from sharing.errors import SharingError
from sharing.keys import Use, kid

GIB = 2**30
LOW, EMPTY = 5 * GIB, GIB
KEY_WARN = 60 * DAY
_WIDE = 0o077
_SIGNING = tuple(use.value for use in Use)


def space_of(path: Path) -> Space:
    """The space of the file system on which a path lies."""
    told = os.statvfs(path)
    return Space(told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize)


def disk(at: Patient) -> Iterator[Finding]:
    """Room for the log, the records and what lies beside them; without it the node refuses everything."""
    folders = {at.home.path.resolve()}
    for room in type(at.settings.store).model_fields:
        url = make_url(database(at.home.path, getattr(at.settings.store, room)))
        if url.drivername.startswith("sqlite") and url.database:
            folders.add(Path(url.database).parent)
    for folder in sorted(folders):
        if not folder.exists():
            yield Finding(
                "disk", str(folder), State.FAIL, "no such folder", "a folder", "Make it, or mount it."
            )
            continue
        space = at.space(folder)
        state = State.FAIL if space.free < EMPTY else State.WARN if space.free < LOW else State.OK
        found = f"{space.free / GIB:.1f} GiB free of {space.all / GIB:.1f}"
        to_do = "Make room or enlarge the volume; never delete audit.sqlite, audit.guard or witness.sqlite."
        yield Finding("disk", str(folder), state, found, f"{LOW / GIB:.0f} GiB free or more", to_do)


def keys(at: Patient) -> Iterator[Finding]:
    """Every secret is there, whole, and for the node's own user alone."""
    folder = at.home.keys
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError as error:
        yield Finding(
            "keys", str(folder), State.FAIL, error.strerror or "", "a folder", "Restore it from its backup."
        )
        return
    state = State.FAIL if mode & _WIDE else State.OK
    yield Finding("keys", str(folder), state, f"mode {mode:04o}", "mode 0700", f"chmod 700 {folder}")
    for name in (*_SIGNING, "witness", "blob", "digest", "pairwise", "session"):
        yield _key(at.home.path, folder / f"{name}.key", name)
    if any(map(at.settings.keys.token, USES)):
        yield from _tokens(at)


def card(at: Patient) -> Iterator[Finding]:
    """The card is this node's, names the keys that lie here, and none of them ends soon."""
    path = at.home.card
    try:
        told = read_card(path)
    except (SettingsRejected, SharingError) as error:
        to_do = "Restore it from its backup, or from whom the federation has it."
        yield Finding("card", str(path), State.FAIL, str(error), "the node's card", to_do)
        return
    yield _same(at, "id", told.id, at.id)
    yield _same(at, "address", told.address, at.settings.listen.address)
    for use in Use:
        yield _listed(at, told, use)


def _tokens(at: Patient) -> Iterator[Finding]:
    """The keys are where the settings want them, and the tokens hold no others of this node."""
    where = f"{at.home.path}/node.toml [keys]"
    try:
        check_places(at.home.path, at.settings.keys, read_card(at.home.card))
    except (AuditError, SettingsRejected, SharingError) as error:
        wanted, to_do = "each key where [keys] wants it", f"entente keys rotate {at.home.path} --use …"
        yield Finding("keys", where, State.FAIL, str(error), wanted, to_do)
    try:
        spare = left_over(at.home.path, at.id)
    except AuditError as error:
        to_do = "Bring the token, its module and its PIN back; see `[keys]` in keys.md."
        yield Finding("keys", where, State.FAIL, str(error), "a token that lets the node in", to_do)
        return
    found = ", ".join(each.text for each in spare) or "no other keys of this node on its tokens"
    to_do = "Take them off the token with its own tools: a change that was cut short has left them."
    state = State.WARN if spare else State.OK
    yield Finding("keys", where, state, found, "only keys that a file in keys/ refers to", to_do)


def _key(home: Path, path: Path, name: str) -> Finding:
    """One secret; what is said of it is never what it holds. A key on a token is tried."""
    expected = "a whole key of mode 0600"
    try:
        secret = read_secret(path)
        if name in {*_SIGNING, "witness"}:
            found = kid(load_signer(home, path).public) + _where(path)
        elif name == "blob":
            BlobKey.load(path)
            found = f"{len(secret)} bytes"
        else:
            found = f"{len(secret)} bytes"
    except AuditError as error:
        if isinstance(error, KeyUnavailable):
            to_do = "Bring the token, its module and its PIN back; see `[keys]` in keys.md."
            return Finding("keys", str(path), State.FAIL, f"{error.code}: {error}", expected, to_do)
        known = path.exists() and not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & _WIDE
        to_do = f"chmod 600 {path}" if known else "Restore it from its backup; keys.md says what else helps."
        return Finding("keys", str(path), State.FAIL, str(error), expected, to_do)
    return Finding("keys", str(path), State.OK, found, expected)


def _where(path: Path) -> str:
    reference = referred(path)
    return "" if reference is None else f" on {reference.uri.text}"


def _same(at: Patient, what: str, found: str, wanted: str) -> Finding:
    state = State.OK if found == wanted else State.FAIL
    to_do = "Put the one that is right into both, then give the card to the federation."
    return Finding("card", f"{at.home.card}: {what}", state, found, f"{wanted} (node.toml)", to_do)


def _listed(at: Patient, told: DirectoryNode, use: Use) -> Finding:
    path = at.home.keys / f"{use}.key"
    where = f"{at.home.card}: {use} key"
    try:
        name = kid(public_half(path))
    except AuditError as error:
        return Finding("card", where, State.FAIL, str(error), f"the key of {path}", "See the check `keys`.")
    listed = told.key(name, use)
    if listed is None:
        named = ", ".join(each.kid for each in told.keys if each.use is use) or "none"
        to_do = f"entente keys rotate {at.home.path} --use {use} finishes a change that was cut short."
        return Finding("card", where, State.FAIL, f"lists {named}", name, to_do)
    state = life(listed.not_after - at.now, warn=KEY_WARN)
    to_do = f"entente keys rotate {at.home.path} --use {use} --overlap 30"
    return Finding("card", where, state, f"until {day(listed.not_after)}", "60 days or more", to_do)
