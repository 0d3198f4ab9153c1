"""What is said of contradictions about containers: the finding, what it assumes, what it cannot say.

Codes and figures come in and words go out, from `catalogues/containers.yaml`, whole in every language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.containers.finding import Finding, Limits, Rule
from sharing.wording import Language

Words = Mapping[Language, str]
_SHARES = frozenset({"share", "tolerance"})
_TENTHS_BELOW = 10


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: Words
    assumes: Words
    cannot_say: Words


class _Containers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Mapping[Rule, _Rule]
    explained: Words
    answered: Words
    cannot_say: Words
    slips: Mapping[str, Words]

    @model_validator(mode="after")
    def _whole(self) -> "_Containers":
        if self.rules.keys() != set(Rule):
            raise ValueError(f"the words are for {sorted(self.rules)}, not for every rule")
        for words in self._all():
            if words.keys() != set(Language):
                raise ValueError(f"{words}: is not in {[each.value for each in Language]}")
        return self

    def _all(self) -> Iterator[Words]:
        yield from (self.explained, self.answered, self.cannot_say, *self.slips.values())
        for rule in self.rules.values():
            yield from (rule.sentence, rule.assumes, rule.cannot_say)


def of_finding(finding: Finding, language: Language) -> str:
    """The finding as one sentence that names both sides; a second one where something explains it."""
    words = _catalogue()
    sides = {
        "left": finding.left.says,
        "left_owner": ", ".join(finding.left.owners),
        "right": finding.right.says,
        "right_owner": ", ".join(finding.right.owners),
    }
    figures = {name: _said(name, value, language) for name, value in finding.figures.items()}
    told = words.rules[finding.rule].sentence[language].format(**sides, **figures)
    return f"{told} {words.explained[language]}" if finding.explained_by else told


def of_assumptions(rule: Rule, limits: Limits, language: Language) -> str:
    """What the rule takes for granted."""
    return _catalogue().rules[rule].assumes[language].format(limit=_said("limit", limits.speed, language))


def of_silence(rule: Rule, language: Language) -> str:
    """What a finding by the rule cannot say."""
    return _catalogue().rules[rule].cannot_say[language]


def of_answers(answered: int, asked: int, language: Language) -> str:
    """How complete the history is."""
    return _catalogue().answered[language].format(answered=answered, asked=asked)


def of_slip(slip: str, place: int, read: str, instead: str, language: Language) -> str:
    """Why a code that does not check may have been another."""
    told = {"place": place, "next": place + 1, "read": read, "instead": instead}
    return _catalogue().slips[slip][language].format(**told)


def cannot_say(language: Language) -> str:
    """What no container history says."""
    return _catalogue().cannot_say[language]


def _said(name: str, value: float, language: Language) -> str:
    """A figure as it is written; shares in percent."""
    percent = name in _SHARES
    number = value * 100 if percent else value
    text = f"{number:.1f}" if number < _TENTHS_BELOW and number % 1 else f"{number:.0f}"
    text = text if language is Language.EN else text.replace(".", ",")
    return f"{text} %" if percent else text


@cache
def _catalogue() -> _Containers:
    path = resources.files("sharing").joinpath("catalogues", "containers.yaml")
    return _Containers.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
