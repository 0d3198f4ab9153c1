"""The tables of oversight's own database: the index of the log, and what was found in it.

The index can be thrown away at any time and is made anew from the log. Findings cannot: hence a database of
its own beside the log's, as durable as that.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Engine, Index, Integer, LargeBinary, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class OversightTable(SQLModel, registry=registry()):
    """The set of tables of this database, apart from every other one's."""


class LeafRow(OversightTable, table=True):
    """A row of the index, the fields of `audit.row.Row`; lists as words with spaces between them."""

    __tablename__ = "oversight_leaf"
    __table_args__: ClassVar = (
        Index("oversight_leaf_by_time", "at_ms"),
        Index("oversight_leaf_by_kind", "kind", "at_ms"),
        Index("oversight_leaf_by_asker", "asker", "at_ms"),
        Index("oversight_leaf_by_case", "case", "at_ms"),
        Index("oversight_leaf_by_unit", "unit", "at_ms"),
        Index("oversight_leaf_by_purpose", "purpose", "at_ms"),
        Index("oversight_leaf_by_query", "query_id"),
        Index("oversight_leaf_by_request", "request"),
        Index("oversight_leaf_by_entry", "entry_id"),
        Index("oversight_leaf_by_intent", "intent"),
        Index("oversight_leaf_by_retention", "sealed", "retain_until"),
        Index("oversight_leaf_by_self_lookup", "self_lookup", "at_ms"),
    )
    index: int = Field(primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False})
    leaf_hash: str
    kind: str
    operation: str
    at: str
    at_ms: int = Field(sa_type=_NUMBER)
    entry_id: str
    intent: str
    query_id: str
    request: str
    asker: str
    role: str
    unit: str
    partner: str
    nodes: str
    purpose: str
    legal_basis: str
    offence: str
    case: str
    query_digest: str
    replies: str
    statuses: str
    reasons: str
    tier: str
    action: str
    results: int | None = Field(sa_type=_NUMBER)
    retain_until: str
    sealed: bool
    self_lookup: bool


class LeafWord(OversightTable, table=True):
    """A word of a row's list: a node, a status, a reason."""

    __tablename__ = "oversight_leaf_word"
    name: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    index: int = Field(primary_key=True, sa_type=_NUMBER)


class Grown(OversightTable, table=True):
    """How far the index is: number of leaves, and the hashes of their Merkle frontier. A single row."""

    __tablename__ = "oversight_grown"
    id: int = Field(primary_key=True)
    size: int = Field(sa_type=_NUMBER)
    nodes: bytes = Field(sa_type=LargeBinary)


class FindingRow(OversightTable, table=True):
    """A finding and its state; rows are never deleted."""

    __tablename__ = "oversight_finding"
    __table_args__: ClassVar = (
        Index("oversight_finding_by_state", "state", "number"),
        Index("oversight_finding_by_rule", "rule", "number"),
        Index("oversight_finding_by_asker", "asker", "number"),
    )
    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    rule: str
    rank: int
    at: str
    indexes: str
    request: str
    query_id: str
    asker: str
    partner: str
    text: str
    state: str
    reason: str
    changed_by: str
    changed_at: str


def open_oversight(url: str, pool: Mapping[str, Any] | None = None) -> Engine:
    """Return the engine of `sqlite:///file` or `postgresql://…` with its tables in place.

    `pool` are SQLAlchemy's words for how connections to a server are kept.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    server = parsed.get_backend_name() != "sqlite"
    engine = create_engine(parsed, **({"pool_pre_ping": True, **(pool or {})} if server else {}))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
    OversightTable.metadata.create_all(engine)
    return engine


def _durable(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
