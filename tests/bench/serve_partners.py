"""Partner nodes that are far away: each answers a sealed question properly, so many seconds after it came.

    python -m tests.bench.serve_partners STAGE SECONDS NODE:PORT…

Opens, logs in memory and seals like a node; reads no shelf. The work of all of them fits into the delay, so
that their number costs the asker nothing but what fan-out and opening cost.
"""

import asyncio
import socket
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from audit.entry import Entry, Kind
from audit.guard import MemoryGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from gateway.home import Home
from policy.terms import Status
from sharing.directory import Directory
from sharing.keys import KeyRing
from sharing.message import Answer
from sharing.opened import Opened
from sharing.opening import open_request
from sharing.sealed import SealedReply
from sharing.sealing import seal_answer

PAYLOAD = b'{"hit":false,"more":false,"contact":null,"records":[]}'


@dataclass(frozen=True)
class Partner:
    """One far node."""

    id: str
    keys: KeyRing
    log: Log
    directory: Directory

    async def answer(self, headers: dict[str, str], body: bytes) -> SealedReply:
        """No hit, sealed."""
        now = int(time.time())
        opened = open_request(headers, body, self.directory, own=self.id, now=now)
        if not isinstance(opened, Opened):
            raise TypeError(f"{self.id}: {opened}")
        request = opened.request
        told = Answer(
            self.id,
            request.query_id,
            request.digest,
            Status.NO_HIT,
            PAYLOAD,
            (),
            "sha256:" + "0" * 64,
            (),
            now,
        )
        receipt = await self.log.append(Entry(Kind.DISCLOSED, self.id, subject=told.digest))
        return seal_answer(told, receipt, opened, self.keys, now=now)


class Far:
    """All partners behind one application, told apart by the recipient that the envelope names."""

    def __init__(self, partners: dict[str, Partner], delay: float) -> None:
        self._partners, self._delay = partners, delay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One question."""
        due = time.perf_counter() + self._delay
        fields = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, headers, body = 200, {"content-type": "text/plain"}, b""
        if scope["method"] == "POST":
            message = await receive()
            reply = await self._partners[fields["entente-recipient"]].answer(fields, message["body"])
            status, headers, body = reply.status, dict(reply.headers), reply.body
            await asyncio.sleep(due - time.perf_counter())
        listed = [(name.encode(), value.encode()) for name, value in headers.items()]
        listed.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": listed})
        await send({"type": "http.response.body", "body": body})


async def main(stage: Path, delay: float, places: list[str]) -> None:
    """Serve all of them."""
    key = SigningKey.load(stage / "federation.key").public
    async with AsyncExitStack() as stack:
        partners, sockets = {}, []
        for place in places:
            node, _, port = place.partition(":")
            home = Home(stage / node)
            signer = SigningKey.load(home.keys / "log.key")
            log = await Log.open(MemoryStore(), MemoryGuard(), signer)
            stack.push_async_callback(log.close)
            directory = Directory.open(home.directory.read_text(), [key], now=int(time.time()))
            partners[node] = Partner(node, KeyRing.load(node, home.keys), log, directory)
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", int(port)))
            sockets.append(listening)
        config = uvicorn.Config(
            Far(partners, delay),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
        )
        await uvicorn.Server(config).serve(sockets=sockets)


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
