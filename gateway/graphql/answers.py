"""Answers of nodes as the desk's schema tells them: every record a claim of its node, one status per node."""

import strawberry

from gateway.graphql.explain import Withheld
from gateway.graphql.federation import Contact, Record
from gateway.graphql.provenance_types import Provenance
from gateway.graphql.ranking import RankedClaim


@strawberry.type(description="How one node answered. No hit and no answer never look alike.")
class NodeStatus:
    """One per node asked."""

    node: str
    status: str
    reasons: list[str]
    detail: str
    count: int
    asked_at: str
    replied_at: str | None
    receipt: str | None
    contact: Contact | None
    more: bool
    next: strawberry.ID | None = strawberry.field(
        description="For a search's `after`, when there is more: the last record in the node's own order."
    )
    renews_at: str | None


@strawberry.type(description="A record as one node claims it, with where it comes from.")
class Claim:
    """One record of one node under a handle that names both."""

    handle: strawberry.ID
    node: str
    receipt: str
    record: Record
    provenance: Provenance
    withheld: list[Withheld]


@strawberry.type(description="Records of different nodes that share a strong identifier; nothing is merged.")
class Candidate:
    """A proposal that two or more records are about the same."""

    handles: list[strawberry.ID]
    kind: str
    normal: str


@strawberry.type(description="The answers of all nodes side by side.")
class Picture:
    """A federated answer."""

    query_id: strawberry.ID
    complete: bool
    nodes: list[NodeStatus]
    claims: list[Claim]
    candidates: list[Candidate]
    ranked: list[RankedClaim]
