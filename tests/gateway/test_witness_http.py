"""A witness over real HTTP: what its door gives to logs and strangers, what a poster takes from others."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from click.testing import CliRunner, Result

from audit.feeding import MAX_REPLY, Offer, RawReply, Verdict
from audit.keys import SignatureType, SigningKey
from audit.sql_witness_store import SqlWitnessStore
from audit.submission import MAX_SUBMISSION
from audit.trust import TrustPolicy
from audit.witness import SIZE, Fork, Witness
from gateway.cli import main
from gateway.errors import SettingsRejected
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.http_witness import HttpPoster
from gateway.watch import read_policy
from gateway.witness_door import known_logs
from gateway.witness_home import WitnessHome, create_witness, witness_app
from gateway.witnessing import WitnessSilent
from sharing.errors import DirectoryExpired
from sharing.reach import Reach
from tests.audit.histories import History
from tests.audit.samples import KEY

TRUE = History.of(40)
LOGS = f"log {KEY.public.vkey}\nquorum none\n"


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """A stand-alone witness behind uvicorn; gives its submission prefix."""
    home = create_witness(folder / "w", "w.example/witness")
    logs = folder / "logs.policy"
    logs.write_text(LOGS)
    store = home.open_store()
    app = witness_app(Witness(store, SigningKey.load(home.key), known_logs(lambda: None, logs)))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        for _ in range(3000):
            if server.started:
                break
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        store.close()


@pytest.fixture
async def poster() -> AsyncIterator[HttpPoster]:
    opened = await HttpPoster.open(reach=Reach(loopback=True))
    yield opened
    await opened.close()


async def test_a_stand_alone_witness_cosigns_over_http(tmp_path: Path, poster: HttpPoster) -> None:
    async with served(tmp_path) as prefix:
        url = f"{prefix}/add-checkpoint"
        conflict = await poster.post(url, TRUE.offer(5, 20))
        assert conflict == RawReply(409, SIZE, b"0\n")
        reply = await poster.post(url, TRUE.offer(0, 20))
        policy = TrustPolicy.parse(f"witness w {(tmp_path / 'w' / 'witness.vkey').read_text()}\nquorum w\n")
        meaning = Offer(policy.witnesses["w"], TRUE.note(20), 0).read(
            reply, int(datetime.now(UTC).timestamp())
        )
        assert meaning.verdict is Verdict.COSIGNED
        assert (await poster.post(url, History.of(40, fork_at=3).offer(20, 40))).status == 422
        assert (await poster.post(url, b"hello")).status == 400
        assert (await poster.post(url, b"x" * (MAX_SUBMISSION + 1))).status == 413
        assert (await poster.post(f"{prefix}/anything", b"")).status == 404
        async with aiohttp.ClientSession() as session, session.get(url) as wrong:
            assert wrong.status == 405


async def test_a_witness_that_cannot_remember_cosigns_nothing(tmp_path: Path, poster: HttpPoster) -> None:
    async with served(tmp_path) as prefix:
        with sqlite3.connect(tmp_path / "w" / "witness.sqlite") as database:
            database.execute("DROP TABLE witness_checkpoint")
        reply = await poster.post(f"{prefix}/add-checkpoint", TRUE.offer(0, 20))
        assert reply.status == 503
        assert json.loads(reply.body)["error"]["code"] == "AUDIT_UNAVAILABLE"


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(answer: bytes) -> AsyncIterator[str]:
    """A far side that sends these bytes, whatever it is told."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/add-checkpoint"


async def test_a_poster_reads_no_more_than_it_may(poster: HttpPoster) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
    async with raw(head + b"x" * 200_000) as url:
        assert len((await poster.post(url, b"")).body) == MAX_REPLY + 1


async def test_a_poster_follows_nobody_elsewhere(poster: HttpPoster) -> None:
    async with raw(b"HTTP/1.1 307 x\r\nlocation: https://evil.example/\r\ncontent-length: 0\r\n\r\n") as url:
        assert (await poster.post(url, b"")).status == 307


@pytest.mark.parametrize(
    "answer", [b"", b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"]
)
async def test_half_a_reply_is_silence(poster: HttpPoster, answer: bytes) -> None:
    async with raw(answer) as url:
        with pytest.raises(WitnessSilent):
            await poster.post(url, b"")


async def test_a_dead_witness_is_silent(poster: HttpPoster) -> None:
    with pytest.raises(WitnessSilent):
        await poster.post("http://127.0.0.1:9/add-checkpoint", b"")


# The command line.


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_witness_is_made_and_pinned_by_hand(tmp_path: Path) -> None:
    note = tmp_path / "fr.checkpoint"
    note.write_text(TRUE.note(20))
    made = run("witness", "init", tmp_path / "w", "--name", "o.example/witness", "--pin", note)
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("o.example/witness+")
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600
    assert run("witness", "init", tmp_path / "w", "--name", "x").exit_code == 2
    again = run("witness", "pin", tmp_path / "w", note)
    assert again.exit_code == 2
    assert "PROOF_REFUSED" in again.output
    store = WitnessHome(tmp_path / "w").open_store()
    seen = store.latest(KEY.name)
    store.close()
    assert seen is not None
    assert seen.size == 20


def test_what_was_seen_is_shown(tmp_path: Path) -> None:
    note = tmp_path / "fr.checkpoint"
    note.write_text(TRUE.note(20))
    assert run("witness", "init", tmp_path / "w", "--name", "x", "--pin", note).exit_code == 0
    assert run("witness", "seen", tmp_path / "w").stdout == TRUE.note(20) + "\n"
    (seen,) = json.loads(run("witness", "seen", tmp_path / "w", "--json").stdout)
    assert seen == {"origin": KEY.name, "size": 20, "note": TRUE.note(20)}


def test_what_is_no_witness_or_no_checkpoint_is_named(tmp_path: Path) -> None:
    assert "neither a witness nor a node" in run("witness", "forks", tmp_path).output
    note = tmp_path / "fr.checkpoint"
    note.write_bytes(b"\xff")
    create_witness(tmp_path / "w", "x")
    assert "is no checkpoint" in run("witness", "pin", tmp_path / "w", note).output
    note.write_text("hello")
    assert "FORMAT_REFUSED" in run("witness", "pin", tmp_path / "w", note).output


def test_evidence_is_shown(tmp_path: Path) -> None:
    home = create_witness(tmp_path / "w", "x")
    assert run("witness", "forks", home.path).exit_code == 0
    store = SqlWitnessStore(f"sqlite:///{home.path / 'witness.sqlite'}")
    store.accuse(Fork(KEY.name, 20, TRUE.note(20), History.of(40, fork_at=3).note(20)))
    store.close()
    shown = run("witness", "forks", home.path)
    assert shown.exit_code == 1
    assert TRUE.note(20) in shown.output
    (fork,) = json.loads(run("witness", "forks", home.path, "--json").stdout)
    assert (fork["origin"], fork["size"]) == (KEY.name, 20)


@pytest.fixture
def homes(tmp_path: Path) -> list[Home]:
    """Three nodes of one federation."""
    now = datetime.now(UTC)
    key = SigningKey.generate("f.example/directory")
    made = [
        create(tmp_path / node, Profile(node, node, "FR", "spoc", 8400 + place), now=now)
        for place, node in enumerate(("fr.one", "fr.two", "fr.three"))
    ]
    text = sign_directory(tuple(read_card(home.card) for home in made), key, version=1, now=now, days=3)
    for home in made:
        home.federation_key.write_text(key.public.vkey)
        home.directory.write_text(text)
    return made


def test_a_policy_names_all_partners_and_who_is_added(homes: list[Home]) -> None:
    extra = SigningKey.generate("o.example/witness", SignatureType.COSIGNATURE).public.vkey
    added = f"oversight {extra} https://w.example"
    printed = run("witness", "policy", homes[0].path, "--quorum", "2", "--add", added)
    assert printed.exit_code == 0, printed.output
    policy = TrustPolicy.parse(printed.stdout)
    assert policy.urls == {
        "fr.two": "http://127.0.0.1:8401/witness",
        "fr.three": "http://127.0.0.1:8402/witness",
        "oversight": "https://w.example",
    }
    assert policy.fulfilled(["fr.two", "oversight"])
    assert not policy.fulfilled(["fr.two"])
    assert [key.vkey for key in policy.logs] == [read_card(homes[0].card).log_vkey]
    assert run("witness", "policy", homes[0].path, "--quorum", "7").exit_code == 2


def test_a_node_without_partners_has_no_policy(homes: list[Home]) -> None:
    homes[0].directory.unlink()
    assert "knows no partner" in run("witness", "policy", homes[0].path).output


def test_the_logs_of_an_unusable_directory_are_unknown(tmp_path: Path) -> None:
    def expired() -> None:
        raise DirectoryExpired("long ago")

    logs = tmp_path / "logs.policy"
    logs.write_text(LOGS)
    assert known_logs(expired, None)(KEY.name) == []
    assert known_logs(expired, logs)(KEY.name) == [KEY.public]


def test_a_node_pins_too(homes: list[Home], tmp_path: Path) -> None:
    note = tmp_path / "fr.checkpoint"
    note.write_text(TRUE.note(20))
    assert run("witness", "pin", homes[0].path, note).exit_code == 0
    assert (homes[0].path / "witness.sqlite").is_file()


@pytest.mark.parametrize(
    "url", ["http://w.example", "ftp://127.0.0.1", "w.example", "http://127.0.0.1.evil.example"]
)
def test_a_witness_is_not_reached_in_clear(tmp_path: Path, url: str) -> None:
    vkey = SigningKey.generate("o.example/witness", SignatureType.COSIGNATURE).public.vkey
    path = tmp_path / "trust.policy"
    path.write_text(f"witness o {vkey} {url}\nquorum o\n")
    with pytest.raises(SettingsRejected, match="is not https"):
        read_policy(path)
    path.write_text("nonsense")
    with pytest.raises(SettingsRejected, match="no trust policy"):
        read_policy(path)
    with pytest.raises(SettingsRejected, match="no trust policy"):
        read_policy(tmp_path / "nothing")
