"""Values that carry permission: no rows without an `Access`, no `Access` without a permit and its receipt.

A `Permit` is made by `policy.judge` alone, an `Access` by `admit` alone, which needs the log's receipt for
exactly this permit. The constructors refuse every other caller; `tests/house_rules` holds the rest.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Protocol

from policy.errors import NotAdmitted
from policy.filters import Filter, dump
from policy.mandate import Actor, Mandate, digest_of
from policy.question import Question
from policy.terms import Mode, Reason

_BENCH = object()


class Evidence(Protocol):
    """What `admit` needs of a log receipt."""

    @property
    def subject(self) -> str:
        """`sha256:<hex>` of the permit that the log entry is about."""

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the receipt itself."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What one grant lets through: the rows that match `filter`, shown in `mode`.

    `masked` are the property names that the grant never shows; nothing is found by them either.
    """

    grant: str
    mode: Mode
    filter: Filter
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Permit:
    """A positive decision on one question of one partner at one node.

    At most one branch per grant. `shows` maps each property name that anybody named (the core set, every
    masked name) and `*` for all others to the refs of the grants that show it; a name maps to `()` when no
    grant does. Rows whose branches are all `hit` or `contact` are never listed. `max_rows` bounds one page.
    `consents` are refs of the consents by which records of other services may be among the rows.
    `digest` (`sha256:<hex>`) binds every part of the decision; it is what a log entry is about.
    """

    id: str
    partner: str
    mandate: Mandate
    question: Question
    mode: Mode
    branches: tuple[Branch, ...]
    shows: Mapping[str, tuple[str, ...]]
    max_rows: int
    obligations: tuple[str, ...]
    revision: str
    decided_at: int
    consents: tuple[str, ...] = ()
    _: KW_ONLY
    bench: InitVar[object] = None  # not kept, so that `replace` cannot carry it over
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self, bench: object) -> None:
        if bench is not _BENCH:
            raise NotAdmitted(f"permit {self.id}: made outside of policy.judge")
        object.__setattr__(self, "digest", self._bound())

    @property
    def grants(self) -> tuple[str, ...]:
        """Refs of the grants this decision rests on, sorted."""
        return tuple(sorted(branch.grant for branch in self.branches))

    def _bound(self) -> str:
        branches = [
            (branch.grant, branch.mode, branch.masked, dump(branch.filter)) for branch in self.branches
        ]
        asked = (self.partner, self.mandate.digest, self.question.digest)
        given = (self.mode, branches, dict(self.shows), self.max_rows, self.obligations, self.consents)
        return digest_of((self.id, asked, given, self.revision, self.decided_at))


@dataclass(frozen=True, slots=True)
class OversightPermit:
    """A positive decision on one act of oversight; it opens the log, never the shelf."""

    id: str
    actor: Actor
    act: str
    justification: str
    revision: str
    decided_at: int
    _: KW_ONLY
    bench: InitVar[object] = None  # not kept, so that `replace` cannot carry it over

    def __post_init__(self, bench: object) -> None:
        if bench is not _BENCH:
            raise NotAdmitted(f"oversight permit {self.id}: made outside of policy.judge")

    @property
    def digest(self) -> str:
        """`sha256:<hex>`: binds actor, act, justification and policy revision."""
        person = (self.actor.node, self.actor.subject)
        return digest_of((self.id, person, self.act, self.justification, self.revision, self.decided_at))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A negative decision; it rests on mandate and question only, never on the data.

    `reasons` go to the requester; `rules` (`<rule id>:<grant ref>`) only to the owner and oversight.
    """

    id: str
    partner: str
    reasons: tuple[Reason, ...]
    rules: tuple[str, ...]
    revision: str
    decided_at: int


@dataclass(frozen=True, slots=True)
class Access:
    """The key to the shelf: a permit whose intent stands in the log."""

    permit: Permit
    receipt_digest: str
    _: KW_ONLY
    bench: InitVar[object] = None  # not kept, so that `replace` cannot carry it over

    def __post_init__(self, bench: object) -> None:
        if bench is not _BENCH:
            raise NotAdmitted(f"access to {self.permit.id}: made outside of policy.decision.admit")


def issue(  # noqa: PLR0913  # one argument per fact of the decision, named at the only call
    *,
    id: str,  # noqa: A002  # the field's name
    partner: str,
    mandate: Mandate,
    question: Question,
    branches: tuple[Branch, ...],
    shows: Mapping[str, tuple[str, ...]],
    max_rows: int,
    obligations: tuple[str, ...],
    revision: str,
    decided_at: int,
    consents: tuple[str, ...] = (),
) -> Permit:
    """Make a permit; for `policy.judge` only, after the invariants were checked."""
    mode = max((branch.mode for branch in branches), key=lambda mode: mode.rank, default=Mode.NONE)
    return Permit(
        id,
        partner,
        mandate,
        question,
        mode,
        branches,
        shows,
        max_rows,
        obligations,
        revision,
        decided_at,
        consents,
        bench=_BENCH,
    )


def issue_oversight(  # noqa: PLR0913  # one argument per fact of the decision, named at the only call
    *,
    id: str,  # noqa: A002  # the field's name
    actor: Actor,
    act: str,
    justification: str,
    revision: str,
    decided_at: int,
) -> OversightPermit:
    """Make an oversight permit; for `policy.judge` only."""
    return OversightPermit(id, actor, act, justification, revision, decided_at, bench=_BENCH)


def admit(permit: Permit, evidence: Evidence) -> Access:
    """Turn a permit whose intent was logged into an access; `NotAdmitted` if the receipt is for another."""
    if evidence.subject != permit.digest:
        raise NotAdmitted(f"permit {permit.digest}: the receipt is for {evidence.subject}")
    return Access(permit, evidence.digest, bench=_BENCH)
