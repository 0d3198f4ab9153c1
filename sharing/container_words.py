"""What is said of contradictions about containers: the finding, what it assumes, what it cannot say.

Codes and figures come in and words go out, from `catalogues/containers.yaml`, whole in every language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.containers.finding import Limits, Rule
from sharing.finding_words import RuleWords, Words, check_whole, figure, sentence
from sharing.findings import Finding
from sharing.wording import Language


class _Containers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Mapping[Rule, RuleWords]
    movements: Mapping[str, Words]
    explained: Words
    cannot_say: Words
    slips: Mapping[str, Words]

    @model_validator(mode="after")
    def _whole(self) -> "_Containers":
        if self.rules.keys() != set(Rule):
            raise ValueError(f"the words are for {sorted(self.rules)}, not for every rule")
        check_whole(self._all())
        return self

    def _all(self) -> Iterator[Words]:
        yield from (self.explained, self.cannot_say, *self.movements.values(), *self.slips.values())
        for rule in self.rules.values():
            yield from rule.all()


def of_finding(finding: Finding[Rule], language: Language) -> str:
    """The finding as one sentence that names both sides; a second one where something explains it."""
    words = _catalogue()
    told = sentence(words.rules[finding.rule], finding, language, words.movements)
    return f"{told} {words.explained[language]}" if finding.explained_by else told


def of_assumptions(rule: Rule, limits: Limits, language: Language) -> str:
    """What the rule takes for granted."""
    return _catalogue().rules[rule].assumes[language].format(limit=figure("limit", limits.speed, language))


def of_silence(rule: Rule, language: Language) -> str:
    """What a finding by the rule cannot say."""
    return _catalogue().rules[rule].cannot_say[language]


def of_movement(kind: str, language: Language) -> str:
    """A kind of movement; as the record has it where nobody says."""
    return _catalogue().movements.get(kind, {}).get(language, kind)


def of_slip(slip: str, place: int, read: str, instead: str, language: Language) -> str:
    """Why a code that does not check may have been another."""
    told = {"place": place, "next": place + 1, "read": read, "instead": instead}
    return _catalogue().slips[slip][language].format(**told)


def cannot_say(language: Language) -> str:
    """What no container history says."""
    return _catalogue().cannot_say[language]


@cache
def _catalogue() -> _Containers:
    path = resources.files("sharing").joinpath("catalogues", "containers.yaml")
    return _Containers.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
