"""One node with two gateway processes behind one address: what is ended or spent in one holds in the other.

The log's key is with the sequencer alone, as `deploy/docs/sequencer.md` has it; people and partners come
through a plain load balancer.
"""

import http.client
import json
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gateway.cli.client import NodeClient, NodeRefused
from gateway.demo.build import build
from gateway.demo.cast import Stage, people
from gateway.demo.plan import invented
from gateway.home import Home
from gateway.partner import PATH
from gateway.settings import StorePart, database
from policy.terms import SubjectCategory
from tests.components import free_ports
from tests.flow.sequencers import Process
from tests.flow.test_processes import MANDATE, verified
from tests.flow.test_sequencer import sequenced

pytestmark = pytest.mark.slow
FR, SE = "fr.ofast", "se.polisen"
ANALYST, OFFICERS = "fr-7c1e04", ("se-83fe0c", "se-2c65a9")
BUDGET, BEFORE, EACH = 60, 10, 50
WITHIN = 400.0
_HOPS = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
Request = tuple[Mapping[str, str], bytes]
Reply = tuple[int, list[tuple[str, str]], bytes]


class Front(ThreadingHTTPServer):
    """A load balancer: people go to the gateway `people`, a partner's questions take turns in `questions`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, gateways: Sequence[int]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.gateways, self.people = gateways, 0
        self.questions: Sequence[int] = range(len(gateways))
        self.passed: list[tuple[int, Request]] = []
        self._lock = threading.Lock()

    def turn(self, path: str, request: Request) -> int:
        """The port of the gateway that gets this request; whose turn it was is kept for questions."""
        if path != PATH:
            return self.gateways[self.people]
        with self._lock:
            place = self.questions[len(self.passed) % len(self.questions)]
            self.passed.append((place, request))
        return self.gateways[place]

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What the gateway whose turn it is says."""
        return sent(self.turn(path, (headers, body)), method, path, headers, body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        front = self.server
        assert isinstance(front, Front)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
        status, told, reply = front.answer(self.command, self.path, headers, body)
        self.send_response_only(status)
        for name, value in told:
            if name.lower() not in _HOPS:
                self.send_header(name, value)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply)

    do_GET = do_HEAD = do_POST = _pass  # noqa: N815  # the base class names them so

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its base names it so
        """Say nothing."""


def sent(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """What a gateway says to one request; 503 while it is not there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
    try:
        connection.request(method, path, body, dict(headers))
        reply = connection.getresponse()
        return reply.status, reply.getheaders(), reply.read()
    except OSError:
        return 503, [], b""
    finally:
        connection.close()


@dataclass
class Two:
    """The stage while it runs: the front of the Swedish node's two gateways, and a French analyst."""

    stage: Stage
    front: Front
    analyst: NodeClient
    mandate: str

    def ask(self) -> Mapping[str, Any]:
        """What the Swedish node's status is for one question."""
        variables = {
            "identifier": "XQZU 418026-6", "kind": "container", "mandate": self.mandate, "nodes": [SE],
        }  # fmt: skip
        status: Mapping[str, Any] = self.analyst.run("lookup", variables)["nodes"][0]
        return status


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.long), "postgres"])
def two(request: pytest.FixtureRequest, tmp_path: Path, opa_binary: Path) -> Iterator[Two]:
    assert opa_binary.name
    stores: dict[str, dict[str, str]] = {}
    if request.param == "postgres":
        make: Callable[..., str] = request.getfixturevalue("postgres_database")
        stores = {SE: {room: make(room) for room in ("records", "sharing", "audit", "oversight", "quota")}}
    first = free_ports(7)
    stage = Stage(tmp_path / "demo", first, "wasm", stores)
    build(stage, lambda work: invented(work, "small"), Console(quiet=True))
    settings = stage.homes[FR].path / "node.toml"
    settings.write_text(settings.read_text().replace("[limits]", "[limits]\nquestion_seconds = 60.0"))
    with tempfile.TemporaryDirectory() as sockets, ExitStack() as stack:
        home = stage.homes[SE]
        stack.enter_context(ending(sequenced(home, f"{sockets}/se")))
        gateways = (first + 5, first + 6)
        others = beside(home, gateways[1])
        listening(home, gateways[0])
        front = stack.enter_context(serving(Front(first + 2, gateways)))
        stack.enter_context(ending(Process("-m", "gateway.demo.provider", "--port", str(first), *claims())))
        for each in (stage.homes[FR], home, others):
            stack.enter_context(ending(Process("-m", "gateway.cli", "serve", str(each.path))))
        ready((first, first + 1, *gateways))
        analyst = stack.enter_context(NodeClient(stage.address(FR)))
        analyst.sign_in(ANALYST)
        yield Two(stage, front, analyst, str(analyst.run("open_mandate", {"mandate": MANDATE})["id"]))
    assert stores or verified(home), "a log in a file holds by its own key"


def beside(home: Home, port: int) -> Home:
    """The home of a second gateway of the same node: the same keys and databases, another port."""
    other = home.path.with_name(f"{home.path.name}.second")
    shutil.copytree(home.path, other, ignore=shutil.ignore_patterns("*.sqlite*", "audit.guard*"))
    store = {room: database(home.path, url) for room, url in home.settings().store.model_dump().items()}
    assert set(store) == set(StorePart.model_fields)
    settings = other / "node.toml"
    kept, skipping = [], False
    for line in settings.read_text().splitlines():
        skipping = line == "[store]" or (skipping and not line.startswith("["))
        kept += [] if skipping else [line]
    told = "\n".join(f"{room} = {json.dumps(url)}" for room, url in store.items())
    settings.write_text("\n".join(kept) + f"\n[store]\n{told}\n")
    listening(Home(other), port)
    return Home(other)


def listening(home: Home, port: int) -> None:
    """The gateway of this home listens on this port, behind the node's address."""
    settings, address = home.path / "node.toml", home.settings().listen
    text = settings.read_text().replace(f"port = {address.port}\n", f"port = {port}\n")
    settings.write_text(text)


@contextmanager
def serving(front: Front) -> Iterator[Front]:
    thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield front
    finally:
        front.shutdown()
        thread.join()
        front.server_close()


@contextmanager
def ending(process: Process) -> Iterator[Process]:
    try:
        yield process
    finally:
        process.send(signal.SIGTERM)
        process.ended()
        process.close()


def claims() -> Iterator[str]:
    """The demo's people as its identity provider takes them."""
    for person in people():
        told = {"sub": person["subject"], "name": person["name"], "entente_unit": person["unit"]}
        yield from ("--user-claims", json.dumps(told | {"entente_roles": person["roles"]}))


def ready(ports: Sequence[int]) -> None:
    """Wait until something answers on each of these ports."""
    end = time.monotonic() + WITHIN
    while any(sent(port, "GET", "/", {}, b"")[0] != 200 for port in ports):
        assert time.monotonic() < end
        time.sleep(0.2)


def grant(two: Two) -> None:
    """Sweden shows France its cases again, with a budget of so many questions a day."""
    terms = {
        "recipients": [FR], "dataset": "cases", "schemata": ["*"], "tier": "RECORD", "days": 30,
        "purposes": [MANDATE["purpose"]], "legalBases": [MANDATE["legalBasis"]], "roles": ["ANALYST"],
        "categories": [each.value for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED],
        "quota": {"questionsDay": BUDGET},
    }  # fmt: skip
    proposed = officer(two, "propose_grant", {"grant": terms}, OFFICERS[0])
    approval = {"id": proposed["proposal"], "digest": proposed["digest"]}
    assert officer(two, "approve_grant", approval, OFFICERS[1])["state"] == "ACTIVE"


def officer(two: Two, document: str, variables: Mapping[str, object], who: str = OFFICERS[0]) -> Any:
    """What a Swedish liaison officer's document gives, at the gateway that people go to now."""
    with NodeClient(two.stage.address(SE)) as client:
        client.sign_in(who)
        return client.run(document, variables)


def one_session_for_both(two: Two) -> None:
    """Who signs in at one gateway is known to the other, and who signs out there is gone from both."""
    with NodeClient(two.stage.address(SE)) as client:
        two.front.people = 0
        client.sign_in(OFFICERS[0])
        for desk in (1, 0, 1):
            two.front.people = desk
            assert client.run("proposals", {}) == []
        assert client._send("POST", "/auth/logout").status_code < 400
        two.front.people = 0
        with pytest.raises(NodeRefused) as refused:
            client.run("proposals", {})
        assert refused.value.code == "NOT_SIGNED_IN"


def test_what_is_ended_or_spent_in_one_gateway_is_so_in_the_other(two: Two) -> None:
    front = two.front
    one_session_for_both(two)
    for desk in (0, 1):
        front.people, front.questions = desk, [1 - desk]
        assert two.ask()["status"] == "ANSWERED"
        assert officer(two, "revoke_grants", {"partner": FR, "reason": "case closed"})["revoked"]
        told = two.ask()
        assert (told["status"], told["reasons"]) == ("REFUSED", ["GRANT_REVOKED"]), "the very next question"
        grant(two)

    front.questions, front.passed = (0, 1), []
    assert {two.ask()["status"] for _ in range(BEFORE)} == {"ANSWERED"}
    assert Counter(place for place, _ in front.passed) == {0: BEFORE // 2, 1: BEFORE // 2}
    for place, (headers, body) in list(front.passed):
        for port in (front.gateways[1 - place], front.gateways[place]):
            status, _, reply = sent(port, "POST", PATH, headers, body)
            assert (status, b"REPLAYED" in reply) == (409, True), reply

    with ThreadPoolExecutor(2 * EACH) as threads:
        statuses = list(threads.map(lambda _: two.ask(), range(2 * EACH)))
    assert Counter(place for place, _ in front.passed) == {0: BEFORE // 2 + EACH, 1: BEFORE // 2 + EACH}
    counted = Counter(each["status"] for each in statuses)
    left = BUDGET - BEFORE
    assert counted == {"ANSWERED": left, "OVER_QUOTA": 2 * EACH - left}, "a replay cost nothing"
    renewals = {each["renewsAt"][10:] for each in statuses if each["status"] == "OVER_QUOTA"}
    assert renewals == {"T00:00:00.000+00:00"}
    for place in (0, 1):
        front.questions = [place]
        assert two.ask()["status"] == "OVER_QUOTA"
