"""A register in SQL, SQLite or PostgreSQL: one row for each grant of each record of each answer."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import ColumnElement, Engine, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from sharing.recall_tables import GivenRow, ReachedRow
from sharing.register import MOST_GIVEN, Given, Newest, Reached

_NONE = -1
_AT_ONCE = 10_000


class SqlRegister:
    """Disclosed records in the tables of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reached(self) -> int:
        """See `Register.reached`."""
        with self._engine.connect() as connection:
            found = connection.execute(select(col(ReachedRow.place))).scalar_one_or_none()
        return _NONE if found is None else int(found)

    def extend(self, given: Sequence[Given], reached: int) -> None:
        """See `Register.extend`; another process that took the same in first wins."""
        before = self.reached()
        rows = [row for each in given if each.place > before for row in _rows(each)]
        try:
            with self._engine.begin() as connection:
                if before == _NONE:
                    connection.execute(insert(ReachedRow).values(id=1, place=reached))
                else:
                    same = update(ReachedRow).where(col(ReachedRow.place) == before)
                    if reached <= before or connection.execute(same.values(place=reached)).rowcount != 1:
                        return
                if rows:
                    connection.execute(insert(GivenRow), rows)
        except IntegrityError:
            return

    def of_record(self, record: str, limit: int = MOST_GIVEN, *, besides: str = "") -> Sequence[Given]:
        """See `Register.of_record`."""
        wanted = and_(col(GivenRow.record) == record, col(GivenRow.partner) != besides)
        return self._found(wanted, limit)

    def of_grant(self, grant_id: str, version: int, limit: int = MOST_GIVEN) -> Sequence[Given]:
        """See `Register.of_grant`."""
        return self._found(_under(grant_id, version), limit)

    def partners_of(self, grant_id: str, version: int) -> Sequence[str]:
        """See `Register.partners_of`."""
        query = select(col(GivenRow.partner)).where(_under(grant_id, version)).distinct()
        with self._engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def newest(self, after: tuple[str, str] = ("", ""), limit: int = MOST_GIVEN) -> Sequence[Newest]:
        """See `Register.newest`."""
        record, partner = col(GivenRow.record), col(GivenRow.partner)
        beyond = or_(record > after[0], and_(record == after[0], partner > after[1]))
        query = select(record, partner, func.max(col(GivenRow.version))).where(beyond)
        query = query.group_by(record, partner).order_by(record, partner).limit(limit)
        with self._engine.connect() as connection:
            return [Newest(*row) for row in connection.execute(query)]

    def reached_by(self, records: Sequence[str]) -> Sequence[Reached]:
        """See `Register.reached_by`."""
        record, partner, version = col(GivenRow.record), col(GivenRow.partner), col(GivenRow.version)
        query = select(record, partner, func.min(version), func.max(version)).group_by(record, partner)
        names = sorted(set(records))
        found: list[Reached] = []
        with self._engine.connect() as connection:
            for start in range(0, len(names), _AT_ONCE):
                part = query.where(record.in_(names[start : start + _AT_ONCE])).order_by(record, partner)
                found += [Reached(*row) for row in connection.execute(part)]
        return found

    def _found(self, wanted: ColumnElement[bool], limit: int) -> list[Given]:
        """Given records; the rows of one are brought together, the last one only when all were read."""
        order = (col(GivenRow.place).desc(), col(GivenRow.record), col(GivenRow.grant_id))
        with Session(self._engine) as session:
            rows = list(session.scalars(select(GivenRow).where(wanted).order_by(*order).limit(limit)))
        parts = groupby(rows, key=lambda row: (row.place, row.record))
        return [_given(list(part)) for _, part in parts]


def _under(grant_id: str, version: int) -> ColumnElement[bool]:
    return and_(col(GivenRow.grant_id) == grant_id, col(GivenRow.grant_version) <= version)


def _rows(given: Given) -> Iterable[dict[str, object]]:
    for ref in given.grants:
        grant_id, _, version = ref.rpartition("@")
        yield {
            "place": given.place,
            "record": given.record,
            "version": given.version,
            "partner": given.partner,
            "query_id": given.query_id,
            "at": given.at,
            "grant_id": grant_id,
            "grant_version": int(version),
        }


def _given(rows: list[GivenRow]) -> Given:
    one = rows[0]
    grants = tuple(f"{row.grant_id}@{row.grant_version}" for row in rows)
    return Given(one.place, one.record, one.version, one.partner, one.query_id, one.at, grants)
