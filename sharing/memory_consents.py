"""A `ConsentBook` in memory: for tests and for trying terms out; it forgets everything with the process."""

from policy.onward import OnwardConsent
from policy.terms import Purpose
from sharing.consents import MOST, Consent
from sharing.consents_onward import chosen
from sharing.errors import ConsentConflict, ConsentUnknown


class MemoryConsents:
    """The newest version of each consent by provider and id, and the digests of all."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], Consent] = {}
        self._digests: dict[tuple[str, str, int], str] = {}

    def add(self, consent: Consent) -> bool:
        """See `ConsentBook.add`."""
        terms = consent.terms
        key, stored = (terms.provider, terms.id), self._digests.get((terms.provider, terms.id, terms.version))
        newest = self._newest.get(key)
        if stored is not None and stored != consent.digest:
            raise ConsentConflict(f"consent {terms.ref}: stored is {stored}, this one is {consent.digest}")
        if newest is not None and newest.terms.version >= terms.version:
            return False
        if newest is not None and newest.terms.withdrawn_at is not None:
            raise ConsentConflict(f"consent {terms.ref}: {newest.terms.ref} was withdrawn, that is final")
        self._newest[key] = consent
        self._digests[*key, terms.version] = consent.digest
        return True

    def current(self, provider: str, consent_id: str) -> Consent:
        """See `ConsentBook.current`."""
        if (provider, consent_id) not in self._newest:
            raise ConsentUnknown(f"consent {consent_id[:80]!r} of {provider[:80]!r}: not in the book")
        return self._newest[provider, consent_id]

    def listed(self, *, provider: str = "", recipient: str = "", first: int = MOST) -> list[Consent]:
        """See `ConsentBook.listed`."""
        found = [
            each
            for each in self._newest.values()
            if provider in {"", each.terms.provider} and recipient in {"", each.terms.recipient}
        ]
        found.sort(key=lambda each: (-each.terms.until, each.terms.provider, each.terms.id))
        return found[: min(first, MOST)]

    def in_force(self, provider: str, recipient: str, now: int) -> list[Consent]:
        """See `ConsentBook.in_force`."""
        found = [
            each
            for each in self._newest.values()
            if (each.terms.provider, each.terms.recipient) == (provider, recipient) and each.terms.holds(now)
        ]
        return sorted(found, key=lambda each: each.terms.id)

    def onward(self, node: str, partner: str, purpose: Purpose, now: int) -> tuple[OnwardConsent, ...]:
        """See `ConsentBook.onward`."""
        return chosen((each.terms for each in self._newest.values()), node, partner, purpose, now)
