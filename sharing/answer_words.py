"""How complete the answers of several nodes are, in words, from `catalogues/answers.yaml`."""

from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sharing.finding_words import Words, check_whole
from sharing.wording import Language


class _Answers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    answered: Words

    @model_validator(mode="after")
    def _whole(self) -> "_Answers":
        check_whole([self.answered])
        return self


def of_answers(answered: int, asked: int, language: Language) -> str:
    """How many of how many nodes answered."""
    return _catalogue().answered[language].format(answered=answered, asked=asked)


@cache
def _catalogue() -> _Answers:
    path = resources.files("sharing").joinpath("catalogues", "answers.yaml")
    return _Answers.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
