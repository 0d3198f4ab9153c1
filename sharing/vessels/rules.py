"""Which contradictions about a vessel are looked for, and from where on."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What contradicts what; `catalogues/vessels.yaml` says of each what it assumes and cannot say.

    `TWO_SIGNS` is no contradiction: two independent signs of one vessel, of which at most one is a gap.
    """

    TWO_SIGNS = "TWO_SIGNS"
    TWO_NAMES = "TWO_NAMES"
    TWO_FLAGS = "TWO_FLAGS"
    TWO_CALL_SIGNS = "TWO_CALL_SIGNS"
    TWO_MMSI = "TWO_MMSI"
    TWO_IMO = "TWO_IMO"
    MMSI_FLAG = "MMSI_FLAG"
    CALL_SIGN_FLAG = "CALL_SIGN_FLAG"
    IMPOSSIBLE_SPEED = "IMPOSSIBLE_SPEED"


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond which the rules speak: knots; kilometres of a position; days between two signs."""

    knots: float = 50.0
    slack_km: float = 10.0
    days: int = 7
