"""A mandate in all the parts that its digest binds, as it stands in the body of a notice and in our books."""

from audit.canonical import JSON
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory
from sharing import reading
from sharing.codes import ID, OFFENCE

_ROLES = len(Role)
_PARTS = frozenset(
    {
        "id", "subject", "roles", "unit", "purpose", "legal_basis", "case", "offence",
        "subject_category", "aim", "from", "until",
    }
)  # fmt: skip


def parts_of(mandate: Mandate) -> dict[str, JSON]:
    """The parts; which node the actor is of is said by who sends them."""
    return {
        "id": mandate.id,
        "subject": mandate.actor.subject,
        "roles": [role.value for role in sorted(mandate.actor.roles)],
        "unit": mandate.actor.unit,
        "purpose": mandate.purpose.value,
        "legal_basis": mandate.legal_basis.value,
        "case": mandate.case,
        "offence": mandate.offence,
        "subject_category": mandate.subject_category.value,
        "aim": mandate.aim.value,
        "from": mandate.opened_at,
        "until": mandate.expires_at,
    }


def mandate_of(sender: str, value: object) -> Mandate:
    """The mandate of an actor of `sender` with these parts; `ValueError` names the part that is none."""
    told = reading.exact(value, _PARTS)
    roles = frozenset(Role(role) for role in reading.words(told, "roles", _ROLES, ID))
    return Mandate(
        id=reading.matching(told, "id", ID),
        actor=Actor(sender, reading.matching(told, "subject", ID), roles, reading.matching(told, "unit", ID)),
        purpose=Purpose(reading.matching(told, "purpose", ID)),
        legal_basis=LegalBasis(reading.matching(told, "legal_basis", ID)),
        case=reading.matching(told, "case", ID),
        offence=reading.matching(told, "offence", OFFENCE),
        subject_category=SubjectCategory(reading.matching(told, "subject_category", ID)),
        aim=Aim(reading.matching(told, "aim", ID)),
        opened_at=reading.whole(told, "from"),
        expires_at=reading.whole(told, "until"),
    )
