"""Where evidence comes from in words, from `catalogues/provenance.yaml`, whole in every language.

Codes come in and words go out; what records say stays beside them as data, and is never part of a text.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from policy.provenance import Acquisition, Admissibility, Gap, Ground, Instrument, Step
from sharing.finding_words import Words, check_whole
from sharing.wording import Language


class _Provenance(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    instruments: Mapping[str, Words]
    acquisitions: Mapping[str, Words]
    steps: Mapping[str, Words]
    statuses: Mapping[str, Words]
    grounds: Mapping[str, Words]
    gaps: Mapping[str, Words]
    told: Mapping[str, Words]
    parts: Mapping[str, Words]
    cannot_say: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Provenance":
        for code, words in self.by_kind().items():
            if words.keys() != set(code):
                raise ValueError(f"the words for {sorted(words)} are not one for each {code.__name__}")
        every = (*self.by_kind().values(), self.told, self.parts)
        check_whole([*(each for words in every for each in words.values()), self.cannot_say])
        return self

    def by_kind(self) -> dict[type[StrEnum], Mapping[str, Words]]:
        """The words of each vocabulary."""
        return {
            Instrument: self.instruments,
            Acquisition: self.acquisitions,
            Step: self.steps,
            Admissibility: self.statuses,
            Ground: self.grounds,
            Gap: self.gaps,
        }


def of_code(code: StrEnum, language: Language) -> str:
    """A code of `policy.provenance`, in words."""
    return _catalogue().by_kind()[type(code)][code][language]


def of_told(told: str, language: Language) -> str:
    """Whether it is stated, not stated, or not shown."""
    return _catalogue().told[told][language]


def of_part(part: str, language: Language) -> str:
    """What a part of it is called."""
    return _catalogue().parts[part][language]


def cannot_say(language: Language) -> str:
    """What no statement of provenance says."""
    return _catalogue().cannot_say[language]


@cache
def _catalogue() -> _Provenance:
    path = resources.files("sharing").joinpath("catalogues", "provenance.yaml")
    return _Provenance.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
