"""What a question over a threat to life must say beside its mandate (Europol Regulation Art. 22(2))."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LONGEST: Final = 3_600
"""Seconds that a mandate for a threat to life lives."""

MAX_TEXT: Final = 500


class Threat(StrEnum):
    """What threatens whose life."""

    ARMED_ATTACK = "ARMED_ATTACK"
    TERRORIST_ATTACK = "TERRORIST_ATTACK"
    KIDNAPPING = "KIDNAPPING"
    MISSING_PERSON_AT_RISK = "MISSING_PERSON_AT_RISK"
    HAZARDOUS_SUBSTANCE = "HAZARDOUS_SUBSTANCE"
    OTHER_THREAT_TO_LIFE = "OTHER_THREAT_TO_LIFE"


class Outcome(StrEnum):
    """What a review found."""

    JUSTIFIED = "JUSTIFIED"
    NOT_JUSTIFIED = "NOT_JUSTIFIED"


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why this cannot wait: a code for the log, and words that are sealed beside it."""

    threat: Threat
    text: str = field(repr=False)

    @property
    def said(self) -> bool:
        """Whether the words are there, and no more of them than one reads in an emergency."""
        return 0 < len(self.text.strip()) <= MAX_TEXT
