"""Codes of refusals in words, from one catalogue that has every code in every language."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import TypeAdapter

from policy.handling import Barred
from policy.terms import Reason
from sharing.follow_up import NotTaken
from sharing.wording import Language

_CATALOGUE = TypeAdapter(Mapping[str, Mapping[Language, str]])


def words(code: str, language: Language) -> str:
    """What a code says, and no more than it; one that we do not know is told as it is."""
    return reason_catalogue().get(code, {}).get(language, code)


@cache
def reason_catalogue() -> Mapping[str, Mapping[Language, str]]:
    """The catalogue that came with this installation; a malformed one is an error at the start."""
    path = resources.files("sharing").joinpath("catalogues", "reasons.yaml")
    return whole(yaml.safe_load(path.read_text(encoding="utf-8")))


def whole(told: object) -> Mapping[str, Mapping[Language, str]]:
    """The catalogue in a YAML value; `ValueError` unless it has each code once, in each language, apart."""
    found = _CATALOGUE.validate_python(told)
    codes = {each.value for each in (*Reason, *NotTaken, *Barred)}
    if found.keys() != codes:
        raise ValueError(f"reasons: {sorted(found.keys() ^ codes)} are not in both vocabulary and catalogue")
    for language in Language:
        if len({each.get(language, "") for each in found.values()} - {""}) != len(codes):
            raise ValueError(f"reasons: the words in {language} are not one for each code")
    return found
