"""Alerts in words: one sentence, what would disprove it, and how far its score can be believed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.alerts import Alert
from sharing.wording import Language


class AlertCode(StrEnum):
    """The sentences there are."""

    STANDING_HIT = "STANDING_HIT"
    STANDING_CONTACT = "STANDING_CONTACT"
    STANDING_RECORD = "STANDING_RECORD"
    STANDING_GIVEN = "STANDING_GIVEN"


class Disproof(StrEnum):
    """What would disprove an alert over an identifier."""

    OTHER_HOLDER = "OTHER_HOLDER"
    MISREAD = "MISREAD"
    SHARED_BY_MANY = "SHARED_BY_MANY"


class AlertCatalogue(BaseModel):
    """The words; each code has them in every language, with the same arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentences: Mapping[AlertCode, Mapping[Language, str]]
    disproof: Mapping[Disproof, Mapping[Language, str]]
    scores: Mapping[str, Mapping[Language, str]]
    kinds: Mapping[str, Mapping[Language, str]]
    moment: Mapping[Language, str]
    months: Mapping[Language, tuple[str, ...]]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse a catalogue that leaves a code or a language out, or says less in one of them."""
        if (set(self.sentences), set(self.disproof)) != (set(AlertCode), set(Disproof)):
            raise ValueError("alerts: not one sentence for each code")
        parts: tuple[Mapping[Any, Mapping[Language, str]], ...] = (
            self.sentences, self.disproof, self.scores, self.kinds, {"moment": self.moment},
        )  # fmt: skip
        for code, words in [pair for part in parts for pair in part.items()]:
            fields = {tuple(sorted(_fields(text))) for text in words.values()}
            if set(words) != set(Language) or len(fields) != 1:
                raise ValueError(f"alerts: {code} is not said alike in every language")
        if {(language, len(names)) for language, names in self.months.items()} != {
            (each, 12) for each in Language
        }:
            raise ValueError("alerts: not twelve months in every language")
        return self


def sentence(alert: Alert, language: Language, zone: ZoneInfo) -> str:
    """The alert as one sentence, times in `zone`; one by a code that we do not know is said by the code."""
    if alert.code not in {*AlertCode}:
        return (
            f"{alert.code} {' '.join(f'{name}={value}' for name, value in alert.arguments.items())}".strip()
        )
    words = catalogue().sentences[AlertCode(alert.code)][language]
    told = dict(alert.arguments)
    told |= {name: read(told[name], language, zone) for name, read in _READ.items() if name in told}
    return words.format_map(dict.fromkeys(_fields(words), "?") | told)


def _kind(kind: str, language: Language, _zone: ZoneInfo) -> str:
    return catalogue().kinds.get(kind, {}).get(language, kind)


def _moment(at: str, language: Language, zone: ZoneInfo) -> str:
    """A moment as people write it, in their zone; what is none stays as it is."""
    try:
        here = datetime.fromisoformat(at).astimezone(zone)
    except ValueError:
        return at
    return (
        catalogue()
        .moment[language]
        .format(
            day=here.day,
            month=catalogue().months[language][here.month - 1],
            year=here.year,
            time=f"{here:%H:%M}",
            zone=zone.key,
        )
    )


_READ: Mapping[str, Callable[[str, Language, ZoneInfo], str]] = MappingProxyType(
    {"kind": _kind, "at": _moment}
)


def disproofs(alert: Alert, language: Language) -> list[str]:
    """What would disprove it, in words; a code that we do not know stays a code."""
    known = catalogue().disproof
    return [known[Disproof(each)][language] if each in {*Disproof} else each for each in alert.disproof]


def belief(alert: Alert, language: Language) -> str:
    """How far the score can be believed; without a calibration it says so."""
    words = catalogue().scores
    if alert.score is None:
        return words["NONE"][language]
    if alert.calibrated:
        return words["CALIBRATED"][language].format(percent=round(alert.score * 100))
    return words["UNCALIBRATED"][language].format(score=f"{alert.score:.2f}")


@cache
def catalogue() -> AlertCatalogue:
    """The catalogue that came with this installation; a malformed one is an error at the start."""
    path = resources.files("sharing").joinpath("catalogues", "alerts.yaml")
    return AlertCatalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]
