"""A `StandingBook` and a `HitBook` in memory, for tests and simulated worlds."""

from collections.abc import Sequence
from dataclasses import replace

from sharing.errors import StandingUnknown
from sharing.standing import MOST_LISTED, OPEN, Hit, Standing, StandingState


class MemoryStanding:
    """Dictionaries; see `sharing.standing`."""

    def __init__(self) -> None:
        """Start with none."""
        self._questions: dict[tuple[str, str], Standing | None] = {}
        self._hits: dict[tuple[str, str, str, int], Hit] = {}
        self._settled: set[tuple[str, str, str, int]] = set()

    def add(self, question: Standing) -> bool:
        """See `StandingBook.add`."""
        key = (question.owner, question.id)
        if key in self._questions:
            return False
        self._questions[key] = question
        return True

    def get(self, owner: str, question_id: str) -> Standing:
        """See `StandingBook.get`."""
        found = self._questions.get((owner, question_id))
        if found is None:
            raise StandingUnknown(f"standing question {question_id[:80]!r} of {owner[:80]!r}: is not here")
        return found

    def renew(self, question: Standing) -> bool:
        """See `StandingBook.renew`."""
        key = (question.owner, question.id)
        known = self._questions.get(key)
        if known is None or known.ended_at is not None or known.round >= question.round:
            return False
        self._questions[key] = question
        return True

    def end(self, owner: str, question_id: str, at: int) -> bool:
        """See `StandingBook.end`."""
        known = self._questions.get((owner, question_id))
        self._questions[owner, question_id] = known.ended(at) if known else None
        return known is not None and known.ended_at is None

    def of(
        self, owner: str, subject: str = "", *, now: int | None = None, after: tuple[int, str] | None = None
    ) -> Sequence[Standing]:
        """See `StandingBook.of`."""
        found = [
            each
            for each in self._all()
            if each.owner == owner
            and subject in {"", each.mandate.actor.subject}
            and (now is None or each.state(now) in OPEN)
            and (after is None or (-each.created_at, each.id) > (-after[0], after[1]))
        ]
        found.sort(key=lambda each: (-each.created_at, each.id))
        return found[:MOST_LISTED]

    def open(self, owner: str, now: int) -> int:
        """See `StandingBook.open`."""
        return sum(each.owner == owner and each.state(now) in OPEN for each in self._all())

    def matching(self, targets: Sequence[str], now: int) -> Sequence[Standing]:
        """See `StandingBook.matching`."""
        wanted = set(targets)
        found = [e for e in self._all() if e.target in wanted and e.state(now) is StandingState.ACTIVE]
        return sorted(found, key=lambda each: (each.owner, each.id))

    def note(self, hits: Sequence[Hit]) -> int:
        """See `HitBook.note`."""
        before = len(self._hits)
        for hit in hits:
            self._hits.setdefault(_key(hit), hit)
        return len(self._hits) - before

    def waiting(self, limit: int = MOST_LISTED) -> Sequence[Hit]:
        """See `HitBook.waiting`."""
        found = [hit for key, hit in self._hits.items() if key not in self._settled]
        return sorted(found, key=lambda hit: (hit.at, *_key(hit)))[:limit]

    def settle(self, hit: Hit) -> None:
        """See `HitBook.settle`."""
        self._settled.add(_key(hit))
        self._hits[_key(hit)] = replace(hit, normal="")

    def _all(self) -> list[Standing]:
        return [each for each in self._questions.values() if each is not None]


def _key(hit: Hit) -> tuple[str, str, str, int]:
    return hit.owner, hit.question, hit.record, hit.version
