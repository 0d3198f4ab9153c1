"""Random mandates, questions and grants from a seed; biased so that about half of the decisions say yes."""

import random
from typing import Any, TypeVar

from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.mandate import Mandate
from policy.onward import OnwardConsent
from policy.question import Question
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from tests.policy.law import ACTOR, HOME, NODE, NOW, consent, grant, mandate, question

T = TypeVar("T")
NAMES = ("name", "address", "birthDate", "notes", "iban", "phone")
SCHEMATA = ("Person", "Company", "Vessel", "Container")
CASES = ("FR-2026-0418", "SE-7")


def mandate_of(rng: random.Random) -> Mandate:
    """Mostly whole; one in four has something wrong."""
    changes: dict[str, Any] = {
        "purpose": rng.choice([Purpose.OPERATIONAL_ANALYSIS, Purpose.CROSS_CHECKING, Purpose.THREAT_TO_LIFE]),
        "legal_basis": LegalBasis.NATIONAL,
        "subject_category": rng.choice([SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.NOT_A_PERSON]),
        "case": rng.choice(CASES),
        "aim": rng.choice(list(Aim)),
    }
    if rng.random() < 0.25:
        changes |= rng.choice(
            [
                {"purpose": rng.choice(list(Purpose)), "legal_basis": rng.choice(list(LegalBasis))},
                {"subject_category": rng.choice(list(SubjectCategory))},
                {"expires_at": NOW + rng.randint(-2, 2)},
                {"opened_at": NOW + rng.randint(28, 32)},
                {"case": "", "offence": rng.choice(["", "ARMS"])},
            ]
        )
    return mandate(**changes)


def roles_of(rng: random.Random) -> frozenset[Role]:
    return (
        frozenset([Role.ANALYST])
        if rng.random() < 0.8
        else frozenset(rng.sample(list(Role), rng.randint(1, 3)))
    )


def question_of(rng: random.Random) -> Question:
    return question(
        operation=rng.choice(list(Operation)),
        schemata=some(rng, SCHEMATA, often_none=0.6),
        datasets=some(rng, ("cases", "ports"), often_none=0.7),
        fields=("*",) if rng.random() < 0.6 else some(rng, (*NAMES, "*"), often_none=0.1),
    )


def grants_of(rng: random.Random, most: int = 4) -> tuple[GrantTerms, ...]:
    return tuple(grant_of(rng, number) for number in range(rng.randint(0, most)))


def grant_of(rng: random.Random, number: int) -> GrantTerms:
    """Covers what `mandate_of` draws, less one or two terms drawn anew."""
    changes: dict[str, Any] = {
        "id": f"g-{number}",
        "version": rng.randint(1, 12),
        "purposes": tuple(Purpose),
        "legal_bases": tuple(LegalBasis),
        "dataset": rng.choice(["*", "cases", "ports"]),
        "schemata": ("*",) if rng.random() < 0.5 else some(rng, SCHEMATA, often_none=0.05),
        "mode": rng.choice(list(Mode)),
        "masked": some(rng, NAMES, often_none=0.5),
        "max_rows": rng.choice([1, 9, 10, 100, 200]),
    }
    spoils: list[dict[str, Any]] = [
        {"owner": rng.choice([NODE, "eu.europol"])},
        {"recipients": some(rng, (HOME, "eu.europol", NODE), often_none=0.1)},
        {"revoked_at": rng.choice([None, 0, NOW - 1, NOW + 1])},
        {"expires_at": NOW + rng.randint(-1, 1), "not_before": NOW - 2},
        {"not_before": NOW + rng.randint(-1, 1)},
        {"purposes": some(rng, tuple(Purpose), often_none=0.1)},
        {"legal_bases": some(rng, tuple(LegalBasis), often_none=0.1)},
        {"categories": some(rng, tuple(SubjectCategory), often_none=0.1)},
        {"roles": some(rng, tuple(Role), often_none=0.1)},
        {"cases": some(rng, CASES, often_none=0.1)},
        {"units": some(rng, ("u-3", "u-4"), often_none=0.1)},
        {"record_ids": some(rng, ("r-1", "r-2", "a/b:c*"), often_none=0.1)},
        {"masked": ("*", *some(rng, NAMES, often_none=0.5))},
    ]
    for spoil in rng.sample(spoils, rng.choice([0, 0, 1, 1, 2])):
        changes |= spoil
    return grant(**changes)


def consents_of(rng: random.Random, most: int = 3) -> tuple[OnwardConsent, ...]:
    return tuple(consent_of(rng, number) for number in range(rng.randint(0, most)))


def consent_of(rng: random.Random, number: int) -> OnwardConsent:
    """Covers what `mandate_of` draws, less one or two terms drawn anew."""
    changes: dict[str, Any] = {
        "id": f"{NODE}:c-{number}",
        "provider": rng.choice(["eu.europol", "nl.politie", NODE]),
        "purposes": tuple(Purpose),
        "to": (HOME, NODE),
        "records": some(rng, ("x-1", "x-2", "r-1", "a/b:c*"), often_none=0.1),
    }
    spoils: list[dict[str, Any]] = [
        {"recipient": rng.choice([HOME, "eu.europol"])},
        {"use": rng.choice(list(DataUse))},
        {"to": some(rng, (HOME, "eu.europol", NODE), often_none=0.1)},
        {"purposes": some(rng, tuple(Purpose), often_none=0.1)},
        {"withdrawn_at": rng.choice([None, 0, NOW - 1, NOW + 1])},
        {"expires_at": NOW + rng.randint(-1, 1), "not_before": NOW - 2},
        {"not_before": NOW + rng.randint(-1, 1)},
    ]
    for spoil in rng.sample(spoils, rng.choice([0, 0, 1, 1, 2])):
        changes |= spoil
    return consent(**changes)


def row_of(rng: random.Random) -> dict[str, object]:
    """A row of the shelf, most of another service under H2, that many grants let through."""
    return {
        "id": rng.choice(["x-1", "x-2", "r-1", "r-2"]),
        "schema": rng.choice(SCHEMATA),
        "dataset": rng.choice(["cases", "ports"]),
        "case_ref": rng.choice(CASES),
        "owner": rng.choice(["eu.europol", "eu.europol", "nl.politie", NODE]),
        "subject_category": rng.choice(["SUSPECT_OR_CONVICTED", "NOT_A_PERSON", "UNCATEGORISED"]),
        "h2": rng.random() < 0.8,
        "ongoing": rng.random() < 0.1,
        "retain_until": NOW + rng.choice([0, 1, 9]),
    }


def some(rng: random.Random, of: tuple[T, ...], often_none: float) -> tuple[T, ...]:
    """A few of them in any order."""
    return () if rng.random() < often_none else tuple(rng.sample(of, rng.randint(1, len(of))))


def actor_of(rng: random.Random, partner: str) -> dict[str, Any]:
    return {
        "node": partner if rng.random() < 0.95 else "xx.other",
        "roles": roles_of(rng),
        "unit": rng.choice([ACTOR.unit, "u-4", ""]),
    }
