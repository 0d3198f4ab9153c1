"""Mandates of the own actors: opened with all three parts of the justification, kept until they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from policy.emergency import LONGEST
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory
from sharing.codes import ID, OFFENCE
from sharing.encoding import fresh
from sharing.errors import MandateRefused

DEFAULT_LIFE = 8 * 3600
MAX_LIFE = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Justification:
    """Purpose with case and offence, subject category, aim (Prüm II Art. 33), and the provision."""

    purpose: Purpose
    legal_basis: LegalBasis
    case: str
    offence: str
    subject_category: SubjectCategory
    aim: Aim


def new_mandate(actor: Actor, why: Justification, *, now: int, life: int = DEFAULT_LIFE) -> Mandate:
    """Open a mandate at `now` (Unix seconds) for `life` seconds; `MandateRefused` names the wrong part."""
    whose = f"mandate of {actor.subject[:80]!r}"
    texts = (
        ("subject", actor.subject, ID),
        ("unit", actor.unit, ID),
        ("case", why.case, ID),
        ("offence", why.offence, OFFENCE),
    )
    for name, value, form in texts:
        if not form.fullmatch(value):
            raise MandateRefused(f"{whose}: {name} {value[:80]!r} is not of the form {form.pattern}")
    if Role.ANALYST not in actor.roles:
        raise MandateRefused(f"{whose}: needs {Role.ANALYST}, has {sorted(actor.roles)}")
    if why.subject_category == SubjectCategory.UNCATEGORISED:
        raise MandateRefused(f"{whose}: a subject category is needed")
    longest = LONGEST if why.purpose == Purpose.THREAT_TO_LIFE else MAX_LIFE
    if not 0 < life <= longest:
        raise MandateRefused(f"{whose}: lives {life} s, at most {longest}")
    try:
        basis, category = LegalBasis(why.legal_basis), SubjectCategory(why.subject_category)
        purpose, aim = Purpose(why.purpose), Aim(why.aim)
    except ValueError as error:
        raise MandateRefused(f"{whose}: {error}") from error
    return Mandate(
        f"m-{fresh()}", actor, purpose, basis, why.case, why.offence, category, aim, now, now + life
    )


class MandateBook(Protocol):
    """The mandates of this node's actors. Times are Unix seconds."""

    def add(self, mandate: Mandate) -> None:
        """Store it, durably."""

    def get(self, mandate_id: str, subject: str, now: int) -> Mandate:
        """The mandate, if it is that subject's and holds at `now`; else `MandateUnknown`.

        `MandateEnded` if it was that subject's and has expired or was closed.
        """

    def of(self, subject: str, now: int, *, limit: int = 100) -> Sequence[Mandate]:
        """The mandates of a subject that hold at `now`, the last to end first."""

    def closed(self, since: int) -> frozenset[str]:
        """The ids of the mandates that were closed at `since` or later."""

    def closed_at(self, mandate_id: str) -> int | None:
        """When it was closed before its time; None if it was not, or is not here."""

    def revoke(self, mandate_id: str, at: int) -> None:
        """End it at `at`; `MandateUnknown` when there is none. A second time changes nothing."""
