"""Containers at the desk: codes, and the history of one over all nodes. See `gateway.containers`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.containers import history
from gateway.containers_shown import code_shown, history_shown
from gateway.errors import VariablesRejected
from gateway.graphql.answers import Claim
from gateway.graphql.histories import FindingFigure, FindingSide, HistoryNode, TimeSpan
from gateway.graphql.spoken import language_of
from gateway.visit import Visit
from policy.terms import Role
from sharing.containers.finding import Limits

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]
SLOWEST, FASTEST = 20.0, 1_000.0


@strawberry.type(
    description="A code that checks and differs in one slip. `slip`: MISREAD, TRANSPOSED, OTHER (no reason in"
    " the writing). A proposal, never used by itself."
)
class ContainerCodeSuggestion:
    """What the code may have been."""

    code: str
    slip: str
    reason: str


@strawberry.type(description="A container code as ISO 6346 reads it; `sizeType` in words, if one was given.")
class ContainerCode:
    """`checkDigit` is the one that belongs behind the first ten characters."""

    code: str
    checks: bool
    check_digit: str | None
    size_type: str | None
    suggestions: list[ContainerCodeSuggestion]


@strawberry.type(description="Where a container was; `movement` in the words of `ContainerMovement`.")
class ContainerSeen:
    """One record of one node."""

    handle: strawberry.ID
    owner: str
    movement: str
    unlocode: str | None
    place: str | None
    begin: TimeSpan | None
    end: TimeSpan | None
    size_type: str | None
    seal: str | None
    voyage: str | None
    pickup_reference: str | None
    account: str | None
    haulier: str | None


@strawberry.type(
    description="Two records that contradict each other: TWO_PLACES, IMPOSSIBLE_TRAVEL, SIZE_TYPE, SEAL,"
    " PICKUP_PARTY, PICKUP_ACCOUNT, PHANTOM_SHIPMENT, MIRROR_WEIGHT, MIRROR_QUANTITY or MIRROR_VALUE."
    " `explainedBy` are records under which both sides are true."
)
class ContainerFinding:
    """Records in which the same owners say the same stand on one side together."""

    rule: str
    sentence: str
    assumes: str
    cannot_say: str
    left: FindingSide
    right: FindingSide
    figures: list[FindingFigure]
    explained_by: list[strawberry.ID]


@strawberry.type(
    description="What the nodes showed of a container, and what contradicts itself in it. `stopped`: DONE,"
    " QUESTIONS, VERTICES, or TOO_MANY records to compare. `notCompared` are movements without a known time"
    " or place, `notSeenMoving` shipments for which no movement was shown: no finding."
)
class ContainerHistory:
    """Movements in the order of time."""

    code: str
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[HistoryNode]
    movements: list[ContainerSeen]
    findings: list[ContainerFinding]
    not_compared: list[strawberry.ID]
    not_seen_moving: list[strawberry.ID]
    claims: list[Claim]
    cannot_say: str


@strawberry.type
class ContainerQuery:
    """Containers."""

    @strawberry.field(
        graphql_type=ContainerCode,
        description="Whether a container code checks (ISO 6346), and what one slip may have made of it; no"
        " node is asked. `language`: en, fr, sv.",
    )
    def container_code(
        self, info: VisitInfo, code: str, size_type: str | None = None, language: str = "en"
    ) -> Shown:
        """The code itself."""
        info.context.require(Role.ANALYST)
        return code_shown(code, size_type, language_of(language))

    @strawberry.field(
        graphql_type=ContainerHistory,
        description="Where the container with this code was seen, at all nodes, and what contradicts itself."
        " Nothing is faster than `maxSpeed` km/h. Each step is a question under the mandate. Role analyst.",
    )
    async def container_history(
        self,
        info: VisitInfo,
        code: str,
        mandate: strawberry.ID,
        max_speed: float = 120.0,
        language: str = "en",
    ) -> Shown:
        """Rounds of questions, then the comparison."""
        if not SLOWEST <= max_speed <= FASTEST:
            raise VariablesRejected(f"maxSpeed: {max_speed} is not within {SLOWEST} to {FASTEST} km/h")
        found = await history(info.context, code, str(mandate), Limits(speed=max_speed))
        return history_shown(found, language_of(language))
