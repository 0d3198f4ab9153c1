"""The tables of standing questions, of what answered them, and of alerts; times are Unix seconds."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class StandingRow(SQLModel, table=True):
    """A standing question of a node; one without a document was ended before it came."""

    __tablename__ = "sharing_standing"
    __table_args__ = (
        Index("sharing_standing_by_target", "target", "expires_at"),
        Index("sharing_standing_by_owner", "owner", "created_at"),
    )

    owner: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    subject: str
    target: str | None
    """What active ones are found by; empty once it was ended."""
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    document: str


class HitRow(SQLModel, table=True):
    """A version of a record that answered a question; `waits` until somebody has decided on it."""

    __tablename__ = "sharing_standing_hit"
    __table_args__ = (Index("sharing_standing_hit_waiting", "waits", "at"),)

    owner: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    record: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    normal: str
    at: int = Field(sa_type=BigInteger)
    waits: bool


class AlertRow(SQLModel, table=True):
    """An alert to a person, or (no subject) to the liaison officers."""

    __tablename__ = "sharing_alert"
    __table_args__ = (
        Index("sharing_alert_by_subject", "subject", "at"),
        Index("sharing_alert_by_evidence", "subject", "case_digest", "evidence"),
    )

    id: str = Field(primary_key=True)
    subject: str
    case_digest: str
    evidence: str
    at: int = Field(sa_type=BigInteger)
    state: str
    document: str


STANDING_TABLES = (StandingRow, HitRow, AlertRow)
