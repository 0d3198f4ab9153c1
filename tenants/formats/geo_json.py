"""GeoJSON (RFC 7946): a feature for each record, with the whole record in its `properties`.

A track is a line, an event or an area a point; a record without a position is a feature whose `geometry` is
null (section 3.2). Degrees WGS 84, east before north, at most seven decimals. A line that crosses the
antimeridian is cut there (section 3.1.9). Read back, the record counts; a geometry that is not its own is
rejected.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import orjson

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.port import LEFT_OUT, Format, Item, Parcel, Row, Written, behind
from tenants.formats.whole_json import document, item_of, objects

DECIMALS: Final = 7
"""A centimetre."""
HALF: Final = 180.0
_LATITUDE: Final = 90.0
Point = tuple[float, float]
"""East, north."""
Geometry = Mapping[str, Any] | None


class GeoJson:
    """See `Codec`."""

    format = Format.GEOJSON
    left_out = LEFT_OUT

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One collection; `about` and `leftOut` are foreign members (section 6.1)."""
        features = [_feature(each) for each in parcel.items]
        collection: dict[str, Any] = {"type": "FeatureCollection", "about": dict(parcel.about)}
        collection |= {"leftOut": behind(self.left_out, parcel), "features": features}
        text = orjson.dumps(collection, option=orjson.OPT_INDENT_2).decode()
        return (Written(".geojson", "application/geo+json", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """The records in the order of the features."""
        collection = document(content, "COLLECTION")
        if collection.get("type") != "FeatureCollection":
            raise SourceRejected("NOT_COLLECTION", "type", f"{collection.get('type')!r:.60} instead")
        for each in objects(collection.get("features"), "COLLECTION"):
            yield each if isinstance(each, Rejected) else _read(each)


def geometry(properties: Mapping[str, Sequence[str]]) -> Geometry:
    """Where a record is, by what it says: the line of its `positions`, else its latitude and longitude."""
    line = [
        point for text in properties.get("positions", ()) for each in text.split() if (point := _at(each))
    ]
    if len(set(line)) > 1:
        return _line([place for _, place in sorted(line)])
    east, north = (min(properties.get(name, ()), default="") for name in ("longitude", "latitude"))
    place = line[0][1] if line else _point(east, north)
    return None if place is None else {"type": "Point", "coordinates": list(place)}


def _feature(item: Item) -> Mapping[str, Any]:
    row = item.row
    return {
        "type": "Feature",
        "id": item.handle,
        "geometry": geometry(row["properties"]),
        "properties": {"node": item.node, **row},
    }


def _read(feature: Mapping[str, Any]) -> Row | Rejected:
    told = feature.get("properties")
    if feature.get("type") != "Feature" or not isinstance(told, dict) or "node" not in told:
        return RecordRejected("NO_RECORD", "", f"{feature.get('id')!r:.80} is a feature without a record")
    row = {name: value for name, value in told.items() if name != "node"}
    try:
        item = item_of(told["node"], row)
    except RecordRejected as rejected:
        return rejected
    if feature.get("geometry") != geometry(item.row["properties"]):
        return RecordRejected("CONTRADICTS", "geometry", f"{item.handle!r:.80} lies elsewhere in its record")
    return item.row


def _at(text: str) -> tuple[float, Point] | None:
    """A triple `longitude,latitude,time` of a track."""
    parts = text.split(",")
    try:
        place, time = _point(parts[0], parts[1]), float(parts[2])
    except (IndexError, ValueError):
        return None
    return None if place is None or not abs(time) < float("inf") else (time, place)


def _point(east: str, north: str) -> Point | None:
    try:
        found = round(float(east), DECIMALS), round(float(north), DECIMALS)
    except ValueError:
        return None
    return found if abs(found[0]) <= HALF and abs(found[1]) <= _LATITUDE else None


def _line(points: Sequence[Point]) -> Geometry:
    """One line, or several that end and begin at the antimeridian."""
    lines: list[list[Point]] = [[points[0]]]
    for one, other in pairwise(points):
        if abs(one[0] - other[0]) > HALF:
            edge = HALF if one[0] > 0 else -HALF
            way = abs(edge - one[0]), abs(-edge - other[0])
            share = way[0] / sum(way) if sum(way) else 0.0
            north = round(one[1] + share * (other[1] - one[1]), DECIMALS)
            lines[-1].append((edge, north))
            lines.append([(-edge, north)])
        lines[-1].append(other)
    drawn = [[list(each) for each in line] for line in lines]
    if len(drawn) == 1:
        return {"type": "LineString", "coordinates": drawn[0]}
    return {"type": "MultiLineString", "coordinates": drawn}
