"""What the records that were shown say of one container code: boxes, movements, declarations.

A record says of the code what it bears itself, or what the container says that it refers to at its own node.
What a node did not show is not there: no value stands for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sharing.claimed import Source, amount, first, identified, number, plain, reference, source
from sharing.merge import Claim
from sharing.places import Place, place
from sharing.spans import Span, span

CONTAINER, MOVEMENT, SHIPMENT = "Container", "ContainerMovement", "Shipment"
_NO_SEAL = frozenset({"", "NONE", "NOSEAL", "UNSEALED", "NIL", "NA"})


@dataclass(frozen=True, slots=True)
class Party:
    """Who: a record, the identifiers that it shows, and its names as they compare."""

    handle: str
    identifiers: frozenset[tuple[str, str]]
    names: frozenset[str]
    called: str


@dataclass(frozen=True, slots=True)
class Box:
    """A record of the container itself; its seal is told without a time."""

    source: Source
    size_type: str
    seal: str


@dataclass(frozen=True, slots=True)
class Movement:
    """Where the container was, from `stay[0]` to `stay[1]`; both are the same for what has one time."""

    source: Source
    container: str
    kind: str
    place: Place | None
    stay: tuple[Span, Span] | None
    size_type: str
    seal: str
    reference: str
    account: str
    haulier: Party | None
    voyage: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A shipment under one bill of lading, as declared; what is not told is None."""

    source: Source
    bill: str
    codes: frozenset[str]
    weight: float | None
    quantity: tuple[float, str] | None
    value: tuple[float, str] | None
    loading: Place | None
    discharge: Place | None
    departure: Span | None
    arrival: Span | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that was shown of the code `code`, each by handle; `declarations` also those of the same bills."""

    code: str
    boxes: tuple[Box, ...]
    movements: tuple[Movement, ...]
    declarations: tuple[Declaration, ...]


def told(code: str, claims: Iterable[Claim]) -> Told:
    """What `claims` say of the code; their order does not matter."""
    shown = _Shown({claim.handle: claim for claim in claims})
    return Told(
        code,
        tuple(_box(each) for each in shown.of(CONTAINER, code)),
        tuple(_movement(each, shown) for each in shown.of(MOVEMENT, code)),
        tuple(_declaration(each, shown) for each in shown.declared(code)),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The claims by handle."""

    claims: Mapping[str, Claim]

    def of(self, schema: str, code: str) -> list[Claim]:
        """Those of a schema that bear the code, by handle."""
        found = (claim for _, claim in sorted(self.claims.items()) if claim.record.schema == schema)
        return [claim for claim in found if code in self.codes(claim)]

    def codes(self, claim: Claim) -> frozenset[str]:
        """What a record bears itself, and its container."""
        box = self.to(claim, "container")
        return identified(claim, "container") | (identified(box, "container") if box else frozenset())

    def declared(self, code: str) -> list[Claim]:
        """Shipments of the code, and those under the same bills."""
        bills = {bill for each in self.of(SHIPMENT, code) for bill in identified(each, "document")}
        found = (claim for _, claim in sorted(self.claims.items()) if claim.record.schema == SHIPMENT)
        return [each for each in found if code in self.codes(each) or bills & identified(each, "document")]

    def to(self, claim: Claim, name: str) -> Claim | None:
        """The record that a property refers to, at the same node."""
        return self.claims.get(reference(claim, name))


def _box(claim: Claim) -> Box:
    return Box(source(claim), first(claim, "isoType"), _seal(claim))


def _movement(claim: Claim, shown: _Shown) -> Movement:
    zone = first(claim, "timeZone")
    times = {
        name: span(claim.record.properties.get(name, ()), zone) for name in ("date", "startDate", "endDate")
    }
    begin = times["startDate"] or times["date"]
    haulier = shown.to(claim, "haulier")
    return Movement(
        source=source(claim),
        container=reference(claim, "container"),
        kind=_code(first(claim, "movement")).replace(" ", "_"),
        place=_place(claim, shown, "place", identified(claim, "unlocode")),
        stay=(begin, times["endDate"] or begin) if begin else None,
        size_type=first(claim, "isoType"),
        seal=_seal(claim),
        reference=plain(first(claim, "pickupReference")),
        account=first(claim, "account").casefold(),
        haulier=_party(haulier) if haulier else None,
        voyage=plain(first(claim, "voyage")),
    )


def _declaration(claim: Claim, shown: _Shown) -> Declaration:
    times = {name: span(claim.record.properties.get(name, ())) for name in ("departureDate", "arrivalDate")}
    return Declaration(
        source=source(claim),
        bill=next(iter(sorted(identified(claim, "document"))), ""),
        codes=shown.codes(claim),
        weight=number(claim, "grossWeight"),
        quantity=amount(claim, "quantity", "unit"),
        value=amount(claim, "customsAmount", "currency"),
        loading=_place(claim, shown, "loadingPort"),
        discharge=_place(claim, shown, "dischargePort"),
        departure=times["departureDate"],
        arrival=times["arrivalDate"],
    )


def _place(claim: Claim, shown: _Shown, name: str, own: Iterable[str] = ()) -> Place | None:
    """Where: by the code that the record itself tells, else by what the place's record shows."""
    record = shown.to(claim, name)
    codes = [*sorted(own), *(sorted(identified(record, "unlocode")) if record else ())]
    position = (first(record, "latitude"), first(record, "longitude")) if record else None
    called = record.record.texts.get("caption") if record else None
    return place(reference(claim, name), codes[0] if codes else "", called or "", position)


def _party(claim: Claim) -> Party:
    names = claim.record.properties.get("name", ())
    return Party(
        claim.handle,
        frozenset((each.kind, each.normal) for each in claim.record.identifiers if each.normal),
        frozenset(filter(None, map(plain, names))),
        min(names, default=claim.handle),
    )


def _seal(claim: Claim) -> str:
    seal = plain(first(claim, "sealNumber"))
    return "" if seal in _NO_SEAL else seal


def _code(text: str) -> str:
    return " ".join(text.upper().replace("_", " ").replace("-", " ").split())
