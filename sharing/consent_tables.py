"""The tables of consents, on SQLite and PostgreSQL: signed statements are the truth."""

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


class OnwardRow(SQLModel, table=True):
    """Whom a consent for ONWARD use names, for which purpose and when, for `ConsentBook.onward`.

    One row for each recipient named and purpose of a version that can open answers. It counts only while that
    version is the newest of `ConsentRow`.
    """

    __tablename__ = "sharing_consent_onward"
    __table_args__ = (
        Index("sharing_consent_onward_to", "recipient", "named", "purpose", "until", "provider", "id"),
    )

    provider: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    named: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    recipient: str
    version: int
    since: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
