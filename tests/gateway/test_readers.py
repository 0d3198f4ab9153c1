"""Who is registered to read the log: tokens, expiry, changes without a restart, false files."""

import json
import os
import re
import shlex
import stat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli import main
from gateway.errors import NotAllowed, NotSignedIn
from gateway.home import Profile, create, now_utc
from gateway.log_door import LogUnavailable
from gateway.read_log import JustificationNeeded, NotInLog
from gateway.readers import FILE, ReaderBook, ReadersRejected
from policy.log_readers import LogMatter, LogReader, may_read_log
from tests.components import ROOT


@pytest.fixture
def book(tmp_path: Path) -> ReaderBook:
    return ReaderBook(tmp_path / FILE)


def test_proofs_are_for_every_reader_entries_for_oversight_alone() -> None:
    assert all(may_read_log(each, LogMatter.PROOFS) for each in LogReader)
    assert [each for each in LogReader if may_read_log(each, LogMatter.ENTRIES)] == [LogReader.OVERSIGHT]


def test_a_token_is_good_until_it_expires_or_is_removed(book: ReaderBook) -> None:
    token = book.add("dpa.fr", LogReader.OVERSIGHT, 1000, "ANNUAL_AUDIT")
    other = book.add("se.polisen", LogReader.PARTNER, 2000)
    found = book.find(token, 999)
    assert found is not None
    assert (found.name, found.role, found.justification) == ("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    assert book.find(token, 1000) is None
    assert book.find(other, 1000) is not None
    book.remove("dpa.fr")
    assert book.find(token, 0) is None
    assert [each.name for each in book.all()] == ["se.polisen"]


def test_another_process_sees_a_change_at_once_and_the_file_holds_no_token(book: ReaderBook) -> None:
    serving = ReaderBook(book.path)
    assert serving.all() == ()
    for number in range(20):
        token = book.add(f"partner-{number}", LogReader.PARTNER, 1000)
        assert serving.find(token, 0) is not None
        book.remove(f"partner-{number}")
        assert serving.find(token, 0) is None
    kept = book.add("se.polisen", LogReader.PARTNER, 1000)
    assert book.path is not None
    assert kept not in book.path.read_text()
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    book.path.unlink()
    assert serving.find(kept, 0) is None


@given(st.text(max_size=200))
def test_no_other_string_opens_anything(token: str) -> None:
    book = ReaderBook(None)
    assert book.find(token, 0) is None


@pytest.mark.parametrize("name", ["", "A", "-a", "a" * 65, "a b", "é", "a/b", "../x", "a\n"])
def test_names_that_the_log_could_not_take(book: ReaderBook, name: str) -> None:
    with pytest.raises(ReadersRejected):
        book.add(name, LogReader.PARTNER, 1000)


def test_what_cannot_be_done(book: ReaderBook) -> None:
    book.add("se.polisen", LogReader.PARTNER, 1000)
    with pytest.raises(ReadersRejected, match="registered already"):
        book.add("se.polisen", LogReader.WITNESS, 1000)
    with pytest.raises(ReadersRejected, match="is not registered"):
        book.remove("no.kripos")
    with pytest.raises(ReadersRejected, match="is no code"):
        book.add("dpa.fr", LogReader.OVERSIGHT, 1000, "because I can")
    with pytest.raises(ReadersRejected, match="no home"):
        ReaderBook(None).add("se.polisen", LogReader.PARTNER, 1000)


GOOD = {"name": "a", "role": "partner", "digest": "0" * 64, "expires_at": 1, "justification": ""}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"readers": 1}',
        '{"readers": [1]}',
        json.dumps({"readers": [GOOD | {"role": "analyst"}]}),
        json.dumps({"readers": [GOOD | {"digest": "0" * 63}]}),
        json.dumps({"readers": [GOOD | {"digest": 5}]}),
        json.dumps({"readers": [GOOD | {"expires_at": "tomorrow"}]}),
        json.dumps({"readers": [GOOD | {"expires_at": True}]}),
        json.dumps({"readers": [GOOD | {"admin": True}]}),
        json.dumps({"readers": [GOOD | {"name": ["a"]}]}),
        json.dumps({"readers": [GOOD | {"justification": 7}]}),
        "[" * 100_000,
        '{"readers": []}' + " " * 1_000_000,
        "\udcff",
    ],
)
def test_a_file_that_is_none_lets_nobody_in(book: ReaderBook, text: str) -> None:
    assert book.path is not None
    book.path.write_bytes(os.fsencode(text))
    with pytest.raises(ReadersRejected):
        book.find("token", 0)


def test_the_command_line(tmp_path: Path) -> None:
    home = tmp_path / "node"
    create(home, Profile("fr.ofast", "OFAST", "FR", "spoc@fr", 8401, demo=True), now=now_utc())
    run = CliRunner().invoke
    added = run(main, ["reader", "add", str(home), "--name", "dpa.fr", "--role", "oversight", "--days", "30"])
    assert (added.exit_code, len(added.output.strip())) == (0, 43)
    assert ReaderBook(home / FILE).find(added.output.strip(), 0) is not None
    (row,) = json.loads(run(main, ["reader", "list", str(home), "--json"]).output)
    assert (row["name"], row["role"], row["expired"]) == ("dpa.fr", "oversight", False)
    assert "dpa.fr  oversight  until" in run(main, ["reader", "list", str(home)]).output
    again = run(main, ["reader", "add", str(home), "--name", "dpa.fr", "--role", "partner"])
    assert (again.exit_code, "READERS_REJECTED" in again.output) == (2, True)
    assert run(main, ["reader", "remove", str(home), "--name", "dpa.fr"]).exit_code == 0
    assert run(main, ["reader", "list", str(tmp_path)]).exit_code == 2


DOCUMENT = ROOT / "deploy/docs/reading-the-log.md"
COMMANDS = re.findall(r"^    entente (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_documents_commands_are_understood(line: str) -> None:
    words = shlex.split(line.partition(" > ")[0])
    group = main.get_command(click.Context(main), words[0])
    assert isinstance(group, click.Group)
    command = group.commands[words[1]]
    options = {option for each in command.params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_the_document_is_short_and_names_every_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert len(COMMANDS) >= 5
    errors = (NotSignedIn, NotAllowed, JustificationNeeded, NotInLog, LogUnavailable, ReadersRejected)
    for error in errors:
        assert f"| {error.status.value} | `{error.code}` |" in text
