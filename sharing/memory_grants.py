"""A `GrantBook` in memory: for tests and for trying terms out; it forgets everything with the process."""

from policy.grants import GrantTerms
from policy.question import Question
from sharing.candidates import chosen
from sharing.errors import GrantConflict, GrantUnknown
from sharing.grants import Grant, GrantRule


class MemoryGrants:
    """All versions of each grant by id."""

    def __init__(self, rule: GrantRule) -> None:
        self._rule = rule
        self._versions: dict[str, list[Grant]] = {}

    def add(self, grant: Grant) -> None:
        """See `GrantBook.add`."""
        versions = self._versions.get(grant.terms.id, [])
        if grant.terms.version != len(versions) + 1:
            raise GrantConflict(f"grant {grant.terms.ref}: stored is version {len(versions)}")
        self._rule.admit(grant, versions[-1] if versions else None)
        self._versions[grant.terms.id] = [*versions, grant]

    def current(self, grant_id: str) -> Grant:
        """See `GrantBook.current`."""
        if grant_id not in self._versions:
            raise GrantUnknown(f"grant {grant_id[:80]!r}: not in the book")
        return self._versions[grant_id][-1]

    def history(self, grant_id: str) -> tuple[Grant, ...]:
        """See `GrantBook.history`."""
        return tuple(self._versions.get(grant_id, ()))

    def list(self, *, after: str = "", limit: int = 100) -> tuple[Grant, ...]:
        """See `GrantBook.list`."""
        ids = sorted(grant_id for grant_id in self._versions if grant_id > after)
        return tuple(map(self.current, ids[:limit]))

    def candidates(
        self, partner: str, now: int, case: str = "", question: Question | None = None
    ) -> tuple[GrantTerms, ...]:
        """See `GrantBook.candidates`; looks at every grant."""
        newest = (versions[-1].terms for versions in self._versions.values())
        return chosen(newest, partner, now, case, question)
