"""Standing questions and alerts at the desk: placed, ended, told in one sentence, seen, rejected."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import alerts, standing
from gateway.visit import Visit
from sharing.alerts import AlertKind, AlertState
from sharing.standing import StandingState
from sharing.wording import Language

for _words, _name in (
    (AlertKind, "AlertKind"),
    (AlertState, "AlertState"),
    (StandingState, "StandingState"),
):
    strawberry.enum(_words, name=_name)

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="How a standing question stands at one node: WAITING, TAKEN or REFUSED.")
class StandingAt:
    """`reason` is the code of a refusal; it rests on mandate and grants, never on data.

    `until` is when that node asks for a renewal, if the question does not end before.
    """

    node: str
    state: str
    reason: str | None
    until: str | None


@strawberry.type(description="An identifier that is watched under a mandate, until an end.")
class StandingQuestion:
    """The identifier is forgotten when the question ends.

    SUSPENDED at `renewBy` unless it is renewed, `secondsLeft` until then; both are empty where the end comes
    first. `renewalDue` when little of that time is left, or none. `watchedSince` is the end of the last gap.
    """

    id: strawberry.ID
    kind: str
    identifier: str | None
    mandate: strawberry.ID
    case: str
    created_at: str
    watched_since: str
    expires_at: str
    state: StandingState
    renewals: int
    renew_by: str | None
    seconds_left: int
    renewal_due: bool
    nodes: list[StandingAt]


@strawberry.type(description="One statement that an alert rests on.")
class AlertStatement:
    """`handle` is told from tier T2 on; whoever wants to see the record asks its node."""

    owner: str
    tier: str
    handle: strawberry.ID | None
    handling: list[str]
    source: str


@strawberry.type(
    description="What a person is told unasked: a sentence, what it rests on, what would disprove it."
)
class Alert:
    """`score` is a probability only where `calibrated`; `belief` says so in words."""

    id: strawberry.ID
    kind: AlertKind
    sentence: str
    code: str
    statements: list[AlertStatement]
    disproof: list[str]
    score: float | None
    calibrated: bool
    belief: str
    at: str
    state: AlertState
    changed_by: str | None
    changed_at: str | None
    reason: str | None


@strawberry.type
class StandingQuery:
    """What is watched, and what came of it."""

    @strawberry.field(
        graphql_type=list[StandingQuestion],
        description="The caller's standing questions, newest first, `active`: those that are not over; role"
        " analyst.",
    )
    async def standing_questions(self, info: VisitInfo, *, active: bool = False) -> list[Shown]:
        """What the caller watches."""
        return await standing.mine(info.context, active=active)

    @strawberry.field(
        graphql_type=list[Alert],
        description="The caller's alerts, newest first; an officer's are those of the node. Role analyst or"
        " liaison.",
    )
    async def alerts(
        self, info: VisitInfo, state: AlertState | None = None, language: Language = Language.EN
    ) -> list[Shown]:
        """What the caller is told unasked."""
        return await alerts.mine(info.context, state, language)


@strawberry.type
class StandingMutation:
    """Watching, no longer watching; looking at alerts."""

    @strawberry.mutation(
        graphql_type=StandingQuestion,
        description="Be told when a node learns of an identifier, by all nodes unless some are named, for so"
        " many minutes or until a day or moment. What is watched already under a mandate that says the same"
        " is renewed. Role analyst.",
    )
    async def watch(
        self,
        info: VisitInfo,
        identifier: str,
        mandate: strawberry.ID,
        kind: str | None = None,
        minutes: int | None = None,
        until: str | None = None,
        nodes: list[str] | None = None,
    ) -> Shown:
        """A standing question."""
        wanting = standing.Wanting(identifier, str(mandate), kind, minutes, nodes, until)
        return await standing.watch(info.context, wanting)

    @strawberry.mutation(
        graphql_type=StandingQuestion,
        description="Go on with a standing question under a mandate that says the same, to its end or to"
        " another one; role analyst.",
    )
    async def renew_watch(
        self, info: VisitInfo, id: strawberry.ID, mandate: strawberry.ID, until: str | None = None
    ) -> Shown:
        """The question, renewed."""
        return await standing.renew(info.context, str(id), str(mandate), until)

    @strawberry.mutation(
        graphql_type=StandingQuestion, description="End a standing question everywhere; role analyst."
    )
    async def stop_watching(self, info: VisitInfo, id: strawberry.ID) -> Shown:
        """The question, ended."""
        return await standing.stop(info.context, str(id))

    @strawberry.mutation(graphql_type=Alert, description="Look at an alert, which is no longer new.")
    async def see_alert(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        language: Language = Language.EN,
    ) -> Shown:
        """The alert, seen."""
        return await alerts.see(info.context, str(id), language)

    @strawberry.mutation(
        graphql_type=Alert,
        description="Reject an alert for a reason (a code): the same evidence is not told again to the caller"
        " in this case.",
    )
    async def reject_alert(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        reason: str,
        language: Language = Language.EN,
    ) -> Shown:
        """The alert, rejected."""
        return await alerts.reject(info.context, str(id), reason, language)
