"""P11: the match of chemical profiles; the product has none yet."""

from collections.abc import Sequence

from tests.bench.figure import Bench, Figure, Line, Missing


def measure(bench: Bench) -> Sequence[Line]:
    """Name what is missing."""
    del bench
    return [Missing("profile match against 1,000,000 profiles", "the product does not match profiles yet")]


FIGURE = Figure("P11", "profile match", measure)
