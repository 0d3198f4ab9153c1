"""What a terminal says of a sign-in by code, from `catalogues/signin.yaml`, whole in every language."""

from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import Words, check_whole


class SignInWords(BaseModel):
    """`begin` has places for the address, the code and the minutes that it is good for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin: Words
    check: Words
    refused: Words
    over: Words

    @model_validator(mode="after")
    def _whole(self) -> "SignInWords":
        check_whole([self.begin, self.check, self.refused, self.over])
        return self


@cache
def signin_words() -> SignInWords:
    """The catalogue."""
    path = resources.files("sharing").joinpath("catalogues", "signin.yaml")
    return SignInWords.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
