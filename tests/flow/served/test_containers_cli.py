"""An analyst by the command line: a code that was misread, a box in two places, a ship with two names."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from tests.flow.commands import run, said

pytestmark = pytest.mark.slow
CASE, MISREAD, CLONE = "FR-2026-0418", "XQZU 522O17 3", "XQZU 522017 3"


def test_from_a_misread_code_to_its_contradictions(served: Stage) -> None:
    analyst = ("--node", served.address("fr.ofast"), "--as", "fr-7c1e04", "--case", CASE)
    refused = CliRunner().invoke(main, ["containers", "history", MISREAD, *analyst])
    assert (refused.exit_code, "perhaps XQZU5220173" in refused.output) == (1, True)
    told = said("containers", "check", MISREAD, "--language", "fr", "--size-type", "45R1")
    assert "perhaps XQZU5220173: caractère 8 : O ressemble à 0 (MISREAD)" in told
    assert "frigorifique" in told
    assert run("containers", "check", CLONE)["checks"] is True
    words = " ".join(said("containers", "history", CLONE, *analyst).split())
    assert "TWO_PLACES In two places at once: Le Havre (fr.ofast) and Göteborg (se.polisen)" in words
    assert "3 of 3 nodes answered." in words
    assert "never a proof of a clone" in words
    found = run("containers", "history", CLONE, *analyst, "--max-speed", "20")
    assert "IMPOSSIBLE_TRAVEL" in {each["rule"] for each in found["findings"]}
    assert found["complete"] is True


def test_a_ships_history_and_its_tracks_for_a_map(served: Stage, tmp_path: Path) -> None:
    analyst = ("--node", served.address("fr.ofast"), "--as", "fr-7c1e04", "--case", CASE)
    assert "as an IMO number its last digit would be 1" in said("vessels", "check", "2004190")
    assert run("vessels", "check", "501041911", "--flag", "pa")["flagFits"] is False
    signed = said("vessels", "check", "265041800", "--flag", "pa", "--call-sign", "SFPQ")
    assert "call sign SFPQ: SFPQ, SE; the flag is of another country" in signed
    assert "4UAB: 4UAB, not known whose" in said("vessels", "check", "265041800", "--call-sign", "4UAB")
    words = " ".join(said("vessels", "history", "2004191", *analyst).split())
    assert (
        "TWO_SIGNS Two independent signs: gap in the transmission (fr.ofast) and meeting of two vessels"
        in words
    )
    assert "meeting of two vessels (west of Väderöarna)" in words
    assert "A gap alone never counts." in words
    assert "3 of 3 nodes answered." in words
    out = tmp_path / "alva"
    told = said("vessels", "tracks", "2004191", *analyst, "--use", "internal", "--out", str(out))
    assert "alva.geojson: 4 of 4 records, H0 H2" in told
    features = json.loads(out.with_suffix(".geojson").read_text(encoding="utf-8"))["features"]
    assert {each["geometry"]["type"] for each in features} == {"LineString", "Point"}
    assert all(each["properties"]["envelope"]["handling"] for each in features)
