"""What claims say of who was what, where, and paid how, with three times. Pure; order does not matter.

Valid time: when it held, as exactly as the record tells. Known time: since when the owner's node has this
version of the record. Shared time: when a version of it came to the asker's node. A later version says that
there was an earlier one, and not what it said: whether the fact was known before is then uncertain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sharing.chronicle.catalogue import Aspect, Untold, catalogue
from sharing.chronicle.sure import Sure, Valid, read_time
from sharing.claimed import Source, first, source
from sharing.merge import Claim
from sharing.money.ownership import things
from sharing.network import Edge, Ontology, Tie, too_many
from sharing.spans import Span

Shares = Mapping[str, Sequence[tuple[int, datetime]]]
"""By handle, the versions that came to the asker's node, and when."""
_PORT, _CODE = "Port", "unlocode"


@dataclass(frozen=True, slots=True)
class Lens:
    """Only what was known to its owner's node, and had come to the asker's, by then; None: by now."""

    known: datetime | None = None
    shared: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and for how many days what was observed once counts."""

    text: str
    span: Span
    days: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that one record says of two. `edge` is how it says it, `kind` the schema of the object.

    `valid` is None where the record tells no time, or one that contradicts itself: `untold` says which.
    """

    source: Source
    aspect: Aspect
    subject: int
    object: int
    kind: str
    says: str
    edge: Edge
    linked: bool
    valid: Valid | None
    untold: Untold | None
    version: int
    recorded: datetime | None
    shares: tuple[tuple[int, datetime], ...]

    def seen_through(self, lens: Lens) -> Sure:
        """Whether it was known and shared by then."""
        return min(self._known(lens.known), self._shared(lens.shared))

    def held(self, day: Day, lens: Lens) -> Sure:
        """Whether it held on a day, seen through the lens; what tells no time stands on none."""
        valid = Sure.NO if self.valid is None else self.valid.held(day.span, day.days)
        return min(valid, self.seen_through(lens))

    def _known(self, latest: datetime | None) -> Sure:
        if latest is None or (self.recorded and self.recorded <= latest):
            return Sure.YES
        return Sure.UNCERTAIN if self.recorded is None or self.version > 1 else Sure.NO

    def _shared(self, latest: datetime | None) -> Sure:
        if latest is None:
            return Sure.YES
        came = {version for version, at in self.shares if at <= latest}
        if self.version in came or (came and self.version == 1):
            return Sure.YES
        return Sure.UNCERTAIN if came else Sure.NO


@dataclass(frozen=True, slots=True)
class Chronicle:
    """All facts, in the order of their records; `groups` are the things, by place."""

    groups: tuple[tuple[str, ...], ...]
    facts: tuple[Fact, ...]
    crowded: tuple[str, ...] = ()
    """Links that name too many pairs (`sharing.network.MOST_PAIRS`): of them nothing is told."""


def chronicle(
    claims: Iterable[Claim], groups: Iterable[Sequence[str]], ontology: Ontology, shares: Shares
) -> Chronicle:
    """What the claims tell; a fact of which one side was not shown is left out.

    One thing is what the viewer holds to be one (`groups`), what bears one registration number, and a port
    by its UN/LOCODE.
    """
    known = {claim.handle: claim for claim in claims}
    shown = [claim for claim in known.values() if claim.record.schema not in ontology.ends]
    told = things(shown, [*groups, *_ports(shown)])
    reading = _Reading(known, {handle: n for n, group in enumerate(told) for handle in group}, ontology)
    crowded = {handle for handle, claim in known.items() if reading.crowded(claim)}
    found = [
        _fact(claim, pair, reading, shares.get(handle, ()))
        for handle, claim in sorted(known.items())
        if handle not in crowded
        for pair in reading.pairs(claim)
    ]
    facts = tuple(each for each in found if each.subject != each.object)
    return Chronicle(told, facts, tuple(sorted(crowded)))


def _ports(claims: Iterable[Claim]) -> Iterable[list[str]]:
    by_code: dict[str, list[str]] = {}
    for claim in claims:
        if claim.record.schema == _PORT and (code := first(claim, _CODE)):
            by_code.setdefault(code.upper(), []).append(claim.handle)
    return by_code.values()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two handles that a record ties, who first; `what` is the schema of a link or a property."""

    subject: str
    object: str
    aspect: Aspect
    tie: Tie
    what: str
    turned: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    claims: Mapping[str, Claim]
    place: Mapping[str, int]
    ontology: Ontology

    def crowded(self, claim: Claim) -> bool:
        """Whether a link names too many pairs."""
        schema = claim.record.schema
        if schema not in self.ontology.ends:
            return False
        named = (self.ontology.ends[schema], *catalogue().further.get(schema, ()))
        return any(too_many(claim, (one, other)) for one, other in named)

    def pairs(self, claim: Claim) -> Iterator[_Pair]:
        """What the record says of which two that were shown."""
        schema = claim.record.schema
        if ends := self.ontology.ends.get(schema):
            for subject, other in self._both(claim, *ends):
                yield self._linked(schema, subject, other)
            for names in catalogue().further.get(schema, ()):
                for subject, other in self._both(claim, *names):
                    if (aspect := self._aspect(schema, subject, other)) is not Aspect.TIE:
                        yield _Pair(subject, other, aspect, Tie.REFERENCE, names[1])
        else:
            yield from self._referring(claim)

    def _both(self, claim: Claim, one: str, other: str) -> Iterator[tuple[str, str]]:
        yield from ((left, right) for left in self._named(claim, one) for right in self._named(claim, other))

    def _named(self, claim: Claim, name: str) -> list[str]:
        handles = [f"{claim.node}/{value}" for value in claim.record.properties.get(name, ())]
        return [each for each in sorted(set(handles)) if each in self.place and each in self.claims]

    def _schema(self, handle: str) -> str:
        return self.claims[handle].record.schema

    def _aspect(self, link: str, one: str, other: str) -> Aspect:
        kinds, told = {self._schema(one), self._schema(other)}, catalogue()
        if link in told.payments or kinds & told.channels:
            return Aspect.CHANNEL
        if kinds & told.places:
            return Aspect.TERRITORY
        return Aspect.ROLE if kinds <= told.parties else Aspect.TIE

    def _linked(self, schema: str, one: str, other: str) -> _Pair:
        """A link; the place or account is the object, whichever end it is."""
        told, aspect = catalogue(), self._aspect(schema, one, other)
        means = told.channels if aspect is Aspect.CHANNEL else told.places
        turned = self._schema(one) in means and self._schema(other) not in means
        subject, object_ = (other, one) if turned else (one, other)
        return _Pair(subject, object_, aspect, Tie.RECORD, schema, turned)

    def _referring(self, claim: Claim) -> Iterator[_Pair]:
        """A record that names its place, or an account that names its holder."""
        told, schema = catalogue(), claim.record.schema
        for name in sorted(self.ontology.references.get(schema, ())):
            for other in self._named(claim, name):
                if self._schema(other) in told.places:
                    yield _Pair(claim.handle, other, Aspect.TERRITORY, Tie.REFERENCE, name)
                elif schema in told.channels and self._schema(other) in told.parties:
                    yield _Pair(other, claim.handle, Aspect.CHANNEL, Tie.REFERENCE, name)


def _fact(claim: Claim, pair: _Pair, reading: _Reading, shares: Sequence[tuple[int, datetime]]) -> Fact:
    subject, other = reading.place[pair.subject], reading.place[pair.object]
    valid, untold = _valid(claim, pair.what)
    ends = (other, subject) if pair.turned else (subject, other)
    return Fact(
        source=source(claim),
        aspect=pair.aspect,
        subject=subject,
        object=other,
        kind=reading.claims[pair.object].record.schema,
        says=next((said for name in catalogue().says if (said := first(claim, name))), ""),
        edge=Edge(*ends, pair.tie, pair.what, (claim.handle,)),
        linked=pair.tie is Tie.RECORD,
        valid=valid,
        untold=untold,
        version=claim.record.version,
        recorded=_moment(claim.record.recorded_at),
        shares=tuple(sorted(shares)),
    )


def _valid(claim: Claim, what: str) -> tuple[Valid | None, Untold | None]:
    """When it held: a period if one is told, else the times for which it was told."""
    told = catalogue()
    if own := told.seen_at.get(what):
        seen = _time(claim, (own,))
        return (Valid(seen, None, observed=True), None) if seen else (None, Untold.NOT_STATED)
    seen, end = _time(claim, told.seen), _time(claim, told.end)
    begin = _time(claim, told.begin) or (seen if end else None)
    if begin and end and begin.earliest > end.latest:
        return None, Untold.CONTRADICTS
    if begin or end:
        return Valid(begin, end), None
    return (Valid(seen, None, observed=True), None) if seen else (None, Untold.NOT_STATED)


def _time(claim: Claim, names: Iterable[str]) -> Span | None:
    found = (read_time(claim.record.properties.get(name, ())) for name in names)
    return next((each for each in found if each is not None), None)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
