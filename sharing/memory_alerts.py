"""An `AlertBook` in memory, for tests and simulated worlds."""

from collections.abc import Sequence

from sharing.alerts import MOST_ALERTS, Alert, AlertState
from sharing.errors import AlertRefused, AlertUnknown


class MemoryAlerts:
    """A dictionary of alerts; see `sharing.alerts.AlertBook`."""

    def __init__(self) -> None:
        """Start with none."""
        self._alerts: dict[str, Alert] = {}

    def add(self, alert: Alert) -> bool:
        """See `AlertBook.add`."""
        same = (alert.subject, alert.case, alert.evidence)
        rejected = any(
            (each.subject, each.case, each.evidence) == same and each.state is AlertState.REJECTED
            for each in self._alerts.values()
        )
        return not rejected and self._alerts.setdefault(alert.id, alert) is alert

    def get(self, alert_id: str) -> Alert:
        """See `AlertBook.get`."""
        if alert_id not in self._alerts:
            raise AlertUnknown(f"alert {alert_id[:80]!r}: is not here")
        return self._alerts[alert_id]

    def of(self, subject: str, state: AlertState | None = None, limit: int = MOST_ALERTS) -> Sequence[Alert]:
        """See `AlertBook.of`."""
        found = [
            each for each in self._alerts.values() if each.subject == subject and state in {None, each.state}
        ]
        return sorted(found, key=lambda each: (-each.at, each.id))[:limit]

    def put(self, alert: Alert) -> None:
        """See `AlertBook.put`."""
        known = self.get(alert.id)
        if known.state is AlertState.REJECTED:
            raise AlertRefused(f"alert {alert.id}: was rejected at {known.changed_at} by {known.by}")
        self._alerts[alert.id] = alert
