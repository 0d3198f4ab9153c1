"""The room's own tables, on SQLite and PostgreSQL.

Signed statements are the truth; other columns only find them.
"""

from sqlalchemy import BigInteger, Engine, Index
from sqlmodel import Field, SQLModel

from sharing.approval_key_tables import APPROVAL_KEY_TABLES
from sharing.consent_tables import ConsentRow, OnwardRow
from sharing.making_tables import make_tables
from sharing.picture_tables import PICTURE_TABLES
from sharing.recall_tables import RECALL_TABLES
from sharing.session_tables import SESSION_TABLES
from sharing.standing_tables import STANDING_TABLES

EVERY = "#"
"""In place of a name: every case, dataset or schema. None can be called that."""


class GrantRow(SQLModel, table=True):
    """One version of a grant; rows are only ever inserted."""

    __tablename__ = "sharing_grant"

    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    statement: str


class CurrentGrantRow(SQLModel, table=True):
    """Which version of a grant is the newest."""

    __tablename__ = "sharing_grant_current"

    id: str = Field(primary_key=True)
    version: int


class GrantReachRow(SQLModel, table=True):
    """Whom a newest version names, and when it ends, for `candidates`.

    One row for each recipient, case, dataset and schema, and for `EVERY` in place of a case that it names, of
    the dataset, of the schemata. A grant for any case has the empty case alone. So each question that
    `candidates` asks is one range of one index, whatever else is stored.
    """

    __tablename__ = "sharing_grant_reach"
    __table_args__ = (
        Index("sharing_grant_by_touch", "recipient", "case_ref", "dataset_ref", "schema_ref", "until", "id"),
    )

    id: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    case_ref: str = Field(primary_key=True)
    dataset_ref: str = Field(primary_key=True)
    schema_ref: str = Field(primary_key=True)
    version: int
    digest: str
    until: int = Field(sa_type=BigInteger)


class ProposalRow(SQLModel, table=True):
    """Terms on their way to a grant, the newest revision."""

    __tablename__ = "sharing_proposal"
    __table_args__ = (Index("sharing_proposal_waiting", "state", "lapses_at"),)

    id: str = Field(primary_key=True)
    revision: int
    state: str
    lapses_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    document: str


class MandateRow(SQLModel, table=True):
    """An opened mandate of an own actor."""

    __tablename__ = "sharing_mandate"
    __table_args__ = (Index("sharing_mandate_by_subject", "subject", "expires_at"),)

    id: str = Field(primary_key=True)
    subject: str
    expires_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    document: str


class DirectoryRow(SQLModel, table=True):
    """The last accepted directory; a single row."""

    __tablename__ = "sharing_directory"

    id: int = Field(primary_key=True)
    version: int
    digest: str
    text: str


class BackoffRow(SQLModel, table=True):
    """A destination that failed: how often in a row, and until when it is not asked (milliseconds)."""

    __tablename__ = "sharing_backoff"

    node: str = Field(primary_key=True)
    failures: int
    until_ms: int = Field(sa_type=BigInteger)


class ItemRow(SQLModel, table=True):
    """What waits for an officer's decision, here (`INBOX`) or at another node (`SENT`); never deleted."""

    __tablename__ = "sharing_item"
    __table_args__ = (Index("sharing_item_by_deadline", "box", "state", "due_at", "id"),)

    box: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    node: str
    subject: str
    query_id: str
    due_at: int = Field(sa_type=BigInteger)
    state: str
    revision: int
    document: str


TABLES = (
    ProposalRow,
    GrantRow,
    CurrentGrantRow,
    GrantReachRow,
    MandateRow,
    DirectoryRow,
    BackoffRow,
    ItemRow,
    ConsentRow,
    OnwardRow,
    *PICTURE_TABLES,
    *RECALL_TABLES,
    *SESSION_TABLES,
    *APPROVAL_KEY_TABLES,
    *STANDING_TABLES,
)


def create_tables(engine: Engine) -> None:
    """Make the room's tables where they are missing."""
    make_tables(engine, TABLES)
