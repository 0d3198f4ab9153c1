"""Evidence by the command line, at three processes: an H1 record exported, reports, a finding of a court."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.export_table import ENCODING
from tenants.formats.port import Format
from tests.flow.commands import granted, run, said, until

pytestmark = pytest.mark.slow
CASE, FR, SE = "FR-2026-0418", "fr.ofast", "se.polisen"
ANALYST, OFFICERS = "fr-7c1e04", ("se-83fe0c", "se-2c65a9")
H1, PLAIN = f"{SE}/se-p-4", f"{SE}/se-p-1"
TERMS = (
    "--to", FR, "--dataset", "cases", "--schema", "Person", "--tier", "record",
    "--purpose", "OPERATIONAL_ANALYSIS", "--basis", "ER_20_2A", "--category", "WITNESS",
    "--category", "SUSPECT_OR_CONVICTED", "--role", "analyst", "--days", "30",
)  # fmt: skip


def values(out: Path) -> list[dict[str, str]]:
    """The rows of the table that stand for a value of a record."""
    with out.with_name(f"{out.name}.csv").open(encoding=ENCODING, newline="") as file:
        return [row for row in csv.DictReader(file, strict=True) if row["row"] == "VALUE"]


def test_an_h1_record_in_an_evidence_export(served: Stage, tmp_path: Path) -> None:
    analyst = ("--node", served.address(FR), "--as", ANALYST)
    first, second = (("--node", served.address(SE), "--as", each) for each in OFFICERS)

    def exported(name: str, *more: str) -> Any:
        files = ("--use", "judicial", "--case", CASE, "--out", str(tmp_path / name))
        given = run("export", H1, PLAIN, *files, *more, *analyst)
        document = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        handles = {each["handle"] for each in document["records"]}
        assert {row["handle"] for row in values(tmp_path / name)} == handles
        return given, handles

    granted(first, second, *TERMS)
    given, handles = exported("before", "--request-consent", "MAIN_HEARING")
    assert handles == {PLAIN}
    (missing,) = given["missing"]
    assert (missing["handle"], missing["reason"]) == (H1, "JUDICIAL_AUTHORISATION_NEEDED")
    (asked,) = given["requests"]
    until(lambda: asked["id"] in said("consents", "list", *first))
    assert "OPEN: JUDICIAL of 1 record asked for" in said("consents", "give", asked["id"], *first)
    told = said("consents", "give", asked["id"], *second)
    assert "ANSWERED: JUDICIAL of 1 record asked for" in told
    assert "2 approvals, decided" in told
    until(lambda: "IN_FORCE" in said("consents", "list", *analyst))
    listed = said("consents", "list", *analyst)
    assert "JUDICIAL of 1 record until" in listed
    assert " 0 records" not in listed

    picture = tmp_path / "picture.json"
    (one, other) = (run("ask", "entity", each, *analyst, "--case", CASE) for each in (H1, PLAIN))
    picture.write_text(json.dumps(one | {"claims": one["claims"] + other["claims"]}), encoding="utf-8")
    files = ("--use", "judicial", "--case", CASE, "--out", str(tmp_path / "pictured"))
    formats = [part for each in Format for part in ("--format", each.value.lower())]
    pictured = run("export", "--picture", str(picture), *formats, *files, *analyst)
    assert (pictured["records"], pictured["missing"]) == (2, [])
    for each in pictured["files"]:
        content = (tmp_path / f"pictured{each['ending']}").read_bytes()
        assert each["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"

    given, handles = exported("with")
    assert (handles, given["missing"]) == ({H1, PLAIN}, [])
    (name,) = {row["value"] for row in values(tmp_path / "with") if row["property"] == "name"} & {
        each["value"]
        for each in json.loads((tmp_path / "with.json").read_text(encoding="utf-8"))["values"]
        if each["handle"] == H1
    }
    assert name in (tmp_path / "with.html").read_text(encoding="utf-8")

    assert "WITHDRAWN" in said("consents", "withdraw", asked["id"], "--reason", "TRIAL_MOVED", *first)
    until(lambda: "WITHDRAWN" in said("consents", "list", *analyst))
    given, handles = exported("after")
    assert handles == {PLAIN}
    assert [each["handle"] for each in given["missing"]] == [H1]


def test_a_case_report_and_a_note_by_the_command_line(served: Stage, tmp_path: Path) -> None:
    analyst = ("--node", served.address(FR), "--as", ANALYST)
    reported = ("--case", CASE, "--format", "pdf", "--format", "docx", "--out", str(tmp_path / "reported"))
    told = run("report", "case", f"{FR}/fr-sz-1", *reported, *analyst)
    assert (told["records"], told["missing"], told["complete"]) == (1, [], True)
    assert [(each["service"], each["amount"]) for each in told["figures"]] == [
        (FR, "612\N{NO-BREAK SPACE}kg"),
        (None, "612\N{NO-BREAK SPACE}kg"),
    ]
    for each in told["files"]:
        content = (tmp_path / f"reported{each['ending']}").read_bytes()
        assert each["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    of = ("--period", "2026-04", "--of", f"{CASE}={FR}/fr-sz-1,eu.europol/eu-sz-1")
    noted = said("report", "note", *of, "--out", str(tmp_path / "april"), *analyst)
    assert "in no figure: eu.europol/eu-sz-1  ELSEWHEN" in noted
    assert "2 of 2 nodes answered. 2 of 2 records could be used." in noted
    assert (tmp_path / "april.pdf").read_bytes().startswith(b"%PDF-")


def test_what_a_court_found_reaches_who_had_the_record(served: Stage) -> None:
    analyst = ("--node", served.address(FR), "--as", ANALYST)
    officer = ("--node", served.address(FR), "--as", "fr-a03f6e")
    message = f"{FR}/fr-ms-1"
    asked = ("provenance", "show", message, "--case", CASE, *analyst)
    before = run(*asked)
    assert any("JIRS Lille" in each for each in before["says"])
    assert before["cannotSay"] in said(*asked)
    assert "JIRS Lille" in said(*asked, "--language", "sv")
    found = ("--country", "SE", "--status", "excluded", "--court", "Svea hovrätt", "--reference", "=B 418-26")
    entered = ("provenance", "find", "fr-ms-1", *found, "--decided", "2026-06-02", *officer)
    assert "fr-ms-1: nothing is entered; " in said(*entered, "--dry-run")
    assert run("provenance", "findings", *officer) == []
    assert "fr-ms-1: version " in said(*entered)
    (told,) = run("provenance", "findings", *officer)
    assert (told["record"], told["country"], told["status"]) == ("fr-ms-1", "SE", "EXCLUDED")
    assert (told["court"], told["reference"], told["decided"]) == ("Svea hovrätt", "=B 418-26", "2026-06-02")
    after = run(*asked)
    assert any("Svea hovrätt" in each for each in after["says"])
    assert len(after["says"]) > len(before["says"])
    for who, reason in ((analyst, "ROLE_NOT_COVERED"), (officer, "record nothing: is not here")):
        refused = CliRunner().invoke(main, ["provenance", "find", "nothing", *entered[3:-4], *who])
        assert refused.exit_code
        assert reason in refused.output
