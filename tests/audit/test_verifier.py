"""The offline verifier and its command line: what holds, and that every tampering is named."""

import asyncio
import io
import json
import random
import re
import runpy
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.__main__ import DOES_NOT_HOLD, EXIT_CODES, HOLDS, UNREADABLE, USAGE, main
from audit.archive import open_archive
from audit.checkpoint import Checkpoint
from audit.cosignature import cosign
from audit.errors import FormatRefused, ProofRefused
from audit.export import export
from audit.keys import SignatureType, SigningKey
from audit.merkle import Frontier, leaf_hash
from audit.note import Note
from audit.tiles import ENTRIES, Tile, encode_bundle, tiles_of
from audit.trust import TrustPolicy
from audit.verifier import MAX_FINDINGS, Report, verify
from tests.audit.samples import KEY, ORIGIN, OTHER_KEY, Home, asked, untied

ROOT = Path(__file__).resolve().parents[2]
POLICY = TrustPolicy.of_keys(KEY.public.vkey)
VKEY = ["--vkey", KEY.public.vkey]


def quiet(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("original"))
    asyncio.run(home.fill(600, step=7))
    return home


@pytest.fixture
def filled(home: Home, original: Home) -> Home:
    """A node's files with a log of 600 entries in steps of seven."""
    shutil.copytree(original.path, home.path, dirs_exist_ok=True)
    return home


@pytest.fixture
def tiles(filled: Home, tmp_path: Path) -> Path:
    archive = open_archive(filled.database)
    export(archive, tmp_path / "tiles", quiet)
    archive.close()
    return tmp_path / "tiles"


def checked(path: Path, policy: TrustPolicy | None = POLICY, *, strict: bool = True) -> Report:
    archive = open_archive(path)
    try:
        return verify(archive, policy, quiet, strict=strict)
    finally:
        archive.close()


def tampered(home: Home, *statements: str) -> list[str]:
    with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
        for statement in statements:
            database.execute(statement)
    return checked(home.database).findings


def test_a_whole_log_holds(filled: Home, tiles: Path) -> None:
    for path in (filled.database, tiles):
        for strict in (False, True):
            report = checked(path, strict=strict)
            assert report.findings == []
            assert (report.origin, report.size, report.signed_size, report.unsigned) == (ORIGIN, 600, 600, 0)
            assert report.signature == f"good: {ORIGIN}"


def test_an_export_made_twice_has_the_same_bytes(filled: Home, tiles: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    archive = open_archive(filled.database)
    export(archive, again, quiet)
    export(archive, again, quiet)
    archive.close()
    from_tiles = tmp_path / "from-tiles"
    export(open_archive(tiles), from_tiles, quiet)
    files = {path.relative_to(tiles): path.read_bytes() for path in tiles.rglob("*") if path.is_file()}
    for other in (again, from_tiles):
        assert files == {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()}
    expected = {tile.path for tile in tiles_of(600)} | {"checkpoint"}
    expected |= {f"tile/entries/00{i}{part}" for i, part in enumerate(["", "", ".p/88"])}
    assert {str(path) for path in files} == expected


async def test_an_export_grows_and_never_changes(filled: Home, tiles: Path) -> None:
    await filled.fill(400)
    archive = open_archive(filled.database)
    assert export(archive, tiles, quiet).size == 1000
    assert checked(tiles).holds
    (tiles / "tile/0/001").write_bytes(bytes(8192))
    with pytest.raises(ProofRefused, match="tile/0/001: is there already with other bytes"):
        export(archive, tiles, quiet)
    archive.close()


async def test_a_running_log_is_read_as_it_is(home: Home) -> None:
    await home.fill(10)
    async with home.open() as log:
        await log.append_many([asked(f"q-{i}") for i in range(5)])
        report = checked(home.database)
    assert report.holds
    assert (report.size, report.unsigned) in {(15, 5), (15, 0)}


async def test_leaves_after_the_last_checkpoint_are_told_apart(filled: Home, tmp_path: Path) -> None:
    with closing(untied(sqlite3.connect(filled.database, isolation_level=None))) as database:
        database.execute("DELETE FROM audit_checkpoint WHERE size > 500")
        (size,) = database.execute("SELECT max(size) FROM audit_checkpoint").fetchone()
    assert 0 < size <= 500
    report = checked(filled.database)
    assert report.holds
    assert report.unsigned == 600 - size
    archive = open_archive(filled.database)
    assert export(archive, tmp_path / "part", quiet).size == size
    archive.close()
    assert checked(tmp_path / "part").size == size


async def test_an_empty_log_holds(home: Home, tmp_path: Path) -> None:
    async with home.open():
        pass
    assert checked(home.database).holds
    archive = open_archive(home.database)
    export(archive, tmp_path / "tiles", quiet)
    archive.close()
    assert checked(tmp_path / "tiles").holds


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_entry SET leaf = x'00' WHERE idx = 300", "tile/0/001: says .* for leaf 300"),
        ("UPDATE audit_entry SET leaf = x'00' WHERE idx = 599", "checkpoint of fr.ofast/log: size 600"),
        ("DELETE FROM audit_entry WHERE idx = 300", "holds 255 of the leaves 256 to 511: some are missing"),
        ("DELETE FROM audit_entry WHERE idx = 599", "signs 600|the copy holds 599 leaves only"),
        ("UPDATE audit_tile SET hashes = zeroblob(8192) WHERE idx = 1", "for leaf 256, its content gives"),
        ("UPDATE audit_tile SET hashes = zeroblob(8) WHERE idx = 1", "8 bytes are stored, 8192 belong"),
        ("DELETE FROM audit_tile WHERE idx = 1", "0 bytes are stored, 8192 belong to it"),
        ("UPDATE audit_tree_head SET root = zeroblob(32) WHERE size = 70", "step from 63 .* with root 00"),
        ("DELETE FROM audit_tree_head WHERE size = 70", "a step from 70 to 77 after one that ended at 63"),
        ("DELETE FROM audit_tree_head WHERE size = 600", "the steps end at 595"),
        ("UPDATE audit_checkpoint SET size = 601 WHERE size = 600", "is kept for size 601"),
        ("DELETE FROM audit_checkpoint", "600 leaves and no signed checkpoint"),
        ("UPDATE audit_checkpoint SET note = replace(note, 'A', 'B')", "not the base64|not its own|leaves"),
        ("UPDATE audit_checkpoint SET note = 'x'", "no signatures after an empty line"),
        ("DROP TABLE audit_tree_head", "no such table"),
    ],
)
def test_every_tampering_is_named(filled: Home, statement: str, finding: str) -> None:
    try:
        found = tampered(filled, statement)
    except FormatRefused as error:
        found = [str(error)]
    assert any(re.search(finding, text) for text in found), found


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        ("checkpoint", "."),
        ("tile/0/001", "tile/0/001: says"),
        ("tile/0/002.p/88", "tile/0/002.p/88: says"),
        ("tile/1/000.p/2", "tile/1/000.p/2: says .* for hash . of level 1"),
        ("tile/entries/001", "entry bundle|tile/0/001: says|tile/entries/001"),
        ("tile/entries/002.p/88", "entry bundle|tile/0/002.p/88: says|tile/entries/002"),
    ],
)
@pytest.mark.parametrize("place", [0, 5, 40, -20])
def test_a_flipped_bit_in_a_file_is_named(tiles: Path, path: str, finding: str, place: int) -> None:
    data = bytearray((tiles / path).read_bytes())
    data[place] ^= 4
    (tiles / path).write_bytes(data)
    try:
        found = checked(tiles).findings
    except FormatRefused as error:
        found = [str(error)]
    assert any(re.search(finding, text) for text in found), found


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/0/002.p/88", "tile/entries/002.p/88"])
@pytest.mark.parametrize("keep", [0, 31, 33])
def test_a_cut_or_missing_file_is_named(tiles: Path, path: str, keep: int) -> None:
    (tiles / path).write_bytes((tiles / path).read_bytes()[:keep])
    if keep == 31:
        (tiles / path).unlink()
    try:
        assert not checked(tiles).holds
    except FormatRefused as error:
        assert "note" in str(error) or "checkpoint" in str(error)  # noqa: PT017  # either way it is named


def test_a_bundle_with_a_leaf_too_few_is_named(tiles: Path) -> None:
    (tiles / "tile/entries/001").write_bytes(encode_bundle([b"x"]))
    assert checked(tiles).findings == ["tile/entries/001: 1 leaves, 256 belong to it"]


def test_a_flipped_bit_anywhere_in_the_database(filled: Home) -> None:
    """Whatever bit flips: the leaves are still the signed ones, or it is named."""
    with closing(sqlite3.connect(filled.database)) as database:
        leaves = database.execute("SELECT leaf FROM audit_entry ORDER BY idx").fetchall()
    whole = filled.database.read_bytes()
    copy = filled.path / "copy.db"
    moments = random.Random(5)
    named = 0
    for _ in range(60):
        data = bytearray(whole)
        data[moments.randrange(len(data))] ^= 1 << moments.randrange(8)
        copy.write_bytes(data)
        try:
            report = checked(copy)
        except FormatRefused:
            named += 1
            continue
        named += not report.holds
        if report.holds:
            with closing(sqlite3.connect(copy)) as database:
                assert database.execute("SELECT leaf FROM audit_entry ORDER BY idx").fetchall() == leaves
    assert named > 20


def test_findings_are_counted_up_to_a_hundred(filled: Home) -> None:
    found = tampered(filled, "UPDATE audit_entry SET leaf = CAST('x' AS BLOB) WHERE idx % 2")
    assert len(found) == MAX_FINDINGS


def test_another_signer_is_named(filled: Home) -> None:
    report = checked(filled.database, TrustPolicy.of_keys(OTHER_KEY.public.vkey), strict=False)
    assert report.signature == "bad"
    assert "by none of fr.ofast/log" in report.findings[0]


def test_without_a_key_the_signature_is_not_checked(filled: Home) -> None:
    report = checked(filled.database, None)
    assert report.holds
    assert report.signature.startswith("not checked")


async def test_a_strict_run_reads_every_record(home: Home) -> None:
    """A log that signed a leaf with content in it: the hashes hold, the record does not."""
    await home.fill(3)
    report = checked(home.database)
    report.strict = True
    archive = open_archive(home.database)
    key = SigningKey.generate(ORIGIN)
    leaves = [*next(archive.bundles()), b'{"name":"Moreau"}']
    archive.close()
    tiles = home.path / "tiles"
    (tiles / "tile/entries").mkdir(parents=True)
    frontier = Frontier().append(leaf_hash(leaf) for leaf in leaves)
    (tiles / "checkpoint").write_text(Checkpoint(ORIGIN, 4, frontier.root()).sign(key))
    (tiles / Tile(ENTRIES, 0, 4).path).parent.mkdir(parents=True, exist_ok=True)
    (tiles / Tile(ENTRIES, 0, 4).path).write_bytes(encode_bundle(leaves))
    (tiles / Tile(0, 0, 4).path).parent.mkdir(parents=True)
    (tiles / Tile(0, 0, 4).path).write_bytes(b"".join(leaf_hash(leaf) for leaf in leaves))
    policy = TrustPolicy.of_keys(key.public.vkey)
    assert checked(tiles, policy, strict=False).holds
    assert checked(tiles, policy).findings == [
        "leaf 3: leaf: version None, lacks at, id, kind, node, operation, v"
    ]


async def test_a_policy_with_a_witness(home: Home) -> None:
    await home.fill(3)
    witness = SigningKey.generate("oversight.example/w1", SignatureType.COSIGNATURE)
    policy = TrustPolicy.parse(f"log {KEY.public.vkey}\nwitness w {witness.public.vkey}\nquorum w\n")
    assert "quorum w is not reached" in checked(home.database, policy).findings[0]
    with closing(untied(sqlite3.connect(home.database, isolation_level=None))) as database:
        (note,) = database.execute("SELECT note FROM audit_checkpoint ORDER BY size DESC").fetchone()
        line = cosign(Note.parse(note).text, witness, 1_700_000_000).line
        database.execute("UPDATE audit_checkpoint SET note = ? WHERE note = ?", (note + line, note))
    report = checked(home.database, policy, strict=False)
    assert report.holds
    assert report.witnesses == {"w": "2023-11-14T22:13:20+00:00"}


def test_what_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello, this is no database" * 100)
    (tmp_path / "empty.db").write_bytes(b"")
    for name in ("text", "empty.db", "missing", "."):
        with pytest.raises(FormatRefused):
            open_archive(tmp_path / name)


@pytest.mark.parametrize("table", ["audit_entry", "audit_checkpoint", "audit_tile"])
def test_a_table_that_is_gone_is_named(filled: Home, table: str) -> None:
    try:
        found = tampered(filled, f"DROP TABLE {table}")
    except FormatRefused as error:
        found = [str(error)]
    assert f"no such table: {table}" in found[0]


def test_a_copy_cut_short_is_named(filled: Home) -> None:
    whole = filled.database.read_bytes()
    filled.database.write_bytes(whole[: len(whole) // 2])
    try:
        found = checked(filled.database).findings
    except FormatRefused as error:
        found = [str(error)]
    assert "malformed" in found[0]


def test_a_database_that_others_hold_shut(filled: Home) -> None:
    (filled.path / "log.db-wal").mkdir()
    with pytest.raises(FormatRefused, match=r"log log\.db"):
        open_archive(filled.database)


def test_an_export_of_leaves_that_were_not_signed_is_refused(filled: Home, tmp_path: Path) -> None:
    tampered(filled, "UPDATE audit_entry SET leaf = CAST('x' AS BLOB) WHERE idx = 300")
    archive = open_archive(filled.database)
    with pytest.raises(ProofRefused, match="the leaves give root"):
        export(archive, tmp_path / "tiles", quiet)
    archive.close()
    tampered(filled, "DELETE FROM audit_checkpoint")
    archive = open_archive(filled.database)
    with pytest.raises(FormatRefused, match="no signed checkpoint to export"):
        export(archive, tmp_path / "tiles", quiet)
    archive.close()


class TestCommandLine:
    """`python -m audit`, by its function `main`."""

    @pytest.fixture
    def run(self, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
        def run(*arguments: object) -> tuple[int, str, str]:
            code = main([str(argument) for argument in arguments])
            return (code, *capsys.readouterr())

        return run

    def test_verify(self, filled: Home, run: Callable[..., tuple[int, str, str]]) -> None:
        code, out, _ = run("verify", filled.database, *VKEY)
        assert code == HOLDS
        assert out.endswith("holds\n")
        assert f"(good: {ORIGIN})" not in out
        assert f"good: {ORIGIN}" in out

    def test_verify_as_json(self, filled: Home, run: Callable[..., tuple[int, str, str]]) -> None:
        code, out, _ = run("verify", filled.database, *VKEY, "--json", "--strict")
        facts = json.loads(out)
        assert code == HOLDS
        assert (facts["holds"], facts["size"], facts["unsigned"], facts["findings"]) == (True, 600, 0, [])

    def test_verify_what_does_not_hold(self, filled: Home, run: Callable[..., tuple[int, str, str]]) -> None:
        tampered(filled, "UPDATE audit_entry SET leaf = CAST('x' AS BLOB) WHERE idx = 300")
        code, out, _ = run("verify", filled.database)
        assert code == DOES_NOT_HOLD
        assert "FINDING    tile/0/001: says" in out
        assert "does not hold: " in out

    def test_verify_what_is_no_log(self, tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
        code, out, error = run("verify", tmp_path / "missing")
        assert (code, out) == (UNREADABLE, "")
        assert error.startswith("FORMAT_REFUSED: log missing: there is no such file")

    def test_policy_files(
        self, filled: Home, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
    ) -> None:
        (tmp_path / "policy").write_text(f"log {KEY.public.vkey}\nquorum none\n")
        (tmp_path / "binary").write_bytes(b"\xff")
        assert run("verify", filled.database, "--policy", tmp_path / "policy")[0] == HOLDS
        assert run("verify", filled.database, "--policy", tmp_path / "binary")[0] == UNREADABLE
        assert run("verify", filled.database, "--vkey", "nonsense")[0] == UNREADABLE

    def test_usage(self, filled: Home, run: Callable[..., tuple[int, str, str]]) -> None:
        for arguments in ([], ["verify"], ["verify", filled.database, *VKEY, "--policy", "x"]):
            with pytest.raises(SystemExit) as caught:
                run(*arguments)
            assert caught.value.code == USAGE

    async def test_receipts(
        self, home: Home, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
    ) -> None:
        async with home.open() as log:
            receipt = await log.append(asked())
            (stored,) = await log.entries(0, 1)
        file, leaf = tmp_path / "asked.tlog-proof", tmp_path / "leaf"
        file.write_text(receipt.text)
        leaf.write_bytes(stored.leaf)
        code, out, _ = run("receipt", file, *VKEY)
        assert code == HOLDS
        assert "leaf_shown False" in out
        code, out, _ = run("receipt", file, *VKEY, "--leaf", leaf, "--json")
        assert json.loads(out)["leaf_shown"]
        leaf.write_bytes(stored.leaf + b" ")
        assert run("receipt", file, *VKEY, "--leaf", leaf)[0] == UNREADABLE
        assert run("receipt", file, "--vkey", OTHER_KEY.public.vkey)[0] == DOES_NOT_HOLD
        assert "give --vkey or --policy" in run("receipt", file)[2]
        assert run("receipt", leaf, *VKEY)[0] == UNREADABLE
        assert run("receipt", file, *VKEY, "--leaf", tmp_path / "missing")[0] == UNREADABLE

    async def test_consistency(
        self, home: Home, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
    ) -> None:
        await home.fill(300)
        async with home.open() as log:
            (tmp_path / "old").write_text(log.checkpoint())
        await home.fill(300)
        code, out, _ = run("consistency", home.database, tmp_path / "old", *VKEY)
        assert code == HOLDS
        assert "600 leaves extend the 300 that were signed" in out
        other = Home(tmp_path / "other")
        other.path.mkdir()
        await other.fill(10)
        _, _, error = run("consistency", other.database, tmp_path / "old", *VKEY)
        assert "checkpoint of fr.ofast/log: tree size went back from 300 to 10" in error
        await other.fill(600)
        code, _, error = run("consistency", other.database, tmp_path / "old", *VKEY, "--json")
        assert code == DOES_NOT_HOLD
        assert "the log log.db has root" in error

    async def test_any_log_extends_the_empty_one(
        self, home: Home, tmp_path: Path, run: Callable[..., tuple[int, str, str]]
    ) -> None:
        async with home.open() as log:
            (tmp_path / "old").write_text(log.checkpoint())
        for entries in (0, 5):
            await home.fill(entries)
            assert run("consistency", home.database, tmp_path / "old", *VKEY)[0] == HOLDS

    def test_run_as_a_program(self, filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "argv", ["audit", "verify", str(filled.database)])
        with pytest.raises(SystemExit) as caught:
            runpy.run_path(str(ROOT / "audit/__main__.py"), run_name="__main__")
        assert caught.value.code == HOLDS

    def test_export(self, filled: Home, tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
        code, out, _ = run("export", filled.database, tmp_path / "tiles")
        assert code == HOLDS
        assert out.startswith("checkpoint of fr.ofast/log: size 600")
        assert run("verify", tmp_path / "tiles", *VKEY)[0] == HOLDS

    async def test_a_bar_for_a_person_and_a_large_log(
        self, home: Home, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        await home.fill(21_000, step=3000)
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", terminal)
            assert run("verify", home.database, *VKEY)[0] == HOLDS
        assert terminal.getvalue().endswith("[##############################] 21000/21000\n")
        assert run("verify", home.database, *VKEY)[2] == ""

    def test_a_plain_python_can_do_it(self, filled: Home, tmp_path: Path) -> None:
        """Only the package `audit`, the standard library and `cryptography` are imported."""
        shutil.copytree(ROOT / "audit", tmp_path / "audit")
        program = (
            "import sys; from audit.__main__ import main; code = main(sys.argv[1:]);"
            "foreign = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names);"
            "print(sorted(name for name in foreign if not name.startswith('_')), code)"
        )
        command = [sys.executable, "-c", program, "verify", str(filled.database), *VKEY]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        imported = done.stdout.splitlines()[-1]
        assert imported.removesuffix(" 0") in (
            "['audit', 'cryptography']",
            "['audit', 'cffi', 'cryptography']",
        )

    def test_the_help_teaches(self) -> None:
        command = [sys.executable, "-m", "audit", "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert EXIT_CODES in done.stdout
