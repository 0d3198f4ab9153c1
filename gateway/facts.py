"""What a log entry of an exchange says: codes, keyed digests and counts, never content (audit/README.md)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from audit.canonical import JSON
from audit.entry import Kind
from audit.fields import MAX_ITEMS, REFERENCE
from gateway.node import Node
from policy.case_reference import names_a_case
from policy.decision import Permit, Refusal
from policy.mandate import Mandate
from policy.question import Question
from policy.retention import Retention
from policy.terms import Mode, Purpose

TIERS = {Mode.NONE: "NONE", Mode.HIT: "T0", Mode.CONTACT: "T1", Mode.CORE: "T2", Mode.RECORD: "T3"}


def moment(seconds: float) -> str:
    """Unix seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def of_mandate(node: Node, mandate: Mandate) -> dict[str, JSON]:
    """The three-part justification; the case by keyed digest, none where the reference names no case."""
    case: dict[str, JSON] = (
        {"case": node.digests.of(mandate.case.encode())} if names_a_case(mandate.case) else {}
    )
    urgent: dict[str, JSON] = (
        {"emergency": True, "urgent": True} if mandate.purpose is Purpose.THREAT_TO_LIFE else {}
    )
    return (
        case
        | urgent
        | {
            "purpose": mandate.purpose.value,
            "legal_basis": mandate.legal_basis.value,
            "offence": mandate.offence,
            "subject_category": mandate.subject_category.value,
            "aim": mandate.aim.value,
            "unit": mandate.actor.unit,
            "mandate": mandate.digest,
        }
    )


def of_question(node: Node, question: Question) -> dict[str, JSON]:
    """The schemata and datasets that a question names, so that its decision can be replayed.

    A name that no schema has could be content: it is left out, and the leaf says that its list was cut.
    """
    known = [each for each in question.schemata if each in node.schemata][:MAX_ITEMS]
    sets = [each for each in question.datasets if REFERENCE(each)][:MAX_ITEMS]
    told: dict[str, JSON] = {"schemata": list(known)} if known else {}
    told |= {"datasets": list(sets)} if sets else {}
    whole = (len(known), len(sets)) == (len(question.schemata), len(question.datasets))
    return told if whole else told | {"truncated": True}


def of_verdict(verdict: Permit | Refusal) -> dict[str, JSON]:
    """What was decided, by which rules, grants and consents."""
    decided: dict[str, JSON] = {"decision": verdict.id, "policy_revision": verdict.revision}
    if isinstance(verdict, Permit):
        decided |= {"grants": list(verdict.grants), "tier": TIERS[verdict.mode]}
        return decided | (many("consents", verdict.consents) if verdict.consents else {})
    rules = [_rule(each) for each in verdict.rules]
    return decided | {"reasons": [each.value for each in verdict.reasons]} | many("rules", rules)


def of_masks(masked: Sequence[str]) -> dict[str, JSON]:
    """Names of withheld properties; `*` is said as `others`."""
    return many("masked", ["others" if each == "*" else each for each in masked])


def many(name: str, values: Sequence[str]) -> dict[str, JSON]:
    """A list that a leaf can hold, and whether it was cut."""
    told: dict[str, JSON] = {name: list(values[:MAX_ITEMS])}
    return told | ({"truncated": True} if len(values) > MAX_ITEMS else {})


def _rule(rule: str) -> str:
    """The rule and its grant; the words of an error stay out of the leaf."""
    return rule if REFERENCE(rule) else rule.partition(":")[0]


def retain_until(now: float, kind: Kind | None = None) -> str:
    """The last day on which what is sealed beside an entry of `kind`, made at `now`, is kept."""
    return last_day("" if kind is None else kind.value, datetime.fromtimestamp(now, UTC).date()).isoformat()


@lru_cache(maxsize=256)
def last_day(kind: str, day: date) -> date:
    """The last day on which what is sealed beside an entry of `kind`, made on `day`, is kept."""
    return _retention().until(kind, day)


@cache
def _retention() -> Retention:
    """The periods in the law's tables, read once."""
    return Retention.packaged()
