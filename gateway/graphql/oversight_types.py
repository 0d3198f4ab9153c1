"""What oversight's questions take and give at the desk, as GraphQL types."""

import strawberry

from audit.findings import State
from audit.severity import Severity

strawberry.enum(State, name="FindingState")
strawberry.enum(Severity, name="Severity")


@strawberry.input(description="What rows are wanted; what is left out admits all. Times with a zone.")
class LogSearchInput:
    """The criteria of a search."""

    since: str | None = None
    until: str | None = None
    kinds: list[str] | None = None
    node: str | None = None
    purpose: str | None = None
    case: str | None = strawberry.field(default=None, description="A reference, or its keyed digest.")
    with_case: bool | None = None
    status: str | None = None
    reason: str | None = None
    unit: str | None = None
    asker: str | None = strawberry.field(default=None, description="A pseudonym.")
    query_id: str | None = None
    request: str | None = None
    self_lookup: bool | None = None
    after: int = -1
    first: int = 50


@strawberry.input(description="Which findings are wanted; newest first, below the number `before`.")
class FindingSearchInput:
    """The criteria of a list of findings."""

    state: State | None = None
    rule: str | None = None
    least: Severity | None = None
    asker: str | None = None
    before: int = 0
    first: int = 50


@strawberry.type(description="What one log entry says, in the fields that oversight searches by.")
class LogRow:
    """A row of the index."""

    index: int
    kind: str
    operation: str
    at: str
    query_id: str | None
    request: str | None
    asker: str | None
    role: str | None
    unit: str | None
    partner: str | None
    nodes: list[str]
    purpose: str | None
    legal_basis: str | None
    offence: str | None
    case: str | None
    statuses: list[str]
    reasons: list[str]
    tier: str | None
    action: str | None
    results: int | None
    retain_until: str | None
    sealed: bool
    self_lookup: bool
    leaf_hash: str


@strawberry.type(description="The rows found, and how many there are in all; `size` is the log's.")
class LogRows:
    """A page of rows."""

    total: int
    size: int
    rows: list[LogRow]


@strawberry.type(description="A fact of a log entry.")
class LogFact:
    """A field of the field table (audit/README.md) and its value."""

    name: str
    value: str


@strawberry.type(description="Who asked what and why, as one entry says it before anything was done.")
class RecordAsked:
    """An intent."""

    index: int
    at: str
    side: str
    asker: str
    unit: str | None
    partner: str | None
    nodes: list[str]
    self_lookup: bool
    sealed: bool
    what: list[LogFact]
    why: list[LogFact]


@strawberry.type(description="How it ended at one node. `receipt`: OWN, RECEIVED or MISSING.")
class RecordOutcome:
    """An outcome."""

    index: int
    at: str
    node: str
    status: str
    results: int | None
    reasons: list[str]
    receipt: str
    counterpart_leaf: str | None
    facts: list[LogFact]


@strawberry.type(
    description="An entry of the exchange. `proof`: WITNESSED or SIGNED; `seal`: SEALED, ERASED or NONE."
)
class RecordEntry:
    """A leaf and what proves it."""

    index: int
    kind: str
    operation: str
    at: str
    leaf_hash: str
    leaf: str
    proof: str
    seal: str


@strawberry.type(description="All that this log holds of one exchange. `open`: an intent has no outcome yet.")
class ExchangeRecord:
    """An exchange in plain."""

    query_id: strawberry.ID
    size: int
    witnessed_size: int
    open: bool
    asked: list[RecordAsked]
    outcomes: list[RecordOutcome]
    entries: list[RecordEntry]


@strawberry.type(description="Who is behind a pseudonym; opened for a reason that is logged.")
class SealedIdentity:
    """What was sealed beside a leaf."""

    index: int
    kind: str
    at: str
    subject: str | None
    name: str | None
    unit: str | None
    case: str | None
    justification: str | None


@strawberry.type(description="A node's outcome.")
class NodeOutcome:
    """A node and a status."""

    node: str
    status: str


@strawberry.type(description="An exchange that was drawn; `entries` are its leaf indexes.")
class DrawnExchange:
    """One of a sample."""

    row: LogRow
    outcomes: list[NodeOutcome]
    entries: list[int]


@strawberry.type(
    description="A week's random sample. Seed = SHA-256 of week and root, see deploy/docs/oversight.md."
)
class ExchangeSample:
    """What was drawn, and all that is needed to draw it again."""

    week: str
    since: str
    until: str
    population: int
    size: int
    root: str
    final: bool
    seed: str
    drawn: list[DrawnExchange]


@strawberry.type(description="Something a rule, a witness or a reconciliation noticed; codes and numbers.")
class Finding:
    """A finding and what oversight made of it."""

    id: strawberry.ID
    number: int
    rule: str
    severity: str
    at: str
    text: str
    indexes: list[int]
    request: str | None
    query_id: str | None
    asker: str | None
    partner: str | None
    state: str
    reason: str | None
    changed_by: str | None
    changed_at: str | None


@strawberry.type(
    description="What a rule raised: `part` of `whole` `of` it looked at. A signal proves nothing."
)
class AnomalyList:
    """A rule, its base rate, and its findings."""

    rule: str
    meaning: str
    limits: str
    part: int
    whole: int
    of: str
    findings: list[Finding]


@strawberry.type(description="An intent whose outcome is not logged; those under way are among them.")
class OpenIntent:
    """An entry that waits."""

    index: int
    entry_id: str
    kind: str
    at: str


@strawberry.type(description="What a witness last said.")
class WitnessWord:
    """A witness and its verdict."""

    witness: str
    verdict: str
    detail: str
    at: str


@strawberry.type(description="How long ago a quorum of witnesses cosigned the log.")
class WitnessState:
    """Freshness."""

    freshness: str
    seconds: int
    checkpoint: str | None
    words: list[WitnessWord]


@strawberry.type(
    description="A step of the verifier: SIGNATURE (GOOD, BAD, NOT_CHECKED), WITNESSES"
    " (COSIGNED, NONE, NOT_ASKED), LEAVES (HASHING, COMPARED), CHECKPOINTS (COMPARED), FINDINGS (NONE, SOME)."
)
class VerificationStep:
    """A step and what it says."""

    name: str
    verdict: str
    detail: str = strawberry.field(description="The same in English.")
    count: int | None = strawberry.field(
        description="Entries hashed, compared or cosigned; of FINDINGS, findings."
    )
    names: list[str] = strawberry.field(description="The witnesses that have cosigned.")
    root: str | None = strawberry.field(description="The root that was compared with, in hexadecimal.")


@strawberry.type(
    description="The verification of the whole log: NONE, RUNNING, HOLDS, DOES_NOT_HOLD, STOPPED, FAILED."
)
class LogVerification:
    """A job."""

    stage: str
    done: int
    total: int
    started_at: str | None
    ended_at: str | None
    steps: list[VerificationStep]
    findings: list[str]
    broken: list[int] = strawberry.field(description="Entries that are not what was signed, by index.")


@strawberry.type(description="A copy of the log with one byte changed on purpose; the log is as it was.")
class DamagedCopy:
    """A broken copy."""

    index: int
    was: str = strawberry.field(description="The entry's time as it was signed.")
    reads: str = strawberry.field(description="The entry's time as the copy has it.")
    verification: LogVerification
