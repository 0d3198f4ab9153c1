"""Of what every history over all nodes is made; see `gateway.histories`."""

import strawberry

from gateway.graphql.federation import Contact


@strawberry.type(description="Within which an instant lies, UTC.")
class TimeSpan:
    """As exact as it was told."""

    earliest: str
    latest: str


@strawberry.type(description="One side of a finding: the records that say so, and whose they are.")
class FindingSide:
    """What `says` is as its records tell it."""

    handles: list[strawberry.ID]
    owners: list[str]
    says: str


@strawberry.type(description="Kilometres, hours, km/h or knots, or shares of the larger amount, by name.")
class FindingFigure:
    """A figure that a finding rests on."""

    name: str
    value: float


@strawberry.type(description="How a node answered the questions to it; a `contact` is more that it may give.")
class HistoryNode:
    """One line for each node."""

    node: str
    status: str
    reasons: list[str]
    questions: int
    contact: Contact | None
