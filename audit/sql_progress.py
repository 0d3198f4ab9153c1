"""How far reconciliation has come, in SQLite or PostgreSQL: a table in oversight's own database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from sqlalchemy import BigInteger, Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col

from audit.errors import OversightUnavailable
from audit.progress import Progress


class ProgressTable(SQLModel, registry=registry()):
    """A set of tables of its own."""


class ProgressRow(ProgressTable, table=True):
    """The state with one node."""

    __tablename__ = "oversight_progress"

    node: str = Field(primary_key=True)
    until: int = Field(sa_type=BigInteger)
    tried_at: int = Field(sa_type=BigInteger)
    outcome: str
    findings: int


class SqlProgress:
    """See `audit.progress.ProgressBook`; makes its table where it is missing."""

    def __init__(self, engine: Engine) -> None:
        """Use the database behind the engine, which stays the caller's."""
        self._engine = engine
        ProgressTable.metadata.create_all(engine)

    def all(self) -> dict[str, Progress]:
        """See `ProgressBook.all`."""
        row = ProgressRow
        query = select(col(row.node), col(row.until), col(row.tried_at), col(row.outcome), col(row.findings))
        with self._connection() as connection:
            return {found.node: Progress(**found._asdict()) for found in connection.execute(query)}

    def put(self, progress: Progress) -> None:
        """See `ProgressBook.put`."""
        with self._connection() as connection:
            connection.execute(delete(ProgressRow).where(col(ProgressRow.node) == progress.node))
            connection.execute(insert(ProgressRow).values(**asdict(progress)))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise OversightUnavailable(f"progress: {type(error).__name__}") from error
