"""A `StandingBook` and a `HitBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, and_, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import JSON, encode
from sharing.errors import StandingUnknown
from sharing.mandate_parts import mandate_of, parts_of
from sharing.prepared import Prepared
from sharing.standing import AT_ONCE, MOST_LISTED, Hit, Standing, StandingState
from sharing.standing_tables import HitRow, StandingRow

_NOTE = text(
    "INSERT INTO sharing_standing_hit (owner, question, record, version, normal, at, waits)"
    " VALUES (:owner, :question, :record, :version, :normal, :at, true) ON CONFLICT DO NOTHING"
)
_NEVER = text(
    "INSERT INTO sharing_standing (owner, id, subject, created_at, expires_at, ended_at, document)"
    " VALUES (:owner, :id, '', :at, :at, :at, '') ON CONFLICT DO NOTHING"
)
_ONE = (
    "SELECT owner, document, ended_at FROM sharing_standing"
    " WHERE target = :target AND ended_at IS NULL AND expires_at > :now"
)
_COLUMNS = (StandingRow.owner, StandingRow.document, StandingRow.ended_at)


class SqlStanding:
    """Questions and hits in the tables of `sharing.standing_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._one = Prepared(engine, _ONE)

    def add(self, question: Standing) -> bool:
        """See `StandingBook.add`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(StandingRow).values(**_row(question)))
        except IntegrityError:
            return False
        return True

    def get(self, owner: str, question_id: str) -> Standing:
        """See `StandingBook.get`."""
        with self._engine.connect() as connection:
            row = connection.execute(_all().where(_is(owner, question_id))).one_or_none()
        if row is None or not row[1]:
            raise StandingUnknown(f"standing question {question_id[:80]!r} of {owner[:80]!r}: is not here")
        return _read(row)

    def renew(self, question: Standing) -> bool:
        """See `StandingBook.renew`."""
        try:
            known = self.get(question.owner, question.id)
        except StandingUnknown:
            return False
        if known.round >= question.round:
            return False
        same = and_(_is(known.owner, known.id), col(StandingRow.document) == _document(known))
        alive = and_(same, col(StandingRow.ended_at).is_(None))
        with self._engine.begin() as connection:
            done = connection.execute(update(StandingRow).where(alive).values(**_row(question)))
        return done.rowcount == 1

    def end(self, owner: str, question_id: str, at: int) -> bool:
        """See `StandingBook.end`."""
        with self._engine.begin() as connection:
            row = {"owner": owner, "id": question_id, "at": at}
            if connection.execute(_NEVER, row).rowcount == 1:
                return False
        try:
            known = self.get(owner, question_id)
        except StandingUnknown:
            return False
        alive = and_(_is(owner, question_id), col(StandingRow.ended_at).is_(None))
        with self._engine.begin() as connection:
            done = connection.execute(update(StandingRow).where(alive).values(**_row(known.ended(at))))
        return done.rowcount == 1

    def of(
        self, owner: str, subject: str = "", *, now: int | None = None, after: tuple[int, str] | None = None
    ) -> Sequence[Standing]:
        """See `StandingBook.of`."""
        query = _all().where(col(StandingRow.owner) == owner, col(StandingRow.document) != "")
        if subject:
            query = query.where(col(StandingRow.subject) == subject)
        if now is not None:
            query = query.where(_open(now))
        if after is not None:
            begun = col(StandingRow.created_at)
            query = query.where(
                or_(begun < after[0], and_(begun == after[0], col(StandingRow.id) > after[1]))
            )
        query = query.order_by(col(StandingRow.created_at).desc(), col(StandingRow.id)).limit(MOST_LISTED)
        with self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query)]

    def open(self, owner: str, now: int) -> int:
        """See `StandingBook.open`."""
        query = select(func.count()).select_from(StandingRow).where(col(StandingRow.owner) == owner)
        with self._engine.connect() as connection:
            return int(connection.execute(query.where(_open(now))).scalar_one())

    def matching(self, targets: Sequence[str], now: int) -> Sequence[Standing]:
        """See `StandingBook.matching`."""
        wanted = list(dict.fromkeys(targets))
        if len(wanted) == 1:
            found = [_read(row) for row in self._one.rows(target=wanted[0], now=now)]
        else:
            found = self._about(wanted, now)
        asked = [each for each in found if each.state(now) is StandingState.ACTIVE]
        return sorted(asked, key=lambda each: (each.owner, each.id))

    def _about(self, wanted: Sequence[str], now: int) -> list[Standing]:
        found: list[Standing] = []
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), AT_ONCE):
                part = col(StandingRow.target).in_(wanted[start : start + AT_ONCE])
                found += [_read(row) for row in connection.execute(_all().where(part, _open(now)))]
        return found

    def note(self, hits: Sequence[Hit]) -> int:
        """See `HitBook.note`."""
        noted = 0
        with self._engine.begin() as connection:
            for hit in hits:
                noted += connection.execute(_NOTE, asdict(hit)).rowcount
        return noted

    def waiting(self, limit: int = MOST_LISTED) -> Sequence[Hit]:
        """See `HitBook.waiting`."""
        columns = (HitRow.owner, HitRow.question, HitRow.record, HitRow.version, HitRow.normal, HitRow.at)
        order = map(col, (HitRow.at, HitRow.owner, HitRow.question, HitRow.record, HitRow.version))
        query = select(*map(col, columns)).where(col(HitRow.waits)).order_by(*order).limit(limit)
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(query).all()
        return [Hit(*row) for row in rows]

    def settle(self, hit: Hit) -> None:
        """See `HitBook.settle`."""
        same = (
            col(HitRow.owner) == hit.owner,
            col(HitRow.question) == hit.question,
            col(HitRow.record) == hit.record,
            col(HitRow.version) == hit.version,
        )
        with self._engine.begin() as connection:
            connection.execute(update(HitRow).where(*same).values(waits=False, normal=""))


def _all() -> Any:  # noqa: ANN401  # a select of three columns
    return select(*map(col, _COLUMNS))


def _is(owner: str, question_id: str) -> ColumnElement[bool]:
    return and_(col(StandingRow.owner) == owner, col(StandingRow.id) == question_id)


def _open(now: int) -> ColumnElement[bool]:
    return and_(col(StandingRow.ended_at).is_(None), col(StandingRow.expires_at) > now)


def _document(question: Standing) -> str:
    told: dict[str, JSON] = {
        "id": question.id,
        "mandate": parts_of(question.mandate),
        "by": question.mandate.actor.node,
        "kind": question.kind,
        "target": question.target,
        "created_at": question.created_at,
        "since": question.since,
        "expires_at": question.expires_at,
        "identifier": question.identifier,
        "nodes": list(question.nodes),
        "known": question.known,
        "round": question.round,
    }
    return encode(told).decode()


def _row(question: Standing) -> dict[str, object]:
    return {
        "owner": question.owner,
        "id": question.id,
        "subject": question.mandate.actor.subject,
        "target": None if question.ended_at else question.target,
        "created_at": question.created_at,
        "expires_at": question.expires_at,
        "ended_at": question.ended_at,
        "document": _document(question),
    }


def _read(row: Any) -> Standing:  # noqa: ANN401  # a row of `_all`
    owner, document, ended_at = row
    told = orjson.loads(document)
    told = {"since": told["created_at"]} | told
    mandate = mandate_of(told.pop("by"), told.pop("mandate"))
    return replace(
        Standing(owner=owner, mandate=mandate, **told | {"nodes": tuple(told["nodes"])}), ended_at=ended_at
    )
