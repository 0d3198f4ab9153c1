"""One conformance suite for every courier: an ordinary far side, and everything a bad one can do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sharing.courier import Courier
from sharing.errors import ReplyTooLarge, TimedOut, Unreachable
from sharing.http_courier import HttpCourier
from sharing.loopback_courier import LoopbackCourier
from sharing.reach import Reach
from sharing.sealed import MAX_NOTICE_REPLY, MAX_REPLY, Parcel, RawReply
from sharing.signature import NOTICE_PATH, PATH, Headers
from tests.sharing.office import open_office

FR, SE = "fr.ofast", "se.polisen"
HERE = Reach(loopback=True)
BODY = bytes(range(256)) * 10
CHUNK = b"x" * 65_536


class Door:
    """The far side in this process."""

    def __init__(self) -> None:
        self.behaviour = "good"
        self.most = MAX_REPLY
        self.seen: list[tuple[Headers, bytes]] = []
        self.doors = {SE: self}

    async def __call__(self, headers: Headers, body: bytes) -> RawReply:
        self.seen.append((headers, body))
        match self.behaviour:
            case "hang" | "slow drip":
                await asyncio.sleep(60)
            case "reset" | "garbage":
                raise ConnectionResetError
            case "gigabyte announced" | "gigabyte streamed":
                return RawReply(200, {}, b"x" * (self.most + 1))
            case "largest":
                return RawReply(200, {}, b"x" * self.most)
            case "redirect":
                return RawReply(302, {"location": "https://evil.example"}, b"")
            case "wrong type":
                return RawReply(500, {"content-type": "text/html"}, b"<h1>")
        return RawReply(200, {"content-type": "application/x", "x-twice": "one, two"}, BODY)


@dataclass
class Server:
    """The far side behind a socket, byte by byte, so that it can break every rule of HTTP."""

    behaviour: str = "good"
    most: int = MAX_REPLY
    seen: list[tuple[Headers, bytes]] = field(default_factory=list)
    connections: int = 0
    sent: int = 0
    line: str = ""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    server: asyncio.Server | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> int:
        """Listen on a free loopback port."""
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=tls)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self.server:
            self.server.close()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    await self._take(reader)
                    await self._give(writer)
                    await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self.line = head[0]
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        self.seen.append((headers, await reader.readexactly(int(headers["content-length"]))))

    async def _give(self, writer: asyncio.StreamWriter) -> None:  # noqa: C901  # one case for each misdeed
        match self.behaviour:
            case "hang":
                await asyncio.sleep(60)
            case "slow drip":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
                for _ in range(600):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            case "reset":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf")
                await writer.drain()
                raise ConnectionResetError
            case "garbage":
                writer.write(b"\x00\xff" * 100 + b"\r\n\r\n")
                await writer.drain()
                raise ConnectionResetError
            case "gigabyte announced":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n")
                await self._pour(writer, CHUNK)
            case "gigabyte streamed":
                writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                await self._pour(writer, b"10000\r\n" + CHUNK + b"\r\n")
            case "largest":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % self.most + b"x" * self.most)
            case "redirect":
                writer.write(
                    b"HTTP/1.1 302 Found\r\nlocation: https://evil.example\r\ncontent-length: 0\r\n\r\n"
                )
            case "wrong type":
                writer.write(b"HTTP/1.1 500 Oops\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<h1>")
            case _:
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/x\r\nX-Twice: one\r\nX-Twice: two\r\n"
                    b"set-cookie: a=b\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY
                )

    async def _pour(self, writer: asyncio.StreamWriter, chunk: bytes) -> None:
        for _ in range(16_384):
            writer.write(chunk)
            await writer.drain()
            self.sent += len(chunk)


FarSide = Door | Server


@dataclass
class Line:
    """A courier, the far side, and a sealed request to it."""

    courier: Courier
    far: FarSide
    sealed: Parcel
    hang_up: Callable[[], Awaitable[None]]


@pytest.fixture(params=["loopback", "http"])
def far_side(request: pytest.FixtureRequest) -> FarSide:
    return Door() if request.param == "loopback" else Server()


@pytest.fixture(params=["question", "notice"])
async def line(request: pytest.FixtureRequest, far_side: FarSide) -> AsyncIterator[Line]:
    far, notice = far_side, request.param == "notice"
    port = await far.start() if isinstance(far, Server) else 9999
    office = await open_office(FR, SE, ports={SE: port})
    if isinstance(far, Door):
        tables = ({}, far.doors) if notice else (far.doors, {})
        courier: Courier = LoopbackCourier(*tables)
    else:
        courier = await HttpCourier.open(reach=HERE)
    far.most = MAX_NOTICE_REPLY if notice else MAX_REPLY

    async def hang_up() -> None:
        if isinstance(far, Server):
            await far.stop()
        else:
            far.doors.clear()

    there = office[SE].entry
    sealed: Parcel = await office[FR].tell(there) if notice else await office[FR].ask(there)
    yield Line(courier, far, sealed, hang_up)
    await courier.close()
    await courier.close()
    await hang_up()
    await office.close()


async def test_the_message_and_the_reply_arrive_whole(line: Line) -> None:
    reply = await line.courier.deliver(line.sealed, 5)
    assert (reply.status, reply.body) == (200, BODY)
    assert (reply.headers["content-type"], reply.headers["x-twice"]) == ("application/x", "one, two")
    ((headers, body),) = line.far.seen
    assert body == line.sealed.body
    assert {name: headers[name] for name in line.sealed.headers} == line.sealed.headers


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("hang", TimedOut),
        ("slow drip", TimedOut),
        ("reset", Unreachable),
        ("garbage", Unreachable),
        ("gigabyte announced", ReplyTooLarge),
        ("gigabyte streamed", ReplyTooLarge),
    ],
)
async def test_what_a_bad_far_side_does_has_a_name(
    line: Line, behaviour: str, error: type[Exception]
) -> None:
    line.far.behaviour = behaviour
    timeout = 0.3 if error is TimedOut else 20
    with pytest.raises(error, match=SE):
        await line.courier.deliver(line.sealed, timeout)
    assert len(line.far.seen) == 1
    if isinstance(line.far, Server):
        assert line.far.sent < 4 * MAX_REPLY


async def test_nobody_there(line: Line) -> None:
    await line.hang_up()
    with pytest.raises(Unreachable, match=SE):
        await line.courier.deliver(line.sealed, 5)


async def test_after_trouble_it_works_again(line: Line) -> None:
    for behaviour in ("reset", "gigabyte streamed"):
        line.far.behaviour = behaviour
        with pytest.raises((Unreachable, ReplyTooLarge)):
            await line.courier.deliver(line.sealed, 20)
    line.far.behaviour = "good"
    assert (await line.courier.deliver(line.sealed, 5)).body == BODY


async def test_the_largest_reply_is_taken(line: Line) -> None:
    line.far.behaviour = "largest"
    assert len((await line.courier.deliver(line.sealed, 20)).body) == line.far.most


async def test_redirects_and_other_replies_are_brought_back_and_not_followed(line: Line) -> None:
    line.far.behaviour = "redirect"
    reply = await line.courier.deliver(line.sealed, 5)
    assert (reply.status, reply.headers["location"]) == (302, "https://evil.example")
    line.far.behaviour = "wrong type"
    reply = await line.courier.deliver(line.sealed, 5)
    assert (reply.status, reply.headers["content-type"], reply.body) == (500, "text/html", b"<h1>")
    assert len(line.far.seen) == 2


async def test_a_cancelled_delivery_leaves_the_courier_usable(line: Line) -> None:
    line.far.behaviour = "hang"
    task = asyncio.create_task(line.courier.deliver(line.sealed, 60))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    line.far.behaviour = "good"
    assert (await line.courier.deliver(line.sealed, 5)).status == 200


async def test_over_http_one_connection_no_cookie_the_signed_authority_and_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    far = Server()
    office = await open_office(FR, SE, ports={SE: await far.start()})
    courier = await HttpCourier.open(reach=HERE)
    for _ in range(3):
        await courier.deliver(await office[FR].ask(office[SE].entry), 5)
    assert far.connections == 1
    assert far.line == f"POST {PATH} HTTP/1.1"
    await courier.deliver(await office[FR].tell(office[SE].entry), 5)
    assert far.line == f"POST {NOTICE_PATH} HTTP/1.1"
    for headers, _ in far.seen:
        assert "cookie" not in headers
        assert headers["host"] == office[SE].entry.authority
    await courier.close()
    await far.stop()
    await office.close()


async def test_over_tls_a_known_certificate_is_needed(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    far = Server()
    office = await open_office(FR, SE, ports={SE: await far.start(served)}, scheme="https")
    sealed = await office[FR].ask(office[SE].entry)
    stranger = await HttpCourier.open(reach=HERE)
    with pytest.raises(Unreachable, match=SE):
        await stranger.deliver(sealed, 5)
    assert far.seen == []
    knows = await HttpCourier.open(ssl.create_default_context(cafile=str(certificate)), reach=HERE)
    assert (await knows.deliver(sealed, 5)).body == BODY
    for courier in (stranger, knows):
        await courier.close()
    await far.stop()
    await office.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
