"""What codes, schemata, properties and identifiers are called, from `catalogues/labels.yaml`."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sharing.wording import Language

Words = Mapping[Language, str]


class _Labels(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    purposes: Mapping[str, Words] = Field(alias="purpose")
    bases: Mapping[str, Words] = Field(alias="basis")
    uses: Mapping[str, Words] = Field(alias="use")
    statuses: Mapping[str, Words] = Field(alias="status")
    schemata: Mapping[str, Words] = Field(alias="schema")
    properties: Mapping[str, Words] = Field(alias="property")
    identifiers: Mapping[str, Words] = Field(alias="identifier")


def of_purpose(code: str, language: Language) -> str:
    """What a purpose is called; its code where nobody says."""
    return _labels().purposes.get(code, {}).get(language, code)


def of_basis(code: str, language: Language) -> str:
    """What a legal basis is called; its code where nobody says."""
    return _labels().bases.get(code, {}).get(language, code)


def of_use(code: str, language: Language) -> str:
    """What is done with records; its code where nobody says."""
    return _labels().uses.get(code, {}).get(language, code)


def of_status(code: str, language: Language) -> str:
    """How a node answered; its code where nobody says."""
    return _labels().statuses.get(code, {}).get(language, code)


def of_schema(name: str, language: Language) -> str:
    """What records of a schema are called; its name where nobody says."""
    return _labels().schemata.get(name, {}).get(language, name)


def of_property(name: str, language: Language) -> str:
    """What a property is called; its name where nobody says."""
    return _labels().properties.get(name, {}).get(language, name)


def of_identifier(kind: str, language: Language) -> str:
    """What a kind of identifiers is called; its code where nobody says."""
    return _labels().identifiers.get(kind, {}).get(language, kind)


@cache
def _labels() -> _Labels:
    path = resources.files("sharing").joinpath("catalogues", "labels.yaml")
    return _Labels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
