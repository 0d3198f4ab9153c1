"""The command line as its users meet it: nodes made, loaded and verified by hand, errors without traces."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.kept import strictest
from gateway.home import Home, read_card

PERSON = {
    "id": "p-1",
    "schema": "Person",
    "properties": {"name": ["Zoé"]},
    "envelope": {"dataset": "cases", "retain_until": "2031-01-01"},
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def node(tmp_path: Path) -> Path:
    home = tmp_path / "node"
    told = (
        "--id",
        "fr.test",
        "--name",
        "Test",
        "--country",
        "FR",
        "--spoc",
        "x@example.org",
        "--port",
        "8777",
    )
    made = run("init", str(home), *told)
    assert made.exit_code == 0, made.output
    return home


def test_init_makes_keys_only_their_owner_may_read(node: Path) -> None:
    modes = {each.stat().st_mode & 0o777 for each in (node / "keys").iterdir()}
    assert modes == {0o600}
    assert read_card(Home(node).card).id == "fr.test"


def test_init_never_makes_keys_anew(node: Path) -> None:
    told = ("--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777")
    again = run("init", str(node), *told)
    assert again.exit_code == 2
    assert "SETTINGS_REJECTED" in again.output


def test_a_node_without_an_issuer_does_not_serve(node: Path) -> None:
    refused = run("serve", str(node))
    assert refused.exit_code == 2
    assert "issuer is missing" in refused.output


def test_load_twice_changes_nothing_and_the_log_verifies(node: Path, tmp_path: Path) -> None:
    source = tmp_path / "cases.jsonl"
    bad = {"id": "p-2", "schema": "Nothing", "properties": {}}
    source.write_text(f"{json.dumps(PERSON)}\n{json.dumps(bad)}\n{{broken\n")
    first = json.loads(run("load", str(node), str(source), "--dataset", "cases", "--json").output)
    assert (first["loaded"], first["rejected"], first["quarantined"]) == (1, 2, 1)
    told = run("load", str(node), str(source), "--dataset", "cases")
    assert "0 new, 0 altered, 1 unchanged, 2 rejected" in told.output
    assert "line 2" in told.output
    assert "line 3" in told.output
    verified = run("verify", str(node))
    assert verified.exit_code == 0


def test_a_federation_signs_its_directory(node: Path, tmp_path: Path) -> None:
    key = tmp_path / "federation.key"
    vkey = run("directory", "key", "federation.test", "--out", str(key))
    assert vkey.output.startswith("federation.test/directory+")
    signed = run("directory", "sign", str(node / "node.card.json"), "--key", str(key), "--version", "1")
    assert signed.exit_code == 0
    assert signed.output.count(".") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "missing", "missing"),
        ("verify", "missing"),
        ("serve", "missing"),
        ("ask", "lookup", "x", "--node", "http://127.0.0.1:9", "--as", "x", "--case", "C"),
        ("ask", "lookup", "x", "--node", "nonsense", "--as", "x", "--case", "C"),
        ("revoke", "g", "--node", "http://127.0.0.1:9", "--as", "x", "--reason", "r"),
        ("oversee", "intents", "--node", "http://127.0.0.1:9", "--as", "x", "--justification", "REVIEW"),
        ("oversee", "sample", "--node", "http://127.0.0.1:9", "--as", "x", "--justification", "REVIEW"),
        ("directory", "sign", "missing", "--key", "missing", "--version", "1"),
        ("unknown",),
    ],
)
def test_errors_are_told_without_a_trace(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_list_of_what_is_kept_carries_all_its_handling_codes_and_an_unknown_one_as_the_strictest() -> None:
    assert strictest([{"handling": ["H0"]}, {"handling": ["H2", "H0"]}, {"handling": []}]).startswith(
        "handling of all of these: H0 H2;"
    )
    assert "of these: H1 H2 H3;" in strictest([{"handling": ["H1"]}, {"handling": ["NATIONAL"]}])
    assert "of these: none;" in strictest([{"handling": []}])
