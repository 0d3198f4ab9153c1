"""The table of consents, on SQLite and PostgreSQL: signed statements are the truth."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class ConsentRow(SQLModel, table=True):
    """One version of a consent that this node gave or got; rows are only ever inserted."""

    __tablename__ = "sharing_consent"
    __table_args__ = (Index("sharing_consent_until", "provider", "recipient", "until"),)

    provider: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    recipient: str
    until: int = Field(sa_type=BigInteger)
    withdrawn: bool
    digest: str
    statement: str
