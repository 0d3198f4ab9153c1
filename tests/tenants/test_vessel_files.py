"""AIS events as a provider writes them, and positions as maps read them."""

import json
from pathlib import Path

import pytest

from tenants.formats.geo_json import GeoJson, geometry
from tenants.formats.port import Item, Parcel
from tenants.mapping import load_mapping
from tenants.shelf import Shelf

MAPPING = Path(__file__).parents[2] / "deploy" / "mappings" / "ais-events.yaml"
HEADINGS = (
    "event_id,event_type,mmsi,imo,vessel_name,flag,call_sign,other_mmsi,start,end,lat,lon,provider,method,"
    "version,confidence"
)
GOOD = (
    "e1,gap,200041911,2004191,ESTRELA ALVA,pa,3EXX9,,2026-05-10T02:00:00Z,2026-05-10T09:00:00Z,49.9,-0.6,"
    "Vigie,gap-12h,2.1,0.8"
)


def test_a_providers_file_is_read_with_its_provenance_and_its_bad_rows_are_named(
    shelf: Shelf, tmp_path: Path
) -> None:
    source = tmp_path / "events.csv"
    rows = [
        GOOD,
        GOOD.replace("e1,gap", "e2,teleport"),
        GOOD.replace("e1", "e3").replace("2004191", "2004192"),
        GOOD.replace("e1", "e4").replace("200041911", "41911"),
        GOOD.replace("e1", "e5").replace("2026-05-10T02:00:00Z", "10/05/2026"),
        GOOD.replace("e1", "e6") + ",one more",
    ]
    source.write_text("\n".join([HEADINGS, *rows]), encoding="utf-8")
    report = shelf.loader("fr.ofast", lambda: 0).load_mapped(source, load_mapping(MAPPING))
    assert report.rejects_path is not None
    told = [json.loads(line) for line in report.rejects_path.read_text(encoding="utf-8").splitlines()]
    assert {(each["line"], each["code"]) for each in told} >= {
        (3, "CODE"), (4, "IMO_INVALID"), (5, "MMSI_INVALID"), (7, "CELLS"),
    }  # fmt: skip
    assert any(each["line"] == 6 for each in told), "a day that is written otherwise is no day"
    assert report.loaded == 2, "one ship, one event"


def test_a_track_is_a_line_an_event_a_point_and_the_record_goes_with_its_codes() -> None:
    track = {"positions": ["-0.6,49.9,1778382000 -0.5,49.95,1778378400"], "mmsi": ["200041911"]}
    envelope = {"owner": "fr.ofast", "handling": ["H0", "H2"], "tlp": "AMBER"}
    rows = [
        {"id": "t", "schema": "AisTrack", "properties": track, "envelope": envelope},
        {"id": "e", "schema": "AisEvent", "properties": {"latitude": ["49.9"], "longitude": ["-0.6"]}},
        {"id": "v", "schema": "Vessel", "properties": {"name": ["Estrela Alva"]}},
    ]
    items = tuple(Item("fr.ofast", {"envelope": {}, **row}) for row in rows)
    (file,) = GeoJson().write(Parcel(items, {"handling": "H0 H2"}))
    told = json.loads(file.content)
    line, point, nowhere = told["features"]
    assert line["geometry"] == {"type": "LineString", "coordinates": [[-0.5, 49.95], [-0.6, 49.9]]}
    assert line["properties"]["envelope"] == envelope
    assert point["geometry"] == {"type": "Point", "coordinates": [-0.6, 49.9]}
    assert nowhere["geometry"] is None
    assert told["about"] == {"handling": "H0 H2"}
    assert list(GeoJson().read(file.content.encode())) == [each.row for each in items]
    moved = file.content.replace("-0.6,", "-0.7,", 1).replace("-0.6\n", "-0.7\n", 1)
    assert [getattr(each, "code", "") for each in GeoJson().read(moved.encode())].count("CONTRADICTS") == 1


def test_a_line_over_the_antimeridian_is_cut_there() -> None:
    found = geometry({"positions": ["179,10,1 -179,20,2 -178,20,3"]})
    assert found == {
        "type": "MultiLineString",
        "coordinates": [[[179.0, 10.0], [180.0, 15.0]], [[-180.0, 15.0], [-179.0, 20.0], [-178.0, 20.0]]],
    }


@pytest.mark.parametrize("text", ["", "x", "1,2", "1,2,nan", "nan,1,1", "181,1,1", "1,91,1", "1,1,inf", ",,"])
def test_what_is_no_position_is_nowhere(text: str) -> None:
    assert geometry({"positions": [text]}) is None
