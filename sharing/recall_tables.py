"""The tables of what leaves this node as a notice, was given away, and is kept of others' records."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class OutboxRow(SQLModel, table=True):
    """A notice that is owed to one partner; times are Unix seconds."""

    __tablename__ = "sharing_outbox"
    __table_args__ = (
        Index("sharing_outbox_due", "acknowledged_at", "next_at"),
        Index("sharing_outbox_newest", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    partner: str
    type: str
    body: str
    created_at: int = Field(sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger)
    attempts: int = 0
    next_at: int = Field(sa_type=BigInteger)
    acknowledged_at: int | None = Field(default=None, sa_type=BigInteger)
    acknowledgement: str = ""
    escalated_at: int | None = Field(default=None, sa_type=BigInteger)


class GivenRow(SQLModel, table=True):
    """A record that one answer gave under one grant; `place` is the leaf of the disclosure."""

    __tablename__ = "sharing_given"
    __table_args__ = (
        Index("sharing_given_by_record", "record", "partner", "version"),
        Index("sharing_given_by_grant", "grant_id", "grant_version", "partner"),
    )

    place: int = Field(primary_key=True, sa_type=BigInteger)
    record: str = Field(primary_key=True)
    grant_id: str = Field(primary_key=True)
    grant_version: int = Field(primary_key=True)
    version: int
    partner: str
    query_id: str
    at: int = Field(sa_type=BigInteger)


class ReachedRow(SQLModel, table=True):
    """The last leaf of the log that the register holds; a single row."""

    __tablename__ = "sharing_given_reached"

    id: int = Field(primary_key=True)
    place: int = Field(sa_type=BigInteger)


class RecallRow(SQLModel, table=True):
    """Something that was given away and is to be called back or put right, until the letters are written."""

    __tablename__ = "sharing_recall"

    id: str = Field(primary_key=True)
    document: str
    created_at: int = Field(sa_type=BigInteger)
    written_at: int | None = Field(default=None, sa_type=BigInteger, index=True)


class ChangeRow(SQLModel, table=True):
    """A version that a load wrote of a record of ours, and what became of it."""

    __tablename__ = "sharing_change"
    __table_args__ = (
        Index("sharing_change_by_fate", "fate", "record", "version"),
        Index("sharing_change_by_time", "at"),
        Index("sharing_change_by_load", "load"),
    )

    record: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sort: str
    reason: str
    load: int
    at: int = Field(sa_type=BigInteger)
    fate: str


class LeaseRow(SQLModel, table=True):
    """A handle to another node's record that an analyst keeps; no content."""

    __tablename__ = "sharing_lease"
    __table_args__ = (
        Index("sharing_lease_by_handle", "node", "record"),
        Index("sharing_lease_by_case", "case_digest", "kept_at"),
    )

    id: str = Field(primary_key=True)
    node: str
    record: str
    version: int
    case_digest: str
    kept_by: str
    query_id: str
    handling: str
    kept_at: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)


class LeaseGrantRow(SQLModel, table=True):
    """A grant under which a kept record was given."""

    __tablename__ = "sharing_lease_grant"
    __table_args__ = (Index("sharing_lease_by_grant", "node", "grant_id"),)

    lease: str = Field(primary_key=True)
    grant_id: str = Field(primary_key=True)
    node: str
    version: int


class MarkRow(SQLModel, table=True):
    """What a node has taken back or put right: a grant or a record, up to a version."""

    __tablename__ = "sharing_mark"

    node: str = Field(primary_key=True)
    sort: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int
    reason: str


class HeardRow(SQLModel, table=True):
    """A recall or rectification that was acted on, and what its sender was told."""

    __tablename__ = "sharing_heard"

    node: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    digest: str
    ended: int
    held: int


RECALL_TABLES = (
    OutboxRow, GivenRow, ReachedRow, RecallRow, ChangeRow, LeaseRow, LeaseGrantRow, MarkRow, HeardRow,
)  # fmt: skip
