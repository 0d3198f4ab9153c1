"""A `BackoffStore` in SQL, SQLite or PostgreSQL."""

from sqlalchemy import Engine, delete, insert
from sqlmodel import col

from sharing.backoff import Pause
from sharing.prepared import Prepared
from sharing.tables import BackoffRow


class SqlBackoff:
    """Pauses in the tables of `sharing.tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._all = Prepared(engine, "SELECT node, failures, until_ms FROM sharing_backoff")

    def pauses(self) -> dict[str, Pause]:
        """See `BackoffStore.pauses`."""
        return {node: Pause(failures, until_ms) for node, failures, until_ms in self._all.rows()}

    def put(self, changes: dict[str, Pause | None]) -> None:
        """See `BackoffStore.put`."""
        rows = [
            {"node": node, "failures": pause.failures, "until_ms": pause.until_ms}
            for node, pause in sorted(changes.items())
            if pause is not None
        ]
        with self._engine.begin() as connection:
            connection.execute(delete(BackoffRow).where(col(BackoffRow.node).in_(sorted(changes))))
            if rows:
                connection.execute(insert(BackoffRow), rows)
