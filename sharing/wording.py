"""A grant as one sentence that its officers can read aloud, from a catalogue for each language.

The sentence names every restriction of the terms and leaves none out; codes are said in words, ids and names
stay as they are. Times come with their offset and the name of the zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from policy.grants import GrantTerms
from policy.quota import Quota
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory

_EVERY = "*"


class Language(StrEnum):
    """The languages that there is a catalogue for."""

    EN = "en"
    FR = "fr"
    SV = "sv"


class _Count(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    one: str
    many: str

    def of(self, count: int) -> str:
        """In words for so many."""
        return self.one if count == 1 else self.many.format(count=count)


class Catalogue(BaseModel):
    """The words of one language; every code of the vocabulary that a grant may hold has its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: str
    conjunction: str
    dataset: str
    every_dataset: str
    schemata: str
    every_schema: str
    records: str
    cases: str
    masked: str
    all_masked: str
    units: str
    approvals: _Count
    revoked: str
    quota: str
    limits: Mapping[str, _Count]
    tiers: Mapping[Mode, str]
    roles: Mapping[Role, str]
    purposes: Mapping[Purpose, str]
    bases: Mapping[LegalBasis, str]
    categories: Mapping[SubjectCategory, str]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse a catalogue that lacks a word, or says two codes alike."""
        words: tuple[tuple[Mapping[Any, str], Iterable[str]], ...] = (
            (self.tiers, [mode for mode in Mode if mode is not Mode.NONE]),
            (self.roles, Role),
            (self.purposes, Purpose),
            (self.bases, LegalBasis),
            (self.categories, SubjectCategory),
        )
        for told, codes in words:
            if set(told) != set(codes) or len(set(told.values())) != len(told):
                raise ValueError(f"the words for {sorted(codes)} are not one for each code")
        if set(self.limits) != {each.name for each in fields(Quota)}:
            raise ValueError(f"the words for limits are for {sorted(self.limits)}, not one for each")
        return self

    def joined(self, names: Iterable[str]) -> str:
        """The names as an enumeration, in their order."""
        *most, last = names
        return f"{', '.join(most)}{self.conjunction}{last}" if most else last


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue that came with this installation; a malformed one is an error at the start."""
    path = resources.files("sharing").joinpath("catalogues", f"{language}.yaml")
    return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def sentence(terms: GrantTerms, approvals: int, language: Language, zone: ZoneInfo) -> str:
    """The grant in words; `approvals` is how many officers stand, or must stand, behind it."""
    say = catalogue(language)
    revoked = "" if terms.revoked_at is None else say.revoked.format(at=local_moment(terms.revoked_at, zone))
    return say.sentence.format(
        owner=terms.owner,
        recipients=say.joined(terms.recipients),
        tier=say.tiers[terms.mode],
        schemata=_named(say, say.schemata, terms.schemata, say.every_schema),
        dataset=say.every_dataset if terms.dataset == _EVERY else say.dataset.format(name=terms.dataset),
        records=_named(say, say.records, terms.record_ids),
        cases=_named(say, say.cases, terms.cases),
        masked=_named(say, say.masked, terms.masked, say.all_masked),
        rows=terms.max_rows,
        quota=_quota(say, terms.quota),
        roles=say.joined(say.roles[each] for each in terms.roles),
        units=_named(say, say.units, terms.units),
        purposes=say.joined(say.purposes[each] for each in terms.purposes),
        bases=say.joined(say.bases[each] for each in terms.legal_bases),
        categories=say.joined(say.categories[each] for each in terms.categories),
        start=local_moment(terms.not_before, zone),
        end=local_moment(terms.expires_at, zone),
        approvals=say.approvals.of(approvals),
        revoked=revoked,
    )


def _named(say: Catalogue, form: str, names: tuple[str, ...], every: str = "") -> str:
    """The part that names them: nothing when there are none, `every` when all are meant."""
    if not names:
        return ""
    return every if every and _EVERY in names else form.format(names=say.joined(names))


def _quota(say: Catalogue, quota: Quota) -> str:
    """The part that names the quota's limits: nothing when there is none."""
    named = [say.limits[name].of(most) for name, most in quota.limits.items()]
    return say.quota.format(limits=say.joined(named)) if named else ""


def local_moment(seconds: int, zone: ZoneInfo) -> str:
    """Unix seconds as people read them: local time, its offset, and the name of the zone."""
    return f"{datetime.fromtimestamp(seconds, zone).isoformat(' ', 'seconds')} ({zone.key})"
