"""The catalogue of money: which kinds of record are what, and the words of its findings in every language."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import Words, check_whole


class Catalogue(BaseModel):
    """`catalogues/money.yaml`, whole in every language or not read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    physical: frozenset[str]
    financial: frozenset[str]
    events: frozenset[str]
    common_ground: frozenset[str]
    dates: tuple[str, ...]
    share: Words
    share_range: Words
    share_unknown: Words
    holding: Words
    differ: Words
    event: Words
    ends: Mapping[str, Words]
    flows: Mapping[str, Words]
    verification: Mapping[str, Words]
    anomaly: Mapping[str, Words]
    units: Mapping[str, Words]
    missing: Mapping[str, Words]
    reference: Mapping[str, Words]
    assumes: Mapping[str, Words]
    cannot_say: Mapping[str, Words]

    @model_validator(mode="after")
    def _whole(self) -> "Catalogue":
        check_whole(self._all())
        return self

    def _all(self) -> Iterator[Words]:
        yield from (self.share, self.share_range, self.share_unknown, self.holding, self.differ, self.event)
        for told in (
            self.ends, self.flows, self.verification, self.anomaly, self.units, self.missing, self.reference,
            self.assumes, self.cannot_say,
        ):  # fmt: skip
            yield from told.values()


@cache
def catalogue() -> Catalogue:
    """The catalogue of this installation."""
    path = resources.files("sharing").joinpath("catalogues", "money.yaml")
    return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
