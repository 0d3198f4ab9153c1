"""The table of the keys with which persons approve."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class ApprovalKeyRow(SQLModel, table=True):
    """One key; rows are never deleted. Times are Unix seconds, -1 for what has not happened."""

    __tablename__ = "sharing_approval_key"
    __table_args__ = (Index("sharing_approval_key_by_person", "issuer", "subject"),)

    id: str = Field(primary_key=True)
    issuer: str
    subject: str
    label: str
    cose: str
    spki: str
    aaguid: str
    transports: str
    synced: int = Field(sa_type=BigInteger)
    uses: int = Field(sa_type=BigInteger)
    added_at: int = Field(sa_type=BigInteger)
    used_at: int = Field(sa_type=BigInteger)
    ended_at: int = Field(sa_type=BigInteger)
    ended: str


APPROVAL_KEY_TABLES = (ApprovalKeyRow,)
