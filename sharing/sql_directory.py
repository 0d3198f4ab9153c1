"""A `DirectoryStore` in SQL, SQLite or PostgreSQL: one row, that only moves forward."""

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from sharing.errors import DirectoryRolledBack
from sharing.tables import DirectoryRow

_ROW = 1


class SqlDirectoryStore:
    """The last accepted directory in the tables of `sharing.tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def last(self) -> tuple[int, str] | None:
        """See `DirectoryStore.last`."""
        with self._engine.connect() as connection:
            row = connection.execute(select(col(DirectoryRow.version), col(DirectoryRow.digest))).first()
        return None if row is None else (row[0], row[1])

    def text(self) -> str | None:
        """See `DirectoryStore.text`."""
        with self._engine.connect() as connection:
            return connection.scalar(select(col(DirectoryRow.text)))

    def keep(self, version: int, digest: str, text: str) -> None:
        """See `DirectoryStore.keep`; the condition stands in the statement, so no race can go back."""
        values = {"version": version, "digest": digest, "text": text}
        forward = update(DirectoryRow).where(col(DirectoryRow.version) < version).values(**values)
        try:
            with self._engine.begin() as connection:
                if connection.execute(forward).rowcount == 1:
                    return
                seen = connection.execute(select(col(DirectoryRow.version), col(DirectoryRow.digest))).first()
                if seen is None:
                    connection.execute(insert(DirectoryRow).values(id=_ROW, **values))
                elif (seen[0], seen[1]) != (version, digest):
                    raise DirectoryRolledBack(
                        f"directory {version} ({digest}): stored is {seen[0]} ({seen[1]})"
                    )
        except IntegrityError as error:
            raise DirectoryRolledBack(f"directory {version}: another was stored at the same time") from error
