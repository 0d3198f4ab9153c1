"""An `AlertBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from sharing.alerts import MOST_ALERTS, Alert, AlertKind, AlertState, Said
from sharing.errors import AlertRefused, AlertUnknown
from sharing.standing_tables import AlertRow


class SqlAlerts:
    """Alerts in the table of `sharing.standing_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, alert: Alert) -> bool:
        """See `AlertBook.add`."""
        rejected = select(col(AlertRow.id)).where(
            col(AlertRow.subject) == alert.subject,
            col(AlertRow.case_digest) == alert.case,
            col(AlertRow.evidence) == alert.evidence,
            col(AlertRow.state) == AlertState.REJECTED.value,
        )
        try:
            with self._engine.begin() as connection:
                if connection.execute(rejected.limit(1)).first() is not None:
                    return False
                connection.execute(insert(AlertRow).values(**_row(alert)))
        except IntegrityError:
            return False
        return True

    def get(self, alert_id: str) -> Alert:
        """See `AlertBook.get`."""
        with self._engine.connect() as connection:
            found = connection.execute(
                select(col(AlertRow.document)).where(col(AlertRow.id) == alert_id)
            ).scalar_one_or_none()
        if found is None:
            raise AlertUnknown(f"alert {alert_id[:80]!r}: is not here")
        return _read(found)

    def of(self, subject: str, state: AlertState | None = None, limit: int = MOST_ALERTS) -> Sequence[Alert]:
        """See `AlertBook.of`."""
        query = select(col(AlertRow.document)).where(col(AlertRow.subject) == subject)
        if state is not None:
            query = query.where(col(AlertRow.state) == state.value)
        query = query.order_by(col(AlertRow.at).desc(), col(AlertRow.id)).limit(limit)
        with self._engine.connect() as connection:
            return [_read(document) for document in connection.execute(query).scalars()]

    def put(self, alert: Alert) -> None:
        """See `AlertBook.put`."""
        alive = (col(AlertRow.id) == alert.id, col(AlertRow.state) != AlertState.REJECTED.value)
        with self._engine.begin() as connection:
            done = connection.execute(update(AlertRow).where(*alive).values(**_row(alert)))
        if done.rowcount != 1:
            known = self.get(alert.id)
            raise AlertRefused(f"alert {alert.id}: was rejected at {known.changed_at} by {known.by}")


def _row(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.id,
        "subject": alert.subject,
        "case_digest": alert.case,
        "evidence": alert.evidence,
        "at": alert.at,
        "state": alert.state.value,
        "document": orjson.dumps(asdict(alert)).decode(),
    }


def _read(document: str) -> Alert:
    told = orjson.loads(document)
    told |= {"kind": AlertKind(told["kind"]), "state": AlertState(told["state"])}
    told["statements"] = tuple(
        Said(**each | {"handling": tuple(each["handling"])}) for each in told["statements"]
    )
    return Alert(**told | {"disproof": tuple(told["disproof"])})
