"""A network: what the claims of several nodes say about who and what is linked, as one graph. Pure.

A vertex is a group of handles that the viewer holds to be one thing (`sharing.picture.clusters`); nothing is
grouped by itself. An edge is a record of a link schema between its two ends, a reference of one record to
another, or a strong identifier that two vertices share. An edge whose other end is not among the claims is
left out: the graph has no dangling end. The order of claims and groups does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from sharing.merge import STRONG, Claim

MOST_SHARING = 50
"""Vertices that share one identifier before it is too common to link them."""
MOST_PAIRS = 2_500
"""Pairs that one link makes of its ends (50 by 50) before it ties everybody to everybody."""


class Tie(StrEnum):
    """What an edge rests on."""

    RECORD = "RECORD"
    REFERENCE = "REFERENCE"
    IDENTIFIER = "IDENTIFIER"


@dataclass(frozen=True, slots=True)
class Ontology:
    """What properties are for, by schema: the two ends of a link, and references to other records."""

    ends: Mapping[str, tuple[str, str]]
    references: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie between two vertices, by their places; only a link's direction matters.

    `what` is the link's schema, the reference's property or the identifier's kind, `handles` the records that
    say so, `shared` the identifier.
    """

    source: int
    target: int
    tie: Tie
    what: str
    handles: tuple[str, ...]
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Vertices as sorted groups of handles, in the order of their first; edges sorted."""

    vertices: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]
    common: tuple[tuple[str, str], ...] = ()
    """Identifiers (kind, normal form) that more than 50 vertices share: they link nothing."""
    crowded: tuple[str, ...] = ()
    """Links that name more than `MOST_PAIRS` pairs of ends: they link nothing."""
    place: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {handle: place for place, group in enumerate(self.vertices) for handle in group}
        object.__setattr__(self, "place", found)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Vertices that are linked at all, each pair once, smaller place first, no vertex with itself."""
        told = {
            (min(e.source, e.target), max(e.source, e.target)) for e in self.edges if e.source != e.target
        }
        return sorted(told)


def woven(claims: Iterable[Claim], groups: Iterable[Sequence[str]], ontology: Ontology) -> Network:
    """The network of the claims; `groups` are of one thing each, a handle in none is a vertex alone."""
    known = {claim.handle: claim for claim in claims}
    links = {handle for handle, claim in known.items() if claim.record.schema in ontology.ends}
    things = known.keys() - links
    vertices = _vertices(things, groups)
    place = {handle: number for number, group in enumerate(vertices) for handle in group}
    edges: dict[tuple[int, int, Tie, str, str], set[str]] = defaultdict(set)
    ends = ontology.ends
    crowded = sorted(each for each in links if too_many(known[each], ends[known[each].record.schema]))
    for handle in links - set(crowded):
        for pair in _ends(known[handle], ontology, place):
            edges[*pair, Tie.RECORD, known[handle].record.schema, handle].add(handle)
    for handle in things:
        for name, other in _references(known[handle], ontology, place):
            if place[handle] != place[other]:
                edges[place[handle], place[other], Tie.REFERENCE, name, ""].add(handle)
    common = _by_identifier(known, things, place, edges)
    found = [
        Edge(source, target, tie, what, tuple(sorted(handles)), shared if tie is Tie.IDENTIFIER else "")
        for (source, target, tie, what, shared), handles in edges.items()
    ]
    order = sorted(found, key=lambda e: (e.source, e.target, e.tie, e.what, e.shared, e.handles))
    return Network(vertices, tuple(order), common, tuple(crowded))


def too_many(link: Claim, ends: tuple[str, str]) -> bool:
    """Whether a record names more than `MOST_PAIRS` pairs by two properties; what is not shown counts too."""
    source, target = (set(link.record.properties.get(name, ())) for name in ends)
    return len(source) * len(target) > MOST_PAIRS


def _vertices(things: Iterable[str], groups: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    left = set(things)
    found = []
    for group in groups:
        if here := tuple(sorted(left & set(group))):
            found.append(here)
            left -= set(here)
    return tuple(sorted([*found, *((handle,) for handle in left)]))


def _ends(link: Claim, ontology: Ontology, place: Mapping[str, int]) -> Iterable[tuple[int, int]]:
    """The ends of a link lie at the link's own node."""
    source, target = (link.record.properties.get(name, ()) for name in ontology.ends[link.record.schema])
    for one in source:
        for other in target:
            ends = f"{link.node}/{one}", f"{link.node}/{other}"
            if all(end in place for end in ends):
                yield place[ends[0]], place[ends[1]]


def _references(claim: Claim, ontology: Ontology, place: Mapping[str, int]) -> Iterable[tuple[str, str]]:
    for name in sorted(ontology.references.get(claim.record.schema, ())):
        for value in claim.record.properties.get(name, ()):
            other = f"{claim.node}/{value}"
            if other in place:
                yield name, other


def _by_identifier(
    known: Mapping[str, Claim],
    things: Iterable[str],
    place: Mapping[str, int],
    edges: dict[tuple[int, int, Tie, str, str], set[str]],
) -> tuple[tuple[str, str], ...]:
    shared: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for handle in things:
        for each in known[handle].record.identifiers:
            if each.kind in STRONG and each.normal:
                shared[each.kind, each.normal][place[handle]].add(handle)
    common = []
    for (kind, normal), vertices in sorted(shared.items()):
        if len(vertices) > MOST_SHARING:
            common.append((kind, normal))
            continue
        for left, right in combinations(sorted(vertices), 2):
            edges[left, right, Tie.IDENTIFIER, kind, normal] |= vertices[left] | vertices[right]
    return tuple(common)
