"""The tables of who is signed in at the desk, and of what counts only once."""

from sqlalchemy import BigInteger, Double, Index
from sqlmodel import Field, SQLModel


class SessionRow(SQLModel, table=True):
    """A session under a digest of its secret; person and session of the provider are digests too.

    Times are Unix seconds.
    """

    __tablename__ = "sharing_session"
    __table_args__ = (
        Index("sharing_session_by_subject", "subject"),
        Index("sharing_session_by_session", "session"),
    )

    digest: str = Field(primary_key=True)
    subject: str
    session: str
    started_at: float = Field(sa_type=Double)
    seen_at: float = Field(sa_type=Double)
    document: str


class SpentTokenRow(SQLModel, table=True):
    """A token of the provider that has had its effect, until it would not be accepted in any case."""

    __tablename__ = "sharing_spent_token"

    token: str = Field(primary_key=True)
    until: int = Field(sa_type=BigInteger, index=True)


SESSION_TABLES = (SessionRow, SpentTokenRow)
