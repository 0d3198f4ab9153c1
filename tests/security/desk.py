"""The application of a real node and people signed in at it, for those who attack it."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.console_files import Console
from gateway.node import Node
from gateway.reception import Reception
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from policy.mandate import Actor
from policy.terms import Role

ADDRESS = "http://127.0.0.1:18401"


@dataclass
class Desk:
    """One node's doors in this process."""

    node: Node
    address: str = ADDRESS
    signing_in: SignInPart = field(default_factory=lambda: SignInPart(issuer=ADDRESS))
    console: Console = field(default_factory=Console)
    sessions: Sessions = field(default_factory=lambda: Sessions(900, 3600, time.time))
    app: ASGIApp = field(init=False)
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        reception = Reception(self.node.id, "OFAST", (self.address,))
        signin = SignIn(reception, self.signing_in, "made-up", self.sessions)
        self.app = create_app(self.node, self.sessions, signin, "k" * 64, self.console)
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=True)
        self.client = httpx2.AsyncClient(transport=transport, base_url=self.address)

    def sign_in(self, *roles: Role, subject: str = "fr-1") -> dict[str, str]:
        """What a person's browser sends along."""
        actor = Actor(self.node.id, subject, frozenset(roles or (Role.ANALYST,)), "u1")
        key, session = self.sessions.start(actor, "Zoé")
        return {"cookie": f"{COOKIE}={key}", CSRF_HEADER: session.csrf}

    async def query(
        self, text: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        """A GraphQL document of a signed-in analyst."""
        body = {"query": text, **more}
        return await self.client.post("/graphql", json=body, headers=headers or self.sign_in())


@asynccontextmanager
async def desk_of(node: Node) -> AsyncIterator[Desk]:
    """The desk until the block ends."""
    desk = Desk(node)
    async with desk.client:
        yield desk
