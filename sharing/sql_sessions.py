"""A `SessionStore` in SQL, SQLite or PostgreSQL: one row for each session, found by digests alone."""

import hashlib

from sqlalchemy import Engine, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import JSON, encode
from policy.mandate import Actor
from policy.terms import Role
from sharing import reading
from sharing.errors import FieldRefused
from sharing.prepared import Prepared
from sharing.session_tables import SessionRow, SpentTokenRow
from sharing.sessions import Authentication, Over, SessionStore, StoredSession

_CAP = 65_536
_MOST_MARKS = 100
_LONGEST = 300
_TEXTS = ("node", "subject", "unit", "name")
_PARTS = frozenset({*_TEXTS, "roles", "marks", "idp_subject", "idp_session", "at", "acr"})


class SqlSessions(SessionStore):
    """Sessions in the tables of `sharing.session_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._one = Prepared(
            engine, "SELECT started_at, seen_at, document FROM sharing_session WHERE digest = :digest"
        )

    def add(self, session: StoredSession, over: Over, most: int) -> bool:
        """See `SessionStore.add`."""
        ended = or_(col(SessionRow.seen_at) <= over.seen_at, col(SessionRow.started_at) <= over.started_at)
        with self._engine.begin() as connection:
            connection.execute(delete(SessionRow).where(ended))
            count = connection.execute(select(func.count()).select_from(SessionRow)).scalar_one()
            if count >= most:
                return False
            connection.execute(insert(SessionRow).values(**_row(session)))
        return True

    def get(self, digest: str) -> StoredSession | None:
        """See `SessionStore.get`."""
        for started_at, seen_at, document in self._one.rows(digest=digest):
            return _read(digest, started_at, seen_at, document)
        return None

    def listed(self, over: Over, subject: str = "") -> list[StoredSession]:
        """See `SessionStore.listed`."""
        wanted = select(
            col(SessionRow.digest),
            col(SessionRow.started_at),
            col(SessionRow.seen_at),
            col(SessionRow.document),
        ).where(col(SessionRow.seen_at) > over.seen_at, col(SessionRow.started_at) > over.started_at)
        if subject:
            wanted = wanted.where(col(SessionRow.subject) == _digest(subject))
        with self._engine.connect() as connection:
            rows = connection.execute(
                wanted.order_by(col(SessionRow.seen_at).desc(), col(SessionRow.digest))
            ).all()
        found = (_read(digest, began, seen, document) for digest, began, seen, document in rows)
        return [each for each in found if each is not None]

    def touch(self, digest: str, at: float) -> None:
        """See `SessionStore.touch`."""
        earlier = (col(SessionRow.digest) == digest) & (col(SessionRow.seen_at) < at)
        with self._engine.begin() as connection:
            connection.execute(update(SessionRow).where(earlier).values(seen_at=at))

    def end(self, *, digest: str = "", subject: str = "", session: str = "") -> int:
        """See `SessionStore.end`."""
        asked = (
            (SessionRow.digest, digest),
            (SessionRow.subject, _digest(subject)),
            (SessionRow.session, _digest(session)),
        )
        wanted = [col(column) == value for column, value in asked if value]
        if not wanted:
            return 0
        with self._engine.begin() as connection:
            return connection.execute(delete(SessionRow).where(*wanted)).rowcount

    def spend(self, token: str, now: int, until: int) -> bool:
        """See `SessionStore.spend`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(SpentTokenRow).where(col(SpentTokenRow.until) <= now))
                connection.execute(insert(SpentTokenRow).values(token=_digest(token), until=until))
        except IntegrityError:
            return False
        return True


def _digest(text: str) -> str:
    """What stands for a name of the provider's; empty for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _row(session: StoredSession) -> dict[str, str | float]:
    actor, known = session.actor, session.authentication
    said: dict[str, JSON] = {
        "node": actor.node,
        "subject": actor.subject,
        "roles": sorted(each.value for each in actor.roles),
        "unit": actor.unit,
        "name": session.name,
        "marks": sorted(session.marks),
        "idp_subject": known.subject,
        "idp_session": known.session,
        "at": known.at,
        "acr": known.acr,
    }
    return {
        "digest": session.digest,
        "subject": _digest(known.subject),
        "session": _digest(known.session),
        "started_at": session.started_at,
        "seen_at": session.seen_at,
        "document": encode(said).decode(),
    }


def _read(digest: str, started_at: float, seen_at: float, document: str) -> StoredSession | None:
    """The session in a row; None, which signs nobody in, where the row is not one of ours."""
    try:
        value = reading.exact(reading.json_object(document.encode(), _CAP), _PARTS)
        known = Authentication(
            reading.text(value, "idp_subject", _LONGEST),
            reading.text(value, "idp_session", _LONGEST),
            None if value["at"] is None else reading.whole(value, "at"),
            reading.text(value, "acr", _LONGEST),
        )
        node, person, unit, name = (reading.text(value, key, _LONGEST) for key in _TEXTS)
        actor = Actor(node, person, frozenset(Role(each) for each in _texts(value, "roles")), unit)
        marks = frozenset(_texts(value, "marks"))
    except (FieldRefused, ValueError):
        return None
    return StoredSession(digest, actor, name, started_at, seen_at, marks, known)


def _texts(value: reading.Object, key: str) -> list[str]:
    said = value[key]
    if not isinstance(said, list) or len(said) > _MOST_MARKS:
        raise FieldRefused(f"{key}: is no list of at most {_MOST_MARKS}")
    if not all(isinstance(each, str) for each in said):
        raise FieldRefused(f"{key}: holds something that is no text")
    return [str(each) for each in said]
