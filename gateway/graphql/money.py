"""Money at the desk: addresses, owners, paths from goods to money, odd prices. See `gateway.money`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info
from strawberry.utils.str_converters import to_camel_case

from gateway import money
from gateway.graphql.answers import Claim
from gateway.graphql.network import Network, NetworkAnswered, groups_of
from gateway.graphql.spoken import language_of
from gateway.money_shown import (
    address_shown,
    appraised_shown,
    joined_shown,
    owning_shown,
    reference_shown,
)
from gateway.visit import Visit
from policy.terms import Role
from sharing.money.anomalies import Fences
from sharing.money.ownership import Way

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]

strawberry.enum(Way, name="OwnershipWay", description="OWNERS: who owns it. OWNED: what it owns.")


@strawberry.type(
    description="An address as it reads. `verification`: CHECKSUM (holds), FORM (fits, nothing was checked),"
    " NOT_VERIFIED (a currency whose form we do not know) or INVALID, with its `reason`."
)
class WalletAddress:
    """No node is asked."""

    normal: str
    chain: str | None
    verification: str
    sentence: str
    reason: str | None


@strawberry.type(description="That one thing owns another. `low` and `high` are from 0 to 1.")
class OwnershipHolding:
    """`differ`: services tell different shares."""

    owner: str
    asset: str
    sentence: str
    differ: bool
    low: float
    high: float
    known: bool
    share: str
    handles: list[strawberry.ID]
    owners: list[str]
    handling: list[str]
    dates: list[str]


@strawberry.type(
    description="A chain, its share the product of its holdings. `end`: SHOWN (no more was shown), CYCLE or"
    " DEPTH."
)
class OwnershipChain:
    """From the company on."""

    holdings: list[OwnershipHolding]
    low: float
    high: float
    known: bool
    share: str
    end: str
    end_sentence: str


@strawberry.type(description="What all chains to one thing come to.")
class OwnershipTotal:
    """Shares that go round in a cycle are not added again."""

    handles: list[strawberry.ID]
    caption: str
    low: float
    high: float
    known: bool
    share: str


@strawberry.type(description="Records that are taken to be one company, as they bear these numbers.")
class OwnershipTaken:
    """An assumption that the reader can check."""

    handles: list[strawberry.ID]
    caption: str
    registrations: list[str]


@strawberry.type(description="Chains of ownership on a day. `cut`: there are more than 200 chains.")
class Ownership:
    """`complete` says whether every node answered and nothing was too common."""

    day: str
    way: str
    chains: list[OwnershipChain]
    totals: list[OwnershipTotal]
    taken: list[OwnershipTaken]
    cut: bool
    assumes: str
    cannot_say: str
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[NetworkAnswered]


@strawberry.type(
    description="A step towards the place `target`. `flow`: PHYSICAL, FINANCIAL, PARTY, or SAME (an"
    " identifier at both ends); `kind` is what it leads to, `verification` how far a wallet's address checks."
)
class FlowStep:
    """With the records that say so: whose they are, their handling and their dates."""

    source: int
    target: int
    flow: str
    flow_said: str
    sentences: list[str]
    towards: str
    kind: str
    verification: str | None
    handles: list[strawberry.ID]
    owners: list[str]
    handling: list[str]
    dates: list[str]


@strawberry.type(description="A path; `joins`: one end is goods and the other is money.")
class FlowPath:
    """Steps in their order."""

    joins: bool
    steps: list[FlowStep]


@strawberry.type(description="The shortest paths between two ends, through goods, parties and money.")
class JoinedFlows:
    """`network` is all that was gathered; events such as payments are things in it."""

    network: Network
    paths: list[FlowPath]
    assumes: str
    cannot_say: str
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[NetworkAnswered]


@strawberry.input(
    description="A row of a reference: quartiles of `number` (20 or more) records of a Harmonised System code"
    " from `begin` to `end`. `measure`: VALUE_PER_KG (`unit` is a currency) or KG_PER_UNIT (`unit` is a"
    " package). Numbers are texts, with point or comma."
)
class TradeReferenceInput:
    """As a service has it from its statistics."""

    source: str
    hs_code: str
    measure: str
    unit: str
    begin: str
    end: str
    number: str
    q1: str
    median: str
    q3: str


@strawberry.type(
    description="A declaration outside of the fences `low` to `high`. `far`: beyond the far ones."
)
class TradeAnomaly:
    """`side`: LOW or HIGH."""

    handle: strawberry.ID
    measure: str
    side: str
    far: bool
    value: float
    low: float
    high: float
    median: float
    source: str
    sentence: str
    handles: list[strawberry.ID]
    owners: list[str]
    handling: list[str]
    dates: list[str]


@strawberry.type(
    description="`why`: NO_CODE, NO_DATE, NO_WEIGHT, NO_AMOUNT, or NO_REFERENCE covers the declaration."
)
class TradeNotCompared:
    """No finding."""

    handle: strawberry.ID
    measure: str
    why: str
    sentence: str


@strawberry.type(description="Odd declarations among those that were shown, `compared` of them.")
class TradeAppraisal:
    """What was not compared is named, with why; `referenceKept` is the digest of the node's own table."""

    anomalies: list[TradeAnomaly]
    not_compared: list[TradeNotCompared]
    compared: int
    reference_kept: str | None
    reference_says: str
    claims: list[Claim]
    assumes: str
    cannot_say: str
    complete: bool
    completeness: str
    stopped: str
    questions: int
    nodes: list[NetworkAnswered]


@strawberry.type(
    description="The table of prices and weights that a node keeps for questions that name none. `since` is"
    " the day on which it was put there, `digest` that of its file."
)
class PriceReference:
    """What `entente money prices` kept."""

    rows: int
    sources: list[str]
    since: str
    digest: str


@strawberry.type
class MoneyQuery:
    """Money."""

    @strawberry.field(
        graphql_type=PriceReference | None,
        description="The table of prices and weights that this node keeps; null if it keeps none. No node is"
        " asked. Role analyst.",
    )
    def price_reference(self, info: VisitInfo) -> Shown | None:
        """As it stands now."""
        info.context.require(Role.ANALYST)
        kept = money.kept_reference(info.context)
        return None if kept is None else reference_shown(*kept)

    @strawberry.field(
        graphql_type=WalletAddress,
        description="Whether a wallet's address checks; no node is asked. `currency` is a code such as BTC.",
    )
    def wallet_address(
        self, info: VisitInfo, address: str, currency: str | None = None, language: str = "en"
    ) -> Shown:
        """The address itself."""
        info.context.require(Role.ANALYST)
        return address_shown(address, currency, language_of(language))

    @strawberry.field(
        graphql_type=Ownership,
        description="Who owns a record, or what it owns, over all nodes, on a `day` (YYYY-MM-DD; today). Each"
        " step is a question under the mandate. Role analyst.",
    )
    async def ownership(  # the arguments are the published question
        self,
        info: VisitInfo,
        handle: strawberry.ID,
        mandate: strawberry.ID,
        way: Way = Way.OWNERS,
        depth: int = 6,
        day: str = "",
        same: list[list[strawberry.ID]] | None = None,
        language: str = "en",
    ) -> Shown:
        """Rounds of one holding each."""
        found = await money.ownership(
            info.context, str(handle), str(mandate), way, depth=depth, day=day, groups=groups_of(same)
        )
        return owning_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=JoinedFlows,
        description="The shortest paths that join goods and money. `start` and `end` are handles, or"
        " identifiers that all nodes are asked for: a container, an account, a wallet. Role analyst.",
    )
    async def joined_flows(  # the arguments are the published question
        self,
        info: VisitInfo,
        start: str,
        end: str,
        mandate: strawberry.ID,
        same: list[list[strawberry.ID]] | None = None,
        language: str = "en",
    ) -> Shown:
        """At most twelve steps and 200 questions."""
        found = await money.joined(info.context, start, end, str(mandate), groups_of(same))
        return joined_shown(found, language_of(language))

    @strawberry.field(
        graphql_type=TradeAppraisal,
        description="The shipments among and around records, at all nodes, beside a reference: what lies"
        " `outside` so many interquartile ranges of the logarithms. Without `reference` it is the table that"
        " this node keeps (`entente money prices`). Role analyst.",
    )
    async def trade_anomalies(  # the arguments are the published question
        self,
        info: VisitInfo,
        handles: list[strawberry.ID],
        mandate: strawberry.ID,
        reference: list[TradeReferenceInput] | None = None,
        outside: float = 1.5,
        language: str = "en",
    ) -> Shown:
        """One round of questions, then the comparison."""
        rows = [
            {to_camel_case(name): value for name, value in vars(each).items()} for each in reference or ()
        ]
        named = [str(each) for each in handles]
        found = await money.anomalies(info.context, named, str(mandate), rows, Fences(outside=outside))
        return appraised_shown(found, language_of(language))
