"""What must hold of every yes, whichever engine gave it: checked again here, against the grants themselves.

The Rego may narrow as the node's law wants; it may never reach beyond a grant. Each breach raises
`DecisionRejected` with the rule id of what was wrong.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from policy.decision import Branch
from policy.errors import DecisionRejected
from policy.filters import Compound, Field, Filter
from policy.grants import GrantTerms
from policy.mandate import Mandate
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
        return cls(frozenset(law["core"]), {Purpose(name): frozenset(of) for name, of in law["reach"].items()})


@dataclass(frozen=True, slots=True)
class Case:
    """What was decided on."""

    mandate: Mandate
    question: Question
    node: str
    partner: str
    now: int
    grants: Mapping[str, GrantTerms]  # by key


def check(answer: AnswerVerdict, case: Case, tables: Tables) -> None:
    """Raise `DecisionRejected` unless every part of a yes rests on a grant that covers it."""
    granted = {branch.grant: branch for branch in answer.branches}
    _must(len(granted) == len(answer.branches), "branch-twice", "two branches for one grant")
    _must(set(answer.grants) == set(granted), "grants-differ", f"{answer.grants} and {sorted(granted)}")
    for branch in answer.branches:
        terms = case.grants.get(branch.grant)
        if terms is None:
            raise DecisionRejected("grant-unknown", f"{branch.grant} is no candidate")
        _check_grant(terms, case)
        _must(Mode.NONE.rank < branch.mode.rank <= terms.mode.rank, "mode-above-grant", f"{branch.mode} of {terms.ref}")
        _check_filter(branch, terms, case, tables)
        _must(0 < answer.max_rows <= terms.max_rows, "rows-above-grant", f"{answer.max_rows} of {terms.ref}")
    highest = max(branch.mode.rank for branch in answer.branches)
    _must(answer.mode.rank == highest, "mode-above-branches", answer.mode)
    _check_shows(answer, granted, case, tables)


def _check_grant(terms: GrantTerms, case: Case) -> None:
    mandate, question, ref = case.mandate, case.question, terms.ref
    _must(terms.owner == case.node, "grant-of-another", f"{ref} is of {terms.owner}")
    _must(case.partner in terms.recipients, "grant-for-another", f"{ref} is not for {case.partner}")
    _must(terms.revoked_at is None, "grant-revoked", f"{ref} at {terms.revoked_at}")
    _must(terms.not_before <= case.now < terms.expires_at, "grant-out-of-time", f"{ref} at {case.now}")
    _must(mandate.purpose in terms.purposes, "purpose-not-covered", f"{ref}: {mandate.purpose}")
    _must(mandate.legal_basis in terms.legal_bases, "basis-not-covered", f"{ref}: {mandate.legal_basis}")
    _must(not mandate.actor.roles.isdisjoint(terms.roles), "role-not-covered", f"{ref}: {sorted(mandate.actor.roles)}")
    _must(_open(terms.units, mandate.actor.unit), "unit-not-covered", f"{ref}: {mandate.actor.unit}")
    _must(_open(terms.cases, mandate.case), "case-not-covered", f"{ref}: {mandate.case}")
    datasets = not question.datasets or terms.dataset == "*" or terms.dataset in question.datasets
    _must(datasets, "dataset-not-asked", f"{ref}: {terms.dataset} of {question.datasets}")
    schemata = not question.schemata or "*" in terms.schemata or set(terms.schemata) & set(question.schemata)
    _must(bool(schemata and terms.schemata), "schemata-not-asked", f"{ref}: {terms.schemata} of {question.schemata}")


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
    _must(any(_holds_back(part, case.node) for part in parts), "filter-without-onward", ref)
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


def _holds_back(part: Filter, node: str) -> bool:
    """Whether a part withholds what another service gave under H2."""
    own, unflagged = Field("eq", "owner", node), Field("eq", "h2", value=False)
    if isinstance(part, Compound):
        return part.operator == "or" and bool(part.parts) and set(part.parts) <= {own, unflagged}
    return part in (own, unflagged)


def _check_shows(
    answer: AnswerVerdict, granted: Mapping[str, Branch], case: Case, tables: Tables
) -> None:
    """Every shown field is asked for, and shown by a branch whose grant shows it; `*` is always decided."""
    _must("*" in answer.shows, "shows-without-others", "`*` is not decided")
    asked = case.question.fields
    for name, keys in answer.shows.items():
        _must(not keys or "*" in asked or name in asked, "field-not-asked", name)
        for key in keys:
            branch = granted.get(key)
            if branch is None:
                raise DecisionRejected("shows-unknown-grant", f"{name} by {key}")
            terms = case.grants[key]
            _must(name not in terms.masked and "*" not in terms.masked, "shows-masked", f"{name} by {terms.ref}")
            shown = branch.mode is Mode.RECORD or (branch.mode is Mode.CORE and name in tables.core)
            _must(shown, "shows-above-tier", f"{name} by {terms.ref} in {branch.mode}")
    if "*" in asked:
        _check_masks(answer, case)


def _check_masks(answer: AnswerVerdict, case: Case) -> None:
    """A field that some grant shows under `*` and another masks stands by its own name."""
    for key in answer.shows["*"]:
        hidden = set(case.grants[key].masked) - set(answer.shows)
        _must(not hidden, "shows-masked", f"{sorted(hidden)} under * by {case.grants[key].ref}")


def _must(holds: bool, rule: str, what: str) -> None:  # noqa: FBT001  # the condition reads as a sentence
    if not holds:
        raise DecisionRejected(rule, what)
