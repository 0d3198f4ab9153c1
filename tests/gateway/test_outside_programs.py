"""Programs that no one here wrote, over HTTP: they read our log, cosign it, and are cosigned by us.

golang.org/x/mod/sumdb/tlog and Tessera's fsck read a served log; omniwitness cosigns its checkpoints; a
Tessera log takes our node as its witness. If one of them refuses, we are wrong until shown otherwise.
"""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from audit.entry import Entry, Kind
from audit.feeding import Verdict
from audit.keys import SignatureType, SigningKey
from audit.trust import TrustPolicy
from gateway.cli import main
from gateway.home import Home, Profile, create, now_utc, read_card
from gateway.http_witness import HttpPoster
from gateway.node import Node
from gateway.readers import FILE, ReaderBook
from gateway.wiring import open_log, open_node
from gateway.witnessing import Feeder
from policy.log_readers import LogReader
from sharing.reach import Reach
from tests.audit.samples import untied
from tests.components import STARTS_WITHIN

ENTRIES = 300
Program = Callable[[str], Path]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Place:
    """A node's home of this test; it has no partners."""

    home: Home
    address: str

    @property
    def log(self) -> str:
        return f"{self.address}/log"

    @property
    def vkey(self) -> str:
        return read_card(self.home.card).log_vkey

    def token(self, role: LogReader) -> str:
        book = ReaderBook(self.home.path / FILE)
        return book.add(f"{role}.example", role, int(time.time()) + 3600, "ANNUAL_AUDIT")

    async def fill(self, entries: int) -> None:
        log = await open_log(self.home, self.home.settings())
        await log.append_many([Entry(Kind.ADMINISTRATION, "fr.ofast") for _ in range(entries)])
        await log.close()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policy")


@pytest.fixture
def place(tmp_path: Path, opa_binary: Path, compiled: Path) -> Place:
    port = free_port()
    policy = {"engine": "wasm", "opa": str(opa_binary), "cache": str(compiled)}
    issuer = "http://127.0.0.1:1"
    told = {"demo": True, "policy": policy, "issuer": issuer}
    profile = Profile("fr.ofast", "OFAST", "FR", "spoc@fr", port, **told)
    return Place(create(tmp_path / "node", profile, now=now_utc()), f"http://127.0.0.1:{port}")


@contextmanager
def serving(place: Place) -> Iterator[None]:
    """The node in a process of its own, until it is asked to end."""
    command = [sys.executable, "-m", "gateway.cli", "serve", str(place.home.path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            await_health(place.address, process)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=STARTS_WITHIN)


def await_health(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"{address}/healthz", trust_env=False).status_code == httpx2.codes.OK:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate()[1])


def ran(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    words = [str(each) for each in command]
    variables = os.environ | environment
    return subprocess.run(words, env=variables, capture_output=True, text=True, check=False, timeout=300)


def fsck(program: Path, place: Place, token: str, key: Path) -> str:
    """What Tessera's fsck says; it ends with 0 whatever it has found, so its words count."""
    key.write_text(place.vkey)
    options = [f"--storage_url={place.log}/", f"--bearer_token={token}", f"--public_key={key}", "--ui=false"]
    return ran(program, *options).stderr


def flip(place: Place, index: int) -> None:
    """Change one byte of a leaf in the database, as whoever holds the machine could."""
    with untied(sqlite3.connect(place.home.path / "audit.sqlite")) as database:
        (leaf,) = database.execute("SELECT leaf FROM audit_entry WHERE idx = ?", (index,)).fetchone()
        changed = leaf[:-2] + bytes([leaf[-2] ^ 1]) + leaf[-1:]
        database.execute("UPDATE audit_entry SET leaf = ? WHERE idx = ?", (changed, index))


@pytest.mark.slow
def test_they_read_the_log_of_a_running_node(place: Place, outside_program: Program, tmp_path: Path) -> None:
    tlogcheck, tessera = outside_program("tlogcheck"), outside_program("fsck")
    asyncio.run(place.fill(ENTRIES))
    partner, oversight = place.token(LogReader.PARTNER), place.token(LogReader.OVERSIGHT)
    with serving(place):
        done = ran(tlogcheck, place.log, place.vkey, "hashes", LOG_TOKEN=partner)
        assert (done.returncode, done.stdout) == (0, f"fr.ofast/log {ENTRIES} holds\n"), done.stderr
        refused = ran(tlogcheck, place.log, place.vkey, LOG_TOKEN=partner)
        assert (refused.returncode, "403" in refused.stderr) == (1, True)
        assert "401" in ran(tlogcheck, place.log, place.vkey, "hashes", LOG_TOKEN="x").stderr
        said = fsck(tessera, place, oversight, tmp_path / "log.vkey")
        assert f"Successfully fsck'd log with size {ENTRIES}" in said
        assert "fsck failed" not in said
        whole = ran(tlogcheck, place.log, place.vkey, LOG_TOKEN=oversight)
        assert (whole.returncode, whole.stdout) == (0, f"fr.ofast/log {ENTRIES + 1} holds\n"), whole.stderr
        flip(place, ENTRIES - 3)
        said = fsck(tessera, place, oversight, tmp_path / "log.vkey")
        assert "fsck failed" in said
        assert "Successfully" not in said
        assert ran(tlogcheck, place.log, place.vkey, LOG_TOKEN=oversight).returncode == 1
        assert ran(tlogcheck, place.log, place.vkey, "hashes", LOG_TOKEN=partner).returncode == 1


def fetched(place: Place, folder: Path, token: Path, *more: str) -> tuple[int, str]:
    command = ["log", "fetch", place.log, str(folder), "--token-file", str(token), "--vkey", place.vkey]
    done = CliRunner().invoke(main, [*command, *more])
    return done.exit_code, done.output


@pytest.mark.slow
def test_a_fetched_copy_is_verified_without_a_node(place: Place, tmp_path: Path) -> None:
    asyncio.run(place.fill(ENTRIES))
    folder, oversight, partner = tmp_path / "copy", tmp_path / "dpa.token", tmp_path / "se.token"
    oversight.write_text(place.token(LogReader.OVERSIGHT) + "\n")
    partner.write_text(place.token(LogReader.PARTNER))
    with serving(place):
        code, told = fetched(place, folder, oversight, "--json")
        assert (code, json.loads(told)["size"]) == (0, ENTRIES), told
        code, told = fetched(place, folder, oversight)
        assert (code, "size 301" in told) == (0, True)
        assert fetched(place, tmp_path / "proofs", partner, "--proofs-only")[0] == 0
        code, told = fetched(place, tmp_path / "none", partner)
        assert (code, "ROLE_NOT_COVERED" in told) == (2, True)
        flip(place, ENTRIES - 1)
        code, told = fetched(place, tmp_path / "late", oversight)
        assert (code, "PROOF_REFUSED" in told) == (2, True)
    done = ran(sys.executable, "-m", "audit", "verify", folder, "--vkey", place.vkey, "--json")
    assert (done.returncode, json.loads(done.stdout)["size"]) == (0, ENTRIES + 1)
    code, told = fetched(place, folder, oversight)
    assert (code, "LOG_NOT_SERVED" in told) == (2, True)
    command = ["log", "fetch", "http://example.org/log", str(folder), "--token-file", str(oversight)]
    assert "over https" in CliRunner().invoke(main, [*command, "--vkey", place.vkey]).output


@contextmanager
def omniwitness(program: Path, key: SigningKey, *vkeys: str) -> Iterator[str]:
    """The outside witness for these logs; gives its address."""
    command = [str(program), key.skey, *vkeys]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@asynccontextmanager
async def feeding(node: Node, policy: TrustPolicy) -> AsyncIterator[Feeder]:
    poster = await HttpPoster.open(reach=Reach(loopback=True))
    try:
        yield Feeder(node, policy, poster)
    finally:
        await poster.close()


def setting(place: Place, **witness: str) -> None:
    """Put the part `[witness]` into the node's settings."""
    toml = place.home.path / "node.toml"
    lines = [f'{name} = "{value}"' for name, value in witness.items()]
    toml.write_text("\n".join([toml.read_text(), "[witness]", *lines, ""]))


async def test_an_outside_witness_cosigns_our_checkpoints(
    place: Place, outside_program: Program, tmp_path: Path
) -> None:
    key = SigningKey.generate("outside.example/witness", SignatureType.COSIGNATURE)
    with omniwitness(outside_program("outside_witness"), key, place.vkey) as url:
        text = f"log {place.vkey}\nwitness w {key.public.vkey} {url}\nquorum w\n"
        policy = TrustPolicy.parse(text)
        (place.home.path / "trust.policy").write_text(text)
        setting(place, policy="trust.policy")
        async with open_node(place.home) as node, feeding(node, policy) as feeder:
            for size in (1, 2, 300, 301):
                grow = size - node.log.head.size
                await node.log.append_many([Entry(Kind.ADMINISTRATION, "fr.ofast") for _ in range(grow)])
                said = await feeder.once()
                assert said["w"].verdict is Verdict.COSIGNED, said
                kept = node.log.reader.note(size)
                assert kept is not None
                checkpoint, witnesses = policy.witnessed(kept)
                assert (checkpoint.size, witnesses) == (size, ["w"])


async def test_an_outside_witness_does_not_follow_a_log_that_went_back(
    place: Place, outside_program: Program
) -> None:
    key = SigningKey.generate("outside.example/witness", SignatureType.COSIGNATURE)
    await place.fill(20)
    early = {name: (place.home.path / name).read_bytes() for name in ("audit.sqlite", "audit.guard")}
    with omniwitness(outside_program("outside_witness"), key, place.vkey) as url:
        policy = TrustPolicy.parse(f"log {place.vkey}\nwitness w {key.public.vkey} {url}\nquorum w\n")
        await place.fill(20)
        async with open_node(place.home) as node, feeding(node, policy) as feeder:
            assert (await feeder.once())["w"].verdict is Verdict.COSIGNED
        for name, data in early.items():
            (place.home.path / name).write_bytes(data)
        async with open_node(place.home) as node, feeding(node, policy) as feeder:
            assert (await feeder.once())["w"].verdict is Verdict.AHEAD
        await place.fill(30)
        async with open_node(place.home) as node, feeding(node, policy) as feeder:
            assert (await feeder.once())["w"].verdict is Verdict.OTHER_HISTORY


def tessera_log(place: Place, folder: Path, program: Path, witness_vkey: str) -> Callable[[int], str]:
    """A log of Tessera's on disk whose witness our node is; calls add that many entries and give its note."""
    key = SigningKey.generate("tessera.example/log")
    (folder / "log.skey").write_text(key.skey)
    policy = f"log {key.public.vkey}\nwitness w {witness_vkey} {place.address}/witness\nquorum w\n"
    (folder / "tessera.policy").write_text(policy)
    (place.home.path / "logs.policy").write_text(f"log {key.public.vkey}\nquorum none\n")

    def add(entries: int) -> str:
        for number in range(entries):
            (folder / f"entry-{entries}-{number}").write_text(f"{entries}/{number}")
        options = {
            "storage_dir": folder / "log",
            "entries": folder / f"entry-{entries}-*",
            "private_key": folder / "log.skey",
            "witness_policy_file": folder / "tessera.policy",
            "witness_timeout": "5s",
        }
        done = ran(program, *(f"--{name}={value}" for name, value in options.items()))
        assert done.returncode == 0, done.stderr[-2000:]
        return (folder / "log" / "checkpoint").read_text()

    return add


@pytest.mark.slow
def test_our_node_witnesses_a_log_of_tesseras(place: Place, outside_program: Program, tmp_path: Path) -> None:
    card = json.loads(place.home.card.read_text())
    add = tessera_log(place, tmp_path, outside_program("posix-oneshot"), card["witness_vkey"])
    setting(place, logs="logs.policy")
    policy = TrustPolicy.parse((tmp_path / "tessera.policy").read_text())
    with serving(place):
        for entries, size in ((1, 1), (3, 4), (300, 304)):
            checkpoint, witnesses = policy.witnessed(add(entries))
            assert (checkpoint.size, witnesses) == (size, ["w"])
