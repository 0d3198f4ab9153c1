"""Which contradictions about a container are looked for, and from where on."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What contradicts what; `catalogues/containers.yaml` says of each what it assumes and cannot say."""

    TWO_PLACES = "TWO_PLACES"
    IMPOSSIBLE_TRAVEL = "IMPOSSIBLE_TRAVEL"
    SIZE_TYPE = "SIZE_TYPE"
    SEAL = "SEAL"
    PICKUP_PARTY = "PICKUP_PARTY"
    PICKUP_ACCOUNT = "PICKUP_ACCOUNT"
    PHANTOM_SHIPMENT = "PHANTOM_SHIPMENT"
    MIRROR_WEIGHT = "MIRROR_WEIGHT"
    MIRROR_QUANTITY = "MIRROR_QUANTITY"
    MIRROR_VALUE = "MIRROR_VALUE"


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond which the rules speak. Speed in km/h; shares of the larger amount; days between two seals."""

    speed: float = 120.0
    slack_km: float = 25.0
    weight: float = 0.05
    quantity: float = 0.02
    value: float = 0.25
    seal_days: int = 30
    landing_days: int = 14
