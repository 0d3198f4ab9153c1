"""Partners as real nodes, many in one process, some of which misbehave.

    python -m tests.load.serve_partners FOLDER FLOOD NODE:PORT…

Every node has its own home, keys, databases, log, engine and doors; what it is like goes by its id. What
misbehaved is told in `lies.jsonl` and `chaos.jsonl` of the folder, for the verdicts.
"""

import asyncio
import ctypes
import ctypes.util
import json
import socket
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import notice_door, partner
from gateway.app import Doors
from gateway.home import Home
from gateway.liaise import enact
from gateway.listen import KEEP_ALIVE, Leaving, _Server
from gateway.node import Node
from gateway.notice_door import NoticeDoor
from gateway.partner import PartnerDoor
from gateway.wiring import open_node
from tests.bench.stage import grant_to
from tests.load.cast import FLOODING, HANGING, HOME, LYING, SLOW, SLOWLY, Flood, officers
from tests.load.flood import flooding
from tests.load.lies import Liar

_SQLITE = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
_SQLITE.sqlite3_memory_used.restype = ctypes.c_longlong


class ByPort:
    """ASGI: every port is another node's."""

    def __init__(self, nodes: Mapping[int, ASGIApp]) -> None:
        self._nodes = nodes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""
        await self._nodes[scope["server"][1]](scope, receive, send)


class Slowly:
    """A door that waits before it opens."""

    def __init__(self, door: PartnerDoor) -> None:
        self._door = door

    async def __call__(self, request: Request) -> Response:
        """One message."""
        await asyncio.sleep(SLOWLY)
        return await self._door(request)


class Hanging(asyncio.Protocol):
    """Takes connections, reads what comes and never says anything; counts the questions of all of them."""

    questions = 0

    def data_received(self, data: bytes) -> None:
        """A part of a question, or a whole one; its head comes in one piece on this machine."""
        Hanging.questions += data.count(b"POST /federation/graphql ")


async def _cached(scope: Scope, receive: Receive, send: Send) -> None:
    """On any other path: the bytes that SQLite holds in this process, nearly all of it pages of its files."""
    await JSONResponse({"sqlite": _SQLITE.sqlite3_memory_used()})(scope, receive, send)


def doors_of(node: Node, folder: Path) -> ASGIApp:
    """The doors of a node, with what is wrong with them."""
    door: partner.PartnerDoor | Slowly | Liar = PartnerDoor(node)
    if node.id == SLOW:
        door = Slowly(PartnerDoor(node))
    if node.id == LYING:
        door = Liar(node, folder / "lies.jsonl")
    return Doors({partner.PATH: door, notice_door.PATH: NoticeDoor(node)}, _cached)


async def _granted(node: Node, home: Home) -> None:
    """Once: everything of this node to those who ask."""
    mark = home.path / "granted"
    if not mark.exists():
        await enact(node, grant_to(node.id, HOME), officers(node.now()))
        mark.touch()


async def main(folder: Path, flood: Flood, places: list[str]) -> None:
    """Serve all of them until the process is asked to end."""
    told = Counter[str]()
    async with AsyncExitStack() as stack:
        apps: dict[int, ASGIApp] = {}
        sockets: list[socket.socket] = []
        tasks: list[asyncio.Task[None]] = []
        for place in places:
            name, _, port = place.partition(":")
            if name == HANGING:
                loop = asyncio.get_running_loop()
                taking = await loop.create_server(Hanging, "127.0.0.1", int(port))
                stack.callback(taking.close)
                continue
            home = Home(folder / name)
            node = await stack.enter_async_context(open_node(home))
            await _granted(node, home)
            apps[int(port)] = doors_of(node, folder)
            sockets.append(_listening(int(port)))
            if name == FLOODING:
                tasks.append(asyncio.create_task(flooding(node, flood, told)))
        config = uvicorn.Config(
            ByPort(apps), loop="uvloop", http="httptools", ws="none", lifespan="off", log_level="warning",
            access_log=False, timeout_keep_alive=KEEP_ALIVE, timeout_graceful_shutdown=10,
        )  # fmt: skip
        await _Server(config, Leaving()).serve(sockets=sockets)
        for task in tasks:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if tasks:
        kept = folder / "chaos.jsonl"
        with kept.open("a") as file:
            file.write(json.dumps({"hanging": Hanging.questions, "flood": dict(told)}) + "\n")


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), Flood(**json.loads(sys.argv[2])), sys.argv[3:]))
