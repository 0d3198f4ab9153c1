"""P16: what the console sends, compressed, beside its budgets."""

from collections.abc import Sequence

from tests import components
from tests.bench.figure import Bench, Figure, Line, Row, Sample, Series, at_most
from tests.console.sizes import sizes


def measure(_bench: Bench) -> Sequence[Line]:
    """A line for each part; what has no budget stands beside itself."""
    return [
        Row(
            f"{part}, compressed", "KiB", _once("", told),
            _once("budget" if budget else "itself", budget or told), at_most(1) if budget else None,
        )
        for part, (told, budget) in sizes(components.console_path()).items()
    ]  # fmt: skip


def _once(name: str, value: float) -> Series:
    return Series(name, (Sample(value),))


FIGURE = Figure("P16", "what the console sends, beside its budgets", measure)
