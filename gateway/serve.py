"""Running a node: doors for partners and people, until the process is asked to end."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import uvloop

from audit.keys import read_secret
from gateway.app import create_app
from gateway.arriving import keep_watching
from gateway.console_files import shipped_console
from gateway.delivering import keep_delivering
from gateway.emergencies import keep_reviewing
from gateway.errors import SettingsRejected
from gateway.home import Home
from gateway.http_witness import HttpPoster
from gateway.intents import keep_closing
from gateway.listen import FINISH, Leaving, listen
from gateway.logs import letting_in
from gateway.nightly import keep_reconciling
from gateway.node import Node
from gateway.observe.json_logs import to_json_lines
from gateway.observe.opening import observers
from gateway.picture_syncing import keep_syncing
from gateway.recalls import keep_recalling
from gateway.reception import Reception
from gateway.reminding import keep_reminding
from gateway.role_mapping import DEFAULT, RoleMapping, read_mapping
from gateway.sessions import Sessions
from gateway.settings import Settings, SignInPart, reach_of
from gateway.signin import SignIn
from gateway.tls import client_tls
from gateway.wiring import open_node, open_sessions
from gateway.witness_findings import keep_reporting
from gateway.witnessing import witnessed

_LOGGED = 10
"""Seconds for the entries and the answer of a question whose time is over."""
log = logging.getLogger(__name__)


async def serve(home: Home) -> None:
    """Serve the node at `home`; returns after a graceful end. `SettingsRejected` without an issuer."""
    settings = home.settings()
    if settings.signin is None:
        raise SettingsRejected(f"{home.path}: [signin] issuer is missing; nobody could sign in")
    secret_file = settings.signin.client_secret_file
    secret = read_secret(home.path / secret_file).decode().strip() if secret_file else None
    logs = to_json_lines(settings.node.id)
    async with (
        AsyncExitStack() as stack,
        observers(home, settings) as told,
        open_node(home, observer=told.observer) as node,
        letting_in(home, settings, node.log),
        told.served(node),
        witnessed(node, lambda: HttpPoster.open(client_tls(home.path, settings.tls), reach_of(settings))),
    ):
        logs.named = lambda: named(node)
        lives = (settings.signin.idle_seconds, settings.signin.absolute_seconds)
        sessions = Sessions(*lives, node.clock, open_sessions(home, settings, stack))
        reception, mapping = Reception.of(home.path, settings), _mapping(home, settings.signin)
        secret_of_sessions = read_secret(home.keys / "session.key").decode()
        signin = SignIn(reception, settings.signin, secret, sessions, mapping)
        signin.nonces_by(secret_of_sessions)
        leaving = leaving_of(settings)
        app = create_app(node, sessions, signin, secret_of_sessions, shipped_console(), leaving=leaving)
        async with working(
            keep_closing(node),
            keep_reporting(node),
            keep_reconciling(node),
            keep_delivering(node),
            keep_reviewing(node),
            keep_recalling(node),
            keep_watching(node),
            keep_reminding(node),
            keep_syncing(node),
        ):
            await listen(
                app, settings.listen.host, settings.listen.port, leaving, settings.limits.connections
            )


def leaving_of(settings: Settings) -> Leaving:
    """How the node ends: a question that has begun gets all of its time, and some to be logged and sent."""
    longest = max(FINISH, math.ceil(settings.limits.question_seconds) + _LOGGED)
    return Leaving(settings.listen.leave_seconds, longest)


def named(node: Node) -> frozenset[str]:
    """The nodes of which a line of the operators' log may say the id."""
    directory = node.post.directory_now()
    return frozenset(directory.by_id if directory is not None else ())


def _mapping(home: Home, signin: SignInPart) -> RoleMapping:
    """Who is what at the node, by what its provider tells; `SettingsRejected` when the file is not right."""
    return read_mapping(home.path / signin.mapping) if signin.mapping else DEFAULT


@asynccontextmanager
async def working(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """What a served node does beside answering, each on its own, until the block ends."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("background work ended before its time", exc_info=outcome)


def run(home: Home) -> None:
    """`serve` in an event loop of its own, with uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(home))
