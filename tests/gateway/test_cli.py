"""The command line as its users meet it: nodes made, loaded and verified by hand, errors without traces."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

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


def test_a_log_on_a_server_is_verified_where_it_is(
    tmp_path: Path, postgres_database: Callable[..., str]
) -> None:
    home, source, url = tmp_path / "node", tmp_path / "cases.jsonl", postgres_database("verified")
    told = ("--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777")
    assert run("init", str(home), *told).exit_code == 0
    with (home / "node.toml").open("a") as settings:
        settings.write(f'\n[store]\naudit = "{url}"\n')
    source.write_text(json.dumps(PERSON))
    assert run("load", str(home), str(source)).exit_code == 0
    whole = run("verify", str(home), "--json")
    assert whole.exit_code == 0, whole.output
    assert json.loads(whole.output)["signature"] == "good: fr.test/log"
    assert str(make_url(url).password) not in whole.output
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")  # what the server's owner can do
        connection.execute(
            "UPDATE audit_entry SET leaf = set_byte(leaf, 3, get_byte(leaf, 3) # 1) WHERE idx = 0"
        )
    broken = run("verify", str(home))
    assert broken.exit_code == 1
    assert "does not hold" in broken.output


def test_a_log_on_a_server_that_nobody_has_signed_is_no_log(
    tmp_path: Path, postgres_database: Callable[..., str]
) -> None:
    home = tmp_path / "node"
    told = ("--id", "fr.test", "--name", "T", "--country", "FR", "--spoc", "x", "--port", "8777")
    assert run("init", str(home), *told).exit_code == 0
    with (home / "node.toml").open("a") as settings:
        settings.write(f'\n[store]\naudit = "{postgres_database("unsigned")}"\n')
    refused = run("verify", str(home))
    assert refused.exit_code == 2
    assert "AUDIT_UNAVAILABLE" in refused.output
