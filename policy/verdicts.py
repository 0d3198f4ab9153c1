"""What an engine may answer, parsed strictly: unknown keys, other types and other words are no decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from policy.decision import Branch
from policy.errors import DecisionRejected, FilterRejected
from policy.filters import parse
from policy.terms import Mode, Obligation, Reason

MAX_ITEMS: Final = 4096
_Word = TypeVar("_Word", bound=StrEnum)
_Item = TypeVar("_Item")
_SHORT: Final = {"allow", "reasons", "rules", "revision"}
_LONG: Final = _SHORT | {"mode", "grants", "branches", "shows", "max_rows", "obligations"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with reasons and with rule ids, each with the keys of the grants that broke it."""

    allow: bool
    reasons: tuple[Reason, ...]
    rules: Mapping[str, tuple[str, ...]]
    revision: str


@dataclass(frozen=True, slots=True)
class Showing:
    """Fields that the same grants show."""

    fields: tuple[str, ...]
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """A verdict with what it lets through, which for a no is nothing. Grants go by `GrantTerms.key`."""

    verdict: Verdict
    mode: Mode
    grants: tuple[str, ...]
    branches: tuple[Branch, ...]
    shows: tuple[Showing, ...]
    max_rows: int
    obligations: tuple[Obligation, ...]


def parse_verdict(document: object) -> Verdict:
    """The decision of `ask` and `oversee`; raises `DecisionRejected`."""
    return _verdict(_object(document, _SHORT, "decision"))


def parse_answer(document: object) -> AnswerVerdict:
    """The decision of `answer`; raises `DecisionRejected`."""
    parts = _object(document, _LONG, "decision")
    answer = AnswerVerdict(
        verdict=_verdict(parts),
        mode=_word(parts["mode"], Mode),
        grants=_texts(parts["grants"]),
        branches=_list(parts["branches"], _branch),
        shows=_list(parts["shows"], _showing),
        max_rows=_number(parts["max_rows"]),
        obligations=_list(parts["obligations"], lambda item: _word(item, Obligation)),
    )
    let_through = answer.mode is not Mode.NONE and bool(answer.grants) and bool(answer.branches)
    held_back = answer.mode is Mode.NONE and not (answer.grants or answer.branches or answer.shows)
    if not (let_through if answer.verdict.allow else held_back):
        raise DecisionRejected(
            "decision-contradicts-itself", f"allow is {answer.verdict.allow}, and: {parts!r:.300}"
        )
    return answer


def _verdict(parts: Mapping[str, object]) -> Verdict:
    allow, revision = parts["allow"], parts["revision"]
    if type(allow) is not bool or type(revision) is not str:
        raise DecisionRejected("decision-malformed", f"allow {allow!r:.60}, revision {revision!r:.60}")
    reasons, rules = _list(parts["reasons"], lambda item: _word(item, Reason)), _named(parts["rules"])
    if allow == bool(reasons) or allow == bool(rules):
        raise DecisionRejected(
            "decision-contradicts-itself", f"allow is {allow}, for {reasons} by {sorted(rules)}"
        )
    return Verdict(allow, reasons, rules, revision)


def _branch(value: object) -> Branch:
    parts = _object(value, {"grant", "mode", "filter"}, "branch")
    try:
        return Branch(_text(parts["grant"]), _word(parts["mode"], Mode), parse(parts["filter"]))
    except FilterRejected as error:
        raise DecisionRejected("filter-rejected", f"branch of {parts['grant']!r:.60}: {error}") from error


def _showing(value: object) -> Showing:
    parts = _object(value, {"fields", "grants"}, "shows")
    return Showing(_texts(parts["fields"]), _texts(parts["grants"]))


def _named(value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict) or len(value) > MAX_ITEMS:
        raise DecisionRejected(
            "decision-malformed", f"names with lists of texts are wanted, not {value!r:.60}"
        )
    return {_text(name): _texts(items) for name, items in value.items()}


def _object(value: object, keys: set[str], what: str) -> Mapping[str, object]:
    if not isinstance(value, dict) or value.keys() != keys:
        raise DecisionRejected(
            "decision-malformed", f"{what}: keys {sorted(keys)} are wanted, not {value!r:.200}"
        )
    return value


def _list(value: object, item: Callable[[object], _Item]) -> tuple[_Item, ...]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise DecisionRejected(
            "decision-malformed", f"a list of at most {MAX_ITEMS} is wanted, not {value!r:.60}"
        )
    return tuple(item(each) for each in value)


def _texts(value: object) -> tuple[str, ...]:
    return _list(value, _text)


def _text(value: object) -> str:
    if type(value) is not str:
        raise DecisionRejected("decision-malformed", f"a text is wanted, not {value!r:.60}")
    return value


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise DecisionRejected("decision-malformed", f"a whole number is wanted, not {value!r:.60}")
    return value


def _word(value: object, kind: type[_Word]) -> _Word:
    try:
        return kind(_text(value))
    except ValueError as error:
        raise DecisionRejected("decision-malformed", f"no {kind.__name__}: {value!r:.60}") from error
