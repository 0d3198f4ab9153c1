"""How much the console sends before it works, compressed: the budgets of CONSOLE.md section 12."""

from pathlib import Path

from tests.console.sizes import sizes


def test_the_start_and_the_chart_stay_within_their_budgets(console_dist: Path) -> None:
    over = {part: told for part, told in sizes(console_dist).items() if told[1] and told[0] > told[1]}
    assert over == {}
