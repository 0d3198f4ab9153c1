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
