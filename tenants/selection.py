"""What is asked of the shelf, in neutral terms: an operation, its arguments, and the tree of fields wanted.

The gateway makes it from a trusted document; nothing here knows GraphQL. `Asked` holds the arguments after
their check, with the caps of this room.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.terms import InformationEvaluation, Operation, SourceEvaluation
from tenants.envelope import CODE
from tenants.errors import IdentifierRejected, QuestionRejected, RecordRejected
from tenants.identifiers import detect, normalise
from tenants.names import latinise
from tenants.profiles.compounds import MOST_COMPOUNDS, Profile, read_profile
from tenants.record import ID

MOST_ROWS = 200
MOST_HOPS = 2
MOST_STARTS = 200
_SIZES = (1, 20, MOST_STARTS)
MOST_NODES = 256
DEEPEST = 4
LONGEST_TEXT = 256
MOST_SCHEMATA = 50
MOST_WORDS = 8
_ALIAS = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}")
_COUNTRY = re.compile(r"[a-z]{2}(?:-[a-z]{2,8})?")
_SOURCE = re.compile("|".join(SourceEvaluation))
_INFORMATION = re.compile("|".join(InformationEvaluation))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST = {
    Operation.LOOKUP: 50,
    Operation.SEARCH: 20,
    Operation.ENTITY: 1,
    Operation.EXPAND: 100,
    Operation.PROFILE: 20,
}
_ARGUMENTS = {
    Operation.LOOKUP: frozenset({"value", "kind", "first", "after"}),
    Operation.SEARCH: frozenset(
        {
            "text",
            "schemata",
            "country",
            "dataset",
            "caseRef",
            "source",
            "information",
            "since",
            "until",
            "first",
            "after",
        }
    ),
    Operation.ENTITY: frozenset({"id"}),
    Operation.EXPAND: frozenset({"id", "ids", "hops", "starts", "first", "after"}),
    Operation.PROFILE: frozenset({"method", "version", "compounds", "first"}),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A field wanted: its `name`, the `alias` it is answered under (empty: the name), its own fields."""

    name: str
    alias: str = ""
    children: tuple["Node", ...] = ()
    hash_: int = field(init=False, repr=False, compare=False)  # worked out once: trees are keys of plans

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash_", hash((self.name, self.alias, self.children)))

    def __hash__(self) -> int:
        return self.hash_

    @property
    def key(self) -> str:
        """The key in the answer's JSON."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True)
class Selection:
    """`tree` are the fields of `Answer` that are wanted, each response key once, in the answer's order."""

    operation: Operation
    arguments: Mapping[str, object]
    tree: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Checked arguments. `identifiers` are (kind, normal form); `words` the sorted words of a name.

    `told` are the filters on what a listed record tells: `case_ref`; the least `source` and `information`;
    the UTC days `since` and `until` between which its version was recorded, both included.
    """

    first: int
    after: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    words: tuple[str, ...] = ()
    schemata: tuple[str, ...] = ()
    country: str | None = None
    dataset: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    ids: tuple[str, ...] = ()
    starts: bool = False
    hops: int = 1
    profile: Profile | None = None

    @property
    def narrowed(self) -> bool:
        """Whether a search asks for more than a name."""
        return bool(self.schemata or self.country or self.dataset or self.told)


def check_tree(tree: tuple[Node, ...], depth: int = 1) -> int:
    """Count the nodes; raises `QuestionRejected` (`SELECTION`) for a tree that is too big or has bad keys."""
    if depth > DEEPEST or not all(_ALIAS.fullmatch(node.key) for node in tree):
        raise QuestionRejected("SELECTION", "tree", f"deeper than {DEEPEST}, or a key that is no name")
    if len({node.key for node in tree}) != len(tree):
        raise QuestionRejected("SELECTION", "tree", "a response key stands twice")
    total = len(tree) + sum(check_tree(node.children, depth + 1) for node in tree if node.children)
    if total > MOST_NODES:
        raise QuestionRejected("SELECTION", "tree", f"{total} fields, at most {MOST_NODES}")
    return total


def check_arguments(selection: Selection, max_rows: int) -> Asked:
    """The arguments, typed and capped (`first` by `max_rows` and 200); raises `QuestionRejected`."""
    given = {name: value for name, value in selection.arguments.items() if value is not None}
    unknown = given.keys() - _ARGUMENTS[selection.operation]
    if unknown:
        raise QuestionRejected("ARGUMENT", ",".join(sorted(unknown)), f"not taken by {selection.operation}")
    first = max(0, min(_number(given, "first", _FIRST[selection.operation]), max_rows, MOST_ROWS))
    return _READERS[selection.operation](given, first)


def _lookup(given: Mapping[str, object], first: int) -> Asked:
    value = _text(given, "value")
    kind = given.get("kind")
    if not isinstance(kind, str | None):
        raise QuestionRejected("ARGUMENT", "kind", f"{kind!r:.40} is no text")
    try:
        found = detect(value) if kind is None else (normalise(kind, value),)
    except IdentifierRejected as error:
        raise QuestionRejected(error.code, "value", error.reason) from error
    if not found:
        raise QuestionRejected("IDENTIFIER_UNKNOWN", "value", "is an identifier of no kind we know")
    pairs = tuple((item.kind, item.normal) for item in found)
    return Asked(first, after=_cursor(given), identifiers=pairs)


def _search(given: Mapping[str, object], first: int) -> Asked:
    text = latinise(_text(given, "text"))
    words = tuple(dict.fromkeys(text.split()))[:MOST_WORDS]
    if not words or max(map(len, words)) < 3:  # noqa: PLR2004  # a trigram
        raise QuestionRejected("TEXT_TOO_SHORT", "text", "needs a word of three letters or more")
    schemata = given.get("schemata", [])
    if not isinstance(schemata, list | tuple) or len(schemata) > MOST_SCHEMATA:
        raise QuestionRejected("ARGUMENT", "schemata", f"is no list of at most {MOST_SCHEMATA} names")
    return Asked(
        first,
        after=_cursor(given),
        text=text,
        words=words,
        schemata=tuple(_matching({"schemata": name}, "schemata", _WORD) or "" for name in schemata),
        country=_matching(given, "country", _COUNTRY),
        dataset=_matching(given, "dataset", _WORD),
        told=_told(given),
    )


def _told(given: Mapping[str, object]) -> dict[str, str]:
    found = {
        "case_ref": _matching(given, "caseRef", CODE),
        "source": _matching(given, "source", _SOURCE),
        "information": _matching(given, "information", _INFORMATION),
        "since": _day(given, "since"),
        "until": _day(given, "until"),
    }
    told = {name: value for name, value in found.items() if value is not None}
    if told.get("since", "") > told.get("until", "9999-12-31"):
        raise QuestionRejected("ARGUMENT", "since", f"{told['since']} is after {told['until']}, until when")
    return told


def _entity(given: Mapping[str, object], first: int) -> Asked:
    return Asked(first, id=_record_id(given))


def _expand(given: Mapping[str, object], first: int) -> Asked:
    starts = given.get("starts", False)
    if not isinstance(starts, bool):
        raise QuestionRejected("ARGUMENT", "starts", f"{starts!r:.40} is neither true nor false")
    hops, least = _number(given, "hops", 1), 0 if starts else 1
    if not least <= hops <= MOST_HOPS:
        raise QuestionRejected("ARGUMENT", "hops", f"{hops} is not within {least} to {MOST_HOPS}")
    return Asked(first, after=_cursor(given), ids=_starts(given), starts=starts, hops=hops)


def _starts(given: Mapping[str, object]) -> tuple[str, ...]:
    """The ids to start from, sorted; the last is repeated up to one of few lengths, so that plans are few."""
    if "ids" not in given:
        return (_record_id(given),)
    ids = given["ids"]
    if "id" in given or not isinstance(ids, list | tuple) or not 0 < len(ids) <= MOST_STARTS:
        raise QuestionRejected("ARGUMENT", "ids", f"needs 1 to {MOST_STARTS} ids, and no id beside them")
    told = sorted({_record_id({"id": each}) for each in ids})
    size = next(size for size in _SIZES if size >= len(told))
    return (*told, *(told[-1:] * (size - len(told))))


def _profile(given: Mapping[str, object], first: int) -> Asked:
    compounds = given.get("compounds")
    if not isinstance(compounds, list | tuple) or len(compounds) > MOST_COMPOUNDS:
        raise QuestionRejected("ARGUMENT", "compounds", f"is no list of at most {MOST_COMPOUNDS} texts")
    told = [_text({"compounds": each}, "compounds") for each in compounds]
    try:
        profile = read_profile(_text(given, "method"), _text(given, "version"), told)
    except RecordRejected as error:
        raise QuestionRejected(error.code, error.field, error.reason) from error
    return Asked(first, profile=profile)


_READERS = {
    Operation.LOOKUP: _lookup,
    Operation.SEARCH: _search,
    Operation.ENTITY: _entity,
    Operation.EXPAND: _expand,
    Operation.PROFILE: _profile,
}


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or "\0" in value:
        raise QuestionRejected("ARGUMENT", name, f"is no text of 1 to {LONGEST_TEXT} characters")
    return value


def _number(given: Mapping[str, object], name: str, missing: int) -> int:
    value = given.get(name, missing)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise QuestionRejected("ARGUMENT", name, f"{value!r:.40} is no number from 0")
    return value


def _matching(given: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise QuestionRejected("ARGUMENT", name, f"{value!r:.80} does not match {pattern.pattern}")
    return value


def _day(given: Mapping[str, object], name: str) -> str | None:
    found = _matching(given, name, _DAY)
    try:
        return found and date.fromisoformat(found).isoformat()
    except ValueError as error:
        raise QuestionRejected("ARGUMENT", name, f"{found} is no day of the calendar") from error


def _record_id(given: Mapping[str, object]) -> str:
    found = _matching(given, "id", ID)
    if found is None:
        raise QuestionRejected("ARGUMENT", "id", "is missing")
    return found


def _cursor(given: Mapping[str, object]) -> str | None:
    return _matching(given, "after", ID)
