"""A backup and what comes of it: the manifest's codec, the sealed keys, refusals, another folder."""

import asyncio
import json
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from audit.entry import Entry, Kind
from audit.errors import Quarantined
from gateway.backing_up import UNFINISHED, Saving, back_up
from gateway.cli import main
from gateway.doctor.examine import CHECKS
from gateway.doctor.federation import quarantine
from gateway.doctor.files import space_of
from gateway.doctor.finding import Patient, State
from gateway.errors import BackupDiffers, BackupRefused, HomeNotEmpty, NothingToCompare
from gateway.home import Home, Profile, create
from gateway.logs import open_beside, open_log
from gateway.manifest import INSIDE, KEYS, NAME, Elsewhere, LogHead, Manifest, Part
from gateway.quarantine import FILE
from gateway.releasing import release
from gateway.restoring import Bringing, read_backup, restore
from gateway.sealed_keys import seal, unseal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSPHRASE = b"correct horse battery staple"
STEP = st.text(st.characters(categories=["L", "N"], include_characters="._- é"), min_size=1, max_size=12)
PATH = st.lists(STEP.filter(lambda step: step not in {".", ".."}), min_size=1, max_size=3).map("/".join)
HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
PART = st.builds(
    Part, path=PATH.map(INSIDE.__add__), size=st.integers(0, 2**50), sha256=HEX, mode=st.just("600")
)
HEAD = st.builds(LogHead, origin=STEP, size=st.integers(0, 2**50), root=HEX, at=STEP)
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
MANIFEST = st.builds(
    Manifest,
    node=STEP,
    log=HEAD,
    checkpoint=st.text(max_size=40),
    parts=st.lists(PART, max_size=4, unique_by=lambda each: each.path).map(tuple),
    elsewhere=st.lists(
        st.builds(Elsewhere, rooms=st.lists(STEP, max_size=2).map(tuple), save=STEP, bring_back=STEP),
        max_size=2,
    ).map(tuple),
)


def untold(_part: str, _done: int, _whole: int) -> None:
    """Tell nobody."""


def now() -> datetime:
    return NOW


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A node's home that has a log of three entries, and nobody who must cosign it."""
    profile = Profile(id="fr.test", name="Test", country="FR", spoc="spoc@fr.test", port=18990, demo=True)
    return create(tmp_path / "node", profile, now=NOW)


async def fill(home: Home, number: int) -> str:
    """Append entries; the checkpoint after them."""
    log = await open_log(home, home.settings())
    try:
        for _ in range(number):
            await log.append(Entry(Kind.ADMINISTRATION, "fr.test", {"action": "TRIED"}))
        return log.checkpoint()
    finally:
        await log.close()


def saved(home: Home, folder: Path) -> Path:
    back_up(home, folder, Saving(PASSPHRASE), now, untold)
    return folder


@given(MANIFEST)
def test_a_manifest_says_what_was_written(manifest: Manifest) -> None:
    assert Manifest.parse(manifest.text) == manifest


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_refused_with_a_code(data: bytes) -> None:
    with pytest.raises(BackupRefused, match=r"manifest\.json"):
        Manifest.parse(data)


@given(MANIFEST, st.integers(0), st.integers(0, 255))
def test_a_manifest_that_was_changed_is_read_or_refused(manifest: Manifest, place: int, byte: int) -> None:
    data = bytearray(manifest.text)
    data[place % len(data)] = byte
    with suppress(BackupRefused):
        assert Manifest.parse(Manifest.parse(bytes(data)).text) == Manifest.parse(bytes(data))


@pytest.mark.parametrize(
    "path", ["home/../../etc/passwd", "/etc/passwd", "home//a", "home/./a", "home/a\\b", "home/a\n", "a", ""]
)
def test_a_part_never_leads_out_of_the_home(path: str) -> None:
    root = "0" * 64
    told = {
        "node": "fr.test",
        "log": {"origin": "fr.test/log", "size": 0, "root": root, "at": "now"},
        "parts": [{"path": path, "size": 0, "sha256": root, "mode": "600"}],
    }
    with pytest.raises(BackupRefused):
        Manifest.parse(json.dumps(told).encode())
    told["parts"] = [{"path": "home/a", "size": 0, "sha256": root, "mode": "600"}]
    Manifest.parse(json.dumps(told).encode())


def test_sealed_keys_open_with_their_passphrase_alone() -> None:
    files = {"keys/log.key": b"secret\x00\xff", "keys/grant.vkeys": b""}
    sealed = seal(files, PASSPHRASE)
    assert unseal(sealed, PASSPHRASE) == files
    assert b"secret" not in sealed
    head, *rest = sealed.split(b".")
    for wrong in (sealed, b".".join([head, *rest[:-1], rest[0][:22]]), b"", b"nonsense"):
        with pytest.raises(BackupRefused, match="does not open"):
            unseal(wrong, PASSPHRASE + b"!" if wrong == sealed else PASSPHRASE)


async def test_a_node_is_brought_back_whole_in_another_folder(home: Home, tmp_path: Path) -> None:
    await fill(home, 3)
    with closing(sqlite3.connect(home.path / "records.sqlite")) as records:
        records.execute("CREATE TABLE t (a)")
        records.executemany("INSERT INTO t VALUES (?)", [(each,) for each in range(5000)])
        records.commit()
    backup = saved(home, tmp_path / "backup")
    manifest = read_backup(backup)
    assert manifest.log.size == 3
    assert manifest.checkpoint.startswith("fr.test/log\n3\n")
    secrets = [path.read_bytes().strip() for path in home.keys.iterdir()]
    for path in (each for each in backup.rglob("*") if each.is_file()):
        assert not any(secret in path.read_bytes() for secret in secrets if len(secret) > 8), path
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.name == NAME
    moved = Home(tmp_path / "other")
    restore(backup, moved.path, Bringing(PASSPHRASE), NOW, untold)
    told = {each.name: each.read_bytes() for each in home.keys.iterdir()}
    assert {each.name: each.read_bytes() for each in moved.keys.iterdir()} == told
    assert {stat.S_IMODE(each.stat().st_mode) for each in moved.keys.iterdir()} == {0o600}
    assert stat.S_IMODE(moved.keys.stat().st_mode) == 0o700
    assert moved.settings() == home.settings()
    assert moved.card.read_bytes() == home.card.read_bytes()
    with closing(sqlite3.connect(moved.path / "records.sqlite")) as records:
        assert records.execute("SELECT count(*), sum(a) FROM t").fetchone() == (5000, sum(range(5000)))


async def test_a_log_is_saved_while_it_grows_and_extends_its_guard(home: Home, tmp_path: Path) -> None:
    log = await open_log(home, home.settings())
    try:
        for each in range(40):
            await log.append(Entry(Kind.ADMINISTRATION, "fr.test", {"action": "TRIED"}))
            if each == 20:
                saved(home, tmp_path / "backup")
        note = log.checkpoint()
    finally:
        await log.close()
    moved = Home(tmp_path / "other")
    restore(tmp_path / "backup", moved.path, Bringing(PASSPHRASE), NOW, untold)
    told = tmp_path / "told.checkpoint"
    told.write_text(note)
    found = await release(moved, checkpoint=told)
    assert (found.released, found.size, found.lost) == (False, 21, 19), "the newest that somebody has kept"


async def test_a_restored_log_grows_only_after_it_was_compared(home: Home, tmp_path: Path) -> None:
    note = await fill(home, 3)
    moved = Home(tmp_path / "other")
    restore(saved(home, tmp_path / "backup"), moved.path, Bringing(PASSPHRASE), NOW, untold)
    for opening in (open_log, open_beside):
        with pytest.raises(Quarantined, match="came back from a backup at size 3"):
            await opening(moved, moved.settings())
    with pytest.raises(Quarantined):
        back_up(moved, tmp_path / "again", Saving(PASSPHRASE), now, untold)
    patient = Patient(moved, moved.settings(), 0, space_of)
    (finding,) = quarantine(patient)
    assert quarantine in CHECKS
    assert (finding.state, finding.to_do) == (State.FAIL, f"entente release {moved.path}")
    with pytest.raises(NothingToCompare, match="nobody must cosign"):
        await release(moved)
    told = tmp_path / "told.checkpoint"
    told.write_text(note)
    assert (await release(moved, checkpoint=told)).released
    assert not (moved.path / FILE).exists()
    assert list(quarantine(patient)) == []
    log = await open_log(moved, moved.settings())
    try:
        (leaf,) = await log.entries(3, 4)
        assert json.loads(leaf.leaf)["action"] == "LOG_RESTORED"
    finally:
        await log.close()
    assert (await release(moved)).released, "once more is nothing"


def test_lost_entries_end_in_a_new_log_bound_to_the_old_one(home: Home, tmp_path: Path) -> None:
    """What keys.md allows when no newer copy exists: the commands that `release` prints are run here."""
    asyncio.run(fill(home, 3))
    backup = saved(home, tmp_path / "backup")
    told = tmp_path / "told.checkpoint"
    told.write_text(asyncio.run(fill(home, 2)))
    moved = Home(tmp_path / "other")
    restore(backup, moved.path, Bringing(PASSPHRASE), NOW, untold)
    said = run("release", str(moved.path), "--checkpoint", str(told))
    assert said.exit_code == 3
    assert "LOST: 2 entries" in said.output
    assert (moved.path / FILE).exists()
    assert f"entente keys compromised {moved.path} --use log" in said.output
    assert run("keys", "compromised", str(moved.path), "--use", "log").exit_code == 0
    origin, leaf = asyncio.run(first_leaf(moved))
    assert (origin, leaf["previous_origin"], leaf["size"]) == ("fr.test/log.2", "fr.test/log", 3)
    assert run("release", str(moved.path)).exit_code == 0


async def first_leaf(home: Home) -> tuple[str, Mapping[str, Any]]:
    log = await open_log(home, home.settings())
    try:
        (first,) = await log.entries(0, 1)
        return log.origin, json.loads(first.leaf)
    finally:
        await log.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


async def test_a_part_that_differs_is_named_and_nothing_is_made(home: Home, tmp_path: Path) -> None:
    await fill(home, 1)
    backup, other = saved(home, tmp_path / "backup"), tmp_path / "other"
    for part in read_backup(backup).parts:
        path = backup / part.path
        true = path.read_bytes()
        path.write_bytes(bytes([true[0] ^ 1]) + true[1:])
        with pytest.raises(BackupDiffers, match=part.path.replace(".", r"\.")):
            restore(backup, other, Bringing(PASSPHRASE), NOW, untold)
        path.unlink()
        with pytest.raises(BackupDiffers, match=r"not there as a plain file"):
            restore(backup, other, Bringing(PASSPHRASE), NOW, untold)
        path.write_bytes(true)
    assert not other.exists()
    with pytest.raises(BackupRefused, match="does not open with this passphrase"):
        restore(backup, other, Bringing(b"another passphrase"), NOW, untold)
    assert not other.exists()
    restore(backup, other, Bringing(PASSPHRASE), NOW, untold)


async def test_nothing_is_ever_overwritten(home: Home, tmp_path: Path) -> None:
    await fill(home, 1)
    backup = saved(home, tmp_path / "backup")
    for folder, why in ((backup, "holds a backup already"), (home.path / "in", "lies in the home")):
        with pytest.raises(BackupRefused, match=why):
            saved(home, folder)
    with pytest.raises(BackupRefused, match="is not empty"):
        saved(home, tmp_path)
    with pytest.raises(HomeNotEmpty):
        restore(backup, home.path, Bringing(PASSPHRASE), NOW, untold)
    (tmp_path / ".other.restoring").mkdir()
    with pytest.raises(HomeNotEmpty, match="in the way"):
        restore(backup, tmp_path / "other", Bringing(PASSPHRASE), NOW, untold)


async def test_what_was_cut_short_is_no_backup_and_no_home_and_is_begun_anew(
    home: Home, tmp_path: Path
) -> None:
    await fill(home, 2)
    backup, other = tmp_path / "backup", tmp_path / "other"

    def cut(part: str, _done: int, _whole: int) -> None:
        if part.endswith("node.toml"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(home, backup, Saving(PASSPHRASE), now, cut)
    assert (backup / UNFINISHED).exists()
    with pytest.raises(BackupRefused, match="no finished backup"):
        restore(backup, other, Bringing(PASSPHRASE), NOW, untold)
    saved(home, backup)
    assert not (backup / UNFINISHED).exists()
    with pytest.raises(KeyboardInterrupt):
        restore(backup, other, Bringing(PASSPHRASE), NOW, cut)
    assert not other.exists()
    restore(backup, other, Bringing(PASSPHRASE), NOW, untold)
    assert not (tmp_path / ".other.restoring").exists()


async def test_a_link_in_the_home_is_refused(home: Home, tmp_path: Path) -> None:
    await fill(home, 1)
    (home.path / "trust.policy").symlink_to("/etc/hostname")
    with pytest.raises(BackupRefused, match=r"trust\.policy is a link"):
        saved(home, tmp_path / "backup")


async def test_a_mark_that_cannot_be_read_keeps_the_log_shut(home: Home) -> None:
    await fill(home, 1)
    (home.path / FILE).write_text("{}")
    with pytest.raises(Quarantined, match="cannot be read"):
        await open_log(home, home.settings())


async def test_a_database_elsewhere_is_named_with_its_commands_and_no_password(
    home: Home, tmp_path: Path
) -> None:
    settings = home.path / "node.toml"
    server = "postgresql://fr:hidden@db.test/all"
    settings.write_text(
        f'{settings.read_text()}\n[store]\nrecords = "{server}"\nquota = "{server}"\n'
        f'witness = "sqlite:///{tmp_path}/witness.sqlite"\n'
    )
    await fill(home, 1)
    manifest = back_up(home, tmp_path / "backup", Saving(apart=True), now, untold)
    assert [each.rooms for each in manifest.elsewhere] == [("records", "quota"), ("witness",)]
    assert manifest.elsewhere[0].save == (
        "pg_dump --format=custom --file=records.dump --dbname='postgresql://fr@db.test/all'"
    )
    assert KEYS not in {each.path for each in manifest.parts}
    assert "hidden" not in manifest.text.decode()


def test_the_commands_say_what_is_left_to_do(home: Home, tmp_path: Path) -> None:
    note = asyncio.run(fill(home, 1))
    word, told = tmp_path / "pass", tmp_path / "told.checkpoint"
    word.write_bytes(PASSPHRASE + b"\n")
    word.chmod(0o600)
    told.write_text(note)
    backup, other = str(tmp_path / "backup"), str(tmp_path / "other")
    done = run("backup", str(home.path), backup, "--passphrase-file", str(word))
    assert (done.exit_code, "write down: SHA-256" in done.output) == (0, True), done.output
    assert run("backup", str(home.path), backup).stderr.strip().startswith("BACKUP_REFUSED: ")
    done = run("restore", backup, other, "--passphrase-file", str(word))
    assert (done.exit_code, f"to do: entente release {other}" in done.output) == (0, True), done.output
    done = run("release", other, "--checkpoint", str(told), "--json")
    assert (done.exit_code, json.loads(done.stdout)["released"]) == (0, True), done.output
    bare = str(tmp_path / "bare")
    assert "save" in run("backup", str(home.path), bare).output
    assert "put the secrets back" in run("restore", bare, str(tmp_path / "third")).output
    assert Home(tmp_path / "third").settings() == home.settings()
