"""What the console sends, compressed, beside the budgets of CONSOLE.md section 12."""

import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

KIB = 1024


def packed(paths: Sequence[Path]) -> float:
    """KiB that go over the wire."""
    return sum(len(gzip.compress(each.read_bytes(), 9)) for each in paths) / KIB


def sizes(dist: Path) -> Mapping[str, tuple[float, float | None]]:
    """By part: its KiB, and how many it may have; what is fetched only when it is wanted has no budget.

    The start counts with the texts of its largest language.
    """
    page = (dist / "index.html").read_text(encoding="utf-8")
    start = [dist / each for each in re.findall(r"/(assets/[\w.-]+\.js)", page)]
    assert len(start) > 1
    language = max(dist.glob("assets/*.start-*.js"), key=lambda each: each.stat().st_size)
    (chart,) = dist.glob("assets/ChartPage-*.js")
    (worker,) = dist.glob("assets/attraction.worker-*.js")
    assert not {chart, worker} & set(start)
    return {
        "start route, JavaScript": (packed([*start, language]), 180),
        "chart, JavaScript": (packed([chart]), 190),
        "all CSS": (packed(list(dist.glob("assets/*.css"))), 15),
        "the chart's layout, JavaScript": (packed([worker]), None),
    }
