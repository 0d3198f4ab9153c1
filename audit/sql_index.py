"""The index in SQLite or PostgreSQL, in oversight's own database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from audit.errors import OversightUnavailable
from audit.index import Search, checked_tally, milliseconds
from audit.merkle import HASH_SIZE, Frontier
from audit.oversight_tables import Grown, LeafRow, LeafWord
from audit.row import DAY, HOUR, Row

_LISTS = ("nodes", "replies", "statuses", "reasons")
_WORDS = {"node": "nodes", "status": "statuses", "reason": "reasons"}
_NAMES = [field.name for field in fields(Row)]
_COLUMNS = [getattr(LeafRow, name) for name in _NAMES]
_PREFIXES = {"day": DAY, "hour": HOUR}


class SqlIndex:
    """Rows in the tables of `audit.oversight_tables`; see `audit.index.LeafIndex`."""

    def __init__(self, engine: Engine) -> None:
        """Use the engine that `open_oversight` gave; its owner disposes of it."""
        self._engine = engine

    def grown(self) -> Frontier:
        """Return the frontier that was kept with the rows."""
        with self._connection() as connection:
            row = connection.execute(select(col(Grown.size), col(Grown.nodes))).one_or_none()
        if row is None:
            return Frontier()
        size, nodes = row
        hashes = [nodes[place : place + HASH_SIZE] for place in range(0, len(nodes), HASH_SIZE)]
        return Frontier(size, tuple(hashes))

    def extend(self, rows: Sequence[Row], size: int, grown: Frontier) -> bool:
        """Add the rows and move the frontier in one transaction, if no one else has."""
        with self._connection() as connection:
            if not self._moved(connection, size, grown):
                return False
            connection.execute(insert(LeafRow), [_columns(row) for row in rows])
            if words := [word for row in rows for word in _words(row)]:
                connection.execute(insert(LeafWord), words)
        return True

    def _moved(self, connection: Connection, size: int, grown: Frontier) -> bool:
        """Move the frontier if it is at `size`; the first move makes it."""
        nodes = b"".join(grown.nodes)
        if size == 0:
            made = connection.execute(select(col(Grown.size))).one_or_none() is None
            if made:
                connection.execute(insert(Grown).values(id=1, size=grown.size, nodes=nodes))
            return made
        moved = update(Grown).where(col(Grown.size) == size).values(size=grown.size, nodes=nodes)
        return connection.execute(moved).rowcount == 1

    def clear(self) -> None:
        """Forget all rows."""
        with self._connection() as connection:
            for table in (Grown, LeafWord, LeafRow):
                connection.execute(delete(table))

    def find(self, search: Search) -> list[Row]:
        """Return the first rows that the search admits."""
        with self._connection() as connection:
            return [_row(found._asdict()) for found in connection.execute(finding(search))]

    def count(self, search: Search) -> int:
        """Return how many rows it admits."""
        with self._connection() as connection:
            query = select(func.count()).select_from(LeafRow).where(*_wanted(search))
            return int(connection.execute(query).scalar_one())

    def tally(self, search: Search, by: Sequence[str]) -> dict[tuple[str, ...], int]:
        """Return how many rows it admits for each value of the fields."""
        columns = [_tallied(name) for name in checked_tally(by)]
        query = select(*columns, func.count()).where(*_wanted(search)).group_by(*columns)
        with self._connection() as connection:
            return {tuple(row[:-1]): int(row[-1]) for row in connection.execute(query)}

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Give a connection in a transaction, and turn the driver's errors into this room's."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise OversightUnavailable(f"index: {type(error).__name__} of the oversight database") from error


def finding(search: Search) -> Select[Any]:
    """The statement that finds rows; public so that a test can ask how a database runs it."""
    query = select(*_COLUMNS).where(*_wanted(search))
    return query.order_by(col(LeafRow.index)).limit(search.first)


def _wanted(search: Search) -> Iterator[ColumnElement[bool]]:
    yield from (getattr(LeafRow, name) == value for name, value in search.texts.items() if value)
    yield from _in_place(search)
    yield from _with_words(search)
    for name in ("sealed", "self_lookup"):
        if (flag := getattr(search, name)) is not None:
            yield getattr(LeafRow, name).is_(flag)
    if search.kinds:
        yield col(LeafRow.kind).in_(search.kinds)
    if search.with_case is not None:
        yield (col(LeafRow.case) != "") if search.with_case else (col(LeafRow.case) == "")


def _in_place(search: Search) -> Iterator[ColumnElement[bool]]:
    """The criteria of place and time."""
    if search.after >= 0:
        yield col(LeafRow.index) > search.after
    if search.since is not None:
        yield col(LeafRow.at_ms) >= milliseconds(search.since)
    if search.until is not None:
        yield col(LeafRow.at_ms) < milliseconds(search.until)
    if search.due:
        yield col(LeafRow.retain_until) != ""
        yield col(LeafRow.retain_until) < search.due


def _with_words(search: Search) -> Iterator[ColumnElement[bool]]:
    """The criteria that one word of a list must meet."""
    for name, field in _WORDS.items():
        if value := getattr(search, name):
            words = select(col(LeafWord.index)).where(
                col(LeafWord.name) == field, col(LeafWord.word) == value, col(LeafWord.index) > search.after
            )
            yield col(LeafRow.index).in_(words)


def _tallied(name: str) -> ColumnElement[str]:
    if length := _PREFIXES.get(name):
        return func.substr(col(LeafRow.at), 1, length)
    column: ColumnElement[str] = getattr(LeafRow, name)
    return column


def _columns(row: Row) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _NAMES}
    return plain | {name: " ".join(plain[name]) for name in _LISTS}


def _words(row: Row) -> Iterator[dict[str, Any]]:
    for name in _WORDS.values():
        for word in dict.fromkeys(getattr(row, name)):
            yield {"name": name, "word": word, "index": row.index}


def _row(found: dict[str, Any]) -> Row:
    return Row(**found | {name: tuple(found[name].split()) for name in _LISTS})
