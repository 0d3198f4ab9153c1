"""Certificates that end, over real TLS: what the node sees of it, and that a renewal ends it.

The partner's proxy asks for a client certificate, as nginx does; behind it is the partner's true door. The
certificates are made here, with moments of their own.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.scripts.certificates import Authority, Pair
from gateway.doctor.files import space_of
from gateway.doctor.finding import Patient, State
from gateway.doctor.reach import certificates
from gateway.settings import TlsPart
from gateway.tls import client_tls
from gateway.wiring import open_node
from policy.terms import Operation
from sharing.http_courier import HttpCourier
from sharing.reach import Reach
from tests.world import Ground, World, open_world

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}
ENDED = timedelta(hours=-1)
DAYS = 86_400


@dataclass
class Proxy:
    """What stands before a partner's door: TLS with client certificates, one request a connection."""

    world: World
    node: str
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    server: asyncio.Server | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, shown: Pair, *trusted: Authority) -> int:
        """Listen on a free port of this machine."""
        self.renew(shown)
        for each in trusted:
            self.context.load_verify_locations(each.file)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.server = await asyncio.start_server(self._accept, "localhost", 0, ssl=self.context)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    def renew(self, shown: Pair) -> None:
        """Show another certificate from the next connection on, as a reload does."""
        self.context.load_cert_chain(shown.certificate, shown.key)

    async def stop(self) -> None:
        """Listen no more."""
        assert self.server is not None
        self.server.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = dict(line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in fields.items()}
            body = await reader.readexactly(int(headers["content-length"]))
            reply = await self.world.doors[self.node](headers, body)
            told = {**reply.headers, "content-length": str(len(reply.body)), "connection": "close"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
            writer.write(f"HTTP/1.1 {reply.status} OK\r\n{lines}\r\n".encode("latin-1") + reply.body)
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.fixture
async def world(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(tmp_path / "world", ground) as opened:
        await opened.stop(FR)
        yield opened


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "tls")


@asynccontextmanager
async def proxied(world: World, shown: Pair, *trusted: Authority) -> AsyncIterator[Proxy]:
    """SE's door behind TLS, its address in the directory."""
    proxy = Proxy(world, SE)
    port = await proxy.start(shown, *trusted)
    card, settings = world.homes[SE].card, world.nodes[SE].settings.listen.address
    card.write_text(card.read_text().replace(f'"{settings}"', f'"https://localhost:{port}"'))
    world.federate(2)
    try:
        yield proxy
    finally:
        await proxy.stop()


@asynccontextmanager
async def running(world: World, tls: TlsPart) -> AsyncIterator[None]:
    """FR runs, and reaches its partners over TLS."""
    away = await HttpCourier.open(client_tls(world.homes[FR].path, tls), reach=Reach(loopback=True))
    async with open_node(world.homes[FR], clock=world.clock, away=away) as node:
        world.nodes[FR] = node
        yield


def shows(client: Pair, *trusted: Authority, folder: Path) -> TlsPart:
    """The settings of a node with this client certificate, which trusts these authorities."""
    trust = folder / "trust.pem"
    trust.write_bytes(b"".join(each.file.read_bytes() for each in trusted))
    return TlsPart(certificate=str(client.certificate), key=str(client.key), trust=str(trust))


async def status(world: World) -> str:
    """What comes of a question of FR to SE, when it has waited long enough to try again."""
    world.later(20)
    answer = await world.ask(FR, Operation.LOOKUP, BOX, nodes=[SE])
    (told,) = (each for each in answer["nodes"] if each["node"] == SE)
    return str(told["status"])


def told_of(world: World, tls: TlsPart, later: float = 0) -> list[State]:
    """What the doctor says of certificates, so many seconds from now: the own one, then partners'."""
    home = world.homes[FR]
    settings = home.settings().model_copy(update={"tls": tls})
    return [
        each.state for each in certificates(Patient(home, settings, int(world.clock() + later), space_of))
    ]


async def test_a_partners_certificate_that_has_ended_and_is_renewed(
    world: World, authority: Authority, tmp_path: Path
) -> None:
    tls = shows(authority.issue("fr"), authority, folder=tmp_path)
    async with (
        proxied(world, authority.issue("se", ["localhost"], ENDED), authority) as proxy,
        running(world, tls),
    ):
        assert await status(world) == "UNREACHABLE"
        proxy.renew(authority.issue("se", ["localhost"]))
        assert await status(world) == "ANSWERED"


async def test_the_own_certificate_that_has_ended_is_renewed_and_read_at_the_start(
    world: World, authority: Authority, tmp_path: Path
) -> None:
    async with proxied(world, authority.issue("se", ["localhost"]), authority):
        tls = shows(authority.issue("fr", life=ENDED), authority, folder=tmp_path)
        async with running(world, tls):
            assert await status(world) == "UNREACHABLE"
            renewed = shows(authority.issue("fr"), authority, folder=tmp_path)
            assert renewed == tls, "in the same place"
            assert await status(world) == "UNREACHABLE", "it is read at the start"
        async with running(world, renewed):
            assert await status(world) == "ANSWERED"


async def test_an_authority_is_changed_without_a_question_lost(
    world: World, authority: Authority, tmp_path: Path
) -> None:
    """Both are trusted everywhere first; then certificates change one by one; then the old one goes."""
    new = Authority(tmp_path / "new", "new authority")
    async with proxied(world, authority.issue("se", ["localhost"]), authority, new) as proxy:
        async with running(world, shows(authority.issue("fr"), authority, new, folder=tmp_path)):
            assert await status(world) == "ANSWERED"
            proxy.renew(new.issue("se", ["localhost"]))
            assert await status(world) == "ANSWERED"
        async with running(world, shows(new.issue("fr"), new, folder=tmp_path)):
            assert await status(world) == "ANSWERED"
            proxy.renew(authority.issue("se", ["localhost"]))
            assert await status(world) == "UNREACHABLE", "the old authority is trusted no more"


async def test_the_doctor_warns_three_weeks_before_and_fails_when_it_has_ended(
    world: World, authority: Authority, tmp_path: Path
) -> None:
    tls = shows(authority.issue("fr", life=timedelta(days=25)), authority, folder=tmp_path)
    async with proxied(world, authority.issue("se", ["localhost"], timedelta(days=25)), authority):
        for days, state in ((3, State.OK), (5, State.WARN), (26, State.FAIL)):
            found = await asyncio.to_thread(told_of, world, tls, days * DAYS)
            assert found[:1] == [state], days
            assert state in found[1:], days
