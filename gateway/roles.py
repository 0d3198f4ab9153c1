"""The roles of a node on PostgreSQL, each with no more than its work needs; SQL made from the tables.

- `owner` owns the tables: it makes and changes them (`entente database upgrade --user`);
- `reader` reads the shelf: it answers questions; `loader` writes the shelf;
- `log` adds to the log, and never changes or takes away what that holds;
- `keeper` takes away sealed blobs (an erasure) and wraps their keys anew; `log` becomes it for these acts;
- `desk` has the grants, the mandates, the post, the quotas;
- `oversight` has the log's index and the findings, which it never deletes;
- `witness` has what was seen of the partners' logs;
- `saver` reads everything and changes nothing: it makes backups (`entente backup --user`).

Nobody but the owner may make, change or empty a table. A role's name is the node's prefix and its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect

from gateway.databases import Room
from gateway.rooms import ROOMS

_SAVER: Final = "saver"
_READ: Final = "SELECT"
_ADD: Final = "SELECT, INSERT"
_MOVE: Final = "SELECT, INSERT, UPDATE"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
OWNER: Final = "owner"


@dataclass(frozen=True, slots=True)
class Role:
    """What a role may in a room: on its tables in general, and on those that are named instead."""

    name: str
    room: str
    general: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def on(self, table: Table) -> str:
        """Its privileges on a table; none where this is empty."""
        return self.named.get(table.name, self.general)


ROLES: Final = (
    Role("reader", "records", _READ, {"source": "", "source_file": "", "reject": ""}),
    Role("loader", "records", _ALL, {"layout": _READ}),
    Role(
        "log",
        "audit",
        _ADD,
        {
            "audit_checkpoint": "SELECT, INSERT, UPDATE (note)",
            "audit_once": _ALL,
            "audit_intent": _ALL,
            "audit_lease": _MOVE,
        },
    ),
    Role("keeper", "audit", "", {"audit_blob": "SELECT, DELETE, UPDATE (wrapped_key)"}),
    Role("desk", "sharing", _ALL, {"sharing_grant": _ADD, "sharing_item": _MOVE}),
    Role("desk", "quota", _ALL),
    Role("oversight", "oversight", _ALL, {"oversight_finding": _MOVE}),
    Role("witness", "witness", _MOVE, {"witness_fork": _ADD}),
    *(Role(_SAVER, room.name, _READ) for room in ROOMS),
)


def _quoted(*parts: str) -> str:
    preparer = dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy's is untyped
    return str(preparer.quote("_".join(parts)))


def cluster(prefix: str) -> Iterator[str]:
    """What makes the roles, once for a server; they have no password until they are given one.

    `log` does not inherit what it is a member of: it has the keeper's privileges only while it is the keeper.
    """
    yield f"CREATE ROLE {_quoted(prefix, OWNER)} LOGIN"
    for name in dict.fromkeys(each.name for each in ROLES):
        kind = {"keeper": "NOLOGIN", "log": "LOGIN NOINHERIT"}.get(name, "LOGIN")
        yield f"CREATE ROLE {_quoted(prefix, name)} {kind}"
    yield f"GRANT {_quoted(prefix, 'keeper')} TO {_quoted(prefix, 'log')}"


def owned(database: str, prefix: str) -> Iterator[str]:
    """What gives an empty database to the owner, and takes it from everybody else."""
    name, owner = _quoted(database), _quoted(prefix, OWNER)
    yield f"REVOKE ALL ON DATABASE {name} FROM PUBLIC"
    yield f"ALTER DATABASE {name} OWNER TO {owner}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"ALTER SCHEMA public OWNER TO {owner}"


def granted(room: Room, database: str, prefix: str) -> Iterator[str]:
    """What gives the roles of a room their privileges; the owner says it once the tables are there."""
    for role in (each for each in ROLES if each.room == room.name):
        name = _quoted(prefix, role.name)
        if role.name != "keeper":
            yield f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {name}"
            yield f"GRANT SELECT ON TABLE {_quoted(room.table.name)} TO {name}"
        yield f"GRANT USAGE ON SCHEMA public TO {name}"
        for table in room.tables:
            yield f"REVOKE ALL ON TABLE {_quoted(table.name)} FROM {name}"
            if rights := role.on(table):
                yield f"GRANT {rights} ON TABLE {_quoted(table.name)} TO {name}"
            if (counted := _counter(table)) and (right := _counting(role, rights)):
                yield f"GRANT {right} ON SEQUENCE {counted} TO {name}"


def _counting(role: Role, rights: str) -> str:
    """What a role may do with the sequence of a table on which it has these rights."""
    return "SELECT" if role.name == _SAVER else "USAGE" if "INSERT" in rights else ""


def _counter(table: Table) -> str:
    """The sequence that numbers a table's rows, if one does."""
    column = table.autoincrement_column
    return "" if column is None else _quoted(table.name, column.name, "seq")


def making(databases: Mapping[str, str], prefix: str) -> Iterator[str]:
    """For `psql`: the roles, and whose the databases are; `databases` are their names by room."""
    yield from (f"{each};" for each in cluster(prefix))
    for database in dict.fromkeys(databases.values()):
        yield f"\n\\connect {_quoted(database)}"
        yield from (f"{each};" for each in owned(database, prefix))


def allowing(databases: Mapping[str, str], prefix: str) -> Iterator[str]:
    """For `psql`: what each role may do."""
    for database in dict.fromkeys(databases.values()):
        yield f"\n\\connect {_quoted(database)}"
        for room in (each for each in ROOMS if databases.get(each.name) == database):
            yield from (f"{each};" for each in granted(room, database, prefix))
