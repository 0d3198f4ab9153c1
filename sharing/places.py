"""Where something was: a place known by its UN/LOCODE, and how far two of them lie apart.

`catalogues/ports.csv` has the code, name, country and position of ports, facts written down to a hundredth of
a degree; beside the World Port Index (NGA Pub. 150) they lie within 25 km. A place that is not there has the
position that its own record tells, or none.
"""

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""
LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_LATITUDE, _LONGITUDE = 90.0, 180.0

Position = tuple[float, float]
"""Degrees north and east, WGS 84."""


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is the UN/LOCODE, or the handle of a place that has none; places with one key are one place."""

    key: str
    name: str
    position: Position | None


def place(handle: str, locode: str, name: str, told: tuple[str, str] | None) -> Place | None:
    """The place of a record; `told` are latitude and longitude as its own record has them."""
    known = _ports().get(locode)
    if known is not None:
        return Place(locode, known[0], known[1])
    key = locode if LOCODE.fullmatch(locode) else handle
    return Place(key, name or key, position(told)) if key else None


def distance_km(one: Place, other: Place) -> float | None:
    """Along the great circle; 0 within one place, None where a position is not known."""
    if one.key == other.key:
        return 0.0
    if one.position is None or other.position is None:
        return None
    (north, east), (north_, east_) = (
        tuple(map(math.radians, each)) for each in (one.position, other.position)
    )
    half = math.sin((north_ - north) / 2) ** 2
    half += math.cos(north) * math.cos(north_) * math.sin((east_ - east) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def position(told: tuple[str, str] | None) -> Position | None:
    """Degrees that a record tells; None where they are none on Earth."""
    try:
        north, east = map(float, told or ())
    except ValueError:
        return None
    return (north, east) if abs(north) <= _LATITUDE and abs(east) <= _LONGITUDE else None


@cache
def _ports() -> Mapping[str, tuple[str, Position]]:
    path = resources.files("sharing").joinpath("catalogues", "ports.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["unlocode"]: (row["name"], (float(row["latitude"]), float(row["longitude"]))) for row in rows}
