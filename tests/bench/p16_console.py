"""P16: what the console sends, compressed, and a chart of 1,000 elements, beside their budgets."""

from collections.abc import Sequence

from tests import components
from tests.bench import chart
from tests.bench.figure import Bench, Figure, Line, Missing, Row, Sample, Series, Target, at_least, at_most
from tests.console.sizes import sizes

DRAWN, LONGEST, FRAMES = 1500.0, 200.0, 50.0


def measure(bench: Bench) -> Sequence[Line]:
    """A line for each part; what has no budget stands beside itself."""
    return [
        *(
            Row(
                f"{part}, compressed", "KiB", _once("", told),
                _once("budget" if budget else "itself", budget or told), at_most(1) if budget else None,
            )
            for part, (told, budget) in sizes(components.console_path()).items()
        ),
        *_chart(bench),
    ]  # fmt: skip


def _chart(bench: Bench) -> Sequence[Line]:
    what = f"chart of {chart.ELEMENTS:,} elements in Chromium without a GPU"
    try:
        with chart.desks(bench.say) as desks:
            found = bench.interleave([("chart", chart.sampler(desks))])["chart"]
    except components.ComponentMissingError as missing:
        return [Missing(what, str(missing))]
    return [
        _row(f"{what}: from the answer to the picture", "ms", found, DRAWN, at_most(1)),
        _row(f"{what}: longest frame until laid out", "ms", found.told("longest"), LONGEST, at_most(1)),
        _row(f"{what}: frames per second, moved", "fps", found.told("fps"), FRAMES, at_least(1)),
        _row(f"{what}: longest frame, moved", "ms", found.told("moving"), LONGEST, at_most(1)),
    ]


def _row(what: str, unit: str, ours: Series, budget: float, target: Target) -> Row:  # one row of the chart
    return Row(what, unit, ours, Series("budget", tuple(Sample(budget) for _ in ours.samples)), target)


def _once(name: str, value: float) -> Series:
    return Series(name, (Sample(value),))


FIGURE = Figure("P16", "what the console sends, and a chart of 1,000 elements, beside their budgets", measure)
