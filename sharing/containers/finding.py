"""A contradiction between two records, as a value: its rule, its two sides, and the figures it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sharing.containers.told import Source


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


@dataclass(frozen=True, slots=True, order=True)
class Side:
    """One of two sides: the records that say so, whose they are, and what they say."""

    handles: tuple[str, ...]
    owners: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Sides are in the order of their handles. `explained_by` are records that would make both sides true.

    `weight` orders the findings of one rule and of the same two sayings: the greatest stands for all of them.
    """

    rule: Rule
    left: Side
    right: Side
    figures: Mapping[str, float] = field(default_factory=dict)
    explained_by: tuple[str, ...] = ()
    weight: float = 0.0

    @property
    def handles(self) -> tuple[str, ...]:
        """All records of both sides."""
        return (*self.left.handles, *self.right.handles)


def between(  # noqa: PLR0913  # a finding has two sides and three things to say
    rule: Rule,
    one: tuple[Source, str],
    other: tuple[Source, str],
    figures: Mapping[str, float] | None = None,
    *,
    explained_by: tuple[str, ...] = (),
    weight: float = 0.0,
) -> Finding:
    """The finding between two records and what each says."""
    left, right = sorted(Side((source.handle,), (source.owner,), says) for source, says in (one, other))
    return Finding(rule, left, right, figures or {}, explained_by, weight)
