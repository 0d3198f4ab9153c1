"""Load, chaos and soak, bounded and on loopback: see README.md.

python -m tests.load load                    three minutes: thirty partners, five of them broken
python -m tests.load soak --minutes 60       the same for long, at a low rate; Ctrl-C ends and judges it
python -m tests.load soak --minutes 60 --on  goes on with a soak that was interrupted
python -m tests.load rolling                 gateways end and start again while questions are under way
python -m tests.load judge load              the verdicts on a run once more
python -m tests.load report                  deploy/docs/load.md from what the runs left
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from subprocess import Popen, TimeoutExpired
from typing import Any

from tests.components import ROOT
from tests.load import report
from tests.load.analysts import Desk, read_lines
from tests.load.cast import HOME, SLOW, SOUND, Federation, Flood, found, served
from tests.load.rolling import roll
from tests.load.samples import keep, sample
from tests.load.verdicts import Run, judged

FOLDER = ROOT / ".entente" / "load"
MOST_MINUTES = 24 * 60
MOST_RATE = 20.0
ENDS_WITHIN = 90.0
WATCHED = ("home", "sound", "chaos")


@dataclass(frozen=True)
class Plan:
    """What is run for how long: questions a second, the flood, and how often the processes are looked at."""

    name: str
    minutes: float
    rate: float
    flood: Flood
    every: float


def say(text: str) -> None:
    """Show what is going on."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def work(plan: Plan, *, on: bool) -> int:
    """Run, judge, and keep the figures; the exit code says whether everything held."""
    path = FOLDER / plan.name
    if not on:
        shutil.rmtree(path, ignore_errors=True)
    federation = found(path, FOLDER, say)
    before = list(read_lines(path / "questions.jsonl"))
    stretch = 1 + max((each["stretch"] for each in read_lines(path / "stretches.jsonl")), default=0)
    began = time.time()
    codes: dict[str, int | None] = {}
    with served(federation, plan.flood, sys.executable) as processes:
        desk = Desk(federation.address(HOME), path / "questions.jsonl", plan.rate, first=1 + len(before))
        say(f"{plan.name}: {plan.minutes:g} minutes at {plan.rate:g} questions a second")
        with desk.open():
            whole = _watch(plan, federation, processes, desk, stretch)
        for name in ("chaos", "home", "sound"):
            codes[name] = ended(processes[name])
    spent = {"stretch": stretch, "began": began, "seconds": time.time() - began, "whole": whole}
    spent |= {"asked": desk.asked, "again": desk.signed_in_again}
    spent |= {"plan": asdict(plan), "codes": codes, "late": desk.late}
    keep(path / "stretches.jsonl", spent)
    return judge(plan.name)


def judge(name: str) -> int:
    """Hold what a run left against what must hold, and keep the figures; 0 if everything did."""
    say("judging")
    run = Run.read(found(FOLDER / name, FOLDER, say))
    verdicts = judged(run)
    for each in verdicts:
        say(f"{'holds ' if each.holds else 'FAILS '} {each.what}: {each.told}")
    report.keep(name, report.figures(run), verdicts)
    return 0 if all(each.holds for each in verdicts) else 1


def _watch(
    plan: Plan, federation: Federation, processes: "dict[str, Popen[bytes]]", desk: Desk, stretch: int
) -> bool:
    """Look at the processes until the time is over or somebody has had enough; whether it was all of it."""
    enough: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: enough.append(number))
    end, path = time.monotonic() + 60 * plan.minutes, federation.path
    pids = {name: processes[name].pid for name in WATCHED}
    logs = {"home": federation.log(HOME)}
    caches = {name: federation.address(node) for name, node in (("sound", SOUND[0]), ("chaos", SLOW))}
    shown = 0.0
    try:
        while time.monotonic() < end and not enough:
            line = sample(path, pids, logs, caches) | {
                "stretch": stretch,
                "asked": desk.asked,
                "failed": desk.failed,
            }
            keep(path / "samples.jsonl", line)
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                held = ", ".join(f"{name} {line[name]['rss']:.0f} MiB" for name in WATCHED)
                left = max(0.0, end - time.monotonic())
                say(f"{desk.asked} asked, {desk.failed} failed, {held}, {left:.0f} s to go")
            _pause(min(plan.every, max(0.0, end - time.monotonic())), enough)
    finally:
        signal.signal(signal.SIGINT, before)
    return not enough


def _pause(seconds: float, enough: list[int]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not enough:
        time.sleep(min(0.5, max(0.0, until - time.monotonic())))


def ended(process: "Popen[bytes]") -> int | None:
    """The exit code of a process that is asked to end; None if it would not."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(ENDS_WITHIN)
    except TimeoutExpired:  # it is killed by who started it; the verdict says so
        return None


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        "python -m tests.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, dest="command")
    for name, minutes, rate in (("load", 3.0, 3.0), ("soak", 60.0, 1.0)):
        command = commands.add_parser(name)
        command.add_argument("--minutes", type=float, default=minutes)
        command.add_argument("--rate", type=float, default=rate, help="questions of analysts a second")
        command.add_argument("--flood", type=float, help="messages of the flooding partner a second")
        command.add_argument("--on", action="store_true", help="go on with the run before")
    commands.add_parser("rolling").add_argument("--rounds", type=int, default=2)
    commands.add_parser("judge").add_argument("run", choices=("load", "soak"))
    commands.add_parser("report")
    told = parser.parse_args()
    run: dict[str, Callable[[], Any]] = {
        "rolling": lambda: roll(FOLDER, told.rounds, say),
        "judge": lambda: judge(told.run),
        "report": report.write,
    }
    if told.command in run:
        return int(run[told.command]() or 0)
    if not 0 < told.minutes <= MOST_MINUTES or not 0 < told.rate <= MOST_RATE:
        parser.error(f"at most {MOST_MINUTES} minutes and {MOST_RATE:g} questions a second")
    return work(_plan(told), on=told.on)


def _plan(told: argparse.Namespace) -> Plan:
    load = told.command == "load"
    flood = told.flood if told.flood is not None else (40.0 if load else 0.5)
    parts = Flood(questions=flood * 0.2, notices=flood * 0.6, junk=flood * 0.2)
    return Plan(told.command, told.minutes, told.rate, parts, 2.0 if load else 15.0)


if __name__ == "__main__":
    sys.exit(main())
