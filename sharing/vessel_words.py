"""What is said of findings about vessels: the finding, what it assumes, what it cannot say.

Codes and figures come in and words go out, from `catalogues/vessels.yaml`, whole in every language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import RuleWords, Words, check_whole, figure, sentence
from sharing.findings import Finding
from sharing.vessels.codes import Station
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.signs import KINDS
from sharing.wording import Language


class _Vessels(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Mapping[Rule, RuleWords]
    signs: Mapping[str, Words]
    stations: Mapping[Station, Words]
    lone_gap: Words
    cannot_say: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Vessels":
        if self.rules.keys() != set(Rule) or self.stations.keys() != set(Station):
            raise ValueError(f"the words are for {sorted(self.rules)}, {sorted(self.stations)}, not for all")
        if self.signs.keys() != KINDS:
            raise ValueError(f"the words are for {sorted(self.signs)}, not for {sorted(KINDS)}")
        check_whole(self._all())
        return self

    def _all(self) -> Iterator[Words]:
        yield from (self.lone_gap, self.cannot_say, *self.signs.values(), *self.stations.values())
        for rule in self.rules.values():
            yield from rule.all()


def of_finding(finding: Finding[Rule], language: Language) -> str:
    """The finding as one sentence that names both sides."""
    words = _catalogue()
    return sentence(words.rules[finding.rule], finding, language, words.signs)


def of_assumptions(rule: Rule, limits: Limits, language: Language) -> str:
    """What the rule takes for granted."""
    figures = {"limit": limits.knots, "slack": limits.slack_km, "days": float(limits.days)}
    told = {name: figure(name, value, language) for name, value in figures.items()}
    return _catalogue().rules[rule].assumes[language].format(**told)


def of_silence(rule: Rule, language: Language) -> str:
    """What a finding by the rule cannot say."""
    return _catalogue().rules[rule].cannot_say[language]


def of_station(station: Station, language: Language) -> str:
    """Which kind of station an MMSI names."""
    return _catalogue().stations[station][language]


def lone_gap(language: Language) -> str:
    """Why a gap that nothing accompanies is no signal."""
    return _catalogue().lone_gap[language]


def cannot_say(language: Language) -> str:
    """What no vessel history says."""
    return _catalogue().cannot_say[language]


@cache
def _catalogue() -> _Vessels:
    path = resources.files("sharing").joinpath("catalogues", "vessels.yaml")
    return _Vessels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
