"""A partner that floods the home node's doors: signed questions, signed notices and junk, at bounded rates.

Its questions and notices are those of a real node, logged on its own side before they leave. What it was
told is counted by code.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import aiohttp

from gateway.ask import Asking, ask
from gateway.mandates import open_
from gateway.node import Node
from gateway.notices import send
from gateway.partner import PATH
from gateway.receipts_notice import RECEIPTS
from gateway.sessions import Session
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from sharing.mandates import Justification
from sharing.notice import NoticeReply
from tests.bench.dataset import phone_of
from tests.bench.stage import CASE
from tests.load.cast import HOME, PERSONS, Flood

AT_ONCE = 16
Shot = Callable[[int], Awaitable[str]]


async def flooding(node: Node, flood: Flood, told: Counter[str]) -> None:
    """Flood until cancelled; what comes back is counted in `told`."""
    visit = Visit(node, Session(_actor(node), "Flood", "csrf", 0, 0))
    mandate = str((await open_(visit, _WHY, None))["id"])
    address = node.post.directory.node(HOME).address
    await _there(address)

    async def question(number: int) -> str:
        asked = {"value": phone_of(number % PERSONS), "kind": "phone"}
        picture = await ask(visit, Asking(Operation.LOOKUP, asked, mandate, [HOME]))
        (found,) = picture["nodes"]
        return " ".join(["question", found["status"], *found["reasons"]])

    async def notice(number: int) -> str:
        reply = await send(node, HOME, RECEIPTS, {"request": f"sha256:{number:064x}"})
        if isinstance(reply, NoticeReply):
            return f"notice {reply.status}"
        if reply.code == "UNREACHABLE":
            sys.stderr.write(f"{time.time():.3f} notice {reply.detail}\n")
        return f"notice {reply.code}" + (f" ({reply.detail})" if reply.code == "UNREACHABLE" else "")

    async with aiohttp.ClientSession() as http:

        async def junk(number: int) -> str:
            async with http.post(
                address + PATH, data=os.urandom(512), headers={"entente-junk": str(number)}
            ) as reply:
                return f"junk {reply.status} {(await reply.text())[:80]}"

        await asyncio.gather(
            _at(flood.questions, question, told),
            _at(flood.notices, notice, told),
            _at(flood.junk, junk, told),
        )


async def _there(address: str) -> None:
    """The home node listens."""
    async with aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"{address}/readyz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)


def _actor(node: Node) -> Actor:
    return Actor(node.id, "analyst-flood", frozenset({Role.ANALYST}), "unit-1")


_WHY = Justification(
    Purpose.OPERATIONAL_ANALYSIS,
    LegalBasis.ER_20_2A,
    CASE,
    "DRUG_TRAFFICKING",
    SubjectCategory.SUSPECT_OR_CONVICTED,
    Aim.MORE_DATA_ON_KNOWN,
)


async def _at(rate: float, shot: Shot, told: Counter[str]) -> None:
    """So many a second, at most `AT_ONCE` of them under way; what is cancelled is waited for."""
    if not rate:
        return
    under_way: set[asyncio.Task[None]] = set()

    async def one(number: int) -> None:
        try:
            told[await shot(number)] += 1
        except Exception as error:  # noqa: BLE001  # whatever it is, it is counted and the flood goes on
            told[f"failed {type(error).__name__}"] += 1

    number = 0
    try:
        while True:
            if len(under_way) < AT_ONCE:
                task = asyncio.create_task(one(number))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                number += 1
            await asyncio.sleep(1 / rate)
    finally:
        await asyncio.gather(*under_way, return_exceptions=True)
