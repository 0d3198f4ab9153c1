"""An explained question on a terminal: who asked, what was decided by what, and what it would be today."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.cli.show import withheld
from gateway.visible import visible

_WHY = ("purpose", "legalBasis", "offence", "subjectCategory", "aim", "unit", "case")
Shown = Mapping[str, Any]


def show_question(told: Shown) -> None:
    """Both sides of a question, as far as the node took part."""
    console = Console()
    if told["asked"]:
        _asked(console, told["asked"])
    for each in told["answered"]:
        _answered(console, each)
    if told["more"]:
        console.print("[yellow]There are more questions under this id; only some are explained.[/yellow]")


def why(reasons: Sequence[Shown]) -> str:
    """Codes, each with its rule where there is one."""
    return ", ".join(f"{each['code']} ({each['rule']})" if each["rule"] else each["code"] for each in reasons)


def _asked(console: Console, asked: Shown) -> None:
    _line(console, f"asked here at {asked['askedAt']} by {asked['asker']}; entry {asked['index']}")
    _line(console, _mandate(asked))
    if not asked["allowed"]:
        _line(console, f"own law: not let out: {why(asked['reasons'])}")
        return
    _line(console, f"own law: let out; policy {asked['revision']}")
    rows = (
        (
            each["node"],
            each["status"] + (f" until {each['renewsAt']}" if each["renewsAt"] else ""),
            each["results"],
            ", ".join(each["reasons"]),
            ", ".join(each["grants"]),
            withheld(each["masked"]),
        )
        for each in asked["nodes"]
    )
    console.print(_table(("node", "answered", "records", "reasons", "grants", "FIELD_MASKED"), rows))


def _answered(console: Console, told: Shown) -> None:
    what = told["operation"] or "message"
    _line(
        console, f"{what} of {told['partner']} at {told['askedAt']} by {told['asker']}; entry {told['index']}"
    )
    _line(console, _mandate(told))
    _outcome(console, told["outcome"])
    rows = (
        (
            each["grant"],
            each["tier"] if each["covers"] else "no",
            withheld(each["masked"]),
            why(each["reasons"]),
            ", ".join(rule["rule"] for rule in each["rowRules"]),
        )
        for each in told["grants"]
    )
    if told["grants"]:
        console.print(_table(("grant", "covers", "FIELD_MASKED", "falls short by", "rows are held to"), rows))
    _replayed(console, told)


def _outcome(console: Console, outcome: Shown | None) -> None:
    if outcome is None:
        _line(console, "logged: no outcome yet")
        return
    parts = [f"logged: {outcome['status']} {outcome['tier']}", f"entry {outcome['index']}"]
    parts += [f"{outcome['results']} records"] if outcome["results"] is not None else []
    parts += [f"by {', '.join(outcome['grants'])}"] if outcome["grants"] else []
    parts += [f"under consents {', '.join(outcome['consents'])}"] if outcome["consents"] else []
    parts += [why(outcome["reasons"])] if outcome["reasons"] else []
    parts += [f"FIELD_MASKED: {withheld(outcome['masked'])}"] if outcome["masked"] else []
    parts += (
        [f"{outcome['quotaLeft']} left of the nearest budget"] if outcome["quotaLeft"] is not None else []
    )
    _line(console, "; ".join([*parts, f"policy {outcome['revision']}"]))


def _replayed(console: Console, told: Shown) -> None:
    if told["asLogged"] is None:
        _line(console, f"not decided again: {told['cause']}")
        return
    _line(console, f"decided again: {'as logged' if told['asLogged'] else 'not as logged, ' + told['cause']}")
    today = told["today"]
    words = f"today: {'the same' if today['same'] else 'another outcome'}, {today['tier']}"
    words += f" by {', '.join(today['grants'])}" if today["grants"] else f", {why(today['reasons'])}"
    _line(console, f"{words}; policy {today['revision']}")
    for each in today["changes"]:
        _line(console, f"  since then: {each['grant']} {each['what']}")


def _mandate(told: Shown) -> str:
    return "mandate: " + ", ".join(str(told[name]) for name in _WHY if told.get(name))


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else escape(visible(str(cell))) for cell in row))
    return table


def _line(console: Console, text: str) -> None:
    console.print(escape(visible(text)), soft_wrap=True, highlight=False)
