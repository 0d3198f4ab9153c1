"""The cast of the policy tests: one good mandate, question and grant, to be spoilt one word at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.inputs import answer_input, ask_input, oversee_input
from policy.mandate import Actor, Mandate
from policy.onward import OnwardConsent
from policy.question import Question
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory

NOW = 1_800_000_000
HOME = "fr.ofast"
NODE = "se.polisen"

ACTOR = Actor(HOME, "p-17", frozenset({Role.ANALYST}), "u-3")
MANDATE = Mandate(
    id="m-1",
    actor=ACTOR,
    purpose=Purpose.OPERATIONAL_ANALYSIS,
    legal_basis=LegalBasis.ER_20_2A,
    case="FR-2026-0418",
    offence="DRUG_TRAFFICKING",
    subject_category=SubjectCategory.SUSPECT_OR_CONVICTED,
    aim=Aim.MORE_DATA_ON_KNOWN,
    opened_at=NOW - 3600,
    expires_at=NOW + 3600,
)
QUESTION = Question(Operation.LOOKUP, "sha256:" + "a" * 64, "sha256:" + "b" * 64)
GRANT = GrantTerms(
    id="g-1",
    version=1,
    owner=NODE,
    recipients=(HOME, "eu.europol"),
    roles=(Role.ANALYST,),
    purposes=(Purpose.OPERATIONAL_ANALYSIS, Purpose.CROSS_CHECKING),
    legal_bases=(LegalBasis.ER_20_2A, LegalBasis.PRUM2_26),
    categories=(SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.WITNESS, SubjectCategory.NOT_A_PERSON),
    dataset="cases",
    schemata=("Person", "Company"),
    mode=Mode.RECORD,
    not_before=NOW - 86400,
    expires_at=NOW + 86400,
    masked=("address",),
)
#: Ours is a record of Europol's that Europol lets us pass on to France.
CONSENT = OnwardConsent(
    id=f"{NODE}:c-1",
    version=1,
    provider="eu.europol",
    recipient=NODE,
    use=DataUse.ONWARD,
    purposes=(Purpose.OPERATIONAL_ANALYSIS,),
    to=(HOME,),
    records=("x-1",),
    not_before=NOW - 60,
    expires_at=NOW + 60,
)


def mandate(**changes: Any) -> Mandate:
    return replace(MANDATE, **changes)


def actor(**changes: Any) -> Mandate:
    """The good mandate in other hands."""
    return replace(MANDATE, actor=replace(ACTOR, **changes))


def question(**changes: Any) -> Question:
    return replace(QUESTION, **changes)


def grant(**changes: Any) -> GrantTerms:
    return replace(GRANT, **changes)


def consent(**changes: Any) -> OnwardConsent:
    return replace(CONSENT, **changes)


def ask(of: Mandate = MANDATE, *, now: int = NOW) -> dict[str, Any]:
    return ask_input(of, HOME, HOME, now)


def answer(
    *grants: GrantTerms,
    of: Mandate = MANDATE,
    about: Question = QUESTION,
    partner: str = HOME,
    consents: Sequence[OnwardConsent] = (),
    now: int = NOW,
) -> dict[str, Any]:
    return answer_input(ask_input(of, NODE, partner, now), about, grants, consents)


def oversee(by: Actor, act: str = "read_entries", justification: str = "SELF_MONITORING") -> dict[str, Any]:
    return oversee_input(by, HOME, act, justification, NOW)
