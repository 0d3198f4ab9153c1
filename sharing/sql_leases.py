"""A `LeaseBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import encode
from sharing.encoding import digest
from sharing.errors import LeaseUnknown, RecallRefused
from sharing.leases import MOST_LEASES, Counts, Kept, Lease, LeaseState, joined, standing
from sharing.recall import Mark, Of
from sharing.recall_tables import HeardRow, LeaseGrantRow, LeaseRow, MarkRow

_BATCH = 200


class SqlLeases:
    """Leases and marks in the tables of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, lease: Lease) -> None:
        """See `LeaseBook.keep`."""
        told = {each.name: getattr(lease, each.name) for each in fields(lease)}
        case, grants = told.pop("case"), told.pop("grants")
        told |= {"case_digest": case, "handling": encode(list(lease.handling)).decode()}
        with self._engine.begin() as connection:
            connection.execute(insert(LeaseRow).values(**told))
            for ref in grants:
                name, _, version = ref.rpartition("@")
                row = {"lease": lease.id, "node": lease.node, "grant_id": name, "version": int(version)}
                connection.execute(insert(LeaseGrantRow).values(**row))

    def get(self, lease_id: str) -> Kept:
        """See `LeaseBook.get`."""
        with self._engine.connect() as connection:
            found = _kept(connection, col(LeaseRow.id) == lease_id, 1)
        if not found:
            raise LeaseUnknown(f"kept record {lease_id[:80]!r}: not in the book")
        return found[0]

    def of_case(self, case: str, limit: int = MOST_LEASES) -> Sequence[Kept]:
        """See `LeaseBook.of_case`."""
        with self._engine.connect() as connection:
            return _kept(connection, col(LeaseRow.case_digest) == case, limit)

    def affected(self, handles: Sequence[str]) -> Sequence[Kept]:
        """See `LeaseBook.affected`."""
        pairs = [tuple(handle.split("/", 1)) for handle in handles if "/" in handle]
        found: list[Kept] = []
        with self._engine.connect() as connection:
            for start in range(0, len(pairs), _BATCH):
                wanted = tuple_(col(LeaseRow.node), col(LeaseRow.record)).in_(pairs[start : start + _BATCH])
                found += _kept(connection, wanted)
        return found

    def take(self, notice_id: str, marks: Sequence[Mark], now: int) -> Counts:
        """See `LeaseBook.take`: of two processes with one notice one takes it, the other reads the counts."""
        try:
            return self._take(notice_id, marks, now)
        except IntegrityError:
            return self._take(notice_id, marks, now)

    def _take(self, notice_id: str, marks: Sequence[Mark], now: int) -> Counts:
        """1. Heard before: the same counts. 2. Heard now. 3. The marks that count. 4. What they did."""
        node, content = (
            marks[0].node,
            digest(encode([[*each.key, each.version, each.reason] for each in marks])),
        )
        heard = and_(col(HeardRow.node) == node, col(HeardRow.id) == notice_id)
        with self._engine.begin() as connection:
            before = connection.execute(
                select(col(HeardRow.digest), col(HeardRow.ended), col(HeardRow.held)).where(heard)
            ).one_or_none()
            if before is not None:  # 1
                if before[0] != content:
                    raise RecallRefused(f"notice {notice_id} of {node}: has come with another content")
                return Counts(before[1], before[2])
            row = {"node": node, "id": notice_id, "digest": content, "ended": 0, "held": 0}
            connection.execute(insert(HeardRow).values(**row))  # 2
            counts = _counted(connection, marks, now)  # 3, 4
            connection.execute(update(HeardRow).where(heard).values(ended=counts.ended, held=counts.held))
        return counts


def _counted(connection: Connection, marks: Sequence[Mark], now: int) -> Counts:
    leases: dict[str, Kept] = {}
    for mark in marks:
        leases |= {each.lease.id: each for each in _kept(connection, _touched(mark))}
    _mark(connection, marks)
    told = joined(marks)
    ends = {LeaseState.RECTIFIED if marks[0].of is Of.RECTIFIED else LeaseState.WITHDRAWN}
    ended = held = 0
    for each in leases.values():
        before = each.at(now)
        after = standing(each.lease, joined([*each.marks.values(), *told.values()]), now)
        ended += after.state in ends and before.state not in ends
        held += after.state is LeaseState.HELD
    return Counts(ended, held)


def _touched(mark: Mark) -> ColumnElement[bool]:
    """The leases that a mark names."""
    mine = col(LeaseRow.node) == mark.node
    if mark.of is not Of.GRANT:
        return and_(mine, col(LeaseRow.record) == mark.name)
    same = and_(col(LeaseGrantRow.node) == mark.node, col(LeaseGrantRow.grant_id) == mark.name)
    return and_(mine, col(LeaseRow.id).in_(select(col(LeaseGrantRow.lease)).where(same)))


def _mark(connection: Connection, marks: Iterable[Mark]) -> None:
    for mark in joined(marks).values():
        key = and_(
            col(MarkRow.node) == mark.node, col(MarkRow.sort) == mark.of, col(MarkRow.name) == mark.name
        )
        row = connection.execute(select(col(MarkRow.version), col(MarkRow.reason)).where(key)).one_or_none()
        if row is None:
            values: dict[str, object] = {"node": mark.node, "sort": mark.of.value, "name": mark.name}
            values |= {"version": mark.version, "reason": mark.reason}
            connection.execute(insert(MarkRow).values(**values))
            continue
        both = mark.joined(Mark(mark.node, mark.of, mark.name, row[0], row[1]))
        connection.execute(update(MarkRow).where(key).values(version=both.version, reason=both.reason))


def _kept(connection: Connection, wanted: ColumnElement[bool], limit: int | None = None) -> list[Kept]:
    query = select(*LeaseRow.__table__.columns).where(wanted)  # type: ignore[attr-defined]  # SQLModel's own
    query = query.order_by(col(LeaseRow.kept_at).desc(), col(LeaseRow.id)).limit(limit)
    return [_read(connection, row) for row in connection.execute(query).all()]


def _read(connection: Connection, row: Row[*tuple[Any, ...]]) -> Kept:
    told: dict[str, Any] = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's published name
    given = select(col(LeaseGrantRow.grant_id), col(LeaseGrantRow.version))
    given = given.where(col(LeaseGrantRow.lease) == told["id"]).order_by(col(LeaseGrantRow.grant_id))
    grants = tuple(f"{name}@{version}" for name, version in connection.execute(given))
    told |= {"case": told.pop("case_digest"), "grants": grants}
    told["handling"] = tuple(orjson.loads(str(told["handling"])))
    lease = Lease(**told)  # the columns have the fields' names
    return Kept(lease, _marks(connection, lease))


def _marks(connection: Connection, lease: Lease) -> dict[tuple[str, str, str], Mark]:
    names = [ref.rpartition("@")[0] for ref in lease.grants]
    on_record = and_(col(MarkRow.sort) != Of.GRANT, col(MarkRow.name) == lease.record)
    on_grant = and_(col(MarkRow.sort) == Of.GRANT, col(MarkRow.name).in_(names))
    columns = (MarkRow.sort, MarkRow.name, MarkRow.version, MarkRow.reason)
    query: Select[*tuple[Any, ...]] = select(*map(col, columns)).where(
        col(MarkRow.node) == lease.node, or_(on_record, on_grant)
    )
    found = [Mark(lease.node, Of(row[0]), row[1], row[2], row[3]) for row in connection.execute(query)]
    return joined(found)
