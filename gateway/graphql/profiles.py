"""Chemical profiles that support a common source, at the desk. See `gateway.profiles`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import profiles
from gateway.errors import VariablesRejected
from gateway.graphql.answers import Claim, NodeStatus
from gateway.graphql.spoken import language_of
from gateway.visit import Visit

VisitInfo = Info[Visit, None]


@strawberry.input(
    description="A profile that is no record: `compounds` as `tropacocaine: 0.8125 ± 0.02 %`,"
    " `norcocaine: < 0.05 %`, `truxilline: < LOD` or `levamisole: -` (not measured)."
)
class ProfileInput:
    """What a laboratory has measured."""

    method: str
    version: str
    compounds: list[str]
    laboratory: str = ""
    measured_at: str = ""


@strawberry.type(description="The profile that was asked with.")
class ProfileAsked:
    """A record's, or one that was typed in."""

    handle: strawberry.ID | None
    method: str
    version: str
    compounds: list[str]
    laboratory: str | None
    measured_at: str | None


@strawberry.type(
    description="How a node answered, and by what it compares. `comparable` is false with a `reason` and its"
    " `meaning` in words; it is null where the node did not answer."
)
class ProfileNode:
    """One per node asked. `threshold` is the least score that the node tells of."""

    status: NodeStatus
    comparable: bool | None
    reason: str | None
    meaning: str | None
    treatment: str | None
    measure: str | None
    threshold: float | None
    same_pairs: int | None
    different_pairs: int | None


@strawberry.type(description="A share of labelled pairs, with Wilson's 95 % bounds: `count` of `pairs`.")
class ProfileRate:
    """A calibrated rate."""

    rate: float
    low: float
    high: float
    count: int
    pairs: int


@strawberry.type(
    description="A compound in one profile: its share of all that is compared, and within which bounds."
)
class ProfileSide:
    """`below`: under the limit of detection; then `high` is that limit, where the laboratory tells it."""

    share: float
    low: float
    high: float
    below: bool


@strawberry.type(
    description="A compound in both profiles. `part` of all that keeps them apart; `differs`: by more than"
    " both uncertainties explain, null where none is told."
)
class ProfileCompound:
    """`left` is the profile asked with."""

    compound: str
    left: ProfileSide
    right: ProfileSide
    part: float
    differs: bool | None


@strawberry.type(
    description="A profile with which a common source is supported, never more. Not `exact`: its compounds"
    " are not shown, the score is the lower end of its band. `laboratory`: SAME, OTHER, NOT_TOLD."
)
class ProfileMatch:
    """One record of one node."""

    handle: strawberry.ID
    node: str
    score: float
    exact: bool
    meaning: str
    false_positive: ProfileRate
    true_positive: ProfileRate
    laboratory: str
    age_days: int | None
    sample: strawberry.ID | None
    compounds: list[ProfileCompound]
    claim: Claim


@strawberry.type(
    description="What supports a common source with a profile, best first, and how every node answered."
)
class ProfileMatches:
    """The answer to "same batch?", which is never yes."""

    query_id: strawberry.ID
    queries: list[strawberry.ID]
    complete: bool
    asked: ProfileAsked
    nodes: list[ProfileNode]
    matches: list[ProfileMatch]
    cannot_say: str


@strawberry.type
class ProfileQuery:
    """Chemical profiles."""

    @strawberry.field(
        graphql_type=ProfileMatches,
        description="Chemical profiles at any node that support a common source with one: a record's"
        " (`handle`) or one that was just measured (`profile`). Methods are never mixed. `language`: en, fr,"
        " sv. Role analyst.",
    )
    async def match_profile(
        self,
        info: VisitInfo,
        mandate: strawberry.ID,
        handle: strawberry.ID | None = None,
        profile: ProfileInput | None = None,
        nodes: list[str] | None = None,
        language: str = "en",
    ) -> Mapping[str, Any]:
        """Matches with their calibrated rates."""
        visit, words = info.context, language_of(language)
        if (handle is None) == (profile is None):
            raise VariablesRejected("profile: needs one of handle and profile")
        if profile is not None:
            wanted = profiles.typed(**vars(profile))
        else:
            wanted = await profiles.profile_of(visit, str(handle), str(mandate))
        return await profiles.match_profile(visit, wanted, str(mandate), nodes, words)
