"""A node as `entente serve` runs it, with an analyst signed in, and the parts of its door for themselves.

    python -m tests.bench.serve_node HOME SESSION

writes the cookie and the CSRF value of the analyst's session to SESSION. The parts answer beside the real
doors: `/bench/door` is the partner door without log, `/bench/law` policy and plan with the log and without
signatures, `/bench/plan` policy and plan only. They exist in this program, not in the product.
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.keys import read_secret
from audit.receipt import Receipt
from gateway.app import Door, Doors, create_app
from gateway.console_files import Console
from gateway.home import Home
from gateway.node import Node
from gateway.partner import PartnerDoor
from gateway.reception import Reception
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from gateway.trusted import question_of
from gateway.wiring import open_node
from policy.decision import Permit, admit
from policy.mandate import Actor
from policy.terms import Role
from tests.bench.stage import ASKER, mandate

HOUR = 3600


class NoLog:
    """Gives receipts for everything and keeps nothing: what a door costs without its log."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt

    async def append(self, entry: Entry) -> Receipt:
        """A receipt for this entry that no log stands behind."""
        claim = replace(self._receipt.claim, kind=entry.kind, subject=entry.subject)
        return replace(self._receipt, claim=claim, entry_id=entry.id)


class Law:
    """Policy and plan: grants from the book, one decision, one statement; logged twice if there is a log."""

    def __init__(self, node: Node, *, logged: bool) -> None:
        self._node, self._logged, self._mandate = node, logged, mandate(node.now())

    async def __call__(self, request: Request) -> Response:
        """One question by document id."""
        node, now = self._node, self._node.now()
        asked = orjson.loads(await request.body())
        document = node.documents.get(asked["documentId"])
        selection = node.documents.selection(document, asked["variables"])
        question = question_of(document, selection, asked["variables"])
        candidates = node.books.grants.candidates(ASKER, now, self._mandate.case, question)
        verdict = await node.judge.may_answer(self._mandate, question, ASKER, candidates, now=now)
        if not isinstance(verdict, Permit):
            return Response(orjson.dumps({"refused": [*verdict.reasons, *verdict.rules]}), 403)
        if not self._logged:
            found = await node.view.read(admit(verdict, _Evidence(verdict.digest)), selection)
            return Response(found.payload, media_type="application/json")
        intent = await node.log.append(Entry(Kind.QUESTION_RECEIVED, node.id, subject=verdict.digest))
        found = await node.view.read(admit(verdict, intent), selection)
        told: dict[str, JSON] = {
            "intent": intent.entry_id,
            "results": found.count,
            "answer_digest": node.digests.of(found.payload),
        }
        await node.log.append(Entry(Kind.DISCLOSED, node.id, told))
        return Response(found.payload, media_type="application/json")


class _Evidence:
    """Stands for a receipt."""

    digest = "sha256:" + "0" * 64

    def __init__(self, subject: str) -> None:
        self.subject = subject


async def main(home: Home, session: Path) -> None:
    """Serve until the process is asked to end."""
    async with open_node(home) as node:
        sessions = Sessions(24 * HOUR, 24 * HOUR, node.clock)
        actor = Actor(node.id, "analyst-1", frozenset({Role.ANALYST}), "unit-1")
        key, opened = sessions.start(actor, "Analyst")
        told = json.dumps({"cookie": f"{COOKIE}={key}", CSRF_HEADER: opened.csrf})
        session.write_text(told)  # noqa: ASYNC240  # before anything is served
        settings = node.settings.signin or SignInPart(issuer="http://127.0.0.1:9")
        signin = SignIn(Reception.of(home.path, node.settings), settings, None, sessions)
        secret = read_secret(home.keys / "session.key").decode()
        app = create_app(node, sessions, signin, secret, Console())
        port = node.settings.listen.port
        config = uvicorn.Config(
            await _with_parts(node, app), host="127.0.0.1", port=port, loop="uvloop", http="httptools",
            ws="none", lifespan="off", access_log=False, server_header=False, log_level="warning",
        )  # fmt: skip
        await uvicorn.Server(config).serve()


async def _with_parts(node: Node, app: ASGIApp) -> ASGIApp:
    receipt = await node.log.append(Entry(Kind.ADMINISTRATION, node.id, {"action": "LOG_OPENED"}))
    door = PartnerDoor(replace(node, log=NoLog(receipt)))  # type: ignore[arg-type]  # the part of the log a door uses
    parts: dict[str, Door] = {
        "/bench/door": door,
        "/bench/law": Law(node, logged=True),
        "/bench/plan": Law(node, logged=False),
    }
    return Doors(parts, app)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Home(Path(sys.argv[1])), Path(sys.argv[2])))
