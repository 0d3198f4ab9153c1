"""An outbox in memory: for tests; it forgets everything with the process."""

from collections.abc import Sequence
from dataclasses import replace

from sharing.errors import OutboxRefused, OutboxUnknown
from sharing.outbox import MOST, Letter, Listed


class MemoryOutbox:
    """Letters by id."""

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}

    def put(self, *letters: Letter) -> None:
        """See `Outbox.put`."""
        kept = dict(self._letters)
        for letter in letters:
            if kept.setdefault(letter.id, letter).content != letter.content:
                raise OutboxRefused(f"letter {letter.id}: one with another content is in the outbox")
        self._letters = kept

    def get(self, letter_id: str) -> Letter:
        """See `Outbox.get`."""
        if letter_id not in self._letters:
            raise OutboxUnknown(f"letter {letter_id[:80]!r}: not in the outbox")
        return self._letters[letter_id]

    def listed(self, wanted: Listed) -> Sequence[Letter]:
        """See `Outbox.listed`."""
        found = [
            each
            for each in self._letters.values()
            if wanted.type in {"", each.type}
            and wanted.to in {"", each.to}
            and (not wanted.before or each.created_at < wanted.before)
            and not (wanted.owed and each.acknowledged_at is not None)
        ]
        found.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        return found[: min(wanted.first, MOST)]

    def due(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """See `Deliveries.due`."""
        found = [each for each in self._owed() if each.next_at <= now]
        return sorted(found, key=lambda each: (each.attempts, each.created_at, each.id))[:limit]

    def begin(self, letter: Letter, now: int) -> bool:
        """See `Deliveries.begin`."""
        known = self.get(letter.id)
        if known.acknowledged_at is not None or known.attempts != letter.attempts:
            return False
        self._letters[letter.id] = known.tried(now)
        return True

    def postpone(self, to: str, until: int) -> None:
        """See `Deliveries.postpone`."""
        for each in self._owed():
            if each.to == to and each.next_at < until:
                self._letters[each.id] = replace(each, next_at=until)

    def acknowledge(self, letter_id: str, at: int, acknowledgement: str) -> None:
        """See `Deliveries.acknowledge`."""
        known = self.get(letter_id)
        if known.acknowledged_at is None:
            self._letters[letter_id] = replace(known, acknowledged_at=at, acknowledgement=acknowledgement)

    def overdue(self, now: int, limit: int = MOST) -> Sequence[Letter]:
        """See `Deliveries.overdue`."""
        found = [each for each in self._owed() if each.due_at <= now and each.escalated_at is None]
        return sorted(found, key=lambda each: (each.due_at, each.id))[:limit]

    def escalated(self, letter_id: str, at: int) -> None:
        """See `Deliveries.escalated`."""
        known = self.get(letter_id)
        self._letters[letter_id] = replace(known, escalated_at=known.escalated_at or at)

    def _owed(self) -> list[Letter]:
        return [each for each in self._letters.values() if each.acknowledged_at is None]
