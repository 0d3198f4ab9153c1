"""The log's tables, the same on SQLite and PostgreSQL; names and columns are a format that verifiers read."""

from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from audit.append_only import REFUSED, tie

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


_ONE_TREE = {"sqlite_with_rowid": False}


class AuditTable(SQLModel, registry=registry()):
    """The log's own set of tables, apart from every other room's."""


class AuditEntry(AuditTable, table=True):
    """A leaf: its place, and the bytes that the tree hashes."""

    __tablename__ = "audit_entry"
    idx: int = Field(primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False})
    leaf: bytes = Field(sa_type=LargeBinary)


class AuditTile(AuditTable, table=True):
    """A full tile of 256 hashes."""

    __tablename__ = "audit_tile"
    level: int = Field(primary_key=True, sa_type=Integer)
    idx: int = Field(primary_key=True, sa_type=_NUMBER)
    hashes: bytes = Field(sa_type=LargeBinary)


class AuditTreeHead(AuditTable, table=True):
    """A step of the log. No two steps lead to one size or start from one size: a fork breaks a constraint."""

    __tablename__ = "audit_tree_head"
    size: int = Field(primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False})
    prev: int = Field(unique=True, sa_type=_NUMBER)
    root: bytes = Field(sa_type=LargeBinary)


class AuditCheckpoint(AuditTable, table=True):
    """A signed checkpoint: of a quiet moment, of the log's end, and of every so many steps."""

    __tablename__ = "audit_checkpoint"
    size: int = Field(primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False})
    note: str


class AuditBlob(AuditTable, table=True):
    """What is sealed beside a leaf; an erasure deletes the row, key and all."""

    __tablename__ = "audit_blob"
    idx: int = Field(primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False})
    sealed: bytes = Field(sa_type=LargeBinary)
    wrapped_key: bytes = Field(sa_type=LargeBinary)


class AuditOnce(AuditTable, table=True):
    """A key that may occur only once until the second in which it lapses."""

    __tablename__ = "audit_once"
    __table_args__: ClassVar = _ONE_TREE
    key: str = Field(primary_key=True)
    expires: int = Field(sa_type=_NUMBER)


class AuditIntent(AuditTable, table=True):
    """An intent without outcome."""

    __tablename__ = "audit_intent"
    __table_args__: ClassVar = _ONE_TREE
    entry_id: str = Field(primary_key=True)
    idx: int = Field(sa_type=_NUMBER)
    kind: str
    at: str


LEASE_CHECK = "audit_lease_epoch"
"""The constraint that a sequencer of an epoch that is over breaks with whatever it tries to commit."""


class AuditLease(AuditTable, table=True):
    """Who may grow the log, one row: the epoch in force, and the one that the last writer claimed."""

    __tablename__ = "audit_lease"
    __table_args__: ClassVar = (CheckConstraint("claimed = epoch", name=LEASE_CHECK),)
    id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    epoch: int = Field(sa_type=_NUMBER)
    claimed: int = Field(sa_type=_NUMBER)
    beat: int = Field(sa_type=_NUMBER)
    held: int = Field(sa_type=Integer)


for _name in REFUSED:
    tie(AuditTable.metadata.tables[_name])
