"""Who asks, and the three-part justification under which the question is asked (Prüm II Art. 33)."""

import hashlib
import json
from dataclasses import dataclass, field, fields

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
    digest: str = field(init=False, repr=False, compare=False)
    """`sha256:<hex>` over all other fields with sorted keys; two nodes compute the same."""

    def __post_init__(self) -> None:
        actor = self.actor
        plain = {name: getattr(self, name) for name in _TOLD}
        plain["actor"] = {
            "node": actor.node,
            "subject": actor.subject,
            "roles": sorted(actor.roles),
            "unit": actor.unit,
        }
        object.__setattr__(self, "digest", digest_of(plain))


_TOLD = tuple(each.name for each in fields(Mandate) if each.name not in {"actor", "digest"})


def digest_of(value: object) -> str:
    """`sha256:<hex>` of JSON with sorted keys, no spaces, no floats expected; `value` must be JSON-able."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
