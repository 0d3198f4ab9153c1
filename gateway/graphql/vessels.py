"""Vessels at the desk: numbers, and the history of one over all nodes. See `gateway.vessels`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.errors import VariablesRejected
from gateway.graphql.answers import Claim
from gateway.graphql.histories import FindingFigure, FindingSide, HistoryNode, TimeSpan
from gateway.graphql.spoken import language_of
from gateway.vessels import history
from gateway.vessels_shown import history_shown, numbers_shown
from gateway.visit import Visit
from policy.terms import Role
from sharing.vessels.rules import Limits

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]
SLOWEST, FASTEST = 5.0, 200.0
MOST_DAYS = 60


@strawberry.type(
    description="A vessel's number as it is read: `kind` imo or mmsi, none where it is neither. Of an MMSI"
    " the `station` (SHIP, COAST …) and whose it is; `flagFits` and `callSign` for what was given with it;"
    " `callSignFits` is null where the call sign's series is nobody's that is known."
)
class VesselNumber:
    """`checkDigit` is the one that belongs behind the first six of seven digits that do not check."""

    kind: str | None
    number: str
    checks: bool
    check_digit: str | None
    station: str | None
    station_says: str | None
    countries: list[str]
    flag_fits: bool | None
    call_sign: str | None
    call_sign_countries: list[str]
    call_sign_fits: bool | None


@strawberry.type(description="A line of a vessel's history: whose record it is, and under which codes.")
class VesselLine:
    """The provider's words, as they are."""

    handle: strawberry.ID
    owner: str
    handling: list[str]
    handling_text: str | None
    source: str | None
    information: str | None
    tlp: str | None
    assessment: str | None


@strawberry.type(
    description="What a service says of the vessel: `Vessel`, `VesselPeriod` (from when to when at least) or"
    " `VesselListing` (that it is on the service's list, and why)."
)
class VesselEntry(VesselLine):
    """Names, flags and numbers of one record."""

    schema: str
    name: str | None
    flag: str | None
    call_sign: str | None
    imos: list[str]
    mmsis: list[str]
    begin: TimeSpan | None
    end: TimeSpan | None
    reason: str | None


@strawberry.type(
    description="What a provider derived from AIS, and how. `counts`: it is a sign; loitering and meetings"
    " only within a drop-off area that was shown."
)
class VesselEvent(VesselLine):
    """`confidence` as the provider states it."""

    event: str
    begin: TimeSpan | None
    end: TimeSpan | None
    latitude: float | None
    longitude: float | None
    provider: str | None
    method: str | None
    method_version: str | None
    confidence: float | None
    counts: bool


@strawberry.type(description="Positions of one transmitter; `exportPicture` writes them as GEOJSON.")
class VesselTrack(VesselLine):
    """How many positions, from when to when (UTC)."""

    provider: str | None
    points: int
    first: str | None
    last: str | None


@strawberry.type(
    description="TWO_SIGNS is a signal: two independent signs, at most one of them a gap. The others are"
    " contradictions: TWO_NAMES, TWO_FLAGS, TWO_CALL_SIGNS, TWO_MMSI, TWO_IMO, MMSI_FLAG, CALL_SIGN_FLAG,"
    " IMPOSSIBLE_SPEED."
)
class VesselFinding:
    """Records in which the same owners say the same stand on one side together."""

    rule: str
    sentence: str
    assumes: str
    cannot_say: str
    left: FindingSide
    right: FindingSide
    figures: list[FindingFigure]


@strawberry.type(
    description="What the nodes showed of a vessel, and what is found in it. `stopped`: DONE, QUESTIONS,"
    " VERTICES, or TOO_MANY records to compare. `loneGaps` are gaps that are in no signal: no finding."
)
class VesselHistory:
    """Entries and events in the order of time, undated ones last."""

    kind: str
    number: str
    imos: list[str]
    mmsis: list[str]
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[HistoryNode]
    entries: list[VesselEntry]
    events: list[VesselEvent]
    tracks: list[VesselTrack]
    areas: list[strawberry.ID]
    findings: list[VesselFinding]
    lone_gaps: list[strawberry.ID]
    lone_gaps_say: str
    claims: list[Claim]
    cannot_say: str


@strawberry.type
class VesselQuery:
    """Vessels."""

    @strawberry.field(
        graphql_type=VesselNumber,
        description="Whether an IMO number or an MMSI checks and what it says, and whether `flag` (ISO 3166"
        " alpha-2) and `callSign` fit; no node is asked. `language`: en, fr, sv.",
    )
    def vessel_number(
        self,
        info: VisitInfo,
        number: str,
        flag: str | None = None,
        call_sign: str | None = None,
        language: str = "en",
    ) -> Shown:
        """The number itself."""
        info.context.require(Role.ANALYST)
        return numbers_shown(number, flag, call_sign, language_of(language))

    @strawberry.field(
        graphql_type=VesselHistory,
        description="Who lists the vessel with this IMO number or MMSI, under which names it sailed, what was"
        " seen of it, at all nodes, and what signals or contradicts itself. `areas` are handles of drop-off"
        " areas to look at as well. Nothing sails faster than `maxKnots`; two signs are at most `days` apart."
        " `nodes` are those that are asked; none: all. Each step is a question under the mandate. Role"
        " analyst.",
    )
    async def vessel_history(  # the arguments are the published question
        self,
        info: VisitInfo,
        number: str,
        mandate: strawberry.ID,
        areas: list[strawberry.ID] | None = None,
        max_knots: float = 50.0,
        days: int = 7,
        nodes: list[str] | None = None,
        language: str = "en",
    ) -> Shown:
        """Rounds of questions, then the comparison."""
        if not SLOWEST <= max_knots <= FASTEST:
            raise VariablesRejected(f"maxKnots: {max_knots} is not within {SLOWEST} to {FASTEST} knots")
        if not 0 < days <= MOST_DAYS:
            raise VariablesRejected(f"days: {days} is not within 1 to {MOST_DAYS}")
        named, limits = [str(each) for each in areas or ()], Limits(knots=max_knots, days=days)
        found = await history(info.context, number, str(mandate), named, limits, nodes=nodes or ())
        return history_shown(found, language_of(language))
