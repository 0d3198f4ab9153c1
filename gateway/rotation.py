"""Rotation of a stopped node's keys: announced in the log, then new beside old, then told to the others.

Every step may be cut short and the rotation begun again: the new key lies in `<use>.next.key` until it takes
its place, an entry about it is appended once, and the card takes it once.

1. The new key is made, durably. 2. A KEY entry under the keys in force says what comes, from when, and until
when the old one is accepted. 3. The card lists both. 4. The new key takes the place of the old one, which
stays as `<use>.previous.key` until its time is over. 5. The log key: a second KEY entry, signed by both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path

from sqlalchemy import URL, make_url

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import Duplicate
from audit.guard import FileGuard
from audit.key_reference import public_half
from audit.keys import VerifyKey, write_secret
from audit.log import Log
from audit.rewrapping import rewrap
from audit.sealing import BlobKey
from audit.sql_store import SqlStore
from gateway.card import Card
from gateway.errors import KeyRotationRefused
from gateway.facts import moment
from gateway.home import Home, read_card
from gateway.key_files import Make, Place
from gateway.log_keys import load_blob_key
from gateway.logs import grow_log
from gateway.quarantine import WITNESS_FILE
from gateway.settings import database
from gateway.signers import destroyed, new_signer
from gateway.turns import Told
from sharing.keys import OLDER_GRANTS, Use, kid


class Change(StrEnum):
    """Which keys can be changed."""

    LOG = "log"
    MESSAGE = "message"
    MANDATE = "mandate"
    GRANT = "grant"
    WITNESS = "witness"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class Changed:
    """A key that was changed: names of old and new, the new public key, and what remains to be done."""

    use: str
    key: str
    previous_key: str
    vkey: str
    accepted_until: str
    to_do: tuple[str, ...]


async def rotate(home: Home, change: Change, overlap: timedelta, now: datetime, told: Told) -> Changed:
    """Change one key; the old one is accepted for `overlap` more. The node must not be running.

    `KeyRotationRefused` while the overlap of the rotation before is not over.
    """
    if change is Change.BLOB:
        return await _rotate_blob(home, now, told)
    until = now + overlap
    if change is Change.WITNESS:
        return await _rotate_witness(home, now)
    return await change_signing(home, Use(change.value), now=now, until=until, reason="ROTATED")


async def change_signing(home: Home, use: Use, *, now: datetime, until: datetime, reason: str) -> Changed:
    """Change a key that the card lists; an old one that is not accepted beyond `now` is not kept."""
    place, card, keep = Place(home.keys, use.value), Card(home.card), until > now
    old = place.key(_listed(home, use))
    if keep:
        _no_overlap(home, place, now)
    new = place.next_key(old.name, old, maker(home))  # 1
    said = _facts(use.value, kid(new), kid(old)) | {"not_before": moment(now.timestamp())}
    said |= {"expires_at": moment(until.timestamp())}
    async with opened(home) as log:
        await announce(log, home, said | {"action": reason})  # 2
    if use is Use.GRANT and keep:
        _remember_grant_key(home, old)
    card.replace(use, old, new, now=int(now.timestamp()), until=int(until.timestamp()))
    card.save()  # 3
    left = destroyed(home.path, place.swap(keep=keep))  # 4
    if use is Use.LOG:
        async with opened(home) as log:
            await announce(log, home, said | {"action": "IN_USE"})  # 5
    return Changed(
        use.value,
        kid(new),
        kid(old),
        new.vkey,
        moment(until.timestamp()),
        (*_to_do(use, new, until, keep=keep), *left),
    )


async def _rotate_witness(home: Home, now: datetime) -> Changed:
    """Change the key that cosigns partners' checkpoints: from now on only the new one does."""
    place, card = Place(home.keys, "witness"), Card(home.card)
    old = place.key([VerifyKey.parse(read_card(home.card).witness_vkey)])
    new = place.next_key(old.name, old, maker(home))
    facts = _facts("witness", kid(new), kid(old)) | {"not_before": moment(now.timestamp())}
    async with opened(home) as log:
        await announce(log, home, facts | {"action": "ROTATED"})
    card.witness(new)
    card.save()
    left = destroyed(home.path, place.swap(keep=False))
    (home.path / WITNESS_FILE).unlink(missing_ok=True)
    to_do = (
        f"give {home.card} to the federation",
        f"partners put witness key {new.vkey} into their policies",
        *left,
    )
    return Changed("witness", kid(new), kid(old), new.vkey, moment(now.timestamp()), to_do)


async def _rotate_blob(home: Home, now: datetime, told: Told) -> Changed:
    """Change the key of sealed blobs: all data keys are wrapped anew, then the old key is destroyed."""
    place, settings = Place(home.keys, "blob"), home.settings()
    if place.coming.exists() or not place.before.exists():
        if not place.coming.exists():
            BlobKey.generate().save(place.coming)
        names = blob_key_name(BlobKey.load(place.coming)), blob_key_name(BlobKey.load(place.present))
        facts = _facts("blob", *names) | {"not_before": moment(now.timestamp())}
        async with opened(home) as log:
            await announce(log, home, facts | {"action": "ROTATED"})
        place.swap(keep=True)
    key = load_blob_key(home)
    origin = public_half(home.keys / "log.key").name
    guard = FileGuard(home.guard, origin)
    try:
        present = make_url(database(home.path, settings.store.audit))
        for aside in _logs_aside(present):
            aside.chmod(0o600)
            _rewrap(f"sqlite:///{aside}", key, told)
            aside.chmod(0o400)
        _rewrap(present.render_as_string(hide_password=False), key, told, settings.database.keeper)
    finally:
        guard.close()
    names = blob_key_name(key), blob_key_name(BlobKey.load(place.before))
    place.before.unlink()
    to_do = ("back up keys/blob.key apart from the database", "destroy every copy of the old blob key")
    return Changed("blob", *names, "", moment(now.timestamp()), to_do)


def _logs_aside(present: URL) -> list[Path]:
    """The SQLite files of logs that were ended by a compromise and lie beside the present one."""
    if present.get_backend_name() != "sqlite" or not present.database:
        return []
    file = Path(present.database)
    return sorted(file.parent.glob(f"{file.stem}.[0-9]*{file.suffix}"))


def _rewrap(url: str, key: BlobKey, told: Told, keeper: str | None = None) -> None:
    """Wrap the data keys of one log anew."""
    store = SqlStore(url, keeper=keeper)
    try:
        rewrap(store, key, told)
    finally:
        store.close()


def maker(home: Home) -> Make:
    """Makes keys where the home's settings want them."""
    return partial(new_signer, home.path, home.settings().keys)


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[Log]:
    """The log of a node that is not running."""
    log = await grow_log(home, home.settings(), blob_key=load_blob_key(home))
    try:
        yield log
    finally:
        await log.close()


async def announce(log: Log, home: Home, facts: dict[str, JSON]) -> None:
    """Append a KEY entry, unless it was appended before this was cut short."""
    node = home.settings().node.id
    with suppress(Duplicate):
        await log.append(Entry(Kind.KEY, node, facts, once=f"key:{facts['key']}:{facts['action']}"))


def blob_key_name(key: BlobKey) -> str:
    """A name for a secret key that tells nothing of it: `blob:` and eight hex digits of a digest."""
    return f"blob:{sha256(b'entente/blob-key-name/v1' + bytes(1) + key.secret).hexdigest()[:8]}"


def fingerprint(key: VerifyKey) -> str:
    """128 bits of a SHA-256 over the public key as it is published, in groups to be read aloud."""
    digest = sha256(key.vkey.encode()).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _listed(home: Home, use: Use) -> list[VerifyKey]:
    """The keys of a use in the card, the newest first."""
    keys = [each for each in read_card(home.card).keys if each.use is use]
    return [each.key for each in sorted(keys, key=lambda each: each.not_after, reverse=True)]


def _facts(use: str, new: str, old: str) -> dict[str, JSON]:
    return {"use": use, "key": new, "previous_key": old}


def _no_overlap(home: Home, place: Place, now: datetime) -> None:
    """Refuse a rotation while the old key of the one before is still accepted."""
    if not place.before.exists():
        return
    before = public_half(place.before)
    listed = read_card(home.card).key(kid(before), Use(place.use))
    if listed is not None and listed.not_after > now.timestamp() and not place.coming.exists():
        raise KeyRotationRefused(
            f"{place.use} key: {kid(before)} is accepted until {moment(listed.not_after)}, "
            f"it is {moment(now.timestamp())}"
        )


def _remember_grant_key(home: Home, old: VerifyKey) -> None:
    """Keep the public half: grants that it signed stay good."""
    file = home.keys / OLDER_GRANTS
    known = file.read_text(encoding="ascii").split() if file.exists() else []
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)  # of a run that was cut short
    write_secret(draft, "".join(f"{vkey}\n" for vkey in dict.fromkeys([*known, old.vkey])).encode("ascii"))
    draft.replace(file)


def _to_do(use: Use, new: VerifyKey, until: datetime, *, keep: bool) -> tuple[str, ...]:
    if not keep:
        if use is Use.GRANT:
            gone = (
                "grants that older keys signed are refused: two officers grant anew what is wanted (keys.md)"
            )
            return ("give node.card.json to the federation", gone)
        return (
            "give node.card.json to the federation at once: partners refuse this node until it is listed",
        )
    day = until.date().isoformat()
    give = f"give node.card.json to the federation; its next directory must be in force before {day}"
    if use is Use.LOG:
        return (give, f"witnesses and trust policies: add the line `log {new.vkey}` before {day}")
    if use is Use.GRANT:
        return (give, "nothing else: grants that the old key signed stay good")
    return (give, "the new key signs as soon as the directory in force lists it; until then the old one does")
