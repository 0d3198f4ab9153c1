"""Evidence by the command line, at three processes: an H1 record exported, reports, a finding of a court."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage
from gateway.export_table import ENCODING
from gateway.home import Profile, create, now_utc
from sharing.pack import read_pack
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


DECISION = """fiche;pays;décision;juridiction;référence;date
fr.ofast/fr-ct-1;SE;la pièce est écartée;Svea hovrätt;B 419-26;02/06/2026
"""
"""As a magistrate's registry sends it."""


def test_a_magistrates_decision_leaves_the_record_out_of_what_courts_are_given(
    served: Stage, tmp_path: Path
) -> None:
    """From the decision to the partner's picture, the export to that country's courts, the evidence pack."""
    (row,) = csv.DictReader(DECISION.splitlines(), delimiter=";")
    box = row["fiche"]
    officer = ("--node", served.address(FR), "--as", "fr-a03f6e")
    swedish = ("--node", served.address(SE), "--as", "se-19ab52", "--case", CASE)
    them = said("picture", "me", "--node", served.address(FR), "--as", ANALYST).strip()
    picture = run("picture", "open", "--title", "the box", "--member", them, *swedish)["id"]
    run("picture", "place", picture, box, *swedish)
    run("picture", "note", picture, "the box that was moved", "--about", box, *swedish)

    def exported(name: str, country: str) -> Any:
        files = ("--use", "judicial", "--country", country, "--out", str(tmp_path / name))
        return run("export", box, *files, *swedish)["missing"]

    def packed(name: str) -> list[Any]:
        """The rulings in a pack of the owner's."""
        out = tmp_path / f"{name}.pyz"
        why = ("--as", "fr-6b20d5", "--justification", "COURT_ORDER", "--out", str(out))
        run("evidence", CASE, "--node", served.address(FR), *why)
        members = read_pack(out.read_bytes())
        entered = [
            name.replace("leaves", "sealed")
            for name in members
            if name.startswith("leaves/") and json.loads(members[name]).get("action") == "RULING_ENTERED"
        ]
        papers = [json.loads(members[name]) for name in entered]
        return [each["ruling"] for each in papers if each["record"] == box.partition("/")[2]]

    assert "situation" not in said("provenance", "show", box, "--language", "fr", *swedish)
    assert exported("before", "SE") == []
    assert packed("before") == []
    found = ("--country", row["pays"], "--status", "excluded", "--court", row["juridiction"])
    entered = ("provenance", "find", box, *found, "--reference", row["référence"], "--decided", row["date"])
    home = {FR}  # a holder too, where its own analysts were shown the record before
    assert set(run(*entered, "--dry-run", *officer)["partners"]) - home == {SE}
    assert re.search("fr-ct-1: version 2; (fr.ofast, )?se.polisen will be told", said(*entered, *officer))

    def flagged() -> Any:
        looked = run("picture", "show", picture, *swedish)
        versions = [each for text in looked["texts"] for each in text["versions"]]
        flags = [flag for each in versions for flag in each["flags"]]
        return flags and (looked["records"], flags)

    (shown,), flags = until(flagged)
    assert shown["claim"]["provenance"]["standing"] == [{"country": "SE", "status": "EXCLUDED"}]
    assert flags == [{"handle": box, "reason": "EVIDENCE_EXCLUDED"}]
    told = said("provenance", "show", box, "--language", "fr", *swedish)
    assert "situation: SE, écarté des preuves" in told
    (missing,) = exported("after", "SE")
    assert (missing["handle"], missing["reason"]) == (box, "EVIDENCE_EXCLUDED")
    assert exported("elsewhere", "DE") == []
    (ruling,) = packed("after")
    assert (ruling["reference"], ruling["decided"]) == (row["référence"], "2026-06-02")


def test_a_message_leaves_in_a_laboratorys_format_and_is_read_at_another_node(
    served: Stage, tmp_path: Path
) -> None:
    analyst = ("--node", served.address(FR), "--as", ANALYST, "--case", CASE)
    files = ("--use", "internal", "--out", str(tmp_path / "phone"), "--format", "case")
    given = run("export", f"{FR}/fr-ms-1", *files, *analyst)
    (ending,) = (each["ending"] for each in given["files"])
    profile = Profile("fr.lab", "Laboratoire", "FR", "laboratory", 8499, demo=True)
    home = create(tmp_path / "lab", profile, now=now_utc())
    loading = ("load", str(home.path), str(tmp_path / f"phone{ending}"), "--format", "case")
    loaded = run(*loading, "--dataset", "devices")
    assert (loaded["loaded"], loaded["rejected"]) == (1, 0)
    again = run(*loading, "--dataset", "devices")
    assert (again["loaded"], again["altered"], again["rejected"]) == (0, 0, 0)
