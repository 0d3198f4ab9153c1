"""Consents of other services to pass their records on: the part of each that a decision reads.

What another service gave under H2 is not passed on (Europol Regulation (EU) 2016/794 Art. 19(2) and 23(7)),
unless that service consented. `sharing` keeps the signed consent and hands these terms over beside the
grants; a consent never replaces a grant, it only ends the withholding of the records that it names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policy.codes import Gate
from policy.errors import ConsentRejected
from policy.handling import DataUse
from policy.terms import Purpose

MAX_CONSENTS: Final = 50
MAX_RELEASED: Final = 256
"""Records that all consents of one decision name together: what one `in` of a row filter holds."""


@dataclass(frozen=True, slots=True)
class OnwardConsent:
    """Terms of one version of a consent by `provider`, who owns the records, to `recipient`, who holds them.

    Times are Unix seconds, UTC. `to` are the services that may get them, `records` their ids as the provider
    has them; where either is empty, or `purposes` is, it opens nothing. Any `withdrawn_at` ends it.
    """

    id: str
    version: int
    provider: str
    recipient: str
    use: DataUse
    purposes: tuple[Purpose, ...]
    to: tuple[str, ...]
    records: tuple[str, ...]
    not_before: int
    expires_at: int
    withdrawn_at: int | None = None

    @property
    def ref(self) -> str:
        """`<id>@<version>`, as log entries quote it."""
        return f"{self.id}@{self.version}"

    def covers(self, node: str, partner: str, purpose: Purpose, now: int) -> bool:
        """Whether `node` may pass the records on to `partner` for `purpose` at `now`."""
        return (
            self.use is DataUse.ONWARD
            and self.recipient == node
            and partner in self.to
            and purpose in self.purposes
            and self.withdrawn_at is None
            and self.not_before <= now < self.expires_at
        )


def released(
    consents: Iterable[OnwardConsent], node: str, partner: str, purpose: Purpose, now: int
) -> Mapping[str, frozenset[str]]:
    """By owner, the ids of the records that may be passed on."""
    found: dict[str, frozenset[str]] = {}
    for each in consents:
        if each.covers(node, partner, purpose, now):
            found[each.provider] = found.get(each.provider, frozenset()) | set(each.records)
    return found


def as_input(consent: OnwardConsent) -> dict[str, object]:
    """The consent as the Rego reads it; `ConsentRejected` names the first term that may not enter."""
    gate = Gate(ConsentRejected, f"consent {consent.id!r:.60}: ")
    withdrawn = consent.withdrawn_at
    return {
        "provider": gate.code(consent.provider, "provider"),
        "recipient": gate.code(consent.recipient, "recipient"),
        "use": gate.word(consent.use, DataUse, "use"),
        "purposes": gate.words(consent.purposes, Purpose, "purposes"),
        "to": gate.codes(consent.to, "to"),
        "records": gate.codes(consent.records, "records"),
        "not_before": gate.number(consent.not_before, "not_before"),
        "expires_at": gate.number(consent.expires_at, "expires_at"),
        "withdrawn_at": None if withdrawn is None else gate.number(withdrawn, "withdrawn_at"),
    }
