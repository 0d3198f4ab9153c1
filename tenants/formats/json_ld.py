"""JSON-LD 1.1 (W3C Recommendation, 16 July 2020), as far as programs of forensic laboratories write it.

One context of prefixes and terms in the document itself, one graph of nodes. A context anywhere else is
never fetched: what its words mean is then not known, and the file is not read. Of the standard's own
keywords, those that turn a graph around or nest contexts are not read. Names come out as whole IRIs, so two
prefixes for one vocabulary make no difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.whole_json import document

MOST_DEPTH: Final = 32
MOST_NODES: Final = 500_000
_CONTEXT, _GRAPH, _ID, _TYPE, _VALUE = "@context", "@graph", "@id", "@type", "@value"
_LISTS: Final = ("@list", "@set")
_STEPS: Final = 8
"""How often one name of a context may stand for another."""
_SETTINGS: Final = frozenset({"@vocab", "@base", "@version", "@language"})
_CONTAINERS: Final = frozenset({"@list", "@set", None})


@dataclass(frozen=True, slots=True)
class Json:
    """A value that is JSON itself (`@type: @json`)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Node:
    """Something with an IRI, or none of its own (""); `said` are its properties by IRI, never empty."""

    id: str
    types: tuple[str, ...] = ()
    said: Mapping[str, tuple["Value", ...]] = field(default_factory=dict)

    @property
    def bare(self) -> bool:
        """Whether it only points at something."""
        return not self.types and not self.said


Value = str | Json | Node


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of a document in its order, each inside of another after it; what could not be read in place.

    `twice` are the IRIs of which the document says two things.
    """

    nodes: tuple[Node | Rejected, ...]
    by_id: Mapping[str, Node]
    twice: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """A context: what each term stands for, and which terms have IRIs as values."""

    terms: Mapping[str, str]
    pointing: frozenset[str]
    vocabulary: str
    base: str

    def whole(self, name: str, *, term: bool) -> str:
        """The keyword or IRI that a name stands for; "" for one of no vocabulary."""
        if name.startswith("@"):
            return name
        if term and name in self.terms:
            return self.terms[name]
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.terms:
            return self.terms[prefix] + rest
        if colon:
            return name
        if term:
            return self.vocabulary + name if self.vocabulary else ""
        return self.base + name


def read_graph(content: bytes, what: str) -> Graph:
    """The graph of a file; raises `SourceRejected` (`CONTEXT_REMOTE`, `CONTEXT`, `TOO_MANY`, …)."""
    told = document(content, what)
    if _CONTEXT not in told:
        raise SourceRejected(
            f"NOT_{what}", _CONTEXT, "the document has no context, so its words mean nothing"
        )
    return graph(told)


def graph(told: Mapping[str, Any]) -> Graph:
    """The graph of a document that was parsed already; raises `SourceRejected`."""
    names = names_of(told.get(_CONTEXT))
    rest = {name: value for name, value in told.items() if name != _CONTEXT}
    held = next((name for name in rest if names.whole(name, term=True) == _GRAPH), None)
    tops = rest.pop(held) if held is not None else []
    found = nodes_of([*([rest] if rest else []), *(tops if isinstance(tops, list) else [tops])], names)
    by_id: dict[str, Node] = {}
    twice = set()
    for node in found:
        if isinstance(node, Node) and node.id and by_id.setdefault(node.id, node) != node:
            twice.add(node.id)
    return Graph(tuple(found), by_id, frozenset(twice))


def nodes_of(tops: Sequence[object], names: Names) -> list[Node | Rejected]:
    """Some nodes and all within them, or why there is none; raises `SourceRejected` (`TOO_MANY`)."""
    found: list[Node | Rejected] = []
    for each in tops:
        try:
            found += _all(_node(each, names, 1))
        except RecordRejected as rejected:
            found.append(rejected)
        if len(found) > MOST_NODES:
            raise SourceRejected("TOO_MANY", _GRAPH, f"over {MOST_NODES} nodes")
    return found


def names_of(told: object) -> Names:
    """The names of a context; raises `SourceRejected` for one that lies elsewhere or is not read."""
    raw: dict[str, Any] = {}
    for each in told if isinstance(told, list) else [told]:
        if isinstance(each, str):
            raise SourceRejected(
                "CONTEXT_REMOTE", _CONTEXT, f"{each!r:.120} lies elsewhere; nothing is fetched"
            )
        if not isinstance(each, dict):
            raise SourceRejected("CONTEXT", _CONTEXT, f"{each!r:.80} is no context")
        raw |= each
    if "@import" in raw:
        raise SourceRejected("CONTEXT_REMOTE", "@import", f"{raw['@import']!r:.120} lies elsewhere")
    settings = {name: raw[name] or "" for name in ("@vocab", "@base") if name in raw}
    terms = {name: _meant(name, value) for name, value in raw.items() if name not in _SETTINGS}
    if not all(isinstance(each, str) for each in settings.values()) or any(
        name.startswith("@") for name in terms
    ):
        raise SourceRejected("CONTEXT", _CONTEXT, f"{sorted(raw)!r:.120} holds a keyword that is not read")
    pointing = {
        name for name, value in raw.items() if isinstance(value, dict) and value.get(_TYPE) in (_ID, "@vocab")
    }
    return Names(_resolved(terms), frozenset(pointing), settings.get("@vocab", ""), settings.get("@base", ""))


def _meant(name: str, value: object) -> str:
    """What a term of a context stands for, as it is written; a term for nothing stands for nothing."""
    if value is None:
        return ""
    if isinstance(value, dict) and value.keys() <= {_ID, _TYPE, "@container", "@language"}:
        container, value = value.get("@container"), value.get(_ID, name)
        if not (container is None or isinstance(container, str)) or container not in _CONTAINERS:
            raise SourceRejected("CONTEXT", name[:64], f"the container {container!r:.60} is not read")
    if not isinstance(value, str):
        raise SourceRejected("CONTEXT", name[:64], f"{value!r:.80} is no plain meaning of a term")
    return value


def _resolved(terms: Mapping[str, str]) -> dict[str, str]:
    """Terms whose meaning begins with another term, spelt out; one that never ends is rejected."""
    return {name: _spelt(name, meant, terms) for name, meant in terms.items()}


def _spelt(name: str, meant: str, terms: Mapping[str, str]) -> str:
    for _ in range(_STEPS):
        prefix, colon, rest = meant.partition(":")
        if not colon or rest.startswith("//") or prefix not in terms:
            return meant
        meant = terms[prefix] + rest
    raise SourceRejected("CONTEXT", name[:64], "its meaning leads round in a circle")


def _node(told: object, names: Names, depth: int) -> Node:
    if not isinstance(told, dict):
        raise RecordRejected("NOT_A_RECORD", "", f"{told!r:.60} is no object")
    if depth > MOST_DEPTH:
        raise RecordRejected("DEPTH", "", f"nodes over {MOST_DEPTH} deep")
    key, types = "", list[str]()
    said: dict[str, tuple[Value, ...]] = {}
    for name, value in told.items():
        whole = names.whole(name, term=True)
        if whole == _ID:
            key = names.whole(_text(value, _ID), term=False)
        elif whole == _TYPE:
            types += [
                names.whole(_text(each, _TYPE), term=True)
                for each in (value if isinstance(value, list) else [value])
            ]
        elif whole.startswith("@") and whole != "@index":
            raise RecordRejected("KEYWORD", name[:64], f"{name!r:.60} within a node is not read")
        elif ":" in whole and (
            values := tuple(_values(value, names, depth, pointing=name in names.pointing))
        ):
            said[whole] = (*said.get(whole, ()), *values)
    return Node(key, tuple(dict.fromkeys(types)), said)


def _values(value: object, names: Names, depth: int, *, pointing: bool) -> Iterator[Value]:
    if isinstance(value, list):
        for each in value:
            if isinstance(each, list):
                raise RecordRejected("NOT_VALUES", "", f"{each!r:.60} is a list within a list")
            yield from _values(each, names, depth, pointing=pointing)
    elif isinstance(value, dict):
        if _VALUE in value:
            yield from _literal(value)
        elif inner := next((name for name in _LISTS if name in value), None):
            if depth > MOST_DEPTH:
                raise RecordRejected("DEPTH", "", f"lists over {MOST_DEPTH} deep")
            yield from _values(value[inner], names, depth + 1, pointing=pointing)
        elif value:
            yield _node(value, names, depth + 1)
    elif isinstance(value, str) and pointing:
        yield Node(names.whole(value, term=False))
    else:
        yield from _plain(value)


def _literal(told: Mapping[str, Any]) -> Iterator[Value]:
    if told.get(_TYPE) == "@json":
        yield Json(told[_VALUE])
    elif isinstance(told[_VALUE], dict | list):
        raise RecordRejected("NOT_VALUES", _VALUE, f"{told[_VALUE]!r:.60} is no plain value")
    else:
        yield from _plain(told[_VALUE])


def _plain(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None and (text := str(value)):
        yield text


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise RecordRejected("NOT_TEXT", name, f"{value!r:.60} is no text")
    return value


def _all(node: Node) -> Iterator[Node]:
    """A node that says something, and every one inside of it that does."""
    if not node.bare:
        yield node
    for values in node.said.values():
        for each in values:
            if isinstance(each, Node):
                yield from _all(each)


def texts(values: Sequence[Value]) -> list[str]:
    """The plain values among some, each once."""
    return list(dict.fromkeys(each for each in values if isinstance(each, str)))
