"""The log's files over HTTP: who reads what, what the log says of it, and what nobody gets."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from audit.archive import open_archive
from audit.canonical import parse_object
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable
from audit.export import export
from audit.log import Log
from gateway.app import create_app
from gateway.console_files import Console
from gateway.home import Profile, create, now_utc
from gateway.log_door import JUSTIFICATION_HEADER
from gateway.node import Node
from gateway.read_log import HOUR
from gateway.readers import ReaderBook
from gateway.reception import Reception
from gateway.sessions import COOKIE, Sessions
from gateway.settings import SignInPart
from gateway.signin import SignIn
from gateway.wiring import open_node
from policy.log_readers import LogReader
from policy.mandate import Actor
from policy.terms import Role

ADDRESS = "http://127.0.0.1:18401"
WHY = {JUSTIFICATION_HEADER: "ANNUAL_AUDIT"}
KEPT = "private, max-age=31536000, immutable"


class Readers:
    """One node and its application, its book of readers, people at it; time is the test's."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.node: Node
        self.client: httpx2.AsyncClient
        self.sessions = Sessions(900, 3600, time.time)

    def clock(self) -> float:
        return time.time() + self.offset

    def another_process(self) -> httpx2.AsyncClient:
        signin = SignIn(
            Reception("fr.ofast", "OFAST", (ADDRESS,)), SignInPart(issuer=ADDRESS), "made-up", self.sessions
        )
        app = create_app(self.node, self.sessions, signin, "k" * 64, Console())
        transport = httpx2.ASGITransport(app=app)
        return httpx2.AsyncClient(transport=transport, base_url=ADDRESS)

    @property
    def book(self) -> ReaderBook:
        return self.node.readers

    def token(self, name: str, role: LogReader, justification: str = "") -> dict[str, str]:
        token = self.book.add(name, role, int(self.clock()) + 86_400, justification)
        return {"authorization": f"Bearer {token}"}

    def person(self, *roles: Role) -> dict[str, str]:
        actor = Actor("fr.ofast", "fr-1", frozenset(roles), "u1")
        return {"cookie": f"{COOKIE}={self.sessions.start(actor, 'Zoé')[0]}"}

    async def get(self, path: str, headers: Any, method: str = "GET") -> httpx2.Response:
        return await self.client.request(method, f"/log/{path}", headers=headers)

    async def code(self, path: str, headers: Any, method: str = "GET") -> tuple[int, str]:
        answer = await self.get(path, headers, method)
        return answer.status_code, str(answer.json()["error"]["code"])

    async def looks(self) -> list[dict[str, Any]]:
        stored = await self.node.log.entries(0, self.node.log.head.size)
        leaves = [parse_object(each.leaf) for each in stored]
        return [leaf | {"index": place} for place, leaf in enumerate(leaves) if leaf["kind"] == "LOG_READ"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policy")


@pytest.fixture
async def readers(tmp_path: Path, opa_binary: Path, cache: Path) -> AsyncIterator[Readers]:
    policy = {"engine": "wasm", "opa": str(opa_binary), "cache": str(cache)}
    profile = Profile("fr.ofast", "OFAST", "FR", "spoc@fr", 18401, demo=True, policy=policy)
    home = create(tmp_path / "fr.ofast", profile, now=now_utc())
    found = Readers()
    async with open_node(home, clock=found.clock) as found.node:
        await found.node.log.append_many([Entry(Kind.ADMINISTRATION, "fr.ofast") for _ in range(3)])
        async with found.another_process() as found.client:
            yield found


PROOFS = ("checkpoint", "tile/0/000.p/1")
CONTENT = ("tile/entries/000.p/1", "sealed/000.p/1")


async def test_by_role_each_reads_what_is_for_it_and_no_more(readers: Readers) -> None:
    partner = readers.token("se.polisen", LogReader.PARTNER)
    witness = readers.token("witness.example", LogReader.WITNESS)
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT)
    for path in PROOFS:
        for headers in (partner, witness, oversight, readers.person(Role.OVERSIGHT)):
            assert (await readers.get(path, headers)).status_code == 200, (path, headers)
        for role in (Role.ANALYST, Role.ADMINISTRATOR):
            assert await readers.code(path, readers.person(role)) == (403, "ROLE_NOT_COVERED")
        assert await readers.code(path, {}) == (401, "NOT_SIGNED_IN")
    assert await readers.looks() == []
    for path in CONTENT:
        for headers in (partner, witness, readers.person(Role.ANALYST)):
            assert await readers.code(path, headers | WHY) == (403, "ROLE_NOT_COVERED")
        for headers in (oversight, readers.person(Role.OVERSIGHT)):
            assert await readers.code(path, headers) == (400, "JUSTIFICATION_NEEDED")
            for reason in ("because I can", "lower", "x" * 200, b"Zo\xe9"):
                given = [*headers.items(), (JUSTIFICATION_HEADER, reason)]
                assert await readers.code(path, given) == (400, "JUSTIFICATION_NEEDED")
    assert await readers.looks() == []
    for path in CONTENT:
        for headers in (oversight, readers.person(Role.OVERSIGHT)):
            assert (await readers.get(path, headers | WHY)).status_code == 200
    assert len(await readers.looks()) == 4


async def test_a_look_is_logged_once_an_hour_before_the_first_byte(readers: Readers) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    before = readers.node.log.head.size
    many = [readers.get("tile/entries/000.p/1", oversight) for _ in range(5)]
    assert {answer.status_code for answer in await asyncio.gather(*many)} == {200}
    assert readers.node.log.head.size == before + 1
    (look,) = await readers.looks()
    start = readers.node.now() // HOUR * HOUR
    told = {name: look[name] for name in ("reader", "role", "justification")}
    assert told == {"reader": "dpa.fr", "role": "oversight", "justification": "ANNUAL_AUDIT"}
    assert str(look["target"]).startswith("sha256:")
    assert look["period_from"] == time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime(start))
    assert "retain_until" in look
    for headers in (oversight | {JUSTIFICATION_HEADER: "COMPLAINT"}, readers.person(Role.OVERSIGHT) | WHY):
        assert (await readers.get("tile/entries/000.p/1", headers)).status_code == 200
    assert len(await readers.looks()) == 3
    readers.offset += HOUR
    await readers.get("tile/entries/000.p/1", oversight)
    assert len(await readers.looks()) == 4


async def test_a_person_stands_in_the_log_under_a_pseudonym_and_sealed(readers: Readers) -> None:
    assert (await readers.get("sealed/000.p/1", readers.person(Role.OVERSIGHT) | WHY)).status_code == 200
    (look,) = await readers.looks()
    assert look["reader"] == readers.node.post.keys.pseudonym("fr.ofast", "fr-1")
    assert (await readers.node.log.unseal(look["index"])) == b"fr-1\nANNUAL_AUDIT"


async def test_what_another_process_has_logged_is_not_logged_again(readers: Readers) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    await readers.get("tile/entries/000.p/1", oversight)
    async with readers.another_process() as client:
        answer = await client.get("/log/tile/entries/000.p/1", headers=oversight)
    assert answer.status_code == 200
    assert len(await readers.looks()) == 1


async def test_a_log_that_cannot_append_shows_no_entry(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")

    async def full(_log: Log, _entry: object) -> None:
        raise AuditUnavailable("log fr.ofast/log: no space left on the disk of db-7.internal")

    monkeypatch.setattr(Log, "append", full)
    for path in CONTENT:
        answer = await readers.get(path, oversight)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "AUDIT_UNAVAILABLE"
        assert "db-7" not in answer.text
    for path in PROOFS:
        assert (await readers.get(path, oversight)).status_code == 200


async def test_a_quarantined_log_shows_proofs_only(readers: Readers) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    readers.node.log.quarantine("a witness is ahead")
    assert await readers.code(CONTENT[0], oversight) == (503, "AUDIT_UNAVAILABLE")
    assert (await readers.get("checkpoint", oversight)).status_code == 200


async def test_tokens_that_do_not_count(readers: Readers) -> None:
    partner = readers.token("se.polisen", LogReader.PARTNER)
    unknown = (401, "NOT_SIGNED_IN")
    for shown in ("", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer " + "x" * 5000, b"Bearer \xe9"):
        headers = [("authorization", shown)]
        assert await readers.code("checkpoint", headers) == unknown
        both = [*headers, *readers.person(Role.OVERSIGHT).items()]
        assert await readers.code("checkpoint", both) == unknown
    assert (await readers.get("checkpoint", {})).headers["www-authenticate"] == "Bearer"
    readers.offset += 86_400
    assert await readers.code("checkpoint", partner) == unknown
    later = readers.token("no.kripos", LogReader.PARTNER)
    assert (await readers.get("checkpoint", later)).status_code == 200
    readers.book.remove("no.kripos")
    assert await readers.code("checkpoint", later) == unknown


async def test_a_book_that_cannot_be_read_lets_nobody_in(readers: Readers) -> None:
    partner = readers.token("se.polisen", LogReader.PARTNER)
    assert readers.book.path is not None
    readers.book.path.write_text('{"readers": [{"name": "x"}]}')
    assert await readers.code("checkpoint", partner) == (503, "READERS_REJECTED")


async def test_methods_and_headers(readers: Readers) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = await readers.get("checkpoint", oversight, method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
        assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    expected = {
        "checkpoint": ("text/plain; charset=utf-8", "no-store"),
        "tile/0/000.p/1": ("application/octet-stream", KEPT),
        "tile/entries/000.p/1": ("application/octet-stream", KEPT),
        "sealed/000.p/1": ("application/json", "no-store"),
    }
    for path, (kind, cache) in expected.items():
        got, head = await readers.get(path, oversight), await readers.get(path, oversight, "HEAD")
        for answer in (got, head):
            assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, cache)
            assert answer.headers["content-length"] == str(len(got.content))
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert head.content == b""
    assert got.content


NOT_THERE = (
    "",
    "readers.json",
    "%2e%2e/keys/log.key",
    "tile/0/%2e%2e/%2e%2e/%2e%2e/keys/log.key",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/9/000",
    "tile/0/x999/999",
    "tile/0/" + "x999/" * 3000 + "999",
    "tile/entries/999",
    "sealed/999",
    "checkpoint/",
    "checkpoint%00",
    "%ff",
)


async def test_what_is_not_there(readers: Readers) -> None:
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    for path in NOT_THERE:
        assert await readers.code(path, oversight) == (404, "NOT_IN_LOG"), path[:80]
    assert (await readers.get("../readers.json", oversight)).status_code == 404


async def test_over_http_it_is_the_export(readers: Readers, tmp_path: Path) -> None:
    await readers.node.log.append_many([Entry(Kind.ADMINISTRATION, "fr.ofast") for _ in range(600)])
    oversight = readers.token("dpa.fr", LogReader.OVERSIGHT, "ANNUAL_AUDIT")
    await readers.get("tile/entries/000.p/1", oversight)
    log = readers.node.log
    for _ in range(1000):
        if log.reader.note(log.head.size):
            break  # it is kept in the next quiet moment
        await asyncio.sleep(0.01)
    archive = open_archive(tmp_path / "fr.ofast" / "audit.sqlite")
    export(archive, tmp_path / "tiles", lambda _done, _total: None)
    archive.close()
    files = [path for path in (tmp_path / "tiles").rglob("*") if path.is_file()]
    for file in files:
        answer = await readers.get(str(file.relative_to(tmp_path / "tiles")), oversight)
        assert answer.content == file.read_bytes()
    assert len(files) == 8
