"""The words of reports, units and substances, from `catalogues/reports.yaml`, whole in every language."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, cached_property
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import Words, check_whole
from sharing.reports.terms import Aside, Goods, Matter, Text
from sharing.wording import Language


class Unit(BaseModel):
    """A unit: how it is spelt, and how many of its base it is, exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    factor: Decimal
    spelt: tuple[str, ...]


class _Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    units: Mapping[str, Unit]
    bases: Mapping[str, Words]
    single: Mapping[str, Words]
    larger: Mapping[str, str]
    substances: Mapping[str, tuple[str, ...]]
    named: Mapping[str, Words]
    matters: Mapping[Matter, Words]
    goods: Mapping[Goods, Words]
    asides: Mapping[Aside, Words]
    texts: Mapping[Text, Words]

    @model_validator(mode="after")
    def _whole(self) -> "_Catalogue":
        told = ((self.matters, Matter), (self.goods, Goods), (self.asides, Aside), (self.texts, Text))
        for words, codes in told:
            if set(words) != set(codes):
                raise ValueError(f"the words for {sorted(codes)} are not one for each code")
        check_whole(self._all())
        if self.substances.keys() != self.named.keys():
            raise ValueError("substances that are spelt and those that are named are not the same")
        return self

    def _all(self) -> Iterator[Words]:
        for words in (self.bases, self.single, self.named, self.matters, self.goods, self.asides, self.texts):
            yield from words.values()

    @cached_property
    def unit_of(self) -> Mapping[str, Unit]:
        """Units by every way to spell them."""
        return {word: unit for code, unit in self.units.items() for word in (code, *unit.spelt)}

    @cached_property
    def substance_of(self) -> Mapping[str, str]:
        """Substances by every way to spell them."""
        return {word: code for code, spelt in self.substances.items() for word in (code, *spelt)}

    def shown_in(self, base: str, amount: Decimal, language: Language, *, one: bool) -> tuple[str, Decimal]:
        """The unit in which so much of a base, or just `one`, is written, and how many of the base it is."""
        larger = self.larger.get(base)
        if larger is not None and amount >= self.units[larger].factor:
            return larger, self.units[larger].factor
        words = self.single if one and base in self.single else self.bases
        return words[base][language] if base in words else base, Decimal(1)


@cache
def catalogue() -> _Catalogue:
    """The catalogue that came with this installation; a malformed one is an error at the start."""
    path = resources.files("sharing").joinpath("catalogues", "reports.yaml")
    return _Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def say(text: Text, language: Language, **told: object) -> str:
    """One of the report's own sentences."""
    return catalogue().texts[text][language].format(**told)


def substance(text: str) -> str:
    """The code of a substance, by whatever name it is known; as it is written where it is not."""
    word = " ".join(text.casefold().split())
    return catalogue().substance_of.get(word, word)
