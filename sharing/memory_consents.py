"""A `ConsentBook` in memory: for tests and for trying terms out; it forgets everything with the process."""

from collections.abc import Iterator

from policy.onward import OnwardConsent
from policy.terms import Purpose
from sharing.consents import MOST, Consent
from sharing.consents_onward import chosen
from sharing.errors import ConsentConflict, ConsentUnknown


class MemoryConsents:
    """The versions of each consent by provider and id, the newest last."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], list[Consent]] = {}

    def add(self, consent: Consent) -> bool:
        """See `ConsentBook.add`."""
        terms = consent.terms
        known = self._versions.setdefault((terms.provider, terms.id), [])
        newest = known[-1] if known else None
        stored = next((each.digest for each in known if each.terms.version == terms.version), consent.digest)
        if stored != consent.digest:
            raise ConsentConflict(f"consent {terms.ref}: stored is {stored}, this one is {consent.digest}")
        if newest is not None and newest.terms.version >= terms.version:
            return False
        if newest is not None and newest.terms.withdrawn_at is not None:
            raise ConsentConflict(f"consent {terms.ref}: {newest.terms.ref} was withdrawn, that is final")
        known.append(consent)
        return True

    def current(self, provider: str, consent_id: str) -> Consent:
        """See `ConsentBook.current`."""
        known = self.history(provider, consent_id)
        if not known:
            raise ConsentUnknown(f"consent {consent_id[:80]!r} of {provider[:80]!r}: not in the book")
        return known[-1]

    def history(self, provider: str, consent_id: str) -> list[Consent]:
        """See `ConsentBook.history`."""
        return list(self._versions.get((provider, consent_id), ()))

    def listed(self, *, provider: str = "", recipient: str = "", first: int = MOST) -> list[Consent]:
        """See `ConsentBook.listed`."""
        found = [
            each
            for each in self._newest()
            if provider in {"", each.terms.provider} and recipient in {"", each.terms.recipient}
        ]
        found.sort(key=lambda each: (-each.terms.until, each.terms.provider, each.terms.id))
        return found[: min(first, MOST)]

    def in_force(self, provider: str, recipient: str, now: int) -> list[Consent]:
        """See `ConsentBook.in_force`."""
        found = [
            each
            for each in self._newest()
            if (each.terms.provider, each.terms.recipient) == (provider, recipient) and each.terms.holds(now)
        ]
        return sorted(found, key=lambda each: each.terms.id)

    def onward(self, node: str, partner: str, purpose: Purpose, now: int) -> tuple[OnwardConsent, ...]:
        """See `ConsentBook.onward`."""
        return chosen((each.terms for each in self._newest()), node, partner, purpose, now)

    def _newest(self) -> Iterator[Consent]:
        return (known[-1] for known in self._versions.values() if known)
