"""What the comparison of two chemical profiles says, in words: a support, never an identity.

Codes and counts come in and words go out, from `catalogues/profiles.yaml`, whole in every language.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.numbers import written
from sharing.wording import Language

Words = Mapping[Language, str]


class _Profiles(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    supported: Words
    band: Words
    not_comparable: Mapping[str, Words]
    cannot_say: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Profiles":
        for words in (self.supported, self.band, self.cannot_say, *self.not_comparable.values()):
            if words.keys() != set(Language):
                raise ValueError(f"{words}: is not in {[each.value for each in Language]}")
        return self


def of_support(score: float, false: tuple[int, int], true: tuple[int, int], language: Language) -> str:
    """What a score has meant: `false` of all pairs of two sources scored as much, `true` of pairs of one."""
    told = {
        "score": written(score, language, 3),
        "false": written(false[0], language),
        "different": written(false[1], language),
        "true": written(true[0], language),
        "same": written(true[1], language),
    }
    return _catalogue().supported[language].format(**told)


def of_band(language: Language) -> str:
    """Why only a band is told."""
    return _catalogue().band[language]


def of_reason(code: str, language: Language) -> str:
    """Why nothing was compared; the code itself where there are no words for it."""
    return _catalogue().not_comparable.get(code, {}).get(language, code)


def cannot_say(language: Language) -> str:
    """What no comparison of profiles says."""
    return _catalogue().cannot_say[language]


@cache
def _catalogue() -> _Profiles:
    path = resources.files("sharing").joinpath("catalogues", "profiles.yaml")
    return _Profiles.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
