"""The doors of a node over HTTP: what people and partners get to see, and what they never do."""

import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    is_input_type,
    is_required_input_field,
    parse,
    type_from_ast,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import AuditUnavailable
from audit.log import Log
from gateway.app import create_app
from gateway.console_files import Console
from gateway.graphql.analyst import analyst_schema
from gateway.headers import HEADERS
from gateway.notices import send
from gateway.partner import PATH
from gateway.reception import Reception
from gateway.sessions import COOKIE, CSRF_HEADER, Sessions
from gateway.settings import SignInPart
from gateway.shipped import document_id, shipped_texts
from gateway.signin import SignIn
from policy.mandate import Actor
from policy.terms import Role
from sharing.notice import NoticeReply
from sharing.sealed import RawReply
from sharing.signature import NOTICE_PATH
from tests.world import World

SCHEMA = analyst_schema()._schema  # strawberry has no public name for graphql-core's
ADDRESS = "http://127.0.0.1:18401"
MANDATE = {
    "purpose": "OPERATIONAL_ANALYSIS",
    "legalBasis": "ER_20_2A",
    "case": "FR-2026-0418",
    "offence": "DRUG_TRAFFICKING",
    "subjectCategory": "SUSPECT_OR_CONVICTED",
    "aim": "MORE_DATA_ON_KNOWN",
}
OPEN = "mutation($m: MandateInput!) { openMandate(mandate: $m) { id expiresAt } }"
LOOKUP = """query($i: String!, $m: ID!) { lookup(identifier: $i, mandate: $m) {
    complete nodes { node status } claims { handle record { caption properties { name values } } } } }"""


class Desk:
    """The application of fr.ofast, and people signed in at it."""

    def __init__(self, client: httpx2.AsyncClient, sessions: Sessions) -> None:
        self.client, self.sessions = client, sessions

    def sign_in(self, *roles: Role) -> dict[str, str]:
        key, session = self.sessions.start(Actor("fr.ofast", "fr-1", frozenset(roles), "u1"), "Zoé")
        return {"cookie": f"{COOKIE}={key}", CSRF_HEADER: session.csrf}

    async def run(self, headers: Mapping[str, str], query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        return (await self.client.post("/graphql", json=body, headers=headers)).json()


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    sessions = Sessions(900, 3600, time.time)
    signin = SignIn(
        Reception("fr.ofast", "OFAST", (ADDRESS,)), SignInPart(issuer=ADDRESS), "made-up", sessions
    )
    app = create_app(world.nodes["fr.ofast"], sessions, signin, "k" * 64, Console())
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield Desk(client, sessions)


async def test_an_analyst_asks_over_http(desk: Desk) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    mandate = (await desk.run(analyst, OPEN, m=MANDATE))["data"]["openMandate"]["id"]
    picture = (await desk.run(analyst, LOOKUP, i="XQZU 418026-6", m=mandate))["data"]["lookup"]
    assert {each["node"]: each["status"] for each in picture["nodes"]} == dict.fromkeys(
        ("eu.europol", "fr.ofast", "se.polisen"), "ANSWERED"
    )
    assert "fr.ofast/fr-ct-1" in {each["handle"] for each in picture["claims"]}
    mine = await desk.run(analyst, "{ myMandates { id case } me { name roles unit } }")
    assert mine["data"]["myMandates"] == [{"id": mandate, "case": "FR-2026-0418"}]
    assert mine["data"]["me"] == {"name": "Zoé", "roles": ["analyst"], "unit": "u1"}


def code(reply: Mapping[str, Any]) -> str:
    return str(reply["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("{ me { name", "DOCUMENT_REJECTED"),
        ("{ me { secret } }", "DOCUMENT_REJECTED"),
        ("{ " + " ".join(f"a{n}: me {{ name }}" for n in range(40)) + " }", "DOCUMENT_OVER_BUDGET"),
        ("{ me { ...F } } fragment F on Me { name ...F }", "DOCUMENT_REJECTED"),
        ('{ entity(handle: "nonsense", mandate: "m") { complete } }', "UNKNOWN_IDENTIFIER"),
        ('{ lookup(identifier: "+33 1 99 00 12 66", mandate: "m") { complete } }', "MANDATE_NOT_VALID"),
        ("{ logHead { size } }", "ROLE_NOT_COVERED"),
        ("{ grants { id } }", "ROLE_NOT_COVERED"),
    ],
)
async def test_bad_questions_get_a_stable_code(desk: Desk, query: str, wanted: str) -> None:
    reply = await desk.run(desk.sign_in(Role.ANALYST), query)
    assert code(reply) == wanted
    assert "Traceback" not in orjson.dumps(reply).decode()


async def test_an_identifier_of_no_kind_is_told(desk: Desk) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    mandate = (await desk.run(analyst, OPEN, m=MANDATE))["data"]["openMandate"]["id"]
    assert code(await desk.run(analyst, LOOKUP, i="??", m=mandate)).startswith("IDENTIFIER")


async def test_strangers_and_forged_requests_get_nothing(desk: Desk) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    assert code(await desk.run({}, "{ me { name } }")) == "NOT_SIGNED_IN"
    assert code(await desk.run({"cookie": analyst["cookie"]}, "{ me { name } }")) == "NOT_SIGNED_IN"
    form = await desk.client.post("/graphql", content="query={me{name}}", headers=analyst)
    assert code(form.json()) == "MALFORMED"
    json = analyst | {"content-type": "application/json"}
    huge = await desk.client.post("/graphql", content=b" " * 300_000, headers=json)
    assert huge.status_code == 413
    assert (await desk.client.get("/graphql")).status_code == 405


QUESTIONS: dict[str, dict[str, Any]] = {
    "lookup": {"identifier": "XQZU 418026-6", "kind": "container"},
    "search": {"text": "Voroshnin", "schemata": ["Person"]},
    "entity": {"handle": "eu.europol/eu-p-1"},
    "expand": {"handle": "eu.europol/eu-co-1", "hops": 2, "first": 20},
}
MOMENTS = ("askedAt", "repliedAt", "receipt")


def still(picture: Any) -> Any:
    """A picture without what differs from one asking to the next."""
    if isinstance(picture, dict):
        return {
            name: still(each)
            for name, each in picture.items()
            if name not in {*MOMENTS, "queryId", "reference"}
        }
    return [still(each) for each in picture] if isinstance(picture, list) else picture


@pytest.mark.parametrize("name", QUESTIONS)
async def test_the_compiled_document_and_strawberry_give_the_same(desk: Desk, name: str) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    mandate = (await desk.run(analyst, OPEN, m=MANDATE))["data"]["openMandate"]["id"]
    text = shipped_texts("desk")[name]
    variables = QUESTIONS[name] | {"mandate": mandate}
    by_id = {"documentId": document_id(text), "variables": variables}
    compiled = (await desk.client.post("/graphql", json=by_id, headers=analyst)).json()
    executed = await desk.run(analyst, text, **variables)
    assert compiled["data"][name]["claims"]
    assert still(compiled) == still(executed)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, "VARIABLES_REJECTED"),
        ({"identifier": "XQZU 418026-6", "mandate": "none"}, "MANDATE_NOT_VALID"),
        ({"identifier": 7, "mandate": "none"}, "VARIABLES_REJECTED"),
    ],
)
async def test_a_compiled_question_tells_its_errors(desk: Desk, variables: Any, wanted: str) -> None:
    body = {"documentId": document_id(shipped_texts("desk")["lookup"]), "variables": variables}
    reply = await desk.client.post("/graphql", json=body, headers=desk.sign_in(Role.ANALYST))
    assert code(reply.json()) == wanted


async def posted(desk: Desk, headers: Mapping[str, str], name: str, variables: Mapping[str, Any]) -> Any:
    body = {"documentId": document_id(shipped_texts("desk")[name]), "variables": variables}
    return (await desk.client.post("/graphql", json=body, headers=headers)).json()


def declared(name: str) -> Mapping[str, GraphQLInputType]:
    """The variables of a desk document and what they take."""
    (operation,) = parse(shipped_texts("desk")[name]).definitions
    assert isinstance(operation, OperationDefinitionNode)
    found = {}
    for each in operation.variable_definitions or ():
        kind = type_from_ast(SCHEMA, each.type)
        assert is_input_type(kind)
        found[each.variable.name.value] = kind
    return found


async def test_variables_that_a_document_does_not_know_or_take_are_refused(desk: Desk) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    for name in shipped_texts("desk"):
        reply = await posted(desk, analyst, name, {"nobody": 1})
        assert code(reply) == "VARIABLES_REJECTED", name
        for each in declared(name):
            reply = await posted(desk, analyst, name, {each: {"no such": []}})
            assert code(reply) == "VARIABLES_REJECTED", f"{name}: {each}"
    reply = await posted(desk, analyst, "alerts", {"language": "sv"})
    assert (code(reply), "Language" in reply["errors"][0]["message"]) == ("VARIABLES_REJECTED", True)
    strayed = await desk.run(analyst, "query($a: String) { me { name } }", b=1)
    assert code(strayed) == "DOCUMENT_REJECTED"
    strayed = await desk.run(analyst, "{ me { name } }", b=1)
    assert code(strayed) == "VARIABLES_REJECTED"
    named = {"query": "{ me { name } }", "operationName": 7}
    assert code((await desk.client.post("/graphql", json=named, headers=analyst)).json()) == "MALFORMED"


def values(kind: GraphQLInputType) -> st.SearchStrategy[Any]:
    """What a client may send for an input of this type: as declared, though of no sense."""
    if isinstance(kind, GraphQLNonNull):
        return values(kind.of_type)
    if isinstance(kind, GraphQLList):
        return st.lists(values(kind.of_type), max_size=2)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        wanted = {name: values(each.type) for name, each in kind.fields.items()}
        needed = {name for name, each in kind.fields.items() if is_required_input_field(each)}
        return st.fixed_dictionaries(
            {name: wanted[name] for name in sorted(needed)},
            optional={name: wanted[name] for name in sorted(wanted.keys() - needed)},
        )
    plain: Mapping[str, st.SearchStrategy[Any]] = {
        "Int": st.integers(-(2**31), 2**31 - 1),
        "Float": st.floats(allow_nan=False, allow_infinity=False),
        "Boolean": st.booleans(),
    }
    return plain.get(
        kind.name, st.text(max_size=12) | st.sampled_from(["fr.ofast/fr-ct-1", "2026-13-45", "-1"])
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_no_variables_break_a_document(desk: Desk, data: st.DataObject) -> None:
    """Whoever sends whatever: the node answers, or says by a code of its own why not."""
    name = data.draw(st.sampled_from(sorted(shipped_texts("desk"))))
    variables = {each: data.draw(values(kind)) for each, kind in sorted(declared(name).items())}
    role = data.draw(st.sampled_from(Role))
    reply = await posted(desk, desk.sign_in(role), name, variables)
    told = {code({"errors": [each]}) for each in reply.get("errors", ())}
    assert not told & {"INTERNAL", "DOCUMENT_REJECTED"}, reply


async def test_a_category_that_is_refused_says_why(desk: Desk) -> None:
    wanted = {"id": "fr-ct-1", "version": 1, "category": "WITNESS", "justification": "FR-2026-0418"}
    reply = await posted(desk, desk.sign_in(Role.ADMINISTRATOR), "categorise_person", wanted)
    assert code(reply) == "CATEGORY_REFUSED"
    assert "is NOT_A_PERSON, not UNCATEGORISED" in reply["errors"][0]["message"]


async def test_a_full_log_stops_the_desk_and_it_recovers(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = desk.sign_in(Role.ANALYST)
    mandate = (await desk.run(analyst, OPEN, m=MANDATE))["data"]["openMandate"]["id"]
    variables = {"identifier": "XQZU 418026-6", "mandate": mandate}
    body = {"documentId": document_id(shipped_texts("desk")["lookup"]), "variables": variables}

    async def full(*_: object) -> None:
        raise AuditUnavailable("no room on the device")

    with monkeypatch.context() as patched:
        patched.setattr(Log, "append", full)
        for reply in (
            (await desk.client.post("/graphql", json=body, headers=analyst)).json(),
            await desk.run(analyst, OPEN, m=MANDATE),
        ):
            assert code(reply) == "AUDIT_UNAVAILABLE"
            assert "device" not in orjson.dumps(reply).decode()
    assert not world.wire
    recovered = await desk.client.post("/graphql", json=body, headers=analyst)
    assert recovered.json()["data"]["lookup"]["complete"]


async def test_what_breaks_inside_is_told_by_a_code_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gateway.ask.fan_out", broken)
    analyst = desk.sign_in(Role.ANALYST)
    mandate = (await desk.run(analyst, OPEN, m=MANDATE))["data"]["openMandate"]["id"]
    text = shipped_texts("desk")["lookup"]
    variables = {"identifier": "XQZU 418026-6", "mandate": mandate}
    by_id = {"documentId": document_id(text), "variables": variables}
    for reply in (
        (await desk.client.post("/graphql", json=by_id, headers=analyst)).json(),
        await desk.run(analyst, text, **variables),
    ):
        assert code(reply) == "INTERNAL"
        assert "secret" not in orjson.dumps(reply).decode()


async def test_an_unknown_document_id_is_told(desk: Desk) -> None:
    body = {"documentId": "sha256:" + "0" * 64}
    reply = await desk.client.post("/graphql", json=body, headers=desk.sign_in(Role.ANALYST))
    assert code(reply.json()) == "UNKNOWN_DOCUMENT"


async def test_where_only_trusted_documents_are_taken_free_text_is_not(world: World, desk: Desk) -> None:
    node = world.nodes["fr.ofast"]
    limits = node.settings.limits.model_copy(update={"free_documents": False})
    object.__setattr__(node, "settings", node.settings.model_copy(update={"limits": limits}))
    assert code(await desk.run(desk.sign_in(Role.ANALYST), "{ me { name } }")) == "UNKNOWN_DOCUMENT"


async def test_oversight_reads_the_log_with_a_reason_that_is_logged(world: World, desk: Desk) -> None:
    auditor = desk.sign_in(Role.OVERSIGHT)
    size = world.nodes["fr.ofast"].log.head.size
    query = """query($j: String!) {
        logHead { size origin } logEntries(justification: $j, first: 500) { kind leaf } }"""
    reply = await desk.run(auditor, query, j="WEEKLY-SAMPLE")
    assert reply["data"]["logHead"]["origin"] == "fr.ofast/log"
    assert len(reply["data"]["logEntries"]) >= size
    assert (await world.kinds("fr.ofast"))[-1] == "LOG_READ"


async def test_every_page_carries_the_headers(desk: Desk) -> None:
    for path in ("/healthz", "/", "/auth/me"):
        answer = await desk.client.get(path)
        assert HEADERS.items() <= dict(answer.headers).items()
    for path in ("/docs", "/redoc", "/graphiql", "/search"):  # no page of a framework, only the console's
        assert "make console" in (await desk.client.get(path)).json()["detail"]
    assert (await desk.client.get("/openapi.json")).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 100, b'{"query":"{ __schema { types { name } } }"}'])
async def test_the_partner_door_takes_signed_messages_only(world: World, desk: Desk, body: bytes) -> None:
    size = world.nodes["fr.ofast"].log.head.size
    answer = await desk.client.post(PATH, content=body)
    assert answer.status_code == 400
    assert answer.json() == {"code": "MALFORMED"}
    assert (await desk.client.post(PATH, content=b" " * 100_000)).status_code == 413
    assert world.nodes["fr.ofast"].log.head.size == size


async def test_the_notice_door_takes_signed_messages_only(desk: Desk, world: World) -> None:
    for method, body, status in (("GET", b"", 405), ("POST", b"{}", 400), ("POST", b"x" * 70_000, 413)):
        answer = await desk.client.request(method, NOTICE_PATH, content=body)
        assert answer.status_code == status
    partner = world.nodes["se.polisen"]
    reply: list[httpx2.Response] = []

    async def over_http(headers: Mapping[str, str], body: bytes) -> RawReply:
        reply.append(await desk.client.post(NOTICE_PATH, content=body, headers=headers))
        return RawReply(reply[0].status_code, dict(reply[0].headers), reply[0].content)

    world.notices["fr.ofast"] = over_http
    told = await send(partner, "fr.ofast", "RECEIPTS", {"request": "sha256:" + "00" * 32})
    assert isinstance(told, NoticeReply)
    assert (told.status, told.body) == ("DONE", {"receipts": []})
    assert reply[0].headers["content-type"] == "application/vnd.entente.notice-reply"
