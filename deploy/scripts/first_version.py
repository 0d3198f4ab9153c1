"""Write the SQL of the first version of each database from the tables as they are: until the first release.

Afterwards these files never change, and a table that changes takes a step of its own: see
`deploy/docs/database.md`. Usage: `python deploy/scripts/first_version.py`
"""

from collections.abc import Iterator

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway.databases import FIRST, Room
from gateway.rooms import RECORDS, ROOMS
from tenants.laying_out import FILLED

HEAD = "-- Version 0001 of the database `{room}`, as it was first released. Never changed.\n\n"
DIALECTS: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def statements(room: Room, dialect: Dialect) -> Iterator[str]:
    """What makes the tables where they are missing, and fails where they are others."""
    for table in room.tables:
        yield str(CreateTable(table, if_not_exists=True).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect))
        yield looked_at(table, dialect)
    if room is RECORDS:
        yield FILLED


def looked_at(table: Table, dialect: Dialect) -> str:
    """A question that a table without one of the columns does not answer."""
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(f"{quote(table.name)}.{quote(column.name)}" for column in table.c)
    return f"SELECT {columns} FROM {quote(table.name)} LIMIT 0"  # noqa: S608  # our own tables' names


def main() -> None:
    """Write every file."""
    for room in ROOMS:
        room.folder.mkdir(parents=True, exist_ok=True)
        for name, dialect in DIALECTS.items():
            written = (
                "\n".join(line.rstrip() for line in each.strip().splitlines())
                for each in statements(room, dialect)
            )
            path = room.folder / f"r{FIRST}.{name}.sql"
            path.write_text(HEAD.format(room=room.name) + "".join(f"{each};\n\n" for each in written))


if __name__ == "__main__":
    main()
