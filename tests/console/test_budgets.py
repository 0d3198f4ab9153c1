"""How much the console sends before it works, compressed: the budgets of CONSOLE.md section 12."""

import gzip
import re
from pathlib import Path

KIB = 1024


def packed(paths: list[Path]) -> int:
    """Bytes that go over the wire."""
    return sum(len(gzip.compress(each.read_bytes(), 9)) for each in paths)


def test_the_start_and_the_chart_stay_within_their_budgets(console_dist: Path) -> None:
    page = (console_dist / "index.html").read_text(encoding="utf-8")
    start = [console_dist / each for each in re.findall(r"/(assets/[\w.-]+\.js)", page)]
    assert len(start) > 1
    language = max(console_dist.glob("assets/fr-*.js"), key=lambda each: each.stat().st_size)
    assert packed([*start, language]) <= 180 * KIB
    (chart,) = console_dist.glob("assets/ChartPage-*.js")
    assert chart not in start
    assert packed([chart]) <= 190 * KIB
    assert packed(list(console_dist.glob("assets/*.css"))) <= 15 * KIB
