"""The chronicle's catalogue: what is a role, a territory, a channel; which properties tell times; words."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import Words, check_whole


class Aspect(StrEnum):
    """What a fact is about: a part that somebody plays, where, by which account or wallet, or another tie."""

    ROLE = "ROLE"
    TERRITORY = "TERRITORY"
    CHANNEL = "CHANNEL"
    TIE = "TIE"


class Step(StrEnum):
    """What happens in a replay; OBSERVED: told for one time, and nothing of how long it lasted."""

    BEGAN = "BEGAN"
    OBSERVED = "OBSERVED"
    ENDED = "ENDED"


class Turn(StrEnum):
    """How two days differ. The last three name what ended and what began with nothing else in between."""

    BEGAN = "BEGAN"
    ENDED = "ENDED"
    CHANGED = "CHANGED"
    HANDED_OVER = "HANDED_OVER"
    MOVED = "MOVED"
    SUCCEEDED = "SUCCEEDED"
    UNCERTAIN = "UNCERTAIN"


class Untold(StrEnum):
    """Why a fact stands at no time."""

    NOT_STATED = "NOT_STATED"
    CONTRADICTS = "CONTRADICTS"


class Catalogue(BaseModel):
    """`catalogues/chronicle.yaml`, whole in every language or not read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: frozenset[str]
    channels: frozenset[str]
    parties: frozenset[str]
    payments: frozenset[str]
    further: Mapping[str, tuple[tuple[str, str], ...]]
    says: tuple[str, ...]
    begin: tuple[str, ...]
    end: tuple[str, ...]
    seen: tuple[str, ...]
    seen_at: Mapping[str, str]
    without_link: Mapping[Aspect, Words]
    steps: Mapping[Step, Words]
    turns: Mapping[Turn, Words]
    aspects: Mapping[Aspect, Words]
    untold: Mapping[Untold, Words]
    states: Mapping[str, Words]
    assumes: Words
    cannot_say: Words

    @model_validator(mode="after")
    def _whole(self) -> "Catalogue":
        told = (set(self.steps), set(self.turns), set(self.aspects), set(self.untold))
        if told != (set(Step), set(Turn), set(Aspect), set(Untold)):
            raise ValueError(f"the words are for {told}, not for all")
        check_whole(self._all())
        return self

    def _all(self) -> Iterator[Words]:
        yield from (self.assumes, self.cannot_say)
        yield from self.without_link.values()
        yield from (*self.steps.values(), *self.turns.values(), *self.aspects.values())
        yield from (*self.untold.values(), *self.states.values())


@cache
def catalogue() -> Catalogue:
    """The catalogue of this installation."""
    path = resources.files("sharing").joinpath("catalogues", "chronicle.yaml")
    return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
