"""A `LeaseBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import encode
from sharing.encoding import digest
from sharing.errors import LeaseUnknown, RecallRefused
from sharing.leases import MOST_LEASES, Counts, Kept, Lease, LeaseState, Marks, joined, standing
from sharing.recall import Mark, Of
from sharing.recall_tables import HeardRow, LeaseGrantRow, LeaseRow, MarkRow

_AT_ONCE = 10_000


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
        records: dict[str, dict[str, None]] = {}
        for node, slash, record in (handle.partition("/") for handle in handles):
            if slash:
                records.setdefault(node, {})[record] = None
        found: list[Kept] = []
        with self._engine.connect() as connection:
            for node, names in records.items():
                for part in _parts(list(names)):
                    on_these = and_(col(LeaseRow.node) == node, col(LeaseRow.record).in_(part))
                    found += _kept(connection, on_these)
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
    """Leases with their grants and marks: a few questions, however many leases."""
    query = select(*LeaseRow.__table__.columns).where(wanted)  # type: ignore[attr-defined]  # SQLModel's own
    query = query.order_by(col(LeaseRow.kept_at).desc(), col(LeaseRow.id)).limit(limit)
    rows = connection.execute(query).all()
    grants = _grants(connection, [row.id for row in rows])
    leases = [_lease(row, grants.get(row.id, [])) for row in rows]
    marks = _marks(connection, leases)
    return [Kept(each, _bearing(each, marks)) for each in leases]


def _lease(row: Row[*tuple[Any, ...]], grants: Sequence[str]) -> Lease:
    told: dict[str, Any] = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's published name
    told |= {"case": told.pop("case_digest"), "grants": tuple(grants)}
    told["handling"] = tuple(orjson.loads(str(told["handling"])))
    return Lease(**told)  # the columns have the fields' names


def _grants(connection: Connection, leases: Sequence[str]) -> Mapping[str, list[str]]:
    """The refs of each lease's grants."""
    found: dict[str, list[str]] = {}
    query = select(col(LeaseGrantRow.lease), col(LeaseGrantRow.grant_id), col(LeaseGrantRow.version))
    for part in _parts(leases):
        given = query.where(col(LeaseGrantRow.lease).in_(part)).order_by(col(LeaseGrantRow.grant_id))
        for lease, name, version in connection.execute(given):
            found.setdefault(lease, []).append(f"{name}@{version}")
    return found


def _marks(connection: Connection, leases: Sequence[Lease]) -> dict[tuple[str, str, str], Mark]:
    """The marks on these leases' records and grants."""
    wanted: dict[tuple[str, Of], set[str]] = {}
    for lease in leases:
        for of, names in _names(lease):
            wanted.setdefault((lease.node, of), set()).update(names)
    found: list[Mark] = []
    for (node, of), these in wanted.items():
        same = and_(col(MarkRow.node) == node, col(MarkRow.sort) == of.value)
        for part in _parts(sorted(these)):
            query = select(col(MarkRow.name), col(MarkRow.version), col(MarkRow.reason))
            rows = connection.execute(query.where(same, col(MarkRow.name).in_(part)))
            found += [Mark(node, of, *row) for row in rows]
    return joined(found)


def _bearing(lease: Lease, marks: Marks) -> Marks:
    """Those of the marks that bear on one lease."""
    keys = [(lease.node, of.value, name) for of, names in _names(lease) for name in names]
    return {key: marks[key] for key in keys if key in marks}


def _names(lease: Lease) -> Iterable[tuple[Of, Sequence[str]]]:
    """What a mark may be on that bears on a lease."""
    yield Of.GRANT, [ref.rpartition("@")[0] for ref in lease.grants]
    yield Of.RECORD, [lease.record]
    yield Of.RECTIFIED, [lease.record]


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    """The names in runs that one statement takes."""
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
