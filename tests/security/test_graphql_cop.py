"""The checks of graphql-cop (github.com/dolevf/graphql-cop), rebuilt: each attack, and what comes of it.

They run as a signed-in analyst at a node that takes free documents: strangers and production get less.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx2
import orjson
import pytest

from gateway.trusted import FIELDS
from policy.terms import Role
from tests.security.desk import Desk, desk_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME = "{ me { name } }"
JSON = {"content-type": "application/json"}


def code(reply: httpx2.Response) -> str:
    told = reply.json()
    assert "data" not in told or told["data"] is None
    return str(told["errors"][0]["extensions"]["code"])


CIRCULAR = "{ __schema { types { " + "fields { type { " * 6 + "name" + " } }" * 6 + " } } }"
OVERLOADS: Mapping[str, str] = {
    "alias overloading": "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(101)) + " }",
    "field duplication": "{ me { " + "name " * 1000 + "} }",
    "directive overloading": "{ me { name " + "@aa" * 1000 + " } }",
    "known directive overloading": "{ me { name " + "@include(if: true)" * 300 + " } }",
    "circular introspection": CIRCULAR,
    "circular fragments": "{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }",
    "deep fragments": "{ me { ...F0 } } "
    + " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    + " fragment F40 on Me { name }",
    "many fragments": ME + " ".join(f" fragment F{n} on Me {{ name }}" for n in range(60)),
    "many operations": " ".join(f"query q{n} {{ me {{ name }} }}" for n in range(1500)),
    "long name": "{ " + "a" * 200_000 + " }",
    "deep nesting": "{ me " + "{ me " * 3000,
    "deep list": "{ me(a: " + "[" * 3000 + "]" * 3000 + ") { name } }",
}


@pytest.mark.parametrize("attack", OVERLOADS)
async def test_an_overload_is_turned_away_before_anything_is_computed(desk: Desk, attack: str) -> None:
    reply = await desk.query(OVERLOADS[attack])
    assert code(reply) in {"DOCUMENT_OVER_BUDGET", "DOCUMENT_REJECTED"}
    assert len(reply.content) < 2_000, "a small question must not make a large refusal"


async def test_what_stays_in_its_budget_is_answered(desk: Desk) -> None:
    aliases = "{ me { " + " ".join(f"a{n}: name" for n in range(20)) + " } }"
    told = (await desk.query(aliases)).json()
    assert told["data"]["me"]["a19"] == "Zoé"
    assert FIELDS == 500


async def test_batches_are_not_spoken(desk: Desk) -> None:
    body = orjson.dumps([{"query": ME}] * 10)
    reply = await desk.client.post("/graphql", content=body, headers=desk.sign_in() | JSON)
    assert (reply.status_code, code(reply)) == (400, "MALFORMED")


@pytest.mark.parametrize("text", [ME, "mutation { forgetMe }", "{ __typename }", ""])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_only_post_is_spoken(desk: Desk, method: str, text: str) -> None:
    reply = await desk.client.request(method, "/graphql", params={"query": text}, headers=desk.sign_in())
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    assert b"Zo" not in reply.content


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "application/graphql",
        "application/json-patch+json",
        "",
    ],
)
async def test_what_a_foreign_page_can_send_unasked_is_not_taken(desk: Desk, kind: str) -> None:
    """A form of any site may send these with the person's cookie; JSON needs the browser's leave first."""
    for body in (orjson.dumps({"query": ME}), b"query=%7B%20me%20%7B%20name%20%7D%20%7D"):
        headers = desk.sign_in() | {"content-type": kind}
        reply = await desk.client.post("/graphql", content=body, headers=headers)
        assert (reply.status_code, code(reply)) == (400, "MALFORMED")


async def test_a_cookie_alone_does_nothing(desk: Desk) -> None:
    known = desk.sign_in()
    for headers in ({"cookie": known["cookie"]}, {"cookie": known["cookie"], "entente-csrf": "guess"}):
        reply = await desk.client.post("/graphql", json={"query": ME}, headers=headers)
        assert (reply.status_code, code(reply)) == (401, "NOT_SIGNED_IN")


async def test_no_origin_is_let_in(desk: Desk) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    known = desk.sign_in() | {"origin": "https://evil.example"}
    for method, headers in (("OPTIONS", asked), ("POST", known)):
        reply = await desk.client.request(method, "/graphql", json={"query": ME}, headers=headers)
        assert not [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "text", ["{ mee { name } }", "{ me { nam } }", "{ lookup(identifer: 1) { complete } }"]
)
async def test_fields_are_not_suggested(desk: Desk, text: str) -> None:
    reply = await desk.query(text)
    assert code(reply) == "DOCUMENT_REJECTED"
    assert "did you mean" not in reply.text.lower()


async def test_values_are_not_suggested(desk: Desk) -> None:
    text = "mutation($m: MandateInput!) { openMandate(mandate: $m) { id } }"
    reply = await desk.query(text, variables={"m": {"purpose": "OPERATIONAL_ANALYSI"}})
    assert code(reply) == "VARIABLES_REJECTED"
    assert "did you mean" not in reply.text.lower()


async def test_nothing_is_traced_and_no_debugger_answers(desk: Desk) -> None:
    headers = desk.sign_in() | {"x-apollo-tracing": "1", "x-debug": "1", "x-graphql-debug": "true"}
    told = (await desk.query(ME, headers, extensions={"tracing": True})).json()
    assert told["errors"][0]["extensions"] == {"code": "MALFORMED"}, "no key beside those of the protocol"
    told = (await desk.query(ME, headers)).json()
    assert set(told) == {"data"}


@pytest.mark.parametrize(
    "path", ["/graphql", "/graphiql", "/playground", "/altair", "/console", "/v1/graphql", "/graphql/console"]
)
async def test_no_workbench_is_served(desk: Desk, path: str) -> None:
    reply = await desk.client.get(path, headers=desk.sign_in() | {"accept": "text/html"})
    assert not any(word in reply.text.lower() for word in ("graphiql", "playground", "altair", "apollo"))


@pytest.mark.parametrize(
    "break_it", [{"variables": {"m": {"purpose": {}}}}, {"operationName": []}, {"variables": 7}]
)
async def test_what_breaks_is_told_by_a_code(desk: Desk, break_it: dict[str, Any]) -> None:
    text = "mutation($m: MandateInput!) { openMandate(mandate: $m) { id } }"
    reply = await desk.query(text, **break_it)
    assert code(reply) in {"VARIABLES_REJECTED", "MALFORMED"}
    assert not any(
        word in reply.text for word in ("Traceback", ".py", "graphql-core", "strawberry", 'File "')
    )


async def test_introspection_is_not_for_strangers_and_not_where_documents_are_trusted(desk: Desk) -> None:
    asked = "{ __schema { types { name } } }"
    stranger = await desk.client.post("/graphql", json={"query": asked})
    assert code(stranger) == "NOT_SIGNED_IN"
    limits = desk.node.settings.limits.model_copy(update={"free_documents": False})
    settings = desk.node.settings.model_copy(update={"limits": limits})
    async with desk_of(replace(desk.node, settings=settings)) as closed:
        for role in Role:
            assert code(await closed.query(asked, closed.sign_in(role))) == "UNKNOWN_DOCUMENT"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b'{"query": ' + b"[" * 2000,
        b"[" * 100_000,
        b'{"query":7}',
    ],
)
async def test_a_body_that_is_no_request_is_told_so(desk: Desk, body: bytes) -> None:
    reply = await desk.client.post("/graphql", content=body, headers=desk.sign_in() | JSON)
    assert code(reply) in {"MALFORMED", "UNKNOWN_DOCUMENT"}
