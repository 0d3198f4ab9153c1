"""What a passive scanner looks for on every route, after the rules of ZAP's passive scan, and why."""

import re
from collections.abc import Mapping

import httpx2
import pytest

from gateway import notice_door, partner, witness_door
from gateway.headers import HEADERS
from gateway.sessions import COOKIE
from policy.terms import Role
from tests.security.desk import Desk

#: Every door and route of a node. A new one is added here; `test_every_route_is_scanned` finds it otherwise.
ROUTES: Mapping[str, tuple[str, ...]] = {
    "/": ("GET", "POST"),
    "/healthz": ("GET", "HEAD"),
    "/readyz": ("GET", "HEAD"),
    "/auth/options": ("GET",),
    "/auth/me": ("GET",),
    "/auth/logout": ("POST", "GET"),
    "/auth/callback": ("GET",),
    "/auth/backchannel": ("POST", "GET"),
    "/auth/native": ("GET", "POST"),
    "/graphql": ("GET", "POST"),
    "/log/checkpoint": ("GET", "POST"),
    "/log/tile/0/000.p/1": ("GET",),
    partner.PATH: ("GET", "POST"),
    notice_door.PATH: ("GET", "POST"),
    witness_door.PATH: ("GET", "POST"),
    "/no/such/place": ("GET", "POST", "PUT"),
    "/assets/../../node.toml": ("GET",),
    "/%2e%2e/%2e%2e/etc/passwd": ("GET",),
}
pytestmark = pytest.mark.asyncio(loop_scope="module")
EACH = [(method, path) for path, methods in ROUTES.items() for method in methods]
LEAKS = (
    re.compile(r"Traceback|File \"|\.py\b|site-packages"),  # an error of ours in our own words
    re.compile(r"/(?:home|root|tmp|usr|var|work)/"),  # a path of the machine
    re.compile(
        r"uvicorn|starlette|fastapi|python/|strawberry|sqlalchemy", re.IGNORECASE
    ),  # what to look exploits up for
    re.compile(r"\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b"),  # an address inside
    re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|PRIVATE\+KEY"),  # a key
    re.compile(r"root:x:0:0"),  # a file of the machine
)


async def replies(desk: Desk, method: str, path: str) -> list[httpx2.Response]:
    """What a stranger is told, and what who is signed in is."""
    known = desk.sign_in(Role.OVERSIGHT)
    body = {"content": b"{}"} if method in {"POST", "PUT"} else {}
    return [await desk.client.request(method, path, headers=headers, **body) for headers in ({}, known)]


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(("method", "path"), EACH)
async def test_every_answer_carries_what_protects_it(desk: Desk, method: str, path: str) -> None:
    for reply in await replies(desk, method, path):
        told = reply.headers
        kept = path.startswith("/log/tile") and reply.status_code == 200
        for name, value in HEADERS.items():
            if name != "cache-control" or not kept:
                assert told[name] == value, f"{method} {path}: {name}"
        if kept:  # ZAP 10049: what may be kept is for one reader only, and never changes
            assert told["cache-control"] == "private, max-age=31536000, immutable"
        # ZAP 10037, 10036, 10061: who built the server is nobody's business
        assert not {"server", "x-powered-by", "x-aspnet-version", "via"} & set(told)
        # ZAP 10098: no other origin may read
        assert not [name for name in told if name.startswith("access-control-")]
        # ZAP 10019, 10011: a type for every body, and its alphabet for every text
        if reply.content:
            kind = told["content-type"]
            assert kind.startswith(("application/", "text/", "image/"))
            assert not kind.startswith("text/") or "charset=utf-8" in kind
        for cookie in told.get_list("set-cookie"):  # ZAP 10010, 10011, 10054
            assert {"secure", "httponly", "path=/"} <= {each.strip().lower() for each in cookie.split(";")}
            assert cookie.startswith("__Host-")
            assert re.search(r"; *samesite=(lax|strict)", cookie.lower())
        # ZAP 10028 and 10044: sent on to this node only, and with nothing to read on the way
        if "location" in told:
            assert re.match(r"/(?![/\\])", told["location"])
            assert len(reply.content) < 500


@pytest.mark.parametrize(("method", "path"), EACH)
async def test_no_answer_tells_of_the_inside(desk: Desk, method: str, path: str) -> None:
    for reply in await replies(desk, method, path):
        for leak in LEAKS:
            assert not leak.search(reply.text), f"{method} {path}: {leak.pattern}"
        assert reply.status_code != 500


async def test_the_content_policy_lets_nothing_foreign_run() -> None:
    """ZAP 10038 and 10055: each directive by itself, so that a widened one is seen."""
    policy = directives(HEADERS["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    for name in ("script-src", "style-src", "font-src", "connect-src", "worker-src", "form-action"):
        assert policy[name] == ["'self'"], name
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["entente-worker"]
    assert set(policy["img-src"]) == {"'self'", "data:", "blob:"}
    text = HEADERS["content-security-policy"]
    assert not any(word in text for word in ("unsafe", "*", "http:", "https:", "strict-dynamic"))


async def test_each_header_says_what_it_has_to() -> None:
    lasts, below = HEADERS["strict-transport-security"].split("; ")
    assert int(lasts.removeprefix("max-age=")) >= 31_536_000  # ZAP 10035: a year
    assert below == "includeSubDomains"  # ASVS 5.0 V3.4.1
    assert HEADERS["x-content-type-options"] == "nosniff"  # ZAP 10021
    assert HEADERS["referrer-policy"] == "no-referrer"  # a case number must not leave in an address
    assert HEADERS["cache-control"] == "no-store"  # ZAP 10015: a shared machine keeps no records
    assert HEADERS["cross-origin-opener-policy"] == HEADERS["cross-origin-resource-policy"] == "same-origin"
    assert HEADERS["cross-origin-embedder-policy"] == "require-corp"  # ZAP 90004, with the two above
    assert HEADERS["x-frame-options"] == "DENY"  # ZAP 10020; for who does not read frame-ancestors
    assert HEADERS["x-permitted-cross-domain-policies"] == "none"
    # ZAP 10063 and 10016: what is switched off, and nothing of what browsers have given up
    assert "camera=()" in HEADERS["permissions-policy"]
    assert not {"feature-policy", "x-xss-protection", "public-key-pins", "expect-ct"} & set(HEADERS)
    assert "(self)" not in HEADERS["permissions-policy"]
    # WebAuthn keeps its default: this origin may ask for keys, a frame of another one may not
    assert "publickey-credentials" not in HEADERS["permissions-policy"]


async def test_the_session_cookie_is_bound_to_this_host(desk: Desk) -> None:
    assert COOKIE.startswith("__Host-")
    reply = await desk.client.post("/auth/logout", headers=desk.sign_in())
    (cookie,) = reply.headers.get_list("set-cookie")
    assert {"secure", "httponly", "path=/"} <= {each.strip().lower() for each in cookie.split(";")}
    assert "domain" not in cookie.lower()


async def test_a_refused_method_says_which_are_taken(desk: Desk) -> None:
    """RFC 9110 15.5.6, in the one shape of every refusal; OPTIONS tells a foreign page nothing more."""
    for path in ROUTES:
        reply = await desk.client.request("OPTIONS", path, headers={"origin": "https://evil.example"})
        assert reply.status_code == 405
        assert reply.headers["allow"]
        assert reply.json()["error"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:18401.evil.example", "evil.example:18401"])
async def test_no_answer_repeats_the_host_that_it_was_asked_for(desk: Desk, host: str) -> None:
    """ZAP 10028 and 10033: neither a redirect nor a page is made of what the asker says of itself."""
    told = {"host": host, "x-forwarded-host": host, "forwarded": f"host={host}"}
    for path in (*ROUTES, "/auth/login"):
        for accept in ("text/html", "*/*"):
            reply = await desk.client.get(path, headers=told | {"accept": accept})
            assert host not in reply.text + str(reply.headers), path


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DELETE"])
async def test_no_method_echoes_what_it_is_sent(desk: Desk, method: str) -> None:
    for path in ("/", "/graphql", partner.PATH, "/log/checkpoint"):
        reply = await desk.client.request(method, path, headers={"x-secret": "echo-me"})
        assert reply.status_code == 405
        assert "echo-me" not in reply.text


async def test_every_route_is_scanned(desk: Desk) -> None:
    """What the application mounts stands in `ROUTES`, but for what needs an identity provider to answer."""
    inner = desk.app
    while not hasattr(inner, "routes"):
        inner = getattr(inner, "_behind", None) or inner._app  # type: ignore[attr-defined]  # our own wrappers
    mounted = {str(getattr(route, "path", "")) for route in inner.routes}
    assert mounted - set(ROUTES) == {"/{path:path}", "/auth/login"}
