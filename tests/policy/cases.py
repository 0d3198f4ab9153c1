"""Named decisions, the engines' conformance vectors: every rule broken once, and what a yes looks like.

`python -m tests.policy.cases` writes `policy/rego/vectors.json` anew from the oracle; a test holds the file
to it.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from policy.bundle import Bundle
from policy.handling import DataUse
from policy.mandate import Actor
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from tests.policy import oracle
from tests.policy.law import (
    ACTOR,
    HOME,
    NODE,
    NOW,
    actor,
    answer,
    ask,
    consent,
    grant,
    mandate,
    oversee,
    question,
)

VECTORS = Path(__file__).resolve().parents[2] / "policy/rego/vectors.json"
AUDITOR = Actor(HOME, "o-1", frozenset({Role.OVERSIGHT}), "")
CROSS = mandate(purpose=Purpose.CROSS_CHECKING, legal_basis=LegalBasis.PRUM2_26)
RESCUE = mandate(purpose=Purpose.THREAT_TO_LIFE, legal_basis=LegalBasis.ER_22_2)


def _spoilt(**changes: object) -> dict[str, Any]:
    """An input whose consent has a term of another type."""
    whole = answer(grant(), consents=(consent(),))
    return whole | {"consents": [whole["consents"][0] | changes]}


#: Title: rule, input, the rule ids that a no rests on (none: a yes).
CASES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "ask: whole": ("ask.decision", ask(), set()),
    "ask: expired to the second": ("ask.decision", ask(mandate(expires_at=NOW)), {"mandate-not-open"}),
    "ask: not open yet": ("ask.decision", ask(mandate(opened_at=NOW + 31)), {"mandate-not-open"}),
    "ask: opened within the skew": ("ask.decision", ask(mandate(opened_at=NOW + 30)), set()),
    "ask: liaison": ("ask.decision", ask(actor(roles=frozenset({Role.LIAISON}))), {"role-not-analyst"}),
    "ask: analyst and oversight": (
        "ask.decision",
        ask(actor(roles=frozenset({Role.ANALYST, Role.OVERSIGHT}))),
        {"roles-conflict"},
    ),
    "ask: person of another service": ("ask.decision", ask(actor(node=NODE)), {"actor-not-of-partner"}),
    "ask: basis of another purpose": (
        "ask.decision",
        ask(mandate(legal_basis=LegalBasis.ER_18_2_A)),
        {"basis-unfit"},
    ),
    "ask: witness under cross-checking": (
        "ask.decision",
        ask(replace(CROSS, subject_category=SubjectCategory.WITNESS)),
        {"category-out-of-reach"},
    ),
    "ask: uncategorised": (
        "ask.decision",
        ask(mandate(subject_category=SubjectCategory.UNCATEGORISED)),
        {"uncategorised"},
    ),
    "ask: no case, no offence": (
        "ask.decision",
        ask(mandate(case="", offence="")),
        {"case-missing", "offence-missing"},
    ),
    "ask: no aim": ("ask.decision", ask() | {"mandate": ask()["mandate"] | {"aim": None}}, {"aim-missing"}),
    "answer: one grant": ("answer.decision", answer(grant()), set()),
    "answer: three tiers, masks, selectors": (
        "answer.decision",
        answer(
            grant(schemata=("*",), dataset="*"),
            grant(
                id="g-2", mode=Mode.CORE, masked=("birthDate", "iban"), cases=("FR-2026-0418",), max_rows=20
            ),
            grant(id="g-3", mode=Mode.HIT, record_ids=("r-2", "r-1"), units=("u-3",)),
            grant(id="g-4", masked=("*",), expires_at=NOW),
        ),
        set(),
    ),
    "answer: fields named": (
        "answer.decision",
        answer(
            grant(),
            grant(id="g-2", mode=Mode.CORE, masked=()),
            about=question(fields=("name", "address", "notes")),
        ),
        set(),
    ),
    "answer: everything masked": ("answer.decision", answer(grant(masked=("*", "name"))), set()),
    "answer: cross-checking reaches suspects and objects": (
        "answer.decision",
        answer(grant(), of=CROSS),
        set(),
    ),
    "answer: threat to life": (
        "answer.decision",
        answer(grant(purposes=(Purpose.THREAT_TO_LIFE,), legal_bases=(LegalBasis.ER_22_2,)), of=RESCUE),
        set(),
    ),
    "answer: own service": (
        "answer.decision",
        answer(grant(recipients=(NODE,), dataset="*", schemata=("*",)), of=actor(node=NODE), partner=NODE),
        set(),
    ),
    "answer: no grant": ("answer.decision", answer(), {"no-grant"}),
    "answer: grant of another node": ("answer.decision", answer(grant(owner="eu.europol")), {"no-grant"}),
    "answer: grant for another node": (
        "answer.decision",
        answer(grant(recipients=("eu.europol",))),
        {"no-grant"},
    ),
    "answer: another dataset": (
        "answer.decision",
        answer(grant(), about=question(datasets=("ports",))),
        {"no-grant"},
    ),
    "answer: another schema": (
        "answer.decision",
        answer(grant(), about=question(schemata=("Vessel",))),
        {"no-grant"},
    ),
    "answer: dataset and schema named": (
        "answer.decision",
        answer(grant(), about=question(datasets=("ports", "cases"), schemata=("Vessel", "Person"))),
        set(),
    ),
    "answer: no schemata": ("answer.decision", answer(grant(schemata=())), {"no-grant"}),
    "answer: revoked": ("answer.decision", answer(grant(revoked_at=NOW + 5)), {"grant-revoked"}),
    "answer: expired to the second": ("answer.decision", answer(grant(expires_at=NOW)), {"grant-expired"}),
    "answer: begins now": ("answer.decision", answer(grant(not_before=NOW)), set()),
    "answer: not yet": ("answer.decision", answer(grant(not_before=NOW + 1)), {"grant-not-yet"}),
    "answer: tier none": ("answer.decision", answer(grant(mode=Mode.NONE)), {"grant-shows-nothing"}),
    "answer: another purpose": (
        "answer.decision",
        answer(grant(purposes=(Purpose.CROSS_CHECKING,))),
        {"purpose-not-covered"},
    ),
    "answer: another basis": (
        "answer.decision",
        answer(grant(legal_bases=(LegalBasis.PRUM2_26,))),
        {"basis-not-covered"},
    ),
    "answer: nobody within reach": (
        "answer.decision",
        answer(grant(categories=(SubjectCategory.WITNESS,)), of=CROSS),
        {"category-not-covered"},
    ),
    "answer: uncategorised alone": (
        "answer.decision",
        answer(grant(categories=(SubjectCategory.UNCATEGORISED,))),
        {"category-not-covered"},
    ),
    "answer: another case": ("answer.decision", answer(grant(cases=("SE-7",))), {"case-not-covered"}),
    "answer: another role": ("answer.decision", answer(grant(roles=(Role.LIAISON,))), {"role-not-covered"}),
    "answer: another unit": ("answer.decision", answer(grant(units=("u-4",))), {"unit-not-covered"}),
    "answer: several reasons": (
        "answer.decision",
        answer(grant(revoked_at=NOW), grant(id="g-2", cases=("SE-7",), units=("u-4",)), of=CROSS),
        {"grant-revoked", "case-not-covered", "unit-not-covered"},
    ),
    "answer: expired mandate": (
        "answer.decision",
        answer(grant(), of=mandate(expires_at=NOW)),
        {"mandate-not-open"},
    ),
    "answer: mandate of a third service": (
        "answer.decision",
        answer(grant(), of=actor(node="eu.europol")),
        {"actor-not-of-partner"},
    ),
    "answer: a record that its owner lets us pass on": (
        "answer.decision",
        answer(grant(), consents=(consent(),)),
        set(),
    ),
    "answer: records of two owners by three consents": (
        "answer.decision",
        answer(
            grant(),
            consents=(
                consent(records=("x-3", "x-1")),
                consent(
                    id="se.polisen:c-2", provider="nl.politie", to=("eu.europol", HOME), records=("n-1",)
                ),
                consent(id="se.polisen:c-3", records=("x-2", "x-1"), not_before=NOW),
            ),
        ),
        set(),
    ),
    "answer: consents that permit nothing here": (
        "answer.decision",
        answer(
            grant(),
            consents=(
                consent(id="se.polisen:c-1", withdrawn_at=NOW + 5),
                consent(id="se.polisen:c-2", expires_at=NOW),
                consent(id="se.polisen:c-3", not_before=NOW + 1),
                consent(id="se.polisen:c-4", to=("eu.europol",)),
                consent(id="se.polisen:c-5", to=()),
                consent(id="se.polisen:c-6", purposes=(Purpose.CROSS_CHECKING,)),
                consent(id="se.polisen:c-7", recipient=HOME),
                consent(id="se.polisen:c-8", use=DataUse.JUDICIAL),
            ),
        ),
        set(),
    ),
    "answer: a consent that names no record": (
        "answer.decision",
        answer(grant(), consents=(consent(records=()),)),
        set(),
    ),
    "answer: a consent is no grant": ("answer.decision", answer(consents=(consent(),)), {"no-grant"}),
    "oversee: whole": ("oversee.decision", oversee(AUDITOR), set()),
    "oversee: analyst": ("oversee.decision", oversee(ACTOR), {"role-not-oversight", "roles-conflict"}),
    "oversee: auditor of another service": (
        "oversee.decision",
        oversee(replace(AUDITOR, node=NODE)),
        {"actor-not-of-partner"},
    ),
    "oversee: nothing said": (
        "oversee.decision",
        oversee(AUDITOR, "", ""),
        {"act-missing", "justification-missing"},
    ),
}
#: What well-formed input can never be; every engine denies it.
MALFORMED: dict[str, tuple[str, dict[str, Any]]] = {
    "ask: nothing": ("ask.decision", {}),
    "ask: time as text": ("ask.decision", ask() | {"now": str(NOW)}),
    "answer: expiry as text": (
        "answer.decision",
        answer(grant()) | {"grants": [{**answer(grant())["grants"][0], "expires_at": "9"}]},
    ),
    "answer: no revocation term": (
        "answer.decision",
        answer() | {"grants": [{k: v for k, v in answer(grant())["grants"][0].items() if k != "revoked_at"}]},
    ),
    "answer: no consents": (
        "answer.decision",
        {key: value for key, value in answer(grant()).items() if key != "consents"},
    ),
    "answer: a consent's end as text": ("answer.decision", _spoilt(expires_at="9")),
    "answer: a consent's recipients as text": ("answer.decision", _spoilt(to=HOME)),
    "answer: a consent's beginning as text": ("answer.decision", _spoilt(not_before="0")),
    "answer: a consent of a number": ("answer.decision", _spoilt(provider=7)),
    "answer: a consent to a number": ("answer.decision", _spoilt(recipient=7)),
    "answer: a consent for nothing": ("answer.decision", _spoilt(use=None)),
    "answer: a consent's purposes as text": ("answer.decision", _spoilt(purposes="OPERATIONAL_ANALYSIS")),
    "answer: a consent's records as text": ("answer.decision", _spoilt(records="x-1")),
    "answer: a withdrawal as text": ("answer.decision", _spoilt(withdrawn_at="never")),
    "oversee: roles as text": ("oversee.decision", oversee(AUDITOR) | {"actor": {"roles": "oversight"}}),
}


def golden() -> dict[str, Any]:
    """The vectors as the oracle has them; the revision is left out, for the engine's start knows it."""
    law = Bundle.packaged().data["law"]
    made = {}
    for title, (rule, document, _) in CASES.items():
        decision = oracle.decide(rule, document, law)
        made[title] = {
            "rule": rule,
            "input": document,
            "decision": {k: v for k, v in decision.items() if k != "revision"},
        }
    for title, (rule, document) in MALFORMED.items():
        made[title] = {"rule": rule, "input": document, "decision": oracle.denied(rule)}
    return {"vectors": made}


def main() -> None:
    """Write the file."""
    VECTORS.write_text(json.dumps(golden(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
