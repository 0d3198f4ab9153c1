"""Types of grants at the desk; their values are made by `gateway.grant_shown`."""

from collections.abc import Mapping
from typing import Any

import strawberry

from policy.quota import Quota
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.wording import Language

for _words, _name in (
    (Purpose, "Purpose"),
    (LegalBasis, "LegalBasis"),
    (SubjectCategory, "SubjectCategory"),
    (Mode, "Tier"),
    (Role, "Role"),
    (Language, "Language"),
):
    strawberry.enum(_words, name=_name)


@strawberry.input(
    description="What each recipient may ask and see in an hour and a day of UTC; null is no limit."
)
class GrantQuotaInput:
    """A grant's quota, given."""

    questions_hour: int | None = None
    questions_day: int | None = None
    rows_hour: int | None = None
    rows_day: int | None = None


@strawberry.type(
    description="What each recipient may ask and see in an hour and a day of UTC; null is no limit."
)
class GrantQuota:
    """A grant's quota."""

    questions_hour: int | None
    questions_day: int | None
    rows_hour: int | None
    rows_day: int | None


@strawberry.input(
    description="The terms of a grant; empty cases, units and records mean any, nothing else may be empty."
)
class GrantInput:
    """What a liaison officer drafts or proposes."""

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
    units: list[str] = strawberry.field(default_factory=list)
    record_ids: list[str] = strawberry.field(default_factory=list)
    max_rows: int = 200
    quota: GrantQuotaInput | None = None


@strawberry.input(description="The terms that change; what is not named stays. Days count from now.")
class GrantChange:
    """What a liaison officer changes, or gives to a template."""

    recipients: list[str] | None = None
    dataset: str | None = None
    schemata: list[str] | None = None
    tier: Mode | None = None
    purposes: list[Purpose] | None = None
    legal_bases: list[LegalBasis] | None = None
    categories: list[SubjectCategory] | None = None
    roles: list[Role] | None = None
    days: int | None = None
    masked: list[str] | None = None
    cases: list[str] | None = None
    units: list[str] | None = None
    record_ids: list[str] | None = None
    max_rows: int | None = None
    quota: GrantQuotaInput | None = None


@strawberry.type(description="A version of a grant of this node, or the terms of a proposal.")
class Grant:
    """What a partner may see, until when, by whose approval."""

    id: strawberry.ID
    ref: str
    state: str
    recipients: list[str]
    dataset: str
    schemata: list[str]
    tier: str
    masked: list[str]
    cases: list[str]
    units: list[str]
    record_ids: list[str]
    purposes: list[str]
    legal_bases: list[str]
    categories: list[str]
    roles: list[str]
    max_rows: int
    quota: GrantQuota | None
    not_before: str
    expires_at: str
    revoked_at: str | None
    approved_by: list[str]

    @strawberry.field(description="The grant in one sentence that names every restriction.")
    def sentence(self, root: strawberry.Parent[Any], language: Language = Language.EN) -> str:
        """In words."""
        return str(root["sentences"][language])


@strawberry.type(
    description="Answers under a grant in the period, and in as many days before; `unusual`: 20 or more, and"
    " over three times those before."
)
class UseOfGrant:
    """A grant's use."""

    grant: strawberry.ID
    answers: int
    before: int
    last_at: str
    unusual: bool


@strawberry.type(
    description="The use of all grants that gave an answer; not `complete` where there were too many answers."
)
class GrantUse:
    """Counts by grant."""

    days: int
    complete: bool
    grants: list[UseOfGrant]


@strawberry.type(description="Terms on their way to a grant; `digest` is what officers approve.")
class Proposal:
    """A draft or a proposal."""

    id: strawberry.ID
    state: str
    author: str
    digest: str
    officers_needed: int
    officers_missing: int
    lapses_at: str
    grant: Grant


@strawberry.type(
    description="What a step did; with `dryRun` what it would do, and then nothing was changed or logged."
)
class GrantStep:
    """A step in the life of a grant, and what results."""

    dry_run: bool
    act: str
    id: strawberry.ID
    ref: str
    state: str
    proposal: strawberry.ID | None
    digest: str | None
    lapses_at: str | None
    narrows: bool
    officers_missing: int
    supersedes: str | None
    overlapping: list[Grant]
    grant: Grant


@strawberry.type(
    description="Grants that ended; `remaining` go on covering what was named without naming it."
)
class BulkRevocation:
    """A bulk revocation, done or told."""

    dry_run: bool
    revoked: list[Grant]
    remaining: list[Grant]


@strawberry.type(description="A template's title and purpose in one language.")
class TemplateText:
    """Words of a template."""

    title: str
    text: str


@strawberry.type(description="The terms that a template brings.")
class TemplateTerms:
    """Prefilled terms."""

    schemata: list[str]
    tier: str
    purposes: list[str]
    legal_bases: list[str]
    categories: list[str]
    roles: list[str]
    masked: list[str]
    days: int
    quota: GrantQuota | None


@strawberry.type(description="A grant that is filled in a minute; `given` is what has no default.")
class GrantTemplate:
    """A template."""

    id: strawberry.ID
    given: list[str]
    terms: TemplateTerms

    @strawberry.field(graphql_type=TemplateText, description="Its words in a language.")
    def texts(self, root: strawberry.Parent[Any], language: Language = Language.EN) -> Mapping[str, str]:
        """In words."""
        told: Mapping[str, str] = root["texts"][language]
        return told


def given(value: GrantInput | GrantChange) -> dict[str, Any]:
    """What was given, as `GrantTerms` names it; `days` only of a change."""
    told = {name: tuple(each) if isinstance(each, list) else each for name, each in vars(value).items()}
    if isinstance(value, GrantInput):
        del told["days"]
    told["mode"] = told.pop("tier")
    told["quota"] = None if value.quota is None else Quota(**vars(value.quota))
    return {name: each for name, each in told.items() if each is not None}
