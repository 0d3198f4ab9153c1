"""Ties and measures in words, from one catalogue in every language.

Codes and numbers choose the words; what records call a thing is put in as it is, for the caller to escape.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.labels import of_identifier, of_property, of_schema
from sharing.measures import KeyPlayer, Measure
from sharing.network import Edge, Tie
from sharing.wording import Language

Words = Mapping[Language, str]


class _Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    links: Mapping[str, Words]
    other_link: Words
    reference: Words
    identifier: Words
    times: Words
    measure: Words
    player: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Catalogue":
        others = (self.other_link, self.reference, self.identifier, self.times, self.measure, self.player)
        for words in (*self.links.values(), *others):
            if words.keys() != set(Language):
                raise ValueError(f"{words}: is not in {[each.value for each in Language]}")
        return self


def of_ties(ties: Iterable[Edge], names: Sequence[str], language: Language) -> tuple[str, ...]:
    """A sentence for each way in which two vertices are tied, told once with how many records say so.

    `names` are what the vertices are called, by place.
    """
    counted: dict[tuple[int, int, Tie, str, str], set[str]] = {}
    for tie in ties:
        counted.setdefault((tie.source, tie.target, tie.tie, tie.what, tie.shared), set()).update(tie.handles)
    return tuple(
        _tie(kind, what, language).format(
            one=names[source], other=names[target], what=_what(kind, what, language), value=shared
        )
        + _times(len(handles) if kind is Tie.RECORD else 1, language)
        for (source, target, kind, what, shared), handles in sorted(counted.items())
    )


def of_measure(name: str, measure: Measure, size: int, language: Language) -> str:
    """What the measures say of one vertex among `size`."""
    share = round(measure.betweenness * 100, 1)
    return (
        _catalogue()
        .measure[language]
        .format(
            one=name, degree=measure.degree, others=size - 1, share=share, community=measure.community + 1
        )
    )


def of_player(name: str, player: KeyPlayer, language: Language) -> str:
    """What the network would lose with this vertex."""
    return _catalogue().player[language].format(one=name, cut=player.cut)


def _tie(kind: Tie, what: str, language: Language) -> str:
    words = _catalogue()
    if kind is Tie.RECORD:
        return words.links.get(what, words.other_link)[language]
    return (words.reference if kind is Tie.REFERENCE else words.identifier)[language]


def _what(kind: Tie, what: str, language: Language) -> str:
    called = {Tie.RECORD: of_schema, Tie.REFERENCE: of_property, Tie.IDENTIFIER: of_identifier}
    return called[kind](what, language)


def _times(count: int, language: Language) -> str:
    return _catalogue().times[language].format(count=count) if count > 1 else ""


@cache
def _catalogue() -> _Catalogue:
    path = resources.files("sharing").joinpath("catalogues", "network.yaml")
    return _Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
