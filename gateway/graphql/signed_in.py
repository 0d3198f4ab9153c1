"""Who is signed in, and the end of sessions. See `gateway.signed_in`."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gateway import signed_in
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Of `openSessions`; 1 to 100.")]


@strawberry.type(
    description="A session of a person at the desk. `current` is the one that asks; `strength` what the"
    " identity provider said of the proof (`acr`), empty if nothing."
)
class OpenSession:
    """One session."""

    id: strawberry.ID
    current: bool
    person: str
    name: str
    unit: str
    roles: list[str]
    started_at: str
    used_at: str
    strength: str


@strawberry.type
class SignedInQuery:
    """Who is signed in."""

    @strawberry.field(
        graphql_type=list[OpenSession],
        description="The own open sessions, the last used first; with `everybody` the 500 last used ones of"
        " the node, role administrator.",
    )
    async def open_sessions(self, info: VisitInfo, everybody: bool = False) -> list[Shown]:
        """Sessions."""
        return await signed_in.open_sessions(info.context, everybody=everybody)


@strawberry.type
class SignedInMutation:
    """The end of sessions."""

    @strawberry.mutation(
        description="End sessions, in every process of the node; how many still were open. Others' take the"
        " role administrator and are logged first. Takes a fresh proof."
    )
    async def end_sessions(self, info: VisitInfo, ids: Ids) -> int:
        """How many."""
        return await signed_in.end_sessions(info.context, [str(each) for each in ids])
