"""What a node's own people may do at their desk: questions, mandates, grants, a first look into the log.

Resolvers only translate: arguments into a use case, its value into the mapping that the types are read from.
"""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.utils.str_converters import to_camel_case

from gateway import ask, liaise, mandates, oversee
from gateway.graphql.erasure import ErasureMutation, ErasureQuery
from gateway.graphql.evidence import EvidenceMutation, EvidenceQuery
from gateway.graphql.federation import Contact, Record
from gateway.graphql.oversight import OversightMutation, OversightQuery
from gateway.graphql.reconciling import ReconcileMutation, ReconcileQuery
from gateway.visit import Visit
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from sharing.mandates import Justification

for _words, _name in (
    (Purpose, "Purpose"),
    (LegalBasis, "LegalBasis"),
    (SubjectCategory, "SubjectCategory"),
    (Aim, "Aim"),
    (Mode, "Tier"),
    (Role, "Role"),
):
    strawberry.enum(_words, name=_name)

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="The justification of cross-border questions in one case (Prüm II Art. 33).")
class Mandate:
    """A mandate of the person who is signed in."""

    id: strawberry.ID
    purpose: str
    legal_basis: str
    case: str
    offence: str
    subject_category: str
    aim: str
    opened_at: str
    expires_at: str


@strawberry.input(description="Purpose with case and offence, subject category, aim: all are required.")
class MandateInput:
    """What opens a mandate."""

    purpose: Purpose
    legal_basis: LegalBasis
    case: str
    offence: str
    subject_category: SubjectCategory
    aim: Aim
    minutes: int | None = None


@strawberry.input(description="The terms of a grant; empty cases mean any case, nothing else may be empty.")
class GrantInput:
    """What a liaison officer proposes."""

    recipients: list[str]
    dataset: str
    schemata: list[str]
    tier: Mode
    purposes: list[Purpose]
    legal_bases: list[LegalBasis]
    categories: list[SubjectCategory]
    roles: list[Role]
    days: int
    masked: list[str] = strawberry.field(default_factory=list)
    cases: list[str] = strawberry.field(default_factory=list)


@strawberry.type(description="A grant of this node, its newest version.")
class Grant:
    """What a partner may see, until when, by whose approval."""

    id: strawberry.ID
    ref: str
    recipients: list[str]
    dataset: str
    schemata: list[str]
    tier: str
    masked: list[str]
    cases: list[str]
    purposes: list[str]
    not_before: str
    expires_at: str
    revoked_at: str | None
    approved_by: list[str]


@strawberry.type(description="Terms that wait for a second liaison officer.")
class Proposal:
    """A grant that is not in force."""

    id: strawberry.ID


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
    renews_at: str | None


@strawberry.type(description="A record as one node claims it, with where it comes from.")
class Claim:
    """One record of one node under a handle that names both."""

    handle: strawberry.ID
    node: str
    receipt: str
    record: Record


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


@strawberry.type(description="A node of the federation as the signed directory names it.")
class Partner:
    """A partner node."""

    id: strawberry.ID
    name: str
    country: str
    spoc: str


@strawberry.type(description="The person who is signed in.")
class Me:
    """Oneself."""

    node: str
    name: str
    unit: str
    roles: list[str]


@strawberry.type(description="The log's last signed head.")
class LogHead:
    """A checkpoint in words."""

    origin: str
    size: int
    root: str
    checkpoint: str


@strawberry.type(description="One log entry: codes, digests and counts, no content.")
class LogEntry:
    """A leaf of the log."""

    index: int
    kind: str
    at: str
    leaf: str


@strawberry.type
class Query(ErasureQuery, EvidenceQuery, OversightQuery, ReconcileQuery):
    """Questions of analysts, and oversight's first look."""

    @strawberry.field(graphql_type=Me, description="Who is signed in, in which roles.")
    def me(self, info: VisitInfo) -> Shown:
        """Oneself."""
        return info.context.me()

    @strawberry.field(graphql_type=list[Partner], description="The nodes of the federation.")
    def partners(self, info: VisitInfo) -> list[Shown]:
        """The directory."""
        return info.context.node.partners()

    @strawberry.field(
        graphql_type=list[Mandate], description="The signed-in analyst's mandates that still hold."
    )
    def my_mandates(self, info: VisitInfo) -> list[Shown]:
        """Open mandates."""
        return mandates.mine(info.context)

    @strawberry.field(
        graphql_type=Picture,
        description="Who knows this phone number, account, container, plate … in any spelling.",
    )
    async def lookup(  # noqa: PLR0913, PLR0917  # the arguments are the published question
        self,
        info: VisitInfo,
        identifier: str,
        mandate: strawberry.ID,
        kind: str | None = None,
        nodes: list[str] | None = None,
        first: int = 50,
    ) -> Shown:
        """Exact lookup at all nodes."""
        return await _asked(info, Operation.LOOKUP, locals())

    @strawberry.field(graphql_type=Picture, description="Records whose names resemble the text, best first.")
    async def search(  # noqa: PLR0913, PLR0917  # the arguments are the published question
        self,
        info: VisitInfo,
        text: str,
        mandate: strawberry.ID,
        schemata: list[str] | None = None,
        country: str | None = None,
        nodes: list[str] | None = None,
        first: int = 20,
    ) -> Shown:
        """Text search at all nodes."""
        return await _asked(info, Operation.SEARCH, locals())

    @strawberry.field(graphql_type=Picture, description="One record by its handle `<node>/<record id>`.")
    async def entity(self, info: VisitInfo, handle: strawberry.ID, mandate: strawberry.ID) -> Shown:
        """One record at its node."""
        return await _asked(info, Operation.ENTITY, locals())

    @strawberry.field(
        graphql_type=Picture, description="What the record is linked to at its node, within one or two hops."
    )
    async def expand(
        self,
        info: VisitInfo,
        handle: strawberry.ID,
        mandate: strawberry.ID,
        hops: int = 1,
        first: int = 100,
    ) -> Shown:
        """Neighbours at the record's node."""
        return await _asked(info, Operation.EXPAND, locals())

    @strawberry.field(graphql_type=list[Grant], description="The node's grants by id; role liaison.")
    def grants(self, info: VisitInfo, after: str = "", first: int = 50) -> list[Shown]:
        """What is shared with whom."""
        return liaise.grants(info.context, after, first)

    @strawberry.field(graphql_type=LogHead, description="The log's last signed head; role oversight.")
    async def log_head(self, info: VisitInfo) -> Shown:
        """The checkpoint."""
        return await oversee.head(info.context)

    @strawberry.field(
        graphql_type=list[LogEntry],
        description="Log entries from an index on; needs a justification and is itself logged.",
    )
    async def log_entries(
        self, info: VisitInfo, justification: str, start: int = 0, first: int = 50
    ) -> list[Shown]:
        """Leaves of the log."""
        return await oversee.entries(info.context, justification, start, first)


@strawberry.type
class Mutation(ErasureMutation, EvidenceMutation, OversightMutation, ReconcileMutation):
    """What people change."""

    @strawberry.mutation(graphql_type=Mandate, description="Open a mandate for a case; role analyst.")
    async def open_mandate(self, info: VisitInfo, mandate: MandateInput) -> Shown:
        """A new mandate."""
        told = dict(vars(mandate))
        minutes = told.pop("minutes")
        return await mandates.open_(info.context, Justification(**told), minutes)

    @strawberry.mutation(description="End a mandate before its time.")
    async def close_mandate(self, info: VisitInfo, mandate: strawberry.ID) -> bool:
        """Whether a mandate of the caller was ended."""
        return await mandates.close(info.context, str(mandate))

    @strawberry.mutation(
        graphql_type=Proposal,
        description="Propose a grant; role liaison. A second officer has an hour to approve.",
    )
    def propose_grant(self, info: VisitInfo, grant: GrantInput) -> Shown:
        """Terms that wait."""
        return liaise.propose(info.context, _terms(grant), grant.days)

    @strawberry.mutation(
        graphql_type=Grant, description="Approve another officer's proposal; the grant is in force at once."
    )
    async def approve_grant(self, info: VisitInfo, id: strawberry.ID) -> Shown:  # noqa: A002  # the published name
        """A grant in force."""
        return await liaise.approve(info.context, str(id))

    @strawberry.mutation(
        graphql_type=Grant, description="Revoke a grant; it ends with the very next question."
    )
    async def revoke_grant(self, info: VisitInfo, grant: strawberry.ID, reason: str) -> Shown:
        """A grant that ended."""
        return await liaise.revoke(info.context, str(grant), reason)


def _terms(grant: GrantInput) -> Mapping[str, Any]:
    return {
        "recipients": tuple(grant.recipients),
        "dataset": grant.dataset,
        "schemata": tuple(grant.schemata),
        "mode": grant.tier,
        "purposes": tuple(grant.purposes),
        "legal_bases": tuple(grant.legal_bases),
        "categories": tuple(grant.categories),
        "roles": tuple(grant.roles),
        "masked": tuple(grant.masked),
        "cases": tuple(grant.cases),
    }


async def _asked(info: VisitInfo, operation: Operation, told: Mapping[str, Any]) -> Shown:
    """The use case on a resolver's own arguments."""
    arguments = {name: value for name, value in told.items() if name not in {"self", "info"}}
    return await ask.ask(info.context, ask.asking_of(operation, arguments))


def _from_mapping(source: Any, name: str) -> Any:  # noqa: ANN401  # strawberry's resolver type
    return source[to_camel_case(name)]


def analyst_schema() -> strawberry.Schema:
    """The desk's schema; `schema.graphql` beside it is its golden file."""
    return strawberry.Schema(Query, Mutation, config=StrawberryConfig(default_resolver=_from_mapping))
