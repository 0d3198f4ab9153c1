"""What enters the Rego, built from checked values only.

Shapes: `{now, node, partner, actor, mandate}` for `ask`, the same with `question`, `grants` and `consents`
for `answer`, `{now, node, actor, act, justification}` for `oversee`; `policy/rego/input.schema.json` says the
same. Every text is of the id alphabet, what is missing is null, times are whole seconds.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from policy import onward
from policy.codes import Gate
from policy.errors import GrantRejected, InputRejected
from policy.grants import GrantTerms, as_input
from policy.mandate import Actor, Mandate
from policy.onward import OnwardConsent
from policy.question import Question
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory

_GATE: Final = Gate(InputRejected)
_KEPT: Final = 2_000
#: Terms whose form was checked, with their input. By identity: equal terms may differ in their types.
_CHECKED: Final[dict[int, tuple[GrantTerms, Mapping[str, object]]]] = {}


def ask_input(mandate: Mandate, node: str, partner: str, now: int) -> dict[str, object]:
    """Input of `ask.decision`; raises `InputRejected`."""
    return {
        "now": _GATE.number(now, "now"),
        "node": _GATE.code(node, "node"),
        "partner": _GATE.code(partner, "partner"),
        "actor": _actor(mandate.actor),
        "mandate": _mandate(mandate),
    }


def answer_input(
    base: dict[str, object],
    question: Question,
    candidates: Sequence[GrantTerms],
    consents: Sequence[OnwardConsent] = (),
) -> dict[str, object]:
    """Input of `answer.decision` on top of `ask_input`.

    Raises `InputRejected`, `GrantRejected`, `ConsentRejected`.
    """
    grants = [_grant_input(terms) for terms in candidates]
    if len({grant["ref"] for grant in grants}) != len(grants):
        raise GrantRejected("version", "two candidates have the same id and version")
    permitted = [onward.as_input(each) for each in consents]
    return base | {"question": question_input(question), "grants": grants, "consents": permitted}


def oversee_input(actor: Actor, node: str, act: str, justification: str, now: int) -> dict[str, object]:
    """Input of `oversee.decision`; raises `InputRejected`."""
    return {
        "now": _GATE.number(now, "now"),
        "node": _GATE.code(node, "node"),
        "actor": _actor(actor),
        "act": _GATE.optional_code(act, "act"),
        "justification": _GATE.optional_code(justification, "justification"),
    }


def question_input(question: Question) -> dict[str, object]:
    """The part of a question that the law reads; raises `InputRejected`."""
    return {
        "operation": _GATE.word(question.operation, Operation, "question.operation"),
        "document": _GATE.code(question.document, "question.document"),
        "schemata": _GATE.codes(question.schemata, "question.schemata"),
        "datasets": _GATE.codes(question.datasets, "question.datasets"),
        "fields": _GATE.codes(question.fields, "question.fields"),
    }


def _grant_input(terms: GrantTerms) -> Mapping[str, object]:
    """The same as `as_input`, made once for terms that cannot change and come back with every question."""
    known = _CHECKED.get(id(terms))
    if known is not None:
        return known[1]
    made = as_input(terms)
    if len(_CHECKED) >= _KEPT:
        _CHECKED.clear()
    _CHECKED[id(terms)] = terms, made  # holds the terms: their identity stays theirs
    return made


def _actor(actor: Actor) -> dict[str, object]:
    roles = _GATE.words(tuple(actor.roles), Role, "actor.roles")
    return {
        "node": _GATE.code(actor.node, "actor.node"),
        "subject": _GATE.code(actor.subject, "actor.subject"),
        "roles": sorted(roles),
        "unit": _GATE.optional_code(actor.unit, "actor.unit"),
    }


def _mandate(mandate: Mandate) -> dict[str, object]:
    category = _GATE.word(mandate.subject_category, SubjectCategory, "mandate.subject_category")
    return {
        "id": _GATE.code(mandate.id, "mandate.id"),
        "purpose": _GATE.word(mandate.purpose, Purpose, "mandate.purpose"),
        "legal_basis": _GATE.word(mandate.legal_basis, LegalBasis, "mandate.legal_basis"),
        "case": _GATE.optional_code(mandate.case, "mandate.case"),
        "offence": _GATE.optional_code(mandate.offence, "mandate.offence"),
        "subject_category": category,
        "aim": _GATE.word(mandate.aim, Aim, "mandate.aim"),
        "opened_at": _GATE.number(mandate.opened_at, "mandate.opened_at"),
        "expires_at": _GATE.number(mandate.expires_at, "mandate.expires_at"),
    }
