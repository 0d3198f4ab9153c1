"""The evidence of a comparison in words, from one catalogue that has every level in every language.

Codes come in and words go out: what the records say stays beside them as data and is never part of a text.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.wording import Language

Words = Mapping[Language, str]


class _Evidence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    features: Mapping[str, Mapping[str, Words]]
    disproof: Mapping[str, Words]
    calibrated: Words
    uncalibrated: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Evidence":
        every = [words for levels in self.features.values() for words in levels.values()]
        for words in (*every, *self.disproof.values(), self.calibrated, self.uncalibrated):
            if words.keys() != set(Language):
                raise ValueError(f"{words}: is not in {[each.value for each in Language]}")
        return self


def of_evidence(feature: str, level: str, language: Language) -> str:
    """What a level of a feature says; `<feature> <level>` where there are no words for it."""
    return _catalogue().features.get(feature, {}).get(level, {}).get(language, f"{feature} {level}")


def of_disproof(feature: str, language: Language) -> str:
    """What could disprove a proposal that lacks this feature, or rests on it; empty where nothing is said."""
    return _catalogue().disproof.get(feature, {}).get(language, "")


def of_band(pairs: int, same: int, *, calibrated: bool, language: Language) -> str:
    """What a score in a band has meant on labelled pairs, or that it was never counted."""
    if not calibrated or not pairs:
        return _catalogue().uncalibrated[language]
    return _catalogue().calibrated[language].format(pairs=pairs, same=same)


@cache
def _catalogue() -> _Evidence:
    path = resources.files("sharing").joinpath("catalogues", "evidence.yaml")
    return _Evidence.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
