"""The preview at the desk: what a partner's person would see with a grant. See `gateway.preview`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.graphql.grant_types import GrantInput, given
from gateway.preview import Asked, Person, Preview, preview
from gateway.tried import Tried
from gateway.visit import Visit
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory

strawberry.enum(Operation, name="Operation")

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(description="A partner's person who does not exist, with the mandate of a question.")
class PersonInput:
    """On whom a grant is tried."""

    node: str
    purpose: Purpose
    legal_basis: LegalBasis
    subject_category: SubjectCategory
    case: str
    offence: str
    aim: Aim = Aim.MORE_DATA_ON_KNOWN
    roles: list[Role] = strawberry.field(default_factory=lambda: [Role.ANALYST])
    unit: str = "unit-1"


@strawberry.input(description="A question in the words of the partner documents; only what it takes.")
class QuestionInput:
    """What is asked in a preview."""

    operation: Operation
    value: str | None = None
    kind: str | None = None
    text: str | None = None
    schemata: list[str] | None = None
    country: str | None = None
    dataset: str | None = None
    id: strawberry.ID | None = None
    hops: int | None = None
    first: int | None = None


@strawberry.type(description="How many records of a schema are shown at a tier.")
class PreviewCount:
    """A count."""

    schema: str
    tier: str
    records: int


@strawberry.type(
    description="One of two decisions. `answers` are JSON, to the byte as the partner would get them."
)
class PreviewSide:
    """What is seen under one decision."""

    allowed: bool
    tier: str | None
    reasons: list[str]
    rules: list[str]
    grants: list[str]
    counts: list[PreviewCount]
    answers: list[str]


@strawberry.type(description="A record that is not shown as before; parts are properties and masked fields.")
class PreviewRecord:
    """One record's difference."""

    id: strawberry.ID
    schema: str
    what: str
    gained: list[str]
    lost: list[str]


@strawberry.type(
    description="From today to then. Not `complete`: only some records were compared one by one, `change` "
    "counts those whose grants differ."
)
class PreviewDifference:
    """What appears, disappears and changes."""

    appear: int
    disappear: int
    change: int
    complete: bool
    records: list[PreviewRecord]


@strawberry.type(description="How many questions, by a rule, a grant or a cause.")
class ReplayCount:
    """A name and a number."""

    name: str
    questions: int


@strawberry.type(description="Questions whose outcome would change alike; the last hundred are named.")
class ReplayChange:
    """From one outcome to another."""

    was: str
    would: str
    questions: int
    query_ids: list[str]


@strawberry.type(
    description="Real questions of the last days, decided anew. `unlikeLogged`: the first decision was not "
    "as logged, by cause; `rules` and `grants` are of questions whose outcome changes."
)
class Replay:
    """The result of a replay."""

    asked: int
    replayed: int
    not_replayable: list[ReplayCount]
    same: int
    unlike_logged: list[ReplayCount]
    changed: int
    changes: list[ReplayChange]
    rules: list[ReplayCount]
    grants: list[ReplayCount]


@strawberry.type(name="Preview", description="What a person of a partner sees today, and would see then.")
class PreviewShown:
    """A preview."""

    grant: str
    ours: PreviewSide | None
    today: PreviewSide
    then: PreviewSide
    difference: PreviewDifference
    replay: Replay | None


@strawberry.type
class PreviewQuery:
    """Before a grant."""

    @strawberry.field(
        graphql_type=PreviewShown,
        description="What would change with new terms (`grant`, perhaps after grant `follows`), a `proposal` "
        "or the end of a grant (`revoke`); without a `question` everything is counted; `ours` adds what the"
        " own service sees of it. Role liaison; logged.",
    )
    async def preview(
        self,
        info: VisitInfo,
        person: PersonInput,
        grant: GrantInput | None = None,
        follows: strawberry.ID | None = None,
        proposal: strawberry.ID | None = None,
        revoke: strawberry.ID | None = None,
        question: QuestionInput | None = None,
        samples: int = 10,
        days: int = 90,
        *,
        ours: bool = False,
    ) -> Shown:
        """Both sides and their difference."""
        terms, held = (given(grant), grant.days) if grant else (None, 0)
        tried = Tried(terms, held, _id(follows), _id(proposal), _id(revoke)).terms(info.context)
        whom = Person(**vars(person) | {"roles": tuple(person.roles)})
        return await preview(info.context, Preview(tried, whom, _asked(question), samples, days, ours))


def _id(value: strawberry.ID | None) -> str | None:
    return None if value is None else str(value)


def _asked(question: QuestionInput | None) -> Asked | None:
    if question is None:
        return None
    told = {name: value for name, value in vars(question).items() if value is not None}
    return Asked(told.pop("operation"), told)
