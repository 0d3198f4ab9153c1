"""The tables of shared pictures, on SQLite and PostgreSQL: signed statements are the truth."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class ContributionRow(SQLModel, table=True):
    """One contribution; rows are only ever inserted. `received_at` is when this node got it, Unix seconds."""

    __tablename__ = "sharing_contribution"
    __table_args__ = (
        Index("sharing_contribution_by_picture", "picture", "received_at", "id"),
        Index("sharing_contribution_by_author", "picture", "node", "person"),
        Index("sharing_contribution_by_act", "act", "picture"),
    )

    id: str = Field(primary_key=True)
    picture: str
    act: str
    node: str
    person: str
    received_at: int = Field(sa_type=BigInteger)
    statement: str


class StubRow(SQLModel, table=True):
    """A contribution that another node may not show this one, and why; rows are only ever inserted."""

    __tablename__ = "sharing_contribution_stub"

    picture: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    reason: str


PICTURE_TABLES = (ContributionRow, StubRow)
