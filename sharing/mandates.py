"""Mandates of the own actors: opened with all three parts of the justification, kept until they end."""

from collections.abc import Sequence
from typing import Protocol

from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory

from sharing.codes import ID
from sharing.encoding import fresh
from sharing.errors import MandateRefused

DEFAULT_LIFE = 8 * 3600
MAX_LIFE = 30 * 86_400


def new_mandate(  # noqa: PLR0913  # the three parts of Prüm II Art. 33, who and when
    actor: Actor,
    *,
    purpose: Purpose,
    legal_basis: LegalBasis,
    case: str,
    offence: str,
    subject_category: SubjectCategory,
    aim: Aim,
    now: int,
    life: int = DEFAULT_LIFE,
) -> Mandate:
    """Open a mandate at `now` (Unix seconds) for `life` seconds; `MandateRefused` names the part that is wrong."""
    for name, value in (
        ("subject", actor.subject),
        ("unit", actor.unit),
        ("case", case),
        ("offence", offence),
    ):
        if not ID.fullmatch(value):
            raise MandateRefused(
                f"mandate of {actor.subject[:80]!r}: {name} {value[:80]!r} is not of the form {ID.pattern}"
            )
    if Role.ANALYST not in actor.roles:
        raise MandateRefused(f"mandate of {actor.subject}: needs {Role.ANALYST}, has {sorted(actor.roles)}")
    if subject_category is SubjectCategory.UNCATEGORISED:
        raise MandateRefused(f"mandate of {actor.subject}: a subject category is needed")
    if not 0 < life <= MAX_LIFE:
        raise MandateRefused(f"mandate of {actor.subject}: lives {life} s, at most {MAX_LIFE}")
    return Mandate(
        f"m-{fresh()}",
        actor,
        Purpose(purpose),
        LegalBasis(legal_basis),
        case,
        offence,
        SubjectCategory(subject_category),
        Aim(aim),
        now,
        now + life,
    )


class MandateBook(Protocol):
    """The mandates of this node's actors. Times are Unix seconds."""

    def add(self, mandate: Mandate) -> None:
        """Store it, durably."""

    def get(self, id: str, subject: str, now: int) -> Mandate:  # noqa: A002  # the field's name
        """The mandate, if it is that subject's and holds at `now`; else `MandateUnknown`, whatever the cause."""

    def of(self, subject: str, now: int, *, limit: int = 100) -> Sequence[Mandate]:
        """The mandates of a subject that hold at `now`, the last to end first."""

    def revoke(self, id: str, at: int) -> None:  # noqa: A002  # the field's name
        """End it at `at`; `MandateUnknown` when there is none. A second time changes nothing."""
