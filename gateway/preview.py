"""The use case of the preview: what a partner's person would see with a grant, and sees without it.

1. The officer, the change and the person are put together; nothing of them is kept. 2. The law decides twice,
on the candidates as they are and as they would be: `judge.may_answer`, as for a partner. 3. Each decision
stands in the log, under the officer's pseudonym, before the look. 4. `admit`, and 5. the view: the same code
that answers. 6. The two are compared. 7. The real questions of the last days are replayed.

A permit for a hypothetical person never leaves this module, and no message is sealed from it. Budgets and the
freshness of the log's witnesses are not part of a preview: they are of a moment, not of a grant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import VariablesRejected
from gateway.facts import of_mandate, of_question, of_verdict, retain_until
from gateway.node import Node
from gateway.previewed import (
    EMPTY,
    Whole,
    changed,
    counts_of,
    difference_shown,
    differences,
    in_order,
    records_of,
    tally,
)
from gateway.replay import Change, Wanted, replay
from gateway.trusted import question_of
from gateway.visit import Visit
from policy.decision import Access, Permit, Refusal, admit
from policy.grants import GrantTerms
from policy.mandate import Actor, Mandate, digest_of
from policy.question import Question
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from sharing.candidates import with_change
from sharing.encoding import fresh
from tenants.selection import Selection

LIFE = 60
MOST_SAMPLES = 50
MOST_COMPARED = 500
JUSTIFICATION = "GRANT_PREVIEW"
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a partner who does not exist, and the mandate that this person would have."""

    node: str
    purpose: Purpose
    legal_basis: LegalBasis
    subject_category: SubjectCategory
    case: str
    offence: str
    aim: Aim = Aim.MORE_DATA_ON_KNOWN
    roles: tuple[Role, ...] = (Role.ANALYST,)
    unit: str = "unit-1"

    def mandate(self, now: int) -> Mandate:
        """The mandate, open for a minute from `now`."""
        actor = Actor(self.node, f"preview-{fresh()}", frozenset(self.roles), self.unit)
        justified = (self.purpose, self.legal_basis, self.case, self.offence, self.subject_category, self.aim)
        return Mandate(f"preview-{fresh()}", actor, *justified, now, now + LIFE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in the words of the partner documents; without one, everything is counted."""

    operation: Operation
    variables: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is tried, on whom, with which question; `samples` records at most, `days` of real questions.

    With `ours` a person of the node's own service asks the same beside it: what a partner's is compared with.
    """

    terms: GrantTerms
    person: Person
    asked: Asked | None = None
    samples: int = 10
    days: int = 90
    ours: bool = False

    def __post_init__(self) -> None:
        """Refuse what would be too much at once."""
        if not 0 <= self.samples <= MOST_SAMPLES:
            raise VariablesRejected(f"preview: {self.samples} samples, 0 to {MOST_SAMPLES} are given")


@dataclass(slots=True)
class _Side:
    """One of the two decisions, with what was read under it. It stays in this module."""

    verdict: Permit | Refusal
    access: Access | None
    counts: list[Shown] = field(default_factory=list)
    whole: Whole = EMPTY
    payloads: list[bytes] = field(default_factory=list)

    @property
    def shown(self) -> Shown:
        """As the desk's schema tells it."""
        verdict = self.verdict
        refused = isinstance(verdict, Refusal)
        return {
            "allowed": not refused,
            "tier": None if isinstance(verdict, Refusal) else verdict.mode.value,
            "reasons": [each.value for each in verdict.reasons] if isinstance(verdict, Refusal) else [],
            "rules": list(verdict.rules) if isinstance(verdict, Refusal) else [],
            "grants": list(verdict.grants) if isinstance(verdict, Permit) else [],
            "counts": self.counts,
            "answers": [payload.decode() for payload in self.payloads],
        }


async def preview(visit: Visit, wanted: Preview) -> Shown:
    """The two sides, their difference, and which real questions would have had another outcome."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    person, terms = wanted.person, wanted.terms
    node.post.addressees([person.node])
    now = max(node.now(), terms.not_before)
    mandate, posed = person.mandate(now), _posed(node, wanted.asked)
    were = node.books.grants.candidates(person.node, now, person.case, posed.question)
    would = with_change(were, terms, person.node, now, case=person.case, question=posed.question)
    today = await _decided(node, officer, mandate, posed, were, now)
    then = await _decided(node, officer, mandate, posed, would, now)
    own = await _own(node, officer, person, posed, now) if wanted.ours else None
    if wanted.asked is None:
        found = await _census(node, (today, then), wanted.samples)
        if own is not None:
            await _beside(node, own, (today, then), wanted.samples)
    else:
        found = await _answered(node, (today, then), posed.selection)
        if own is not None:
            await _answered(node, (own, own), posed.selection)
    past = await _replayed(node, officer, wanted) if wanted.days else None  # 7
    sides = {"ours": own.shown if own else None, "today": today.shown, "then": then.shown}
    return {"grant": terms.ref, **sides, "difference": found, "replay": past}


@dataclass(frozen=True, slots=True)
class _Posed:
    """The question as the law and the shelf read it."""

    selection: Selection
    question: Question
    digest: str


def _posed(node: Node, asked: Asked | None) -> _Posed:
    """The question; for a census that of any one record, whose id is not said yet."""
    operation = asked.operation if asked else Operation.ENTITY
    variables: Mapping[str, JSON] = asked.variables if asked else {"id": "any"}
    document = node.documents.named(operation)
    selection = node.documents.selection(document, variables)
    question = question_of(document, selection, variables)
    if asked is None:
        question = replace(question, arguments_digest=digest_of({}))
    return _Posed(selection, question, node.digests.of_value(dict(variables)))


async def _decided(  # noqa: PLR0913, PLR0917  # what one decision and its entry are made of
    node: Node, officer: Actor, mandate: Mandate, posed: _Posed, grants: Sequence[GrantTerms], now: int
) -> _Side:
    partner = mandate.actor.node
    consents = node.consents.onward(node.id, partner, mandate.purpose, now)
    verdict = await node.judge.may_answer(mandate, posed.question, partner, grants, consents, now=now)  # 2
    receipt = await node.log.append(_entry(node, officer, mandate, posed, verdict))  # 3
    return _Side(verdict, admit(verdict, receipt) if isinstance(verdict, Permit) else None)  # 4


async def _own(node: Node, officer: Actor, person: Person, posed: _Posed, now: int) -> _Side:
    """What the own service's person of the same purpose and case may see, decided and logged alike."""
    mandate = replace(person, node=node.id, unit=officer.unit).mandate(now)
    grants = node.books.grants.candidates(node.id, now, person.case, posed.question)
    return await _decided(node, officer, mandate, posed, grants, now)


def _entry(node: Node, officer: Actor, mandate: Mandate, posed: _Posed, verdict: Permit | Refusal) -> Entry:
    facts = of_mandate(node, mandate) | of_question(node, posed.question) | of_verdict(verdict)
    facts |= {
        "action": "PREVIEWED",
        "reader": node.post.keys.pseudonym(node.id, officer.subject),
        "partner": mandate.actor.node,
        "document": posed.question.document,
        "query_digest": posed.digest,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    subject = verdict.digest if isinstance(verdict, Permit) else posed.question.digest
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=subject, sealed=officer.subject.encode())


async def _census(node: Node, sides: tuple[_Side, _Side], samples: int) -> Shown:
    """Count everything on both sides, then read records one by one, those first whose sight differs."""
    for side in sides:
        await _count(node, side)
    today, then = (side.whole for side in sides)
    order = in_order(today, then)
    read = [await _one_by_one(node, side, order[:MOST_COMPARED]) for side in sides]
    for side, found in zip(sides, read, strict=True):
        side.payloads = [found[name] for name in order[:samples] if name in found]
    parted = differences(*(records_of(each.values()) for each in read))  # 6
    if len(order) <= MOST_COMPARED and not (today.more or then.more):
        return difference_shown(parted, complete=True)
    return difference_shown(parted, complete=False) | tally(each for _, each in changed(today, then))


async def _count(node: Node, side: _Side) -> None:
    """How many records of each schema and tier the side is shown."""
    if side.access is None:
        return
    census = await node.view.census(side.access)  # 5
    side.whole = Whole.of(census, side.access.permit)
    side.counts = [
        {"schema": schema, "tier": mode.value, "records": number}
        for (schema, mode), number in sorted(census.counts.items())
    ]


async def _beside(node: Node, own: _Side, sides: tuple[_Side, _Side], samples: int) -> None:
    """Of the own records the samples of both sides, then others of the schemata that either side counts."""
    await _count(node, own)
    taken = list(records_of(payload for side in sides for payload in side.payloads))
    counted = {each["schema"] for side in sides for each in side.counts}
    listed = sorted(name for name, (schema, _) in own.whole.records.items() if schema in counted)
    names = list(dict.fromkeys([*taken, *listed[:samples]]))[: max(samples, len(taken))]
    own.payloads = list((await _one_by_one(node, own, names)).values())


async def _one_by_one(node: Node, side: _Side, names: Sequence[str]) -> dict[str, bytes]:
    """Listed records, each in an answer of its own, exactly as the partner would get it."""
    document, found = node.documents.named(Operation.ENTITY), {}
    for name in names:
        if side.access is not None and name in side.whole.records:
            selection = node.documents.selection(document, {"id": name})
            found[name] = (await node.view.read(side.access, selection)).payload  # 5
    return found


async def _answered(node: Node, sides: tuple[_Side, _Side], selection: Selection) -> Shown:
    """The one answer of each side, exactly as the partner would get it."""
    for side in sides:
        if side.access is not None:
            side.payloads = [(await node.view.read(side.access, selection)).payload]  # 5
            side.counts = counts_of(records_of(side.payloads))
    return difference_shown(differences(*(records_of(side.payloads) for side in sides)), complete=True)  # 6


async def _replayed(node: Node, officer: Actor, wanted: Preview) -> Shown:
    partners = frozenset(wanted.terms.recipients)
    if wanted.terms.version > 1:
        partners |= frozenset(node.books.grants.current(wanted.terms.id).terms.recipients)
    asked = Wanted(officer, JUSTIFICATION, days=wanted.days, partners=partners)
    return (await replay(node, Change(grant=wanted.terms), asked)).shown()
