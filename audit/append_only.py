"""The triggers that let the log's tables be added to and nothing else, whoever is connected to the database.

They hold against mistakes and against whoever has no more than a session: also the tables' owner is refused
until it takes the trigger away, which is seen. Against whoever holds the file or the server the log holds by
its signatures, not by its tables.

- leaves, tiles and heads are never changed, taken away or replaced;
- a checkpoint may get another note (cosignatures come later), for the same size;
- a blob may go (an erasure, ADR 0105), and its data key may be wrapped anew; its content does not change.
"""

from typing import Final

from sqlalchemy import DDL, Table, event

_ALL: Final = ("UPDATE", "DELETE", "TRUNCATE")
REFUSED: Final = {
    "audit_entry": _ALL,
    "audit_tile": _ALL,
    "audit_tree_head": _ALL,
    "audit_checkpoint": ("UPDATE OF size", "DELETE", "TRUNCATE"),
    "audit_blob": ("UPDATE OF idx, sealed", "TRUNCATE"),
}
"""What is refused on each table."""
_KEYS: Final = {"audit_entry": ("idx",), "audit_tile": ("level", "idx"), "audit_tree_head": ("size",)}
"""Where a row may not be put in the place of another: SQLite's `REPLACE` fires no trigger of a deletion."""
_SAID: Final = "is only added to"

FUNCTION: Final = f"""CREATE OR REPLACE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': {_SAID}', ERRCODE = 'insufficient_privilege';
END
$$"""


def postgresql(table: str) -> tuple[str, ...]:
    """The triggers of a table; they fire for replicas' sessions too."""
    acts, name = " OR ".join(REFUSED[table]), f"{table}_only_added"
    made = f"CREATE OR REPLACE TRIGGER {name} BEFORE {acts} ON {table} EXECUTE FUNCTION "
    return f"{made}audit_only_added()", f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def sqlite(table: str) -> tuple[str, ...]:
    """The triggers of a table; `ABORT` takes the statement back and leaves the transaction to its owner."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: {_SAID}'); END"
    made = [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.split()[0].lower()} BEFORE {act} ON {table} {refuse}"
        for act in REFUSED[table]
        if act != "TRUNCATE"
    ]
    if keys := _KEYS.get(table):
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  # our own tables' names
        made.append(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}"
        )
    return tuple(made)


def tie(table: Table) -> None:
    """Make the triggers with the table."""
    made = {"postgresql": (FUNCTION, *postgresql(table.name)), "sqlite": sqlite(table.name)}
    for dialect, statements in made.items():
        for each in statements:
            ddl = DDL(each)  # type: ignore[no-untyped-call]  # SQLAlchemy's is untyped
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
