"""A home whose signing keys lie on a token: moved there, changed there, lost there, looked at, backed up."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.__main__ import main as verifier
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable, KeyRefused, KeyUnavailable
from audit.key_reference import public_half, reference_in
from audit.keys import SigningKey, write_secret
from audit.pkcs11_module import module_at, token_at
from audit.pkcs11_signer import Pkcs11Key, listed
from audit.pkcs11_uri import KeyUri
from audit.receipt import Receipt
from gateway.backing_up import Saving, back_up
from gateway.cli import main
from gateway.compromise import compromised
from gateway.doctor.files import card, keys, space_of
from gateway.doctor.finding import Patient, State
from gateway.errors import SettingsRejected
from gateway.home import Home, Profile, create, now_utc, read_card
from gateway.key_settings import USES
from gateway.log_keys import load_blob_key, load_log_keys
from gateway.logs import grow_log
from gateway.manifest import INSIDE
from gateway.restoring import Bringing, restore
from gateway.retention import untold
from gateway.rotation import Change, rotate
from gateway.sealed_keys import unseal
from gateway.settings import read_settings
from gateway.signers import check_places, load_signer, loader
from sharing.key_choice import KeyChoice
from sharing.keys import kid
from tests.components import SoftTokens

NODE = "fr.test"
NOW = datetime.now(UTC)
MONTH = timedelta(days=30)
DIGEST = "sha256:" + "ab" * 32
PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
def places(soft_tokens: SoftTokens, tmp_path: Path) -> dict[str, str]:
    """`[keys]` without any use, and a new token."""
    write_secret(tmp_path / "token.pin", soft_tokens.pin.encode())
    return {"module": str(soft_tokens.module), "pin_file": str(tmp_path / "token.pin")}


@pytest.fixture
def token(soft_tokens: SoftTokens) -> str:
    return f"pkcs11:token={soft_tokens.make()}"


@pytest.fixture
def in_files(tmp_path: Path) -> Home:
    profile = Profile(NODE, "Test", "FR", "spoc@example.org", 8777)
    return create(tmp_path / "node", profile, now=NOW - timedelta(days=1))


@pytest.fixture
def home(tmp_path: Path, places: dict[str, str], token: str) -> Home:
    """All keys that sign on a token from the beginning."""
    profile = Profile(NODE, "Test", "FR", "spoc@example.org", 8777, keys=places | dict.fromkeys(USES, token))
    return create(tmp_path / "node", profile, now=NOW - timedelta(days=1))


def configure(home: Home, places: dict[str, str], **uses: str) -> None:
    """Say in the settings where keys are wanted."""
    lines = [f'{name} = "{value}"' for name, value in (places | uses).items()]
    with (home.path / "node.toml").open("a") as file:
        file.write("\n[keys]\n" + "\n".join(lines) + "\n")


def on_token(home: Home, use: str) -> bool:
    return reference_in((home.keys / f"{use}.key").read_bytes()) is not None


def ids(home: Home, uri: str, use: str) -> set[bytes]:
    """The keys of a use that are on the token."""
    part = home.settings().keys
    assert part.module
    assert part.pin_file
    token = token_at(part.module, KeyUri.parse(uri), home.path / part.pin_file)
    return {each.id for each in listed(token, f"{NODE}/{use}")}


async def asked(home: Home) -> Receipt:
    log = await grow_log(home, home.settings(), blob_key=load_blob_key(home))
    try:
        return await log.append(Entry(Kind.ASKED, NODE, {"query_id": "q-1"}, subject=DIGEST))
    finally:
        await log.close()


def verified(path: Path, *vkeys: str) -> int:
    told = [option for vkey in vkeys for option in ("--vkey", vkey)]
    return verifier(["verify", str(path), "--strict", *told])


def patient(home: Home) -> Patient:
    return Patient(home, home.settings(), int(NOW.timestamp()), space_of)


# From the beginning, and by rotation


async def test_a_new_node_has_no_private_key_in_a_file(home: Home, token: str) -> None:
    assert all(on_token(home, use) for use in USES)
    assert not [
        path for path in home.path.rglob("*") if path.is_file() and b"PRIVATE+KEY" in path.read_bytes()
    ]
    told = read_card(home.card)
    check_places(home.path, home.settings().keys, told)
    receipt = await asked(home)
    Receipt.parse(receipt.text).verify(*told.log_keys)
    assert verified(home.path / "audit.sqlite", told.log_keys[0].vkey) == 0
    assert ids(home, token, "log") == {load_log_keys(home)[0].reference.uri.id}  # type: ignore[attr-defined]


@pytest.mark.parametrize("use", ["log", "message", "witness"])
async def test_a_rotation_moves_a_key_to_the_token_changes_it_there_and_brings_it_back(
    in_files: Home, places: dict[str, str], token: str, use: str
) -> None:
    home, change = in_files, Change(use)
    await asked(home)
    configure(home, places, **{use: token})
    with pytest.raises(KeyRefused, match=f"{use} key: lies in {use}.key"):
        check_places(home.path, home.settings().keys, read_card(home.card))
    await rotate(home, change, MONTH, NOW, untold)
    assert on_token(home, use)
    check_places(home.path, home.settings().keys, read_card(home.card))
    first = ids(home, token, use)
    assert len(first) == 1
    Receipt.parse((await asked(home)).text).verify(*read_card(home.card).log_keys)
    await rotate(home, change, MONTH, NOW + 2 * MONTH, untold)
    second = ids(home, token, use)
    assert len(second - first) == 1
    assert (first <= second) == (use != "witness"), "a key with an overlap stays, others are destroyed"
    settings = home.path / "node.toml"
    settings.write_text(settings.read_text().replace(f'{use} = "{token}"', ""))
    await rotate(home, change, MONTH, NOW + 4 * MONTH, untold)
    assert not on_token(home, use)
    await rotate(home, change, MONTH, NOW + 6 * MONTH, untold)
    assert ids(home, token, use) == set()
    Receipt.parse((await asked(home)).text).verify(*read_card(home.card).log_keys)
    assert verified(home.path / "audit.sqlite", *(key.vkey for key in read_card(home.card).log_keys)) == 0


class PowerCutError(Exception):
    """The machine stops here."""


@pytest.mark.parametrize("at", range(4))
async def test_a_rotation_on_the_token_that_was_cut_short_is_finished_by_the_next_run(
    home: Home, token: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(home)
    left, renamed = [at], Path.replace

    def cut(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCutError
        return renamed(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with suppress(PowerCutError):
        await rotate(home, Change.LOG, MONTH, NOW, untold)
    monkeypatch.undo()
    if (home.keys / "log.next.key").exists():
        await rotate(home, Change.LOG, MONTH, NOW, untold)
    assert len(ids(home, token, "log")) == 2, "the one in force and the one before, no third"
    assert not (home.keys / "log.next.key").exists()
    assert verified(home.path / "audit.sqlite", *(key.vkey for key in read_card(home.card).log_keys)) == 0


async def test_a_key_in_other_hands_is_destroyed_on_the_token(home: Home, token: str) -> None:
    before = ids(home, token, "message")
    changed = await compromised(home, Change.MESSAGE, NOW)
    after = ids(home, token, "message")
    assert len(after) == 1
    assert not before & after
    assert changed.key == kid(public_half(home.keys / "message.key"))
    assert not [each for each in changed.to_do if "pkcs11:" in each]


async def test_a_lost_token_is_no_end_the_card_knows_its_keys(
    home: Home, places: dict[str, str], token: str, soft_tokens: SoftTokens
) -> None:
    """The old token never comes back; another one is put into the settings, and every key is made anew."""
    await asked(home)
    old = read_card(home.card)
    settings, new = home.path / "node.toml", f"pkcs11:token={soft_tokens.make()}"
    text = settings.read_text().replace(token, new)
    for use in USES:
        path = home.keys / f"{use}.key"
        path.write_bytes(path.read_bytes().replace(token.encode(), b"pkcs11:token=lost"))
    settings.write_text(text)
    with pytest.raises(KeyUnavailable, match="token=lost"):
        await asked(home)
    changed = await compromised(home, Change.LOG, NOW)
    assert [each for each in changed.to_do if "token=lost" in each and "take" in each]
    await compromised(home, Change.MESSAGE, NOW)
    assert read_card(home.card).log_origin == f"{NODE}/log.2"
    Receipt.parse((await asked(home)).text).verify(*read_card(home.card).log_keys)
    assert verified(home.path / "audit.1.sqlite", old.log_keys[0].vkey) == 0


# What is refused


async def test_without_its_token_a_node_does_not_start_and_its_log_grows_by_nothing(
    home: Home, soft_tokens: SoftTokens
) -> None:
    await asked(home)
    log = await grow_log(home, home.settings(), blob_key=load_blob_key(home))
    with soft_tokens.taken_away():
        with pytest.raises(KeyUnavailable):
            KeyChoice.load(NODE, home.keys, loader(home.path))
        with pytest.raises(AuditUnavailable) as caught:
            await log.append(Entry(Kind.ASKED, NODE, {"query_id": "q-2"}, subject=DIGEST))
        assert caught.value.code == "KEY_UNAVAILABLE"
        assert log.head.size == 1, "nothing more was signed"
    await asyncio.sleep(1.1)
    third = await log.append(Entry(Kind.ASKED, NODE, {"query_id": "q-3"}, subject=DIGEST))
    Receipt.parse(third.text).verify(*read_card(home.card).log_keys)
    await log.close()
    assert verified(home.path / "audit.sqlite", read_card(home.card).log_keys[0].vkey) == 0


def test_a_key_that_is_not_on_the_card_is_not_started_with(
    home: Home, places: dict[str, str], token: str
) -> None:
    stranger = token_at(places["module"], KeyUri.parse(token), Path(places["pin_file"]))
    made = Pkcs11Key.create(stranger, f"{NODE}/message", public_half(home.keys / "message.key").type, "x")
    (home.keys / "message.key").unlink()
    made.save(home.keys / "message.key")
    with pytest.raises(KeyRefused, match="not on the node's card"):
        check_places(home.path, home.settings().keys, read_card(home.card))


def test_a_reference_without_settings_is_refused(home: Home) -> None:
    settings = home.path / "node.toml"
    head, _, rest = settings.read_text().partition("[keys]")
    settings.write_text(head + "[" + rest.partition("\n[")[2] if "\n[" in rest else head)
    with pytest.raises(KeyRefused, match="no module or no pin_file"):
        load_signer(home.path, home.keys / "log.key")


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ('message = "pkcs11:token=a"', "needs the module and the pin_file"),
        ('module = "lib.so"', "keys.module"),
        ('module = "/lib.so"\npin_file = "p"\nlog = "pkcs11:token=a;id=%01"', "names one key by its id"),
        ('module = "/lib.so"\npin_file = "p"\nlog = "pkcs11:token=a?pin-value=1"', "has a query"),
        ('module = "/lib.so"\npin_file = "p"\nblob = "pkcs11:token=a"', "keys.blob"),
        ('pin = "1234"', "keys.pin"),
    ],
)
def test_settings_that_reach_no_token_or_hold_a_secret_are_refused(
    in_files: Home, told: str, match: str
) -> None:
    with (in_files.path / "node.toml").open("a") as file:
        file.write(f"\n[keys]\n{told}\n")
    with pytest.raises(SettingsRejected, match=match):
        read_settings(in_files.path)


# What is told


def test_the_doctor_looks_at_the_token(
    home: Home, soft_tokens: SoftTokens, places: dict[str, str], token: str
) -> None:
    found = [*keys(patient(home)), *card(patient(home))]
    assert {each.state for each in found} == {State.OK}, [
        each for each in found if each.state is not State.OK
    ]
    assert sum("on pkcs11:token=" in each.found for each in found) == len(USES)
    assert soft_tokens.pin not in repr(found)
    uri = KeyUri.parse(token)
    spare = Pkcs11Key.create(
        token_at(places["module"], uri, Path(places["pin_file"])), "x", SigningKey.generate("x").public.type,
        f"{NODE}/log",
    )  # fmt: skip
    (left,) = (each for each in keys(patient(home)) if each.state is not State.OK)
    assert (left.state, left.found) == (State.WARN, spare.reference.uri.text)
    with soft_tokens.taken_away():
        away = [each for each in keys(patient(home)) if each.state is State.FAIL]
    assert len(away) == len(USES) + 1
    assert all("KEY_UNAVAILABLE" in each.found or "pkcs11:" in each.found for each in away)
    module_at(places["module"]).anew()


async def test_a_backup_holds_no_key_of_a_token_and_says_so(home: Home, tmp_path: Path) -> None:
    await asked(home)
    manifest = back_up(home, tmp_path / "backup", Saving(PASSPHRASE), now_utc, lambda *_: None)
    told = {each.path: each for each in manifest.on_token}
    assert set(told) == {f"keys/{use}.key" for use in USES}
    assert told["keys/log.key"].vkey == read_card(home.card).log_vkey
    sealed = unseal((tmp_path / "backup/keys.jwe").read_bytes(), PASSPHRASE)
    assert not set(sealed) & set(told)
    assert "keys/blob.key" in sealed
    assert {INSIDE + each for each in told} <= {each.path for each in manifest.parts}
    assert "on_token" in json.loads(manifest.text)
    restored = tmp_path / "restored"
    restore(tmp_path / "backup", restored, Bringing(PASSPHRASE), now_utc(), lambda *_: None)
    key = load_signer(restored, restored / "keys/log.key")
    assert key.public.verify(key.sign(b"x"), b"x"), "the token is still on this machine"


def test_the_commands_make_list_rotate_and_replace_keys_on_a_token(
    tmp_path: Path, places: dict[str, str], token: str, soft_tokens: SoftTokens
) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, list(arguments))
        assert done.exit_code == code, done.output
        return done.output

    node = str(tmp_path / "node")
    who = ["--id", NODE, "--name", "T", "--country", "FR", "--spoc", "s", "--port", "8777"]
    assert "go together" in said("init", node, *who, "--pkcs11", token, code=2)
    where = ["--module", places["module"], "--pin-file", places["pin_file"]]
    assert "names no token" in said("init", node, *who, *where, "--pkcs11", "pkcs11:object=x", code=2)
    said("init", node, *who, *where, "--pkcs11", token)
    home = Home(Path(node))
    assert soft_tokens.pin not in (home.path / "node.toml").read_text()
    listed_ = {each["use"]: each["key"] for each in json.loads(said("keys", "list", node, "--json"))}
    assert listed_["message"] == kid(public_half(home.keys / "message.key"))
    rotated = json.loads(said("keys", "rotate", node, "--use", "message", "--json"))
    assert rotated["previous_key"] == listed_["message"]
    replaced = json.loads(said("keys", "compromised", node, "--use", "message", "--json"))
    assert replaced["previous_key"] == rotated["key"]
    assert len(ids(home, token, "message")) == 1
    with soft_tokens.taken_away():
        assert "KEY_UNAVAILABLE" in said("keys", "rotate", node, "--use", "mandate", code=2)
    os.sync()
    module_at(places["module"]).anew()
