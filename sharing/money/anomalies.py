"""Declared prices and weights that lie outside of a stated reference.

Tukey's fences (J. W. Tukey, Exploratory Data Analysis, 1977) on the logarithms: prices are skewed, and
quartiles of logarithms are logarithms of quartiles, so a reference needs to tell no more than three numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sharing.claimed import Source, amount, first, number, source
from sharing.containers.told import SHIPMENT
from sharing.merge import Claim
from sharing.money.reference import Measure, Reference

_DAY = 10


class Side(StrEnum):
    """On which side of the fences."""

    LOW = "LOW"
    HIGH = "HIGH"


class Missing(StrEnum):
    """Why a declaration is not compared."""

    NO_CODE = "NO_CODE"
    NO_DATE = "NO_DATE"
    NO_WEIGHT = "NO_WEIGHT"
    NO_AMOUNT = "NO_AMOUNT"
    NO_REFERENCE = "NO_REFERENCE"


@dataclass(frozen=True, slots=True)
class Fences:
    """How many interquartile ranges: beyond `outside` it is told, beyond `far` it is far out (Tukey 1977)."""

    outside: float = 1.5
    far: float = 3.0


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One declaration beside one row of the reference; `low` and `high` are the fences that it breaks."""

    source: Source
    measure: Measure
    value: float
    side: Side
    far: bool
    low: float
    high: float
    reference: Reference


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A declaration that says too little, or that the reference does not cover."""

    source: Source
    measure: Measure
    why: Missing


@dataclass(frozen=True, slots=True)
class Appraisal:
    """All declarations that were shown: `compared` counts those that met at least one row."""

    anomalies: tuple[Anomaly, ...]
    not_compared: tuple[NotCompared, ...]
    compared: int


def appraised(claims: Iterable[Claim], table: Sequence[Reference], fences: Fences | None = None) -> Appraisal:
    """Each shipment among the claims beside the rows for it; the order of claims and rows does not matter."""
    held = fences or Fences()
    found: list[Anomaly] = []
    left: list[NotCompared] = []
    compared = set()
    shipments = {each.handle: each for each in claims if each.record.schema == SHIPMENT}
    for handle, claim in sorted(shipments.items()):
        said_by = source(claim)
        for measure in Measure:
            met = _met(claim, measure, table)
            if isinstance(met, Missing):
                left.append(NotCompared(said_by, measure, met))
                continue
            compared.add(handle)
            found += _beyond(said_by, measure, *met, held)
    return Appraisal(tuple(found), tuple(left), len(compared))


def _measured(claim: Claim, measure: Measure) -> tuple[float, str] | Missing:
    """The value of a kilogram in its currency, or the kilograms of a package."""
    weight = number(claim, "grossWeight")
    if weight is None:
        return Missing.NO_WEIGHT
    told = amount(claim, "customsAmount", "currency")
    if measure is Measure.KG_PER_UNIT:
        told = amount(claim, "quantity", "unit")
    if told is None:
        return Missing.NO_AMOUNT
    value = weight / told[0] if measure is Measure.KG_PER_UNIT else told[0] / weight
    return value, told[1]


def _met(
    claim: Claim, measure: Measure, table: Sequence[Reference]
) -> tuple[float, list[Reference]] | Missing:
    """What is declared, and the rows with the longest code of those for this measure, unit and day."""
    code = "".join(each for each in first(claim, "hsCode") if each.isdigit())
    day = (first(claim, "arrivalDate") or first(claim, "departureDate"))[:_DAY]
    if not code:
        return Missing.NO_CODE
    if len(day) < _DAY:
        return Missing.NO_DATE
    told = _measured(claim, measure)
    if isinstance(told, Missing):
        return told
    value, unit = told
    rows = [
        each
        for each in table
        if (each.measure, each.unit) == (measure, unit)
        and code.startswith(each.hs_code)
        and each.begin <= day <= each.end
    ]
    longest = max((len(each.hs_code) for each in rows), default=0)
    nearest = [each for each in rows if len(each.hs_code) == longest]
    return (value, sorted(nearest, key=_place)) if nearest else Missing.NO_REFERENCE


def _place(row: Reference) -> tuple[str, str, float]:
    return row.source, row.begin, row.median


def _beyond(
    source: Source, measure: Measure, value: float, rows: Iterable[Reference], fences: Fences
) -> Iterator[Anomaly]:
    for row in rows:
        low, high = row.fences(fences.outside)
        if low <= value <= high:
            continue
        side = Side.LOW if value < low else Side.HIGH
        furthest = row.fences(fences.far)
        far = not furthest[0] <= value <= furthest[1]
        yield Anomaly(source, measure, value, side, far, low, high, row)
