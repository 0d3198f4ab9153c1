"""Keys that change: rotation with overlap, compromise with a new log, each tried on a real home."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.__main__ import main as verifier
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.entry import Entry, Kind, read_leaf
from audit.errors import GuardRefused, KeyRefused, ProofRefused, SealRefused
from audit.keys import SigningKey, VerifyKey
from audit.log import Log
from audit.note import Note
from audit.receipt import Receipt
from audit.sealing import BlobKey
from audit.sql_store import SqlStore
from audit.succession import check_succession
from gateway.cli import main
from gateway.compromise import compromised
from gateway.errors import KeyRotationRefused
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.key_files import Place, check_modes
from gateway.log_keys import load_blob_key, load_log_keys
from gateway.logs import grow_log
from gateway.retention import untold
from gateway.rotation import Change, change_signing, fingerprint, rotate
from sharing.directory import Directory
from sharing.key_choice import KeyChoice
from sharing.keys import Use, kid

NODE = "fr.test"
NOW = datetime.now(UTC)
DIGEST = "sha256:" + "ab" * 32
MONTH = timedelta(days=30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    profile = Profile(NODE, "Test", "FR", "spoc@example.org", 8777)
    return create(tmp_path / "node", profile, now=NOW - timedelta(days=1))


async def opened(home: Home) -> Log:
    return await grow_log(home, home.settings(), blob_key=load_blob_key(home))


async def asked(home: Home, count: int = 3) -> list[Receipt]:
    log = await opened(home)
    entry = {"query_id": "q-1"}
    receipts = [
        await log.append(Entry(Kind.ASKED, NODE, entry, subject=DIGEST, sealed=b"person %d" % each))
        for each in range(count)
    ]
    await log.close()
    return receipts


def verified(path: Path, *vkeys: str) -> int:
    told = [option for vkey in vkeys for option in ("--vkey", vkey)]
    return verifier(["verify", str(path), "--strict", *told])


async def leaves(home: Home) -> list[dict[str, object]]:
    log = await opened(home)
    stored = await log.entries(0, log.head.size)
    await log.close()
    return [read_leaf(each.leaf) for each in stored]


def key_of(home: Home, use: str) -> VerifyKey:
    return SigningKey.load(home.keys / f"{use}.key").public


# Rotation of the log key


async def test_during_the_overlap_both_keys_sign_and_afterwards_the_new_one(home: Home) -> None:
    before = await asked(home)
    old = key_of(home, "log")
    changed = await rotate(home, Change.LOG, MONTH, NOW, untold)
    new = key_of(home, "log")
    assert (changed.key, changed.previous_key) == (kid(new), kid(old))
    assert new.name == old.name
    (receipt,) = await asked(home, 1)
    for key in (old, new):
        Receipt.parse(receipt.text).verify(key)
    for each in before:
        Receipt.parse(each.text).verify(*read_card(home.card).log_keys)
        with pytest.raises(ProofRefused):
            Receipt.parse(each.text).verify(new)
    _, retiring = load_log_keys(home)
    assert retiring is not None
    assert retiring.until == (NOW + MONTH).replace(microsecond=0)
    assert verified(home.path / "audit.sqlite", *(key.vkey for key in read_card(home.card).log_keys)) == 0


async def test_when_the_overlap_is_over_only_the_new_key_signs(home: Home) -> None:
    await rotate(home, Change.LOG, timedelta(seconds=1), NOW - timedelta(hours=1), untold)
    old = SigningKey.load(home.keys / "log.previous.key").public
    (receipt,) = await asked(home, 1)
    Receipt.parse(receipt.text).verify(key_of(home, "log"))
    with pytest.raises(ProofRefused):
        Receipt.parse(receipt.text).verify(old)


async def test_a_rotation_is_announced_under_the_old_key_and_said_again_under_both(home: Home) -> None:
    old = key_of(home, "log")
    await rotate(home, Change.LOG, MONTH, NOW, untold)
    announced, in_use = await leaves(home)
    assert (announced["kind"], announced["action"], in_use["action"]) == ("KEY", "ROTATED", "IN_USE")
    for leaf in (announced, in_use):
        assert (leaf["use"], leaf["previous_key"]) == ("log", kid(old))
        assert leaf["key"] == kid(key_of(home, "log"))
    log = await opened(home)
    assert len(Note.parse(log.checkpoint()).signatures) == 2
    await log.close()


async def test_a_second_rotation_waits_for_the_end_of_the_overlap(home: Home) -> None:
    await rotate(home, Change.LOG, MONTH, NOW, untold)
    with pytest.raises(KeyRotationRefused, match="is accepted until"):
        await rotate(home, Change.LOG, MONTH, NOW + timedelta(days=29), untold)
    await rotate(home, Change.LOG, MONTH, NOW + timedelta(days=31), untold)
    card = read_card(home.card)
    assert len(card.log_keys) == 3
    assert card.log_keys[0] == key_of(home, "log")


async def test_a_running_node_is_left_alone(home: Home) -> None:
    log = await opened(home)
    with pytest.raises(GuardRefused, match="held by another log"):
        await rotate(home, Change.LOG, MONTH, NOW, untold)
    with pytest.raises(GuardRefused, match="held by another log"):
        await compromised(home, Change.LOG, NOW)
    await log.close()


class PowerCutError(Exception):
    """The machine stops here."""


@pytest.fixture(params=range(6))
def power_cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are replaced or linked so many times, then the power goes."""
    left = [request.param]
    replace, link = Path.replace, os.link

    def strike() -> None:
        left[0] -= 1
        if left[0] < 0:
            monkeypatch.undo()
            raise PowerCutError

    def cut_replace(self: Path, target: Path) -> Path:
        strike()
        return replace(self, target)

    def cut_link(source: Path, target: Path) -> None:
        strike()
        link(source, target)

    monkeypatch.setattr(Path, "replace", cut_replace)
    monkeypatch.setattr(os, "link", cut_link)
    yield
    monkeypatch.undo()


@pytest.mark.parametrize("change", [Change.LOG, Change.MESSAGE, Change.GRANT, Change.BLOB])
async def test_a_rotation_that_was_cut_short_is_finished_by_the_next_run(
    home: Home, change: Change, power_cut: None
) -> None:
    await asked(home)
    try:
        await rotate(home, change, MONTH, NOW, untold)
    except PowerCutError:
        await asked(home, 1)
        await rotate(home, change, MONTH, NOW, untold)
    found = [leaf for leaf in await leaves(home) if leaf.get("action") == "ROTATED"]
    assert len(found) == 1
    assert not Place(home.keys, change.value).coming.exists()
    log = await opened(home)
    assert await log.unseal(1) == b"person 1"
    await log.close()
    assert verified(home.path / "audit.sqlite", *(key.vkey for key in read_card(home.card).log_keys)) == 0


# Rotation of the post room's keys


def directory(home: Home, now: datetime) -> Directory:
    key = SigningKey.generate("federation.test/directory")
    text = sign_directory((read_card(home.card),), key, version=1, now=now, days=400)
    return Directory.open(text, [key.public], now=int(now.timestamp()))


@pytest.mark.parametrize("use", [Use.MESSAGE, Use.MANDATE])
async def test_the_new_key_signs_once_the_directory_lists_it(home: Home, use: Use) -> None:
    then = directory(home, NOW)
    old = key_of(home, use)
    await rotate(home, Change(use.value), MONTH, NOW, untold)
    new, choice, now = key_of(home, use), KeyChoice.load(NODE, home.keys), int(NOW.timestamp())
    assert getattr(choice.ring(then, now), use).public == old
    assert getattr(choice.ring(directory(home, NOW), now), use).public == new
    assert getattr(choice.ring(None, now), use).public == new
    other = Use.MANDATE if use is Use.MESSAGE else Use.MESSAGE
    assert getattr(choice.ring(then, now), other).public == key_of(home, other)
    listed = read_card(home.card).key(kid(old), use)
    assert listed is not None
    assert listed.valid_at(now)
    assert not listed.valid_at(int((NOW + MONTH).timestamp()))


async def test_grants_of_the_old_key_stay_good(home: Home) -> None:
    old = key_of(home, "grant")
    await rotate(home, Change.GRANT, MONTH, NOW, untold)
    await rotate(home, Change.GRANT, MONTH, NOW + timedelta(days=31), untold)
    ring = KeyChoice.load(NODE, home.keys).newest
    assert ring.grant_keys[0] == key_of(home, "grant")
    assert old in ring.grant_keys
    assert len(ring.grant_keys) == 3
    check_modes(home.keys)


async def test_the_card_keeps_sixteen_keys_and_the_logs_longest(home: Home) -> None:
    for round_ in range(16):
        now = NOW + timedelta(days=round_)
        await change_signing(home, Use.MESSAGE, now=now, until=now, reason="COMPROMISED")
    card = read_card(home.card)
    assert len(card.keys) == 16
    assert {each.use for each in card.keys} == set(Use)


async def test_a_key_in_other_hands_is_not_used_and_not_kept(home: Home) -> None:
    old = key_of(home, "message")
    changed = await compromised(home, Change.MESSAGE, NOW)
    assert "at once: partners refuse this node" in changed.to_do[0]
    assert key_of(home, "message") != old
    assert not Place(home.keys, "message").before.exists()
    listed = read_card(home.card).key(kid(old), Use.MESSAGE)
    assert listed is not None
    assert not listed.valid_at(int(NOW.timestamp()))
    choice = KeyChoice.load(NODE, home.keys)
    assert choice.ring(None, int(NOW.timestamp())).message.public == key_of(home, "message")


# The witness's key and the blob key


@pytest.mark.parametrize("how", ["rotate", "compromised"])
async def test_a_new_witness_key_stands_in_the_card(home: Home, how: str) -> None:
    if how == "rotate":
        changed = await rotate(home, Change.WITNESS, MONTH, NOW, untold)
    else:
        changed = await compromised(home, Change.WITNESS, NOW)
    assert read_card(home.card).witness_vkey == changed.vkey == key_of(home, "witness").vkey


async def test_a_new_blob_key_opens_what_the_old_one_sealed_and_the_old_one_nothing(home: Home) -> None:
    await asked(home)
    old = BlobKey.load(home.keys / "blob.key")
    changed = await rotate(home, Change.BLOB, MONTH, NOW, untold)
    assert not (home.keys / "blob.previous.key").exists()
    log = await opened(home)
    assert await log.unseal(1) == b"person 1"
    (stored,) = await log.entries(1, 2)
    assert stored.blob is not None
    leaf = read_leaf(stored.leaf)
    with pytest.raises(SealRefused):
        old.open(stored.blob, str(leaf["id"]), str(leaf["commitment"]))
    await log.close()
    assert old.secret.hex()[:8] not in changed.previous_key


async def test_a_new_blob_key_reaches_the_log_that_was_set_aside(home: Home) -> None:
    await asked(home)
    old = BlobKey.load(home.keys / "blob.key")
    await compromised(home, Change.LOG, NOW)
    await rotate(home, Change.BLOB, MONTH, NOW, untold)
    store = SqlStore(f"sqlite:///{home.path / 'audit.1.sqlite'}")
    stored = store.reader.leaves(1, 2)[0]
    store.close()
    leaf = read_leaf(stored.leaf)
    assert stored.blob is not None
    told = (stored.blob, str(leaf["id"]), str(leaf["commitment"]))
    assert load_blob_key(home).open(*told) == b"person 1"
    with pytest.raises(SealRefused):
        old.open(*told)
    assert (home.path / "audit.1.sqlite").stat().st_mode & 0o777 == 0o400


# Compromise of the log key


async def test_a_compromised_log_ends_and_a_new_one_is_bound_to_it(home: Home) -> None:
    receipts = await asked(home)
    old = key_of(home, "log")
    changed = await compromised(home, Change.LOG, NOW)
    new = key_of(home, "log")
    assert (new.name, changed.key) == (f"{NODE}/log.2", kid(new))
    aside = home.path / "audit.1.sqlite"
    assert (verified(aside, old.vkey), verified(home.path / "audit.sqlite", new.vkey)) == (0, 0)
    log = await opened(home)
    first, *closed = await log.entries(0, log.head.size)
    await log.close()
    ended = Checkpoint(old.name, receipts[-1].size, bytes.fromhex(str(read_leaf(first.leaf)["root"])[7:]))
    check_succession(first.leaf, new.name, ended)
    open_checkpoint(Receipt.parse(receipts[-1].text).proof.checkpoint, [old])
    intents = [read_leaf(each.leaf) for each in closed]
    assert [each["intent"] for each in intents] == [each.entry_id for each in receipts]
    assert {each["kind"] for each in intents} == {"CLOSED"}
    card = read_card(home.card)
    assert (card.log_origin, card.log_vkey) == (new.name, new.vkey)
    assert old in card.log_keys
    directory(home, NOW)
    assert sorted(each.name for each in home.path.glob("audit*")) == [
        "audit.1.guard",
        "audit.1.sqlite",
        "audit.guard",
        "audit.sqlite",
    ]
    await asked(home)
    again = await compromised(home, Change.LOG, NOW + timedelta(days=1))
    assert again.key.startswith(f"{NODE}/log.3:")
    assert (home.path / "audit.2.sqlite").exists()


async def test_the_new_log_can_follow_an_earlier_checkpoint_that_was_cosigned(
    home: Home, tmp_path: Path
) -> None:
    receipts = await asked(home)
    trusted = tmp_path / "trusted.checkpoint"
    trusted.write_text(Receipt.parse(receipts[0].text).proof.checkpoint)
    forged = tmp_path / "forged.checkpoint"
    forged.write_text(Checkpoint(f"{NODE}/log", 2, bytes(32)).sign(SigningKey.load(home.keys / "log.key")))
    with pytest.raises(ProofRefused, match="and differs there"):
        await compromised(home, Change.LOG, NOW, trusted=forged)
    await compromised(home, Change.LOG, NOW, trusted=trusted)
    first = (await leaves(home))[0]
    assert (first["size"], first["previous_origin"]) == (1, f"{NODE}/log")


async def test_a_compromise_that_was_cut_short_is_finished_by_the_next_run(
    home: Home, power_cut: None
) -> None:
    await asked(home)
    old = key_of(home, "log")
    try:
        await compromised(home, Change.LOG, NOW)
    except PowerCutError:
        await compromised(home, Change.LOG, NOW)
    assert key_of(home, "log").name == f"{NODE}/log.2"
    assert verified(home.path / "audit.1.sqlite", old.vkey) == 0
    assert [leaf["kind"] for leaf in await leaves(home)] == ["KEY", "CLOSED", "CLOSED", "CLOSED"]


async def test_a_store_that_was_rolled_back_is_no_end_of_a_log(home: Home) -> None:
    await asked(home)
    (home.path / "audit.sqlite").unlink()
    with pytest.raises(ProofRefused, match="and differs there"):
        await compromised(home, Change.LOG, NOW)


async def test_a_compromised_grant_key_makes_no_grant_good_any_more(home: Home) -> None:
    await rotate(home, Change.GRANT, MONTH, NOW, untold)
    changed = await compromised(home, Change.GRANT, NOW)
    assert not any("stay good" in each for each in changed.to_do)
    assert KeyChoice.load(NODE, home.keys).newest.grant_keys == (key_of(home, "grant"),)


@pytest.mark.parametrize("change", [Change.LOG, Change.MESSAGE, Change.WITNESS])
async def test_a_lost_key_is_replaced_too(home: Home, change: Change) -> None:
    await asked(home)
    old = key_of(home, change.value)
    (home.keys / f"{change}.key").unlink()
    if change is Change.LOG:
        with pytest.raises(KeyRefused, match=r"log\.key"):
            await opened(home)
    changed = await compromised(home, change, NOW)
    assert changed.previous_key == kid(old)
    assert key_of(home, change.value) != old
    assert await leaves(home)


async def test_a_log_on_a_server_goes_on_in_a_new_database(
    tmp_path: Path, postgres_database: Callable[..., str]
) -> None:
    old_store, new_store = postgres_database("old"), postgres_database("new")
    profile = Profile(NODE, "Test", "FR", "spoc@example.org", 8777, store={"audit": old_store})
    home = create(tmp_path / "server", profile, now=NOW - timedelta(days=1))
    receipts = await asked(home)
    with pytest.raises(KeyRotationRefused, match="name an empty database"):
        await compromised(home, Change.LOG, NOW)
    changed = await compromised(home, Change.LOG, NOW, store=new_store)
    assert any("node.toml" in each for each in changed.to_do)
    toml = home.path / "node.toml"
    toml.write_text(toml.read_text().replace(old_store, new_store))
    first = (await leaves(home))[0]
    assert (first["size"], first["previous_origin"]) == (receipts[-1].size, f"{NODE}/log")


# The command line


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_keys_are_listed_with_what_is_read_aloud(home: Home) -> None:
    rows = json.loads(run("keys", "list", str(home.path), "--json"))
    assert [row["use"] for row in rows] == ["message", "mandate", "grant", "log", "witness", "blob"]
    shown = fingerprint(key_of(home, "log"))
    assert len(shown.split()) == 8
    assert rows[3]["fingerprint"] == shown
    assert shown in run("keys", "list", str(home.path))


def test_a_key_is_rotated_and_replaced_from_the_command_line(home: Home) -> None:
    told = run("keys", "rotate", str(home.path), "--use", "log", "--overlap", "14")
    assert "read aloud:" in told
    assert "to do: give node.card.json to the federation" in told
    changed = json.loads(run("keys", "compromised", str(home.path), "--use", "log", "--json"))
    assert changed["use"] == "log"
    run("verify", str(home.path))


async def test_a_foreign_grant_key_file_is_named(home: Home) -> None:
    (home.keys / "grant.vkeys").write_text("nonsense")
    with pytest.raises(KeyRefused, match="nonsense"):
        KeyChoice.load(NODE, home.keys)
