"""Making tables where they are missing, also when several processes of a node start at once."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

_ONE_MAKER: Final = 0x5E20  # the number of the advisory lock on PostgreSQL


def make_tables(engine: Engine, rows: Iterable[type[SQLModel]]) -> None:
    """Make the tables of `rows` where they are missing; on PostgreSQL one process after the other.

    `CREATE TABLE IF NOT EXISTS` of two sessions at once fails there for the one that comes second.
    """
    tables = [SQLModel.metadata.tables[str(row.__tablename__)] for row in rows]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_MAKER})
        SQLModel.metadata.create_all(connection, tables=tables)
