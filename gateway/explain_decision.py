"""One question that this node was asked: what was decided, grant by grant, and what it would be today.

1. What stands in the log: who asked, under which mandate, and the outcome. 2. The signed mandate out of its
paper; without it, only the log is told. 3. The law on the grants and consents as the log says they stood: as
logged, or a cause. 4. The law on each grant alone: which covers the question, which falls short, by which
rule. 5. The law on all as they stand now, under a mandate opened now: the same, or what became of the grants.
No record is read, and no permit leaves this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit.row import Row
from gateway.explain_reasons import masks_shown, reasons_shown, rows_shown, withheld_names
from gateway.facts import TIERS, of_verdict
from gateway.node import Node
from gateway.past_consents import PastBooks
from gateway.past_questions import Lost, Past, past_question
from gateway.replay import Outcome, cause_of
from policy.decision import Permit, Refusal
from policy.explaining import row_rules
from policy.grants import GrantTerms
from policy.onward import OnwardConsent
from policy.terms import Mode, Reason

LIFE = 60
"""Seconds for which the mandate of a question asked anew is open."""
REJECTED = "REJECTED"
WHY = {
    "purpose": "purpose",
    "legalBasis": "legal_basis",
    "offence": "offence",
    "subjectCategory": "subject_category",
    "aim": "aim",
    "unit": "unit",
    "asker": "asker",
}
"""Of a mandate, by the published name and by the leaf's."""
_DECIDED = frozenset({"grants", "tier", "reasons", "rules"})
Leaf = Mapping[str, Any]
_Moment = tuple[Sequence[GrantTerms], int]
"""The grants of a moment, and when that was (Unix seconds)."""
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """The entry of a question that came, and the one that closed it (None while it is open).

    A message that was rejected has no intent: its entry is both.
    """

    row: Row
    leaf: Leaf
    outcome: Row | None
    closed: Leaf | None

    @property
    def rejected(self) -> bool:
        """Whether the message was turned away before anything was decided."""
        return self.outcome is not None and self.outcome.index == self.row.index


async def answered(node: Node, received: Received, books: PastBooks, *, case: bool) -> Shown:
    """The explanation of one question; with the case in clear only if `case`. Logged before by the caller.

    Asked for several questions in the order of the log, with the same `books`.
    """
    told = _asked(node, received) | {"outcome": _outcome(received)}  # 1
    if received.rejected:
        return told | _untold(REJECTED)
    past = await past_question(node, received.row, received.outcome)  # 2
    if isinstance(past, Lost):
        return told | _untold(past.value)
    were, consents = books.stood(past)
    then = await _decided(node, past, were, consents)  # 3
    cause = _cause(past, then, received.closed)
    return told | {
        "case": past.mandate.case if case else None,
        "asLogged": not cause,
        "cause": cause or None,
        "grants": [_grant(each, await _decided(node, past, [each], consents)) for each in were],  # 4
        "today": await _today(node, past, were, then),  # 5
    }


def _asked(node: Node, received: Received) -> dict[str, Any]:
    leaf = received.leaf
    document = node.documents.by_id.get(str(leaf.get("document", "")))
    return {
        "index": received.row.index,
        "partner": received.row.partner,
        "askedAt": leaf.get("requested_at", leaf["at"]),
        "operation": document.operation.value if document else None,
        "schemata": list(leaf.get("schemata", ())),
        "datasets": list(leaf.get("datasets", ())),
        "case": None,
        **{name: leaf.get(field) for name, field in WHY.items()},
    }


def _outcome(received: Received) -> Shown | None:
    """What closed the question, as the log says it."""
    row, leaf = received.outcome, received.closed
    if row is None or leaf is None:
        return None
    names = ["*" if each == "others" else each for each in leaf.get("masked", ())]
    return {
        "index": row.index,
        "at": row.at,
        "status": leaf.get("status", row.kind),
        "tier": leaf.get("tier", TIERS[Mode.NONE]),
        "tiers": list(leaf.get("tiers", ())),
        "reasons": reasons_shown(leaf.get("rules", ()), leaf.get("reasons", ())),
        "grants": list(leaf.get("grants", ())),
        "consents": list(leaf.get("consents", ())),
        "masked": [{"name": each, "code": Reason.FIELD_MASKED.value} for each in names],
        "results": leaf.get("results"),
        "quotaLeft": leaf.get("quota_left"),
        "decision": leaf.get("decision"),
        "revision": leaf.get("policy_revision"),
    }


def _untold(cause: str) -> dict[str, Any]:
    """Of a question that the law cannot decide again."""
    return {"asLogged": None, "cause": cause, "grants": [], "today": None}


async def _decided(
    node: Node, past: Past, grants: Sequence[GrantTerms], consents: Sequence[OnwardConsent]
) -> Permit | Refusal:
    return await node.judge.may_answer(
        past.mandate, past.question, past.partner, grants, consents, now=past.at
    )


def _cause(past: Past, then: Permit | Refusal, closed: Leaf | None) -> str:
    """Why the law, asked again, does not say what was logged; empty if it does."""
    cause = cause_of(past, Outcome.of(then))
    if cause or closed is None:
        return cause
    said = {name: value for name, value in of_verdict(then).items() if name in _DECIDED}
    if all(closed.get(name) == value for name, value in said.items()):
        return ""
    return "OTHER_POLICY_REVISION" if past.revision != then.revision else "OTHER_CAUSE"


def _grant(terms: GrantTerms, alone: Permit | Refusal) -> Shown:
    """One grant that was there; faults of the mandate are no faults of the grant."""
    own = (f":{terms.ref}", "no-grant")
    reasons = [each for each in _reasons(alone) if str(each["rule"]).endswith(own)]
    rules = row_rules(alone.branches[0].filter) if isinstance(alone, Permit) else ()
    return {
        "grant": terms.ref,
        "covers": not reasons,
        "tier": TIERS[Mode.NONE if reasons else terms.mode],
        "masked": [] if reasons else masks_shown(withheld_names(terms), terms),
        "reasons": reasons,
        "rowRules": rows_shown(rules),
    }


def _reasons(verdict: Permit | Refusal) -> list[Shown]:
    if isinstance(verdict, Permit):
        return []
    return reasons_shown(verdict.rules, [each.value for each in verdict.reasons])


async def _today(node: Node, past: Past, were: Sequence[GrantTerms], then: Permit | Refusal) -> Shown:
    """The same question asked now; budgets and the freshness of witnesses are of a moment, and left out."""
    now = node.now()
    are = node.books.grants.candidates(past.partner, now, past.mandate.case, past.question)
    mandate = replace(past.mandate, opened_at=now, expires_at=now + LIFE)
    consents = node.consents.onward(node.id, past.partner, mandate.purpose, now)
    verdict = await node.judge.may_answer(mandate, past.question, past.partner, are, consents, now=now)
    was, would = Outcome.of(then), Outcome.of(verdict)
    return {
        "same": (was.label, was.grants) == (would.label, would.grants),
        "tier": TIERS[verdict.mode if isinstance(verdict, Permit) else Mode.NONE],
        "grants": sorted(would.grants),
        "reasons": _reasons(verdict),
        "revision": verdict.revision,
        "changes": list(_changes(node, (were, past.at), (are, now))),
    }


def _changes(node: Node, before: _Moment, after: _Moment) -> Iterator[Shown]:
    """What became of each grant between the question and now; a new one is new."""
    (were, then), (are, now) = before, after
    old, new = {each.id: each for each in were}, {each.id: each for each in are}
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield {"grant": new[name].ref, "what": "NEW"}
            continue
        newest = new[name] if name in new else node.books.grants.current(name).terms
        what = _became(old[name], newest, then, now)
        if what or name not in new:
            yield {"grant": old[name].ref, "what": what or "LEFT_OUT"}


def _became(old: GrantTerms, newest: GrantTerms, then: int, now: int) -> str:
    """Empty when it stands as it stood."""
    states = (
        (newest.revoked_at is not None and old.revoked_at is None, "REVOKED"),
        (newest.version != old.version, "SUPERSEDED"),
        (then < old.expires_at <= now, "EXPIRED"),
        (then < old.not_before <= now, "BEGUN"),
    )
    return next((what for holds, what in states if holds), "")
