"""What the records that were shown say of one vessel: names, flags, numbers, listings, events, tracks.

A record says of the vessel what it bears itself, and is about the vessel that it refers to at its own node.
What a node did not show is not there: no value stands for it. Times of AIS are UTC unless told otherwise.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sharing.claimed import Source, first, identified, number, plain, reference, source
from sharing.merge import Claim
from sharing.places import Place, Position, position
from sharing.spans import Span, span

VESSEL, PERIOD, LISTING, EVENT, TRACK = "Vessel", "VesselPeriod", "VesselListing", "AisEvent", "AisTrack"
AREA = "DropOffArea"
FAMILY = frozenset({VESSEL, PERIOD, LISTING, EVENT, TRACK})
_NAMING = frozenset({VESSEL, PERIOD, LISTING})
Stay = tuple[Span, Span]
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers by which a record is about a vessel."""

    imos: frozenset[str]
    mmsis: frozenset[str]

    def meet(self, other: "Marks") -> bool:
        """Whether both are about one vessel, as far as a common number says so."""
        return bool(self.imos & other.imos or self.mmsis & other.mmsis)


@dataclass(frozen=True, slots=True)
class Named:
    """Under which name, flag, call sign and numbers the vessel was; `stay` is None where no time is told.

    `own` are the numbers in the record itself: only these are compared.
    """

    source: Source
    schema: str
    marks: Marks
    own: Marks
    name: str
    flag: str
    call_sign: str
    stay: Stay | None
    reason: str


@dataclass(frozen=True, slots=True)
class Area:
    """Where drop-offs are known or suspected, by the record that says so."""

    source: Source
    centre: Place
    radius_km: float


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider derived from positions, by which method, and how sure it says it is."""

    source: Source
    kind: str
    marks: Marks
    stay: Stay | None
    place: Place | None
    provider: str
    method: str
    version: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Track:
    """Positions in the order of time."""

    source: Source
    marks: Marks
    points: tuple[tuple[datetime, Position], ...]
    provider: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that was shown of the vessel with any of these numbers, each by handle; `areas` are all shown."""

    marks: Marks
    named: tuple[Named, ...]
    events: tuple[Event, ...]
    tracks: tuple[Track, ...]
    areas: tuple[Area, ...]


def told(kind: str, normal: str, claims: Iterable[Claim]) -> Told:
    """What `claims` say of the vessel with this number (`imo` or `mmsi`); their order does not matter.

    A ship keeps its IMO number: all MMSI that it was told under are its own, and of an MMSI that was asked
    for all ships that were told under it.
    """
    shown = _Shown({claim.handle: claim for claim in claims})
    marks = _marks(kind, normal, shown)
    mine = [(claim, own) for claim, own in shown.of(FAMILY) if own.meet(marks)]
    return Told(
        marks,
        tuple(_named(claim, own) for claim, own in mine if claim.record.schema in _NAMING),
        tuple(_event(claim, own) for claim, own in mine if claim.record.schema == EVENT),
        tuple(_track(claim, own) for claim, own in mine if claim.record.schema == TRACK),
        tuple(area for claim, _ in shown.of(frozenset({AREA})) if (area := _area(claim))),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The claims by handle."""

    claims: Mapping[str, Claim]

    def of(self, schemata: frozenset[str]) -> Iterator[tuple[Claim, Marks]]:
        """Those of some schemata, by handle, each with the numbers it is about."""
        for _, claim in sorted(self.claims.items()):
            if claim.record.schema in schemata:
                yield claim, self._marks(claim)

    def _marks(self, claim: Claim) -> Marks:
        """What a record bears itself, and the vessel it refers to."""
        vessel = self.claims.get(reference(claim, "vessel"))
        both = [claim] if vessel is None else [claim, vessel]
        imos, mmsis = (
            frozenset[str]().union(*(identified(each, kind) for each in both)) for kind in ("imo", "mmsi")
        )
        return Marks(imos, mmsis)


def _marks(kind: str, normal: str, shown: _Shown) -> Marks:
    naming = [own for _, own in shown.of(_NAMING)]
    asked = frozenset({normal})
    imos = asked if kind == "imo" else _all(own.imos for own in naming if asked & own.mmsis)
    mmsis = _all(own.mmsis for own in naming if imos & own.imos)
    return Marks(imos, mmsis if kind == "imo" else mmsis | asked)


def _all(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*parts)


def _named(claim: Claim, marks: Marks) -> Named:
    return Named(
        source(claim),
        claim.record.schema,
        marks,
        Marks(identified(claim, "imo"), identified(claim, "mmsi")),
        first(claim, "name"),
        first(claim, "flag").lower(),
        plain(first(claim, "callSign")),
        _stay(claim, first(claim, "timeZone")) if claim.record.schema == PERIOD else None,
        first(claim, "reason"),
    )


def _event(claim: Claim, marks: Marks) -> Event:
    return Event(
        source(claim),
        _SEPARATORS.sub("_", first(claim, "eventType").upper()),
        marks,
        _stay(claim, first(claim, "timeZone") or "UTC"),
        _position(claim),
        first(claim, "provider"),
        first(claim, "method"),
        first(claim, "methodVersion"),
        number(claim, "confidence"),
    )


def _track(claim: Claim, marks: Marks) -> Track:
    texts = " ".join(claim.record.properties.get("positions", ()))
    points = [point for each in texts.split() if (point := _point(each))]
    return Track(source(claim), marks, tuple(sorted(points)), first(claim, "provider"))


def _area(claim: Claim) -> Area | None:
    centre, radius = _position(claim), number(claim, "radius")
    return None if centre is None or radius is None else Area(source(claim), centre, radius)


def _position(claim: Claim) -> Place | None:
    """Where a record has its position, under the name that it gives to the place."""
    found = position((first(claim, "latitude"), first(claim, "longitude")))
    called = first(claim, "location") or first(claim, "name")
    return None if found is None else Place(claim.handle, called or claim.handle, found)


def _point(text: str) -> tuple[datetime, Position] | None:
    east, _, rest = text.partition(",")
    north, _, time = rest.partition(",")
    found = position((north, east))
    try:
        return None if found is None else (datetime.fromtimestamp(int(time), UTC), found)
    except (ValueError, OverflowError, OSError):
        return None


def _stay(claim: Claim, zone: str) -> Stay | None:
    """From when on, and until when at least: the end, else the day as of which it is told, else the start."""
    times = {
        name: span(claim.record.properties.get(name, ()), zone) for name in ("startDate", "endDate", "date")
    }
    begin = times["startDate"] or times["date"]
    return (begin, times["endDate"] or times["date"] or begin) if begin else None
