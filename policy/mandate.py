"""Who asks, and the three-part justification under which the question is asked (Prüm II Art. 33)."""

import hashlib
import json
from dataclasses import asdict, dataclass

from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the own node knows the person, or as a partner names a pseudonym.

    `subject` is an opaque id (`^[A-Za-z0-9_.:/*-]{1,128}$`), never a name. `roles` is not empty.
    """

    node: str
    subject: str
    roles: frozenset[Role]
    unit: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """Purpose with case and offence, subject category, aim; times are Unix seconds, UTC.

    A mandate holds from `opened_at` (inclusive) to `expires_at` (exclusive).
    """

    id: str
    actor: Actor
    purpose: Purpose
    legal_basis: LegalBasis
    case: str
    offence: str
    subject_category: SubjectCategory
    aim: Aim
    opened_at: int
    expires_at: int

    @property
    def digest(self) -> str:
        """`sha256:<hex>` over the mandate with sorted keys; two nodes compute the same."""
        fields = asdict(self) | {"actor": asdict(self.actor) | {"roles": sorted(self.actor.roles)}}
        return digest_of(fields)


def digest_of(value: object) -> str:
    """`sha256:<hex>` of JSON with sorted keys, no spaces, no floats expected; `value` must be JSON-able."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
