"""The description of the HTTP doors says what is mounted, all of it, and it is not served."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.app import Doors, Under
from gateway.body import BodyRejected, BodyTooLarge, BodyTooSlow
from gateway.crowd import Crowded
from gateway.errors import GatewayError, NodeNotReady, NotAllowed, NotSignedIn
from gateway.sessions import COOKIE, CSRF_HEADER
from policy.terms import Role
from sharing.codes import Rejection
from tests.security.desk import Desk, desk_of
from tests.world import World

DESCRIBED: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "gateway/openapi.yaml").read_text(encoding="utf-8")
)
PATHS: Mapping[str, Mapping[str, Any]] = DESCRIBED["paths"]
#: What stands for many paths, by what the application mounts it under.
MANY = {"/{path:path}": "/{place}", "/log/": "/log/{file}"}


def mounted(desk: Desk) -> dict[str, set[str]]:
    """Every path that the application answers by itself, with its methods."""
    found: dict[str, set[str]] = {}
    inner: Any = desk.app
    while not hasattr(inner, "routes"):
        if isinstance(inner, Doors):
            found |= {path: {"POST"} for path in inner._doors}
        if isinstance(inner, Under):
            found[MANY[inner._prefix]] = {"GET", "HEAD"}
        inner = getattr(inner, "_behind", None) or inner._app
    for route in inner.routes:
        found.setdefault(MANY.get(route.path, route.path), set()).update(route.methods)
    return found


async def test_all_that_is_mounted_is_described_with_its_methods(world: World) -> None:
    async with desk_of(world.nodes["fr.ofast"]) as desk:
        said = {path: {name.upper() for name in operations} for path, operations in PATHS.items()}
        assert said == mounted(desk)


async def test_it_is_not_served(world: World) -> None:
    async with desk_of(world.nodes["fr.ofast"]) as desk:
        for path in ("/openapi.json", "/openapi.yaml", "/docs", "/redoc"):
            reply = await desk.client.get(path, headers=desk.sign_in(Role.ADMINISTRATOR))
            assert "openapi" not in reply.text.lower() or reply.status_code == 404
            assert "paths" not in reply.text


def statuses(path: str, method: str = "post") -> set[int]:
    return {int(each) for each in PATHS[path][method]["responses"]}


def test_the_statuses_are_those_of_the_errors_that_a_door_may_tell() -> None:
    """A code whose status changes, changes the promise; the words come from the errors themselves."""
    told: list[type[GatewayError]] = [NotSignedIn, NotAllowed, BodyRejected, BodyTooLarge, BodyTooSlow]
    told += [Crowded, NodeNotReady]
    assert {int(each.status) for each in told} <= statuses("/graphql")
    for path in ("/federation/graphql", "/federation/notice"):
        assert {each.http_status for each in Rejection} <= statuses(path)


def test_the_credentials_are_those_that_the_desk_asks_for() -> None:
    schemes = DESCRIBED["components"]["securitySchemes"]
    assert (schemes["session"]["name"], schemes["csrf"]["name"]) == (COOKIE, CSRF_HEADER)
    roles = PATHS["/auth/me"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(roles["properties"]["roles"]["items"]["enum"]) == {each.value for each in Role}


OPEN = {"/healthz", "/readyz", "/auth/options", "/auth/login", "/auth/callback", "/auth/native", "/{place}"}
SIGNED_OTHERWISE = {
    "/auth/backchannel",
    "/federation/graphql",
    "/federation/notice",
    "/witness/add-checkpoint",
}


@pytest.mark.parametrize("path", sorted(PATHS))
def test_who_may_come_without_a_session_is_named_here(path: str) -> None:
    for operation in PATHS[path].values():
        assert bool(operation.get("security")) != (path in OPEN | SIGNED_OTHERWISE)
