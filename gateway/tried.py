"""What a preview tries: terms that nobody has agreed to, as they would stand in the book. Nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.errors import VariablesRejected
from gateway.propose import DAY
from gateway.visit import Visit
from policy.grants import GrantTerms
from policy.terms import Role
from sharing.encoding import fresh


@dataclass(frozen=True, slots=True)
class Tried:
    """Exactly one of the three: terms (perhaps of the version after grant `follows`), a proposal, an end."""

    given: Mapping[str, Any] | None = None
    days: int = 0
    follows: str | None = None
    proposal: str | None = None
    revoke: str | None = None

    def terms(self, visit: Visit) -> GrantTerms:
        """The version that would be in force; `VariablesRejected` unless one thing is tried."""
        visit.require(Role.LIAISON)
        node, now = visit.node, visit.node.now()
        if sum(each is not None for each in (self.given, self.proposal, self.revoke)) != 1:
            raise VariablesRejected("preview: give one of `grant`, `proposal` and `revoke`")
        if self.revoke is not None:
            current = node.books.grants.current(self.revoke).terms
            return replace(current, version=current.version + 1, revoked_at=now)
        if self.proposal is not None:
            return node.books.proposals.get(self.proposal).terms
        name, version = f"g-{fresh()}", 1
        if self.follows is not None:
            before = node.books.grants.current(self.follows).terms
            name, version = before.id, before.version + 1
        told = dict(self.given or {})
        return GrantTerms(
            id=name,
            version=version,
            owner=node.id,
            not_before=now,
            expires_at=now + self.days * DAY,
            **told,
        )
