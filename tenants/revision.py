"""What tells two servers' states of the shelf apart: a mark that every transaction that changes rows renews.

On PostgreSQL triggers renew it, so that it holds for whoever changes the tables, also by hand; once in each
transaction, with whose rows it becomes visible, here and at every server that follows. A server that holds
the mark which the primary holds now has every change that the primary has. Marks are drawn, not counted: two
servers that have gone different ways never agree by chance. SQLite has no followers and keeps the first mark.
"""

from typing import Final

from sqlalchemy import DDL, Table, event

from tenants.tables import Shelf

UNREAD: Final = frozenset({"source", "source_file", "reject", "arrival", "layout", "revision"})
"""The tables that no answer is made from."""
FIRST: Final = (
    "INSERT INTO revision (id, number, mark, xact) "
    "SELECT 1, 0, '', 0 WHERE NOT EXISTS (SELECT 1 FROM revision)"
)
"""What a database is told that has no mark; the empty one is nobody's."""
MARK: Final = "SELECT mark FROM revision WHERE id = 1"
FUNCTION: Final = """CREATE OR REPLACE FUNCTION shelf_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET number = number + 1, mark = gen_random_uuid()::text,
        xact = pg_current_xact_id()::text::bigint
    WHERE id = 1 AND xact <> pg_current_xact_id()::text::bigint;
    RETURN NULL;
END
$$"""


def postgresql(table: str) -> tuple[str, ...]:
    """The trigger of a table; it fires for replicas' sessions too."""
    name, acts = f"{table}_changes", "INSERT OR UPDATE OR DELETE OR TRUNCATE"
    made = f"CREATE OR REPLACE TRIGGER {name} BEFORE {acts} ON {table} EXECUTE FUNCTION shelf_changes()"
    return made, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def _tie(table: Table) -> None:
    for each in (FUNCTION, *postgresql(table.name)):
        ddl = DDL(each)  # type: ignore[no-untyped-call]  # SQLAlchemy's is untyped
        event.listen(table, "after_create", ddl.execute_if(dialect="postgresql"))


for _table in Shelf.metadata.sorted_tables:
    if _table.name not in UNREAD:
        _tie(_table)
