"""The shelf's tables in a database: what they are, making them, and telling a database of another layout."""

from sqlalchemy import Connection, Table, inspect, select

from tenants import revision
from tenants.errors import ShelfUnavailable
from tenants.tables import LAYOUT, Shelf

TABLES: tuple[Table, ...] = tuple(Shelf.metadata.sorted_tables)
_LAYOUT: Table = Shelf.metadata.tables["layout"]
FILLED = f"INSERT INTO layout (layout) SELECT {LAYOUT} WHERE NOT EXISTS (SELECT 1 FROM layout)"  # noqa: S608  # a number
"""What a database without a layout is told, in SQL."""


def lay_out(connection: Connection) -> None:
    """Make what is missing; `ShelfUnavailable` for a database of another layout."""
    Shelf.metadata.create_all(connection)
    if not _layouts(connection):
        connection.exec_driver_sql(FILLED)
    connection.exec_driver_sql(revision.FIRST)
    check_layout(connection)


def check_layout(connection: Connection) -> None:
    """`ShelfUnavailable` for a database of another layout; one without any has none yet."""
    if not inspect(connection).has_table(_LAYOUT.name):
        return
    if (layouts := _layouts(connection)) not in ([], [LAYOUT]):
        raise ShelfUnavailable(f"the database has layout {layouts}, this version reads {LAYOUT}")


def _layouts(connection: Connection) -> list[int]:
    return list(connection.execute(select(_LAYOUT.c.layout)).scalars())
