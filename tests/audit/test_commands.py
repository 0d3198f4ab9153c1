"""The commands of `python -m audit` that open, count, compare and accuse."""

import asyncio
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import cryptography
import pytest

from audit import examining
from audit.__main__ import DOES_NOT_HOLD, HOLDS, INTERRUPTED, UNREADABLE, USAGE, main
from audit.archive import open_archive
from audit.checkpoint import Checkpoint
from audit.cosignature import cosign
from audit.entry import Entry, Kind, timestamp, utc_now
from audit.export import export
from audit.keys import SignatureType, SigningKey
from audit.note import Note
from audit.receipt import Receipt
from audit.saying import plain
from tests.audit.approvals import approval, paper
from tests.audit.samples import BLOB_KEY, DIGEST, KEY, NODE, Home, asked, untied

ROOT = Path(__file__).resolve().parents[2]
OTHER = "se.polisen"
OTHER_LOG = SigningKey.from_seed(f"{OTHER}/log", bytes(31) + b"1")
VKEY = ["--vkey", KEY.public.vkey]
BOTH = [*VKEY, "--vkey", OTHER_LOG.public.vkey]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def other(tmp_path: Path) -> Home:
    (tmp_path / "other").mkdir()
    return Home(tmp_path / "other", OTHER_LOG)


def tiles_of(database: Path, directory: Path) -> Path:
    with closing(open_archive(database)) as archive:
        export(archive, directory, lambda _done, _of: None)
    return directory


def change(database: Path, *statements: str) -> None:
    with closing(untied(sqlite3.connect(database, isolation_level=None))) as connection:
        for statement in statements:
            connection.execute(statement)


def digest(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def leaf_of(receipt: Receipt) -> str:
    return f"sha256:{receipt.leaf_hash.hex()}"


async def exchange(home: Home, other: Home, number: int, status: str = "ANSWERED") -> None:
    """One question from the one node to the other, as both logs tell it."""
    request, query, now = digest(f"request {number}"), f"q-{number}", timestamp(utc_now())
    common = {"query_id": query, "requested_at": now}
    async with home.open() as ours, other.open() as theirs:
        intent = await ours.append(
            Entry(Kind.ASKED, NODE, common | {"nodes_asked": [OTHER]}, subject=request)
        )
        facts = common | {"request": request, "partner": NODE, "counterpart_leaf": leaf_of(intent)}
        received = await theirs.append(Entry(Kind.QUESTION_RECEIVED, OTHER, facts, subject=DIGEST))
        told: dict[str, Any] = {
            "intent": received.entry_id,
            "query_id": query,
            "request": request,
            "partner": NODE,
        }
        done = await theirs.append(
            Entry(Kind.DISCLOSED, OTHER, told | {"status": "ANSWERED"}, subject=DIGEST)
        )
        replied = {
            "intent": intent.entry_id,
            "query_id": query,
            "request": request,
            "nodes_replied": {OTHER: status},
            "leaves": {OTHER: leaf_of(done)},
            "receipts": {OTHER: done.digest},
        }
        await ours.append(Entry(Kind.ANSWERS_RECEIVED, NODE, replied, subject=request))


class TestVerify:
    """`verify` with a policy that asks for witnesses."""

    WITNESS = SigningKey.from_seed("oversight.example/w1", bytes(32), SignatureType.COSIGNATURE)

    @pytest.fixture
    def policy(self, tmp_path: Path) -> Path:
        path = tmp_path / "policy"
        path.write_text(f"log {KEY.public.vkey}\nwitness w {self.WITNESS.public.vkey}\nquorum w\n")
        return path

    def cosigned(self, home: Home, size: int, key: SigningKey, time: int = 1_700_000_000) -> None:
        with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
            (note,) = database.execute("SELECT note FROM audit_checkpoint WHERE size = ?", (size,)).fetchone()
            note += cosign(Note.parse(note).text, key, time).line
            database.execute("UPDATE audit_checkpoint SET note = ? WHERE size = ?", (note, size))

    async def test_tiles_have_one_checkpoint(
        self, home: Home, policy: Path, tmp_path: Path, run: Run
    ) -> None:
        await home.fill(5)
        self.cosigned(home, 5, self.WITNESS)
        tiles = tiles_of(home.database, tmp_path / "tiles")
        assert "witnessed  5 leaves, 0 more" in run("verify", tiles, "--policy", policy)[1]

    async def test_the_newest_cosigned_checkpoint_counts(self, home: Home, policy: Path, run: Run) -> None:
        await home.fill(5)
        await home.fill(4)
        self.cosigned(home, 5, self.WITNESS)
        code, out, _ = run("verify", home.database, "--policy", policy, "--strict")
        assert code == HOLDS
        assert "witnessed  5 leaves, 4 more are signed by the log only" in out
        assert "witnesses  w at 2023-11-14T22:13:20+00:00" in out
        self.cosigned(home, 9, self.WITNESS, 2**62)
        facts = json.loads(run("verify", home.database, "--policy", policy, "--json")[1])
        assert (facts["witnessed_size"], facts["unwitnessed"], facts["signed_size"]) == (9, 0, 9)
        assert facts["witnesses"] == {"w": f"second {2**62}"}
        assert facts["witnessed_root"] == facts["root"]

    async def test_a_copy_that_nobody_cosigned_does_not_hold(
        self, home: Home, policy: Path, run: Run
    ) -> None:
        await home.fill(5)
        code, out, _ = run("verify", home.database, "--policy", policy)
        assert code == DOES_NOT_HOLD
        assert "FINDING    log log.db: quorum w is not reached by any checkpoint that it keeps" in out

    async def test_a_bad_cosignature_is_a_finding(self, home: Home, policy: Path, run: Run) -> None:
        await home.fill(5)
        await home.fill(4)
        self.cosigned(home, 5, self.WITNESS)
        liar = SigningKey.from_seed(self.WITNESS.name, bytes(31) + b"x", SignatureType.COSIGNATURE)
        self.cosigned(home, 9, liar)
        change(home.database, "UPDATE audit_checkpoint SET note = note || '' WHERE size = 9")
        assert run("verify", home.database, "--policy", policy)[0] == HOLDS, (
            "an unknown key's line is not read"
        )
        with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
            (five,) = database.execute("SELECT note FROM audit_checkpoint WHERE size = 5").fetchone()
            (nine,) = database.execute("SELECT note FROM audit_checkpoint WHERE size = 9").fetchone()
            forged = nine + five.splitlines(keepends=True)[-1]
            database.execute("UPDATE audit_checkpoint SET note = ? WHERE size = 9", (forged,))
        code, out, _ = run("verify", home.database, "--policy", policy)
        assert code == DOES_NOT_HOLD
        assert f"the signature of {self.WITNESS.name}" in out
        assert "witnessed  5 leaves" in out
        assert run("verify", home.database, "--policy", policy, "--strict")[0] == DOES_NOT_HOLD

    async def test_a_quorum_of_two(self, home: Home, tmp_path: Path, run: Run) -> None:
        second = SigningKey.from_seed("oversight.example/w2", bytes(range(32)), SignatureType.COSIGNATURE)
        policy = tmp_path / "two"
        witnesses = f"witness a {self.WITNESS.public.vkey}\nwitness b {second.public.vkey}\n"
        policy.write_text(f"log {KEY.public.vkey}\n{witnesses}group both all a b\nquorum both\n")
        await home.fill(5)
        await home.fill(4)
        for size, key in ((5, self.WITNESS), (5, second), (9, second)):
            self.cosigned(home, size, key)
        facts = json.loads(run("verify", home.database, "--policy", policy, "--json")[1])
        assert (facts["witnessed_size"], set(facts["witnesses"])) == (5, {"a", "b"})


class TestOpen:
    """`open`: what is sealed beside one leaf."""

    @pytest.fixture
    def key(self, tmp_path: Path) -> Path:
        BLOB_KEY.save(tmp_path / "blob.key")
        return tmp_path / "blob.key"

    async def test_what_opens_and_what_does_not(
        self, home: Home, key: Path, tmp_path: Path, run: Run
    ) -> None:
        async with home.open() as log:
            await log.append(asked(sealed="Léa\x1b[2J".encode()))
            await log.append(asked())
            await log.append(asked(sealed=b"\xff\x00"))
        code, out, _ = run("open", home.database, 0, "--blob-key", key)
        assert code == HOLDS
        assert out.endswith("\n\nLéa\\x1b[2J\n")
        assert (
            json.loads(run("open", home.database, 0, "--blob-key", key, "--json")[1])["text"] == "Léa\x1b[2J"
        )
        assert json.loads(run("open", home.database, 2, "--blob-key", key, "--json")[1])["base64"] == "/wA="
        code, _, error = run("open", home.database, 1, "--blob-key", key)
        assert (code, "commits to nothing" in error) == (DOES_NOT_HOLD, True)
        code, _, error = run("open", home.database, 9, "--blob-key", key)
        assert (code, "has no leaf 9, its last is 2" in error) == (UNREADABLE, True)
        type(BLOB_KEY).generate().save(tmp_path / "wrong.key")
        code, _, error = run("open", home.database, 0, "--blob-key", tmp_path / "wrong.key")
        assert (code, "does not open with this blob key" in error) == (DOES_NOT_HOLD, True)
        code, _, error = run("open", tiles_of(home.database, tmp_path / "tiles"), 0, "--blob-key", key)
        assert (code, "tiles hold no sealed blobs" in error) == (UNREADABLE, True)
        change(home.database, "DELETE FROM audit_blob WHERE idx = 0")
        code, _, error = run("open", home.database, 0, "--blob-key", key)
        assert (code, "was erased" in error) == (DOES_NOT_HOLD, True)
        assert run("open", home.database, 0, "--blob-key", home.database)[0] == UNREADABLE


class TestErasures:
    """`erasures`: blobs that are gone, and who approved it."""

    async def test_erasures(self, home: Home, tmp_path: Path, run: Run) -> None:
        async with home.open() as log:
            for number in range(60):
                await log.append(asked(f"q-{number}", sealed=b"someone"))
            told = {"ranges": ["0-9"], "records": 10, "reasons": ["EXPIRED"], "approvers": ["p-1", "p-2"]}
            await log.erase(range(10), Entry(Kind.ERASED, NODE, told))
        code, out, _ = run("erasures", home.database, *VKEY)
        assert code == HOLDS
        assert "erased     10 blobs, by 1 entries" in out
        shifted = "SELECT idx - 20, sealed, wrapped_key FROM audit_blob WHERE idx BETWEEN 20 AND 23"
        change(home.database, f"INSERT INTO audit_blob {shifted}")
        code, out, _ = run("erasures", home.database, *VKEY)
        assert code == DOES_NOT_HOLD
        assert "FINDING    HIGH BLOB_LEFT: 4: " in out
        assert "           0-3\n" in out
        change(home.database, "DELETE FROM audit_blob WHERE idx < 10 OR idx % 2")
        code, out, _ = run("erasures", home.database, *VKEY)
        assert code == DOES_NOT_HOLD
        assert "CRITICAL BLOB_GONE: 25" in out
        assert "and 5 more ranges" in out
        facts = json.loads(run("erasures", home.database, "--no-verify", "--json")[1])
        assert (facts["verified"], facts["holds"], facts["sealed"]) == (False, False, 25)
        assert facts["findings"][0]["code"] == "BLOB_GONE"
        code, _, error = run("erasures", tiles_of(home.database, tmp_path / "tiles"))
        assert (code, "give a copy of the database" in error) == (UNREADABLE, True)

    async def test_a_log_that_does_not_hold_is_not_examined(self, home: Home, run: Run) -> None:
        await home.fill(20)
        change(home.database, "UPDATE audit_entry SET leaf = CAST('x' AS BLOB) WHERE idx = 7")
        for command in (["erasures"], ["report", "--period", "2020-01-01", "2040-01-01"]):
            code, out, error = run(*command, home.database)
            assert (code, out) == (DOES_NOT_HOLD, "")
            assert "log log.db does not hold: checkpoint of fr.ofast/log: size 20 with root" in error
        out = run("report", home.database, "--period", "2020-01-01", "2040-01-01", "--no-verify")[1]
        assert "The log was NOT verified" in out
        assert "Leaves that could not be read: 1" in out


class TestReport:
    """`report`: statistics of a period."""

    async def test_report(self, home: Home, tmp_path: Path, run: Run) -> None:
        await home.fill(20)
        page, table = tmp_path / "out/page.html", tmp_path / "table.csv"
        period = ["--period", "2020-01-01", "2040-01-01T00:00:00Z"]
        code, out, _ = run(
            "report", home.database, *period, *VKEY, "--html", page, "--csv", table, "--lang", "sv"
        )
        assert code == HOLDS
        assert "Hela loggen verifierades" in out
        assert '<html lang="sv">' in page.read_text("utf-8")
        rows = list(csv.reader(table.read_text("utf-8").splitlines()))
        assert ["ändamål", "CROSS_CHECKING", "20", "20", "0", "0", "0", "0", "0"] in rows
        facts = json.loads(run("report", home.database, *period, "--json")[1])
        assert facts["tables"]["purpose"]["CROSS_CHECKING"]["asked"] == 20
        assert facts["size"] == 20
        code, _, error = run("report", home.database, *period, "--csv", tmp_path / "table.csv/x")
        assert (code, "x: cannot be written" in error) == (UNREADABLE, True)
        assert run("report", home.database, "--period", "2026-02-01", "2026-01-01")[0] == UNREADABLE


class TestReconcile:
    """`reconcile`: two logs, one story."""

    async def test_two_logs_that_tell_the_same(
        self, home: Home, other: Home, tmp_path: Path, run: Run
    ) -> None:
        for number in range(3):
            await exchange(home, other, number)
        async with other.open() as log:
            await log.append_many([Entry(Kind.LOG_READ, OTHER, {}) for _ in range(300)])
        code, out, _ = run("reconcile", home.database, other.database, *BOTH)
        assert (code, out.splitlines()[-1]) == (HOLDS, "both logs tell the same")
        assert "fr.ofast tells of 3 exchanges" in out
        for key in (KEY, OTHER_LOG):
            (tmp_path / f"{key.name.partition('/')[0]}.policy").write_text(
                f"log {key.public.vkey}\nquorum none\n"
            )
        policies = ["--policy-a", tmp_path / "fr.ofast.policy", "--policy-b", tmp_path / "se.polisen.policy"]
        facts = json.loads(run("reconcile", other.database, home.database, *BOTH, "--json")[1])
        assert (facts["exchanges"], facts["discrepancies"], facts["holds"]) == ([3, 3], [], True)
        assert [log["node"] for log in facts["logs"]] == [OTHER, NODE]
        assert run("reconcile", home.database, other.database, *policies)[0] == HOLDS
        assert run("reconcile", other.database, home.database, *policies)[0] == DOES_NOT_HOLD
        old = ["--period", "2020-01-01", "2021-01-01"]
        facts = json.loads(run("reconcile", home.database, other.database, *old, "--no-verify", "--json")[1])
        assert (facts["exchanges"], facts["logs"][0]["verified"]) == ([0, 0], False)

    async def test_two_logs_that_do_not(self, home: Home, other: Home, tmp_path: Path, run: Run) -> None:
        await exchange(home, other, 1)
        await exchange(home, other, 2, status="NO_HIT")
        (tmp_path / "empty").mkdir()
        silent = Home(tmp_path / "empty", OTHER_LOG)
        async with silent.open():
            pass
        code, out, _ = run("reconcile", home.database, other.database, *BOTH)
        assert code == DOES_NOT_HOLD
        assert "OUTCOME_DIFFERS" in out
        assert "answerer: leaf 2 at " in out
        code, out, _ = run("reconcile", home.database, silent.database, *BOTH)
        assert code == DOES_NOT_HOLD
        assert "MISSING_AT_ANSWERER" in out
        assert "answerer: nothing" in out
        assert "2 discrepancies, the worst HIGH" in out

    async def test_leaves_that_cannot_be_read_are_told(self, home: Home, other: Home, run: Run) -> None:
        await exchange(home, other, 1)
        change(home.database, "INSERT INTO audit_entry VALUES (2, CAST('\"se.polisen\"' AS BLOB))")
        code, out, _ = run("reconcile", home.database, other.database, "--no-verify")
        assert code == DOES_NOT_HOLD
        assert "UNREADABLE 1 leaves that name the other node: 2" in out

    async def test_whose_log_is_it(self, home: Home, other: Home, run: Run) -> None:
        async with other.open():
            pass
        await home.fill(1)
        change(other.database, "DELETE FROM audit_checkpoint")
        code, _, error = run("reconcile", home.database, other.database, "--no-verify")
        assert (code, "whose is it?" in error) == (UNREADABLE, True)


class TestEvidence:
    """`evidence`: two stories of one log."""

    @pytest.fixture
    async def fork(self, home: Home, tmp_path: Path) -> Home:
        """The same log, gone on with another story after ten leaves."""
        await home.fill(10)
        fork = Home(tmp_path / "fork")
        fork.path.mkdir()
        for file in (home.database, home.guard):
            shutil.copy(file, fork.path)
        await home.fill(300, step=100)
        async with fork.open() as log:
            await log.append(asked("another-story"))
        return fork

    async def test_nothing_is_claimed_of_one_story(self, home: Home, tmp_path: Path, run: Run) -> None:
        await home.fill(10)
        async with home.open() as log:
            (tmp_path / "old").write_text(log.checkpoint())
        await home.fill(300, step=100)
        code, out, _ = run("evidence", home.database, tmp_path / "old", *VKEY, "--out", tmp_path / "paper")
        assert (code, out.splitlines()[-1]) == (HOLDS, "no contradiction")
        assert not (tmp_path / "paper").exists()
        assert json.loads(run("evidence", home.database, *VKEY, "--json")[1])["holds"]

    async def test_a_copy_that_does_not_extend_a_head(
        self, home: Home, fork: Home, tmp_path: Path, run: Run
    ) -> None:
        paper = tmp_path / "paper"
        code, out, _ = run("evidence", home.database, fork.database, *VKEY, "--out", paper)
        assert code == DOES_NOT_HOLD
        assert "NO_PREFIX: log.db: checkpoint of fr.ofast/log: size 11" in out
        assert "evidence written to paper" in out
        code, out, _ = run("evidence", "--check", paper, *VKEY)
        assert (code, out.splitlines()[-1]) == (HOLDS, "the evidence holds: the log told two stories")
        assert (
            json.loads(run("evidence", "--check", paper, *VKEY, "--json")[1])["contradiction"] == "NO_PREFIX"
        )
        code, _, error = run("evidence", "--check", paper, "--vkey", OTHER_LOG.public.vkey)
        assert (code, "by none of" in error or "no known key" in error) == (DOES_NOT_HOLD, True)

    async def test_two_roots_for_one_size(self, home: Home, tmp_path: Path, run: Run) -> None:
        await home.fill(10)
        (tmp_path / "lie").write_text(Checkpoint(KEY.name, 10, bytes(32)).sign(KEY))
        code, out, _ = run("evidence", home.database, tmp_path / "lie", *VKEY)
        assert code == DOES_NOT_HOLD
        assert "TWO_ROOTS: log.db" in out
        paper = tmp_path / "paper"
        paper.write_text(out[out.index("{") :])
        assert run("evidence", "--check", paper, *VKEY)[0] == HOLDS
        facts = json.loads(run("evidence", paper, *VKEY, "--json")[1])
        assert facts["evidence"]["kind"] == "TWO_ROOTS"

    async def test_what_is_not_signed_is_no_evidence(self, home: Home, tmp_path: Path, run: Run) -> None:
        await home.fill(10)
        (tmp_path / "lie").write_text(Checkpoint(OTHER_LOG.name, 10, bytes(32)).sign(OTHER_LOG))
        code, out, _ = run("evidence", home.database, tmp_path / "lie", *VKEY)
        assert code == HOLDS
        assert "lie: 0 signed heads, 1 by no given key" in out
        code, _, error = run("evidence", tmp_path / "lie", *VKEY)
        assert (code, "nothing in these is signed by a key that was given" in error) == (UNREADABLE, True)

    def test_usage(self, tmp_path: Path, run: Run) -> None:
        for arguments in (VKEY, [*VKEY, "--check", "x", "y"]):
            with pytest.raises(SystemExit) as caught:
                run("evidence", *arguments)
            assert caught.value.code == USAGE
        assert "give --vkey or --policy" in run("evidence", tmp_path)[2]


def test_an_interruption_says_so_and_leaves_nothing_half(
    home: Home, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(examining, "_records", interrupted)
    (tmp_path / "tiles/tile").mkdir(parents=True)
    (tmp_path / "tiles/checkpoint").write_text(Checkpoint(KEY.name, 0, sha256().digest()).sign(KEY))
    period = ["--period", "2020-01-01", "2040-01-01", "--csv", tmp_path / "table.csv"]
    code, out, error = run("report", tmp_path / "tiles", *period)
    assert (code, out) == (INTERRUPTED, "")
    assert "interrupted: nothing was decided" in error
    assert not (tmp_path / "table.csv").exists()


def test_a_reader_that_goes_away_is_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles/checkpoint").write_text(Checkpoint(KEY.name, 0, sha256().digest()).sign(KEY))
    reading, writing = os.pipe()
    os.close(reading)
    with monkeypatch.context() as patch, os.fdopen(writing, "w") as gone:
        patch.setattr(sys, "stdout", gone)
        assert main(["verify", str(tmp_path / "tiles")]) == UNREADABLE
        sys.stdout.close()
        with pytest.raises(BrokenPipeError):
            gone.close()


def test_nothing_steers_the_terminal() -> None:
    assert plain("a\tb\nc\x1b[31m\x9b\u202e\r") == "a\tb\nc\\x1b[31m\\x9b\\u202e\\r"


COMMANDS = (
    "verify",
    "receipt",
    "consistency",
    "export",
    "open",
    "approval",
    "erasures",
    "report",
    "reconcile",
    "evidence",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_and_speaks_json(
    command: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(command, "--help")
    assert caught.value.code == HOLDS
    assert "--json" in capsys.readouterr().out


def test_the_readme_tells_every_command() -> None:
    readme = (ROOT / "audit/README.md").read_text("utf-8")
    table = readme[readme.index("| command | says |") : readme.index("Exit codes:")]
    assert set(re.findall(r"`([a-z]+) ", table)) == set(COMMANDS)
    for code in (HOLDS, DOES_NOT_HOLD, USAGE, UNREADABLE, INTERRUPTED):
        assert re.search(rf"\b{code}\s", readme[readme.index("Exit codes:") :])


async def test_an_isolated_python_can_do_it_all(home: Home, other: Home, tmp_path: Path) -> None:
    """`python -I -S`, and nothing to import but `audit`, the standard library and `cryptography`."""
    async with home.open() as log:
        (tmp_path / "receipt").write_text((await log.append(asked(sealed=b"someone"))).text)
        (tmp_path / "checkpoint").write_text(log.checkpoint())
        for each in approval(paper()):
            await log.append(each)
    await exchange(home, other, 1)
    BLOB_KEY.save(tmp_path / "blob.key")
    room = tmp_path / "room"
    shutil.copytree(ROOT / "audit", room / "audit")
    for name in ("cryptography", "cffi", "_cffi_backend*"):
        for found in Path(cryptography.__file__).parent.parent.glob(name):
            (room / found.name).symlink_to(found)
    period = ["--period", "2020-01-01", "2040-01-01"]
    calls = [
        ["verify", home.database, *VKEY],
        ["receipt", tmp_path / "receipt", *VKEY],
        ["consistency", home.database, tmp_path / "checkpoint", *VKEY],
        ["export", home.database, tmp_path / "tiles"],
        ["open", home.database, 0, "--blob-key", tmp_path / "blob.key"],
        ["approval", home.database, 2, "--blob-key", tmp_path / "blob.key", *VKEY],
        ["erasures", home.database, *VKEY],
        ["report", home.database, *period, "--html", tmp_path / "page.html", "--csv", tmp_path / "table.csv"],
        ["reconcile", home.database, other.database, *BOTH],
        ["evidence", home.database, tmp_path / "checkpoint", *VKEY],
    ]
    assert {call[0] for call in calls} == set(COMMANDS)
    program = (
        f"import sys; sys.path.insert(0, {str(room)!r}); import json; from audit.__main__ import main;"
        "codes = [main(call) for call in json.loads(sys.argv[1])];"
        "foreign = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names);"
        "print(sorted(name for name in foreign if not name.startswith('_')), codes)"
    )
    told = json.dumps([[str(each) for each in call] for call in calls])
    command = [sys.executable, "-I", "-S", "-c", program, told]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    imported, _, codes = done.stdout.splitlines()[-1].partition("] ")
    assert codes == str([HOLDS] * len(calls))
    assert imported in {"['audit', 'cryptography'", "['audit', 'cffi', 'cryptography'"}
