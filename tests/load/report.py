"""The figures of the runs, kept in `results.json`, and `deploy/docs/load.md` made of them."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.load import percentiles
from tests.bench.machine import describe
from tests.components import ROOT
from tests.load.samples import worked
from tests.load.verdicts import Run, Verdict, as_facts

RESULTS = Path(__file__).with_name("results.json")
REPORT = ROOT / "deploy" / "docs" / "load.md"
FORM = Path(__file__).with_name("page.md")
HOUR = 3600
PLACE = "<!-- the runs -->\n"
WATCHED = ("home", "sound", "chaos")
_MACHINE = ("cpu", "cores", "memory_mib", "system", "python", "sqlite")


def figures(run: Run) -> dict[str, Any]:
    """What a load or a soak comes to."""
    alone = sorted(each["ms"] / 1000 for each in run.shown if len(each["nodes"]) == 2)
    all_ = sorted(each["ms"] / 1000 for each in run.shown if len(each["nodes"]) > 2)
    held = [each for each in run.samples if "home" in each]
    ours, others = worked(run.samples, WATCHED)
    return {
        "stretches": [{**each, "seconds": _watched(held, each["stretch"])} for each in run.stretches],
        "asked": len(run.questions),
        "latencies": {"two partners": percentiles(alone), "everybody": percentiles(all_)},
        "cores": ours,
        "others": others,
        "samples": len(held),
        "ends": {name: [held[0][name], held[-1][name]] for name in WATCHED},
        "databases": [held[0]["databases"], held[-1]["databases"]],
        "log": [held[0]["logs"]["home"], held[-1]["logs"]["home"]],
    }


def _watched(samples: Sequence[Mapping[str, Any]], stretch: int) -> float:
    """Seconds of a stretch in which everything ran: from its first sample to its last."""
    at = [float(each["at"]) for each in samples if each["stretch"] == stretch]
    return at[-1] - at[0]


def keep(name: str, told: Mapping[str, Any], verdicts: Sequence[Verdict]) -> None:
    """Put the figures of a run beside those of the others."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    machine = {key: value for key, value in describe().items() if key in _MACHINE}
    kept[name] = {**told, "machine": machine, "verdicts": as_facts(verdicts)}
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def write() -> None:
    """The page, of all runs that there are figures of."""
    REPORT.write_text(page(json.loads(RESULTS.read_text())))


def page(kept: Mapping[str, Any]) -> str:
    """The whole text: the form with the runs in their place."""
    parts = []
    for name, title in (("load", "Load and chaos"), ("soak", "Soak"), ("rolling", "Rolling restart")):
        if name in kept:
            parts.append(
                "\n".join([f"## {title}", "", *_run(name, kept[name]), "", *_verdicts(kept[name]), ""])
            )
        else:
            parts.append(f"## {title}\n\nNot run yet.\n")
    return FORM.read_text().replace(PLACE, "\n".join(parts))


def _run(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    machine = told["machine"]
    yield (
        f"On {machine['cores']} cores ({machine['cpu']}), {machine['memory_mib']:,} MiB of memory, "
        f"{machine['system']}, Python {machine['python']}, SQLite {machine['sqlite']}."
    )
    if name == "rolling":
        yield (
            f"{_day(told['began'])}, {told['seconds'] / 60:.1f} minutes in all: both gateways of the node "
            f"that answers, on PostgreSQL with a sequencer, were restarted {told['rounds']} times each, and "
            f"10 questions a second were asked. Others kept {told['others']:.1f} cores busy meanwhile."
        )
        return
    for each in told["stretches"]:
        plan = each["plan"]
        flood = plan["flood"]
        rates = [f"{flood[kind]:g} {kind}" for kind in ("questions", "notices", "junk")]
        yield (
            f"{_day(each['began'])}: {each['seconds'] / 60:.1f} minutes"
            f"{_short(each)}, {plan['rate']:g} questions a second of analysts, {each['asked']} in all, "
            f"{each['late']} of them late, with everybody waiting; of the flood {', '.join(rates)} a second."
        )
    if name == "soak" and (seconds := sum(map(_lasted, told["stretches"]))) < HOUR:
        yield f"That is {seconds / 60:.0f} minutes in all; the usual hour was not reached."
    yield (
        f"The nodes kept {told['cores']:.2f} cores busy on average, and whatever else ran on the machine "
        f"{told['others']:.2f}: other tests of this project."
    )
    yield from ("", "| | start | end |", "|---|---|---|")
    for process, (first, last) in told["ends"].items():
        yield f"| {process}: memory (MiB), open files, threads | {_held(first)} | {_held(last)} |"
    for what in ("databases", "log"):
        first, last = told[what]
        title = "all databases" if what == "databases" else "the home node's log"
        yield f"| {title}, MiB | {first / 2**20:.1f} | {last / 2**20:.1f} |"
    yield from ("", "| a question to | p50 | p95 | p99 |", "|---|---|---|---|")
    for whom, times in told["latencies"].items():
        yield f"| {whom} | " + " | ".join(f"{times.get(p, 0):,.0f} ms" for p in ("p50", "p95", "p99")) + " |"


def _held(told: Mapping[str, Any]) -> str:
    return f"{told['rss']:,.0f}, {told['files']}, {told['threads']}"


def _verdicts(told: Mapping[str, Any]) -> Iterator[str]:
    yield from ("| what must hold | | seen |", "|---|---|---|")
    for each in told["verdicts"]:
        seen = each["told"].replace("|", "/").replace("\n", " ")
        yield f"| {each['what']} | {'holds' if each['holds'] else '**does not hold**'} | {seen} |"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))


def _lasted(stretch: Mapping[str, Any]) -> float:
    """Seconds; of one that was not interrupted those of its plan, since clocks of days are set meanwhile."""
    return float(60 * stretch["plan"]["minutes"] if stretch["whole"] else stretch["seconds"])


def _short(stretch: Mapping[str, Any]) -> str:
    return "" if stretch["whole"] else f" of {stretch['plan']['minutes']:g}, then interrupted"
