"""The report: `results.json` for machines, `RESULTS.md` for people. Nothing is left out."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, Line, Missing, Series
from tests.components import ROOT

HERE = Path(__file__).parent
HEAD = (
    "| | what | unit | ours (least to most) | baseline (least to most) "
    "| CPU µs ours / baseline | ratio | target | met |"
)
RULE = "|---|---|---|---|---|---|---|---|---|"
METHOD = """
Each figure is a ratio against a baseline that was measured in the same run, in turn with it (A B A B …).
Values are medians over the rounds, with the least and the greatest; the ratio is the median of the ratios of
the rounds. Equal answers are checked before anything is timed. Server and load run on different cores where
the machine has them; where several server processes are measured (P4) they share all cores, the baseline's
like ours. CPU is that of all measured processes together, for each request, with its own ratio. A sample
beside which others used more than 0.15 of a core is taken again, up to three times; `*` marks a value with a
sample that stayed disturbed. Rows without a target explain the ones that have one.
"""


class Results:
    """The results file: what was measured, by which settings, on what."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "results.json"
        self._table = folder / "RESULTS.md"
        self.told: dict[str, Any] = (
            json.loads(self._path.read_text()) if self._path.exists() else {"figures": {}}
        )

    def keep(
        self, figure: Figure, lines: Sequence[Line], settings: Mapping[str, Any], machine: Mapping[str, Any]
    ) -> None:
        """Write down one finished figure at once."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.told["figures"][figure.key] = {
            "title": figure.title, "at": at, "load": os.getloadavg()[1],
            "settings": dict(settings), "machine": dict(machine),
            "lines": [line_told(line) for line in lines],
        }  # fmt: skip
        self._path.write_text(json.dumps(self.told, indent=1, ensure_ascii=False) + "\n")

    def write(self, figures: Iterable[Figure]) -> str:
        """Write the table of all figures; one that was never measured is named."""
        text = table(self.told["figures"], figures)
        self._table.write_text(text)
        return text


def line_told(line: Line) -> dict[str, Any]:
    """A line as JSON."""
    if isinstance(line, Missing):
        return {"what": line.what, "not_measured": line.reason.replace(str(ROOT), ".")}
    target = line.target
    return {
        "what": line.what, "unit": line.unit, "ours": _series(line.ours), "baseline": _series(line.baseline),
        "ratio": line.ratio, "ratios": line.ratios, "target": str(target) if target else None,
        "met": target.met(line.ratio) if target else None, "note": line.note,
    }  # fmt: skip


def _series(series: Series) -> dict[str, Any]:
    return {
        "name": series.name, "median": series.median, "spread": list(series.spread), "cpu_us": series.cpu,
        "disturbed": series.disturbed, "values": [each.value for each in series.samples],
        "more": [each.more for each in series.samples],
    }  # fmt: skip


def table(done: Mapping[str, Any], figures: Iterable[Figure]) -> str:
    """The Markdown."""
    listed = list(figures)
    parts = ["# Benchmarks", METHOD.strip(), *_machines(done), HEAD + "\n" + RULE]
    rows = [row for figure in listed for row in _rows(figure, done.get(figure.key))]
    parts[-1] += "\n" + "\n".join(rows)
    notes = [note for figure in listed for note in _notes(figure, done.get(figure.key))]
    return "\n\n".join([*parts, "\n".join(notes)]).rstrip() + "\n"


def _machines(done: Mapping[str, Any]) -> list[str]:
    """What it was measured on, told once for all figures that agree."""
    told: dict[str, list[str]] = {}
    for key, figure in done.items():
        machine = dict(figure["machine"])
        packages = ", ".join(f"{name} {number}" for name, number in machine.pop("packages", {}).items())
        rest = ", ".join(f"{name} {value}" for name, value in machine.items())
        settings = ", ".join(f"{name} {value}" for name, value in figure["settings"].items())
        told.setdefault(f"{rest}. {packages}. Settings: {settings}.", []).append(key)
    loads = ", ".join(f"{key} {done[key]['load']:.1f}" for key in sorted(done, key=_number))
    listed = [f"{' '.join(sorted(keys, key=_number))}: {text}" for text, keys in told.items()]
    return [*listed, f"Load average of five minutes, ours included, after: {loads}."] if done else []


def _number(key: str) -> int:
    return int(key[1:])


def _rows(figure: Figure, done: Mapping[str, Any] | None) -> list[str]:
    if done is None:
        return [f"| {figure.key} | {figure.title} | | not measured yet | | | | | – |"]
    return [_row(figure.key, line) for line in done["lines"]]


def _row(key: str, line: Mapping[str, Any]) -> str:
    if "not_measured" in line:
        return f"| {key} | {line['what']} | | not measured: {_cell(line['not_measured'])} | | | | | – |"
    ours, other = line["ours"], line["baseline"]
    cpu = f"{ours['cpu_us']:,.0f} / {other['cpu_us']:,.0f}" if ours["cpu_us"] and other["cpu_us"] else ""
    cpu += f" = {ours['cpu_us'] / other['cpu_us']:.2f}×" if cpu else ""
    met = {None: "", True: "yes", False: "**no**"}[line["met"]]
    cells = (
        key, line["what"], line["unit"], _value(ours), f"{_value(other)} {other['name']}", cpu,
        f"{line['ratio']:.2f}×", line["target"] or "", met,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:300]


def _value(series: Mapping[str, Any]) -> str:
    least, most = series["spread"]
    mark = "*" if series["disturbed"] else ""
    return f"{_short(series['median'])}{mark} ({_short(least)} to {_short(most)})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # three digits


def _notes(figure: Figure, done: Mapping[str, Any] | None) -> list[str]:
    lines = done["lines"] if done else ()
    return [f"- {figure.key} {line['what']}: {line['note']}" for line in lines if line.get("note")]
