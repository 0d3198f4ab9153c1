"""What must hold of every yes, whichever engine gave it: checked again here, against the grants themselves.

The Rego may narrow as the node's law wants; it may never reach beyond a grant. Each breach raises
`DecisionRejected` with the rule id of what was wrong.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policy.decision import Branch
from policy.errors import DecisionRejected
from policy.filters import Compound, Field, Filter
from policy.grants import GrantTerms
from policy.mandate import Mandate
from policy.onward import OnwardConsent, released
from policy.question import Question
from policy.terms import Mode, Purpose, SubjectCategory
from policy.verdicts import AnswerVerdict


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of the Rego that the checks need: core fields, and the categories each purpose reaches."""

    core: frozenset[str]
    reach: Mapping[Purpose, frozenset[str]]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Tables":
        """From the bundle's data."""
        law = data["law"]
        return cls(
            frozenset(law["core"]), {Purpose(name): frozenset(of) for name, of in law["reach"].items()}
        )


@dataclass(frozen=True, slots=True)
class Case:
    """What was decided on."""

    mandate: Mandate
    question: Question
    node: str
    partner: str
    now: int
    grants: Mapping[str, GrantTerms]  # by key
    consents: Sequence[OnwardConsent] = ()


def check(answer: AnswerVerdict, case: Case, tables: Tables) -> None:
    """Raise `DecisionRejected` unless every part of a yes rests on a grant that covers it."""
    granted = {branch.grant: branch for branch in answer.branches}
    _must(len(granted) == len(answer.branches), "branch-twice", "two branches for one grant")
    _must(set(answer.grants) == set(granted), "grants-differ", answer.grants, granted.keys())
    for branch in answer.branches:
        terms = case.grants.get(branch.grant)
        if terms is None:
            raise DecisionRejected("grant-unknown", f"{branch.grant} is no candidate")
        _check_grant(terms, case)
        _must(
            Mode.NONE.rank < branch.mode.rank <= terms.mode.rank,
            "mode-above-grant",
            branch.mode,
            terms.mode,
            terms.ref,
        )
        _check_filter(branch, terms, case, tables)
        _must(
            0 < answer.max_rows <= terms.max_rows,
            "rows-above-grant",
            answer.max_rows,
            terms.max_rows,
            terms.ref,
        )
    highest = max(branch.mode.rank for branch in answer.branches)
    _must(answer.mode.rank == highest, "mode-above-branches", answer.mode, highest)
    _check_shows(answer, granted, case, tables)


def _check_grant(terms: GrantTerms, case: Case) -> None:
    mandate, question, ref = case.mandate, case.question, terms.ref
    _must(terms.owner == case.node, "grant-of-another", ref, terms.owner, case.node)
    _must(case.partner in terms.recipients, "grant-for-another", ref, terms.recipients, case.partner)
    _must(terms.revoked_at is None, "grant-revoked", ref, terms.revoked_at)
    _must(
        terms.not_before <= case.now < terms.expires_at,
        "grant-out-of-time",
        ref,
        terms.not_before,
        terms.expires_at,
        case.now,
    )
    _must(mandate.purpose in terms.purposes, "purpose-not-covered", ref, terms.purposes, mandate.purpose)
    _must(
        mandate.legal_basis in terms.legal_bases,
        "basis-not-covered",
        ref,
        terms.legal_bases,
        mandate.legal_basis,
    )
    _must(
        not mandate.actor.roles.isdisjoint(terms.roles),
        "role-not-covered",
        ref,
        terms.roles,
        mandate.actor.roles,
    )
    _must(_open(terms.units, mandate.actor.unit), "unit-not-covered", ref, terms.units, mandate.actor.unit)
    _must(_open(terms.cases, mandate.case), "case-not-covered", ref, terms.cases, mandate.case)
    datasets = not question.datasets or terms.dataset == "*" or terms.dataset in question.datasets
    _must(datasets, "dataset-not-asked", ref, terms.dataset, question.datasets)
    schemata = not question.schemata or "*" in terms.schemata or set(terms.schemata) & set(question.schemata)
    _must(bool(schemata and terms.schemata), "schemata-not-asked", ref, terms.schemata, question.schemata)


def _open(restriction: Collection[str], value: str) -> bool:
    return not restriction or value in restriction


def _check_filter(branch: Branch, terms: GrantTerms, case: Case, tables: Tables) -> None:
    """The filter is one `and`, and has a part for everything that the grant or the law withholds."""
    ref, row_filter = terms.ref, branch.filter
    if not isinstance(row_filter, Compound) or row_filter.operator != "and":
        raise DecisionRejected("filter-no-and", f"{ref}: {row_filter!r:.100}")
    parts = row_filter.parts
    reach = tables.reach[case.mandate.purpose] - {SubjectCategory.UNCATEGORISED}
    _must(_pins(parts, "subject_category", set(terms.categories) & reach), "filter-without-categories", ref)
    _must(terms.dataset == "*" or _pins(parts, "dataset", {terms.dataset}), "filter-without-dataset", ref)
    _must("*" in terms.schemata or _pins(parts, "schema", terms.schemata), "filter-without-schemata", ref)
    _must(not terms.cases or _pins(parts, "case_ref", terms.cases), "filter-without-cases", ref)
    _must(not terms.record_ids or _pins(parts, "id", terms.record_ids), "filter-without-records", ref)
    _must(any(_retains(part, case.now) for part in parts), "filter-without-retention", ref)
    permitted = released(case.consents, case.node, case.partner, case.mandate.purpose, case.now)
    _must(any(_holds_back(part, case.node, permitted) for part in parts), "filter-without-onward", ref)
    ongoing = case.partner == case.node or Field("eq", "ongoing", value=False) in parts
    _must(ongoing, "filter-without-ongoing", ref)


def _pins(parts: tuple[Filter, ...], column: str, allowed: Collection[str]) -> bool:
    """Whether some part lets only `allowed` values of a text column through."""
    return any(isinstance(part, Field) and part.column == column and _within(part, allowed) for part in parts)


def _within(part: Field, allowed: Collection[str]) -> bool:
    if part.operator == "in" and isinstance(part.value, tuple):
        return set(part.value) <= set(allowed)
    return part.operator == "eq" and part.value in allowed


def _retains(part: Filter, now: int) -> bool:
    """Whether a part withholds what is over its retention date."""
    return (
        isinstance(part, Field)
        and (part.operator, part.column) == ("gt", "retain_until")
        and isinstance(part.value, int)
        and part.value >= now
    )


def _holds_back(part: Filter, node: str, permitted: Mapping[str, Collection[str]]) -> bool:
    """Whether a part withholds what another service gave under H2, but for what that service permitted."""
    free = (Field("eq", "owner", node), Field("eq", "h2", value=False))
    if not isinstance(part, Compound):
        return part in free
    held = (each in free or _permitted(each, permitted) for each in part.parts)
    return part.operator == "or" and bool(part.parts) and all(held)


def _permitted(part: Filter, permitted: Mapping[str, Collection[str]]) -> bool:
    """Whether a part lets nothing through but records of one owner that this owner permitted."""
    if not isinstance(part, Compound) or part.operator != "and":
        return False
    return any(
        _pins(part.parts, "owner", {owner}) and _pins(part.parts, "id", ids)
        for owner, ids in permitted.items()
    )


def _check_shows(answer: AnswerVerdict, granted: Mapping[str, Branch], case: Case, tables: Tables) -> None:
    """Every name is decided once and `*` always; what is shown was asked for and is shown by its grant."""
    names = [name for showing in answer.shows for name in showing.fields]
    decided, asked = set(names), set(case.question.fields)
    _must("*" in decided and len(decided) == len(names), "shows-not-once", names)
    for showing in answer.shows:
        shown = set(showing.fields)
        _must(not showing.grants or "*" in asked or shown <= asked, "field-not-asked", showing.fields, asked)
        for key in showing.grants:
            branch = granted.get(key)
            if branch is None:
                raise DecisionRejected("shows-unknown-grant", f"{showing.fields!r:.200} by {key}")
            _check_tier(branch, shown, tables)
            _check_masks(case.grants[key], shown, decided)


def _check_tier(branch: Branch, shown: Collection[str], tables: Tables) -> None:
    """The record tier shows all, the core tier the core fields, the others nothing."""
    allowed = branch.mode is Mode.RECORD or (branch.mode is Mode.CORE and tables.core.issuperset(shown))
    _must(allowed or not shown, "shows-above-tier", shown, branch.grant, branch.mode)


def _check_masks(terms: GrantTerms, shown: Collection[str], decided: Collection[str]) -> None:
    """No masked field is shown: not by its name, and not under `*`, which stands for what is not decided."""
    masked = set(terms.masked)
    hidden = masked - set(decided) if "*" in shown else set()
    broken = ("*" in masked and bool(shown)) or not masked.isdisjoint(shown) or bool(hidden)
    _must(not broken, "shows-masked", shown, terms.ref, masked)


def _must(holds: bool, rule: str, *sides: object) -> None:  # noqa: FBT001  # the condition reads as a sentence
    """Raise unless it holds; `sides` are what differs, made text only then."""
    if not holds:
        raise DecisionRejected(rule, " / ".join(f"{side!s:.200}" for side in sides))
