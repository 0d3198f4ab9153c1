"""What a node's own people may do at their desk: questions, mandates, a first look into the log.

Resolvers only translate: arguments into a use case, its value into the mapping that the types are read from.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.utils.str_converters import to_camel_case

from gateway import ask, kept, mandates, oversee
from gateway.graphql.administration import AdministrationMutation, AdministrationQuery
from gateway.graphql.answers import Picture
from gateway.graphql.approval_keys import ApprovalKeyMutation, ApprovalKeyQuery
from gateway.graphql.chronicle import ChronicleQuery
from gateway.graphql.consents import ConsentMutation, ConsentQuery
from gateway.graphql.containers import ContainerQuery
from gateway.graphql.emergencies import EmergencyInput, EmergencyMutation, EmergencyQuery
from gateway.graphql.erasure import ErasureMutation, ErasureQuery
from gateway.graphql.evidence import EvidenceMutation, EvidenceQuery
from gateway.graphql.explain import ExplainQuery
from gateway.graphql.federation import CaseRef, LeastInformation, LeastSource, Since, Until
from gateway.graphql.followups import FollowUpMutation, FollowUpQuery
from gateway.graphql.grants import GrantMutation, GrantQuery
from gateway.graphql.kinds import KindQuery
from gateway.graphql.matching import MatchingQuery
from gateway.graphql.money import MoneyQuery
from gateway.graphql.network import NetworkQuery
from gateway.graphql.oversight import OversightMutation, OversightQuery
from gateway.graphql.pictures import SharedPictureMutation, SharedPictureQuery
from gateway.graphql.policy_state import PolicyQuery
from gateway.graphql.preview import PreviewQuery
from gateway.graphql.profiles import ProfileQuery
from gateway.graphql.provenance import ProvenanceMutation, ProvenanceQuery
from gateway.graphql.quota import QuotaQuery
from gateway.graphql.recalls import KeptRecord, RecallMutation, RecallQuery
from gateway.graphql.reconciling import ReconcileMutation, ReconcileQuery
from gateway.graphql.reports import ReportMutation
from gateway.graphql.seen import SeenQuery
from gateway.graphql.signed_in import SignedInMutation, SignedInQuery
from gateway.graphql.silent_schema import SilentSchema
from gateway.graphql.simulate import SimulationMutation, SimulationQuery
from gateway.graphql.standing import StandingMutation, StandingQuery
from gateway.graphql.vessels import VesselQuery
from gateway.visit import Visit
from policy.emergency import Emergency
from policy.terms import Aim, LegalBasis, Operation, Purpose, SubjectCategory
from sharing.mandates import Justification

strawberry.enum(Aim, name="Aim")

VisitInfo = Info[Visit, None]
After = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The next page of one node: asks that node only, behind this handle."),
]
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
    emergency: EmergencyInput | None = None


@strawberry.type(description="A kept record as its node shows it now; a stub has no picture and a reason.")
class KeptView:
    """A lease and what may be seen under it."""

    kept: KeptRecord
    picture: Picture | None


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
class Query(
    AdministrationQuery,
    ApprovalKeyQuery,
    SignedInQuery,
    ChronicleQuery,
    ConsentQuery,
    ContainerQuery,
    EmergencyQuery,
    ErasureQuery,
    EvidenceQuery,
    ExplainQuery,
    FollowUpQuery,
    GrantQuery,
    KindQuery,
    MatchingQuery,
    MoneyQuery,
    NetworkQuery,
    OversightQuery,
    PolicyQuery,
    QuotaQuery,
    PreviewQuery,
    ProfileQuery,
    ProvenanceQuery,
    RecallQuery,
    ReconcileQuery,
    SharedPictureQuery,
    SeenQuery,
    SimulationQuery,
    StandingQuery,
    VesselQuery,
):
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
    async def lookup(
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
    async def search(
        self,
        info: VisitInfo,
        text: str,
        mandate: strawberry.ID,
        schemata: list[str] | None = None,
        country: str | None = None,
        dataset: str | None = None,
        case_ref: CaseRef = None,
        source: LeastSource = None,
        information: LeastInformation = None,
        since: Since = None,
        until: Until = None,
        after: After = None,
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

    @strawberry.field(
        graphql_type=KeptView,
        description="A kept record, asked for anew at its node under a mandate for its case; role analyst.",
    )
    async def view_kept(self, info: VisitInfo, id: strawberry.ID, mandate: strawberry.ID) -> Shown:
        """A record or a stub."""
        return await kept.view(info.context, str(id), str(mandate))

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
class Mutation(
    AdministrationMutation,
    ApprovalKeyMutation,
    SignedInMutation,
    ConsentMutation,
    EmergencyMutation,
    ErasureMutation,
    EvidenceMutation,
    FollowUpMutation,
    GrantMutation,
    OversightMutation,
    ProvenanceMutation,
    RecallMutation,
    ReconcileMutation,
    ReportMutation,
    SharedPictureMutation,
    SimulationMutation,
    StandingMutation,
):
    """What people change."""

    @strawberry.mutation(graphql_type=Mandate, description="Open a mandate for a case; role analyst.")
    async def open_mandate(self, info: VisitInfo, mandate: MandateInput) -> Shown:
        """A new mandate."""
        told = dict(vars(mandate))
        minutes, said = told.pop("minutes"), told.pop("emergency")
        emergency = Emergency(said.threat, said.text) if said else None
        return await mandates.open_(info.context, Justification(**told), minutes, emergency)

    @strawberry.mutation(description="End a mandate before its time.")
    async def close_mandate(self, info: VisitInfo, mandate: strawberry.ID) -> bool:
        """Whether a mandate of the caller was ended."""
        return await mandates.close(info.context, str(mandate))


async def _asked(info: VisitInfo, operation: Operation, told: Mapping[str, Any]) -> Shown:
    """The use case on a resolver's own arguments."""
    arguments = {to_camel_case(name): each for name, each in told.items() if name not in {"self", "info"}}
    return await ask.ask(info.context, ask.asking_of(operation, arguments))


def _from_mapping(source: Any, name: str) -> Any:  # noqa: ANN401  # strawberry's resolver type
    return source[to_camel_case(name)]


@cache
def analyst_schema() -> strawberry.Schema:
    """The desk's schema; `schema.graphql` beside it is its golden file."""
    return SilentSchema(Query, Mutation, config=StrawberryConfig(default_resolver=_from_mapping))
