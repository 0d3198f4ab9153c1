"""Templates: grants that are made often, prefilled, each with the few fields that must still be given.

They are data beside the code (`sharing/templates/*.yaml`); a malformed one is an error at the start. What is
given may also replace a prefilled term; what must be given has no default.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from policy.quota import Quota
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.errors import TemplateRefused
from sharing.wording import Language

Gap = Literal["recipients", "dataset", "schemata", "cases", "masked", "days"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TemplateText(_Part):
    """What a template is for, in one language."""

    title: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=200)


class TemplateQuota(_Part):
    """The prefilled quota; what is not named is not limited."""

    questions_hour: int | None = Field(default=None, ge=1)
    questions_day: int | None = Field(default=None, ge=1)
    rows_hour: int | None = Field(default=None, ge=1)
    rows_day: int | None = Field(default=None, ge=1)

    @property
    def given(self) -> Quota:
        """As `GrantTerms` takes it."""
        return Quota(**dict(self))


class TemplateTerms(_Part):
    """The prefilled terms, and for how many days such a grant holds."""

    schemata: tuple[str, ...] = Field(min_length=1)
    tier: Mode
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    legal_bases: tuple[LegalBasis, ...] = Field(min_length=1)
    categories: tuple[SubjectCategory, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    masked: tuple[str, ...]
    days: int = Field(ge=1, le=1096)
    quota: TemplateQuota = TemplateQuota()


class Template(_Part):
    """A grant that is filled in a minute; `given` are the fields without which it is none."""

    id: str = Field(pattern=r"^[a-z][a-z-]{2,40}$")
    texts: Mapping[Language, TemplateText]
    given: tuple[Gap, ...]
    terms: TemplateTerms

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse one that is not told in every language, or that anybody could use without naming whom."""
        if set(self.texts) != set(Language):
            raise ValueError(f"{self.id}: has texts in {sorted(self.texts)}, not in {sorted(Language)}")
        if not {"recipients", "dataset"} <= set(self.given):
            raise ValueError(f"{self.id}: recipients and dataset must be given")
        return self

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The terms of a grant as `GrantTerms` names them, and its `days`; empty values count as not given.

        `TemplateRefused` names the first field that must be given and is not.
        """
        told = {name: value for name, value in given.items() if value}
        for name in self.given:
            if name not in told:
                raise TemplateRefused(f"template {self.id}: {name} must be given")
        prefilled = dict(self.terms)
        prefilled["mode"] = prefilled.pop("tier")
        prefilled["quota"] = self.terms.quota.given
        return {"cases": ()} | prefilled | told


@cache
def templates() -> Mapping[str, Template]:
    """All that came with this installation, by id."""
    folder = resources.files("sharing").joinpath("templates")
    found = [
        Template.model_validate(yaml.safe_load(each.read_text(encoding="utf-8")))
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
    ]
    return {each.id: each for each in found}


def template(template_id: str) -> Template:
    """The template of that id; `TemplateRefused` if there is none."""
    if template_id not in templates():
        raise TemplateRefused(f"template {template_id[:40]!r}: there are {', '.join(templates())}")
    return templates()[template_id]
