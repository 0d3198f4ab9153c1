"""What a level of a feature weighs: how much more often it is seen in pairs of one thing than of two.

Fellegi and Sunter, "A Theory for Record Linkage", JASA 64 (1969): with m the share of pairs of one thing that
show a level, u that of pairs of two, the weight is ln(m/u). Where both were counted on labelled data the
table is fitted; otherwise it is a judgement, and whatever rests on it says `uncalibrated`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tenants.errors import ModelRejected
from tenants.matching.comparable import Family
from tenants.matching.evidence import Feature, Level

PACKAGED = Path(__file__).parent / "weights.yaml"


@dataclass(frozen=True, slots=True)
class Share:
    """Shares of pairs of one thing (`m`) and of two (`u`) that show a level, both above 0."""

    m: float
    u: float

    @property
    def weight(self) -> float:
        """In nats: positive speaks for one thing."""
        return math.log(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Band:
    """Scores of at least `least`; of `pairs` labelled pairs in it `same` were one thing (0 of 0: unknown)."""

    name: str
    least: float
    pairs: int
    same: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The table of one family. `prior` is in log odds: that two records that share a key are of one thing."""

    family: Family
    fitted: frozenset[Feature]
    prior: float
    shares: Mapping[tuple[Feature, Level], Share]
    bands: tuple[Band, ...]

    def band(self, score: float) -> Band:
        """The band of a score; the lowest starts at 0."""
        return next(each for each in self.bands if score >= each.least)


@cache
def load_weights(path: Path = PACKAGED) -> Mapping[Family, Weights]:
    """The tables of all families; `ModelRejected` where one is missing or not in shape."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {family: _weights(family, told[family.value]) for family in Family}
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise ModelRejected(f"{path.name}: {type(error).__name__}: {error}") from error


def _weights(family: Family, told: Mapping[str, Any]) -> Weights:
    shares = {
        (Feature(feature), Level(level)): Share(float(m), float(u))
        for feature, levels in told["features"].items()
        for level, (m, u) in levels.items()
    }
    if any(not 0 < part <= 1 for share in shares.values() for part in (share.m, share.u)):
        raise ValueError(f"{family}: a share is not above 0 and at most 1")
    bands = tuple(
        Band(str(each["name"]), float(each["least"]), int(each["pairs"]), int(each["same"]))
        for each in told["bands"]
    )
    if not bands or bands[-1].least != 0 or list(bands) != sorted(bands, key=lambda each: -each.least):
        raise ValueError(f"{family}: bands do not fall to 0")
    fitted = frozenset(Feature(each) for each in told["fitted"])
    return Weights(family, fitted, float(told["prior"]), shares, bands)
