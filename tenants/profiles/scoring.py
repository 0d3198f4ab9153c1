"""How alike two profiles are: the published pre-treatments and measures, nothing of our own.

A profile is divided by its sum, so that purity and dilution drop out; then the square root or the fourth root
of each share is taken, so that the largest peaks do not decide alone; then two profiles are compared by the
cosine of the angle between them, or by Pearson's correlation, which is the cosine of what is left when each
profile's mean is taken away. 1 is equal, 0 has nothing in common.

Sources, all Forensic Science International. K. Andersson, E. Lock, K. Jalava et al., "Development of a
harmonised method for the profiling of amphetamines VI: Evaluation of methods for comparison of amphetamine",
169 (2007) 86-99 (the SMT project behind CHAMP): sum, fourth root and Pearson found linked samples best.
N. Lociciro, P. Esseiva, P. Hayoz et al., "Cocaine profiling for strategic intelligence, a cross-border
project between France and Switzerland, Part II", 177 (2008) 199-206: cosine or Pearson, also between two
laboratories. A. Popovic, M. Morelato, C. Roux, A. Beavis, "Review of the most common chemometric techniques
in illicit drug profiling", 302 (2019) 109911.

A compound below its limit of detection counts as 0, which all of these do. A compound that was not measured
counts as nothing at all: then there is no score.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SCALE = 1_000_000
"""Scores are told in whole millionths."""


class Treatment(StrEnum):
    """What is done to each share after the division by the sum."""

    SUM = "SUM"
    SQUARE_ROOT = "SQUARE_ROOT"
    FOURTH_ROOT = "FOURTH_ROOT"


class Measure(StrEnum):
    """How two treated profiles are compared. `1 - score` of `PEARSON` is Pearson's distance."""

    PEARSON = "PEARSON"
    COSINE = "COSINE"


def directions(shares: Floats, treatment: Treatment, measure: Measure) -> Floats:
    """Each row (a profile, in shares of 0 or more) as a vector of length 1, so that a product is a score.

    A row without a direction is all 0 and scores 0 with everything: an empty profile, one with a compound
    that was not measured (NaN), or, by Pearson, one in which every compound is the same.
    """
    rows = np.atleast_2d(np.asarray(shares, dtype=np.float64))
    largest = rows.max(axis=1, initial=0.0, keepdims=True)
    usable = np.isfinite(rows).all(axis=1, keepdims=True) & (largest > 0)
    scaled = np.where(usable, rows, 0.0) / np.where(usable, largest, 1.0)  # no sum runs over or under
    told = scaled / np.where(usable, scaled.sum(axis=1, keepdims=True), 1.0)
    if treatment is not Treatment.SUM:
        told = np.sqrt(told if treatment is Treatment.SQUARE_ROOT else np.sqrt(told))
    if measure is Measure.PEARSON:
        told = told - np.where(usable, told.mean(axis=1, keepdims=True), 0.0)
    length = np.sqrt((told * told).sum(axis=1, keepdims=True))
    flat = length < 1e-9  # noqa: PLR2004  # what rounding leaves of equal shares
    result: Floats = np.where(flat, 0.0, told / np.where(flat, 1.0, length))
    return result


def as_told(rows: Floats, wanted: Floats) -> Floats:
    """How alike each row is to `wanted`, all of them directions: whole millionths, 0 to `SCALE`."""
    result: Floats = np.rint(np.clip((rows * wanted).sum(axis=1), 0.0, 1.0) * SCALE)
    return result


def score(left: Sequence[float], right: Sequence[float], treatment: Treatment, measure: Measure) -> float:
    """How alike two profiles are, 0 to 1; compounds in the same order. What lies below 0 is told as 0."""
    rows = directions(np.array([left, right], dtype=np.float64), treatment, measure)
    return float(np.clip((rows[0] * rows[1]).sum(), 0.0, 1.0))


def millionths(value: float) -> int:
    """A score as it is told: whole millionths."""
    return round(value * SCALE)


def unlike(left: Sequence[float], right: Sequence[float], treatment: Treatment, measure: Measure) -> Floats:
    """What each compound has of all that keeps the two apart; the parts sum to 1, or are all 0."""
    rows = directions(np.array([left, right], dtype=np.float64), treatment, measure)
    parts: Floats = (rows[0] - rows[1]) ** 2
    total = float(parts.sum())
    return parts / total if total > 0 else parts
