"""What is said of a finding, whatever it is about: sentences of a catalogue, and how figures are written."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from sharing.findings import Finding, Side
from sharing.numbers import written
from sharing.wording import Language

Words = Mapping[Language, str]
R = TypeVar("R", bound=StrEnum)
_SHARES = frozenset({"share", "tolerance"})
_TENTHS_BELOW = 10
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_DECIMALS = 6


class RuleWords(BaseModel):
    """Of one rule: the finding in one sentence, what it takes for granted, what it cannot say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: Words
    assumes: Words
    cannot_say: Words

    def all(self) -> tuple[Words, ...]:
        """Every text of the rule."""
        return self.sentence, self.assumes, self.cannot_say


def check_whole(texts: Iterable[Words]) -> None:
    """Every text is there in every language; raises `ValueError`."""
    for words in texts:
        if words.keys() != set(Language):
            raise ValueError(f"{words}: is not in {[each.value for each in Language]}")


def sentence(
    words: RuleWords, finding: Finding[R], language: Language, codes: Mapping[str, Words] | None = None
) -> str:
    """The finding as one sentence that names both sides; `codes` are the words of what they begin with."""
    sides = {
        "left": _said(finding.left, codes or {}, language),
        "left_owner": ", ".join(finding.left.owners),
        "right": _said(finding.right, codes or {}, language),
        "right_owner": ", ".join(finding.right.owners),
    }
    figures = {name: figure(name, value, language) for name, value in finding.figures.items()}
    return words.sentence[language].format(**sides, **figures)


def _said(side: Side, codes: Mapping[str, Words], language: Language) -> str:
    """What a side says; a code that has no words stays as its record has it."""
    rest = side.says.removeprefix(side.code)
    if side.code in codes:
        return f"{codes[side.code][language]}{rest}"
    if _NUMBER.fullmatch(side.code):
        return f"{written(float(side.code), language, most=_DECIMALS)}{rest}"
    return side.says


def figure(name: str, value: float, language: Language) -> str:
    """A figure as it is written; shares in percent."""
    percent = name in _SHARES
    number = value * 100 if percent else value
    text = written(number, language, 1 if number < _TENTHS_BELOW and number % 1 else 0)
    return f"{text} %" if percent else text
