"""Measure the figures.

    python -m tests.bench [--only P1,P2] [--quick] [--seconds N] [--records N] [--rounds N] [--fresh]

Writes RESULTS.md and results.json. A finished figure is kept at once; a run that was interrupted goes on with
the figures that it lacks, `--fresh` starts anew. `--quick` is for trying the program: short, few records,
nothing taken again. Load goes to this machine only. P6 is measured between 100,000 and 1,000,000 records;
`--only P6 --records 10000000` measures it up to 10 million.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status

from tests.bench.figure import Bench, Figure, Line, Missing, NotMeasuredError
from tests.bench.figures import FIGURES
from tests.bench.machine import cores, describe
from tests.bench.report import HERE, Results
from tests.components import ROOT, ComponentMissingError

RECORDS = 200_000
QUICK_RECORDS = 2_000
PATIENCE = 30.0
"""Seconds that a figure may spend on taking disturbed samples again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when everything asked for was tried."""
    asked = _asked(arguments)
    wanted = [figure for figure in FIGURES if not asked.only or figure.key in asked.only]
    console = Console(stderr=True)
    folder = ROOT / ".entente" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "records": asked.records,
        "seconds": asked.seconds,
        "rounds": asked.rounds,
        "quick": asked.quick,
    }
    told = settings | {"only": sorted(asked.only or []), "out": str(asked.out)}
    done = _Done(folder, told, fresh=asked.fresh)
    results = Results(asked.out)
    with console.status("") as status:
        bench = Bench(
            folder, cores(), asked.records, asked.seconds, asked.rounds, quick=asked.quick, say=console.print
        )
        for figure in wanted:
            if figure.key in done.keys:
                console.print(
                    f"{figure.key} kept from the run that was interrupted (--fresh measures it anew)"
                )
                continue
            bench.say = partial(_say, status, figure.key)
            bench.patience = [PATIENCE]
            lines = _measured(figure, bench)
            results.keep(figure, lines, settings, describe())
            done.add(figure.key)
            console.print(*_said(figure, lines), sep="\n", highlight=False, soft_wrap=True)
    done.forget()
    results.write(FIGURES)
    console.print(f"written: {asked.out / 'RESULTS.md'}", soft_wrap=True)
    return 0


def _say(status: Status, key: str, text: str) -> None:
    status.update(f"{key}: {text}")


def _measured(figure: Figure, bench: Bench) -> Sequence[Line]:
    try:
        return figure.measure(bench)
    except (NotMeasuredError, ComponentMissingError) as error:
        return [Missing(figure.title, str(error))]


def _said(figure: Figure, lines: Sequence[Line]) -> list[str]:
    return [
        f"{figure.key} {line.what}: not measured: {line.reason}"
        if isinstance(line, Missing)
        else f"{figure.key} {line.what}: {line.ours.median:,.4g} / {line.baseline.median:,.4g} {line.unit} "
        f"= {line.ratio:.2f}×" + (f", target {line.target}" if line.target else "")
        for line in lines
    ]


class _Done:
    """Which figures an unfinished run of the same settings has measured."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], *, fresh: bool) -> None:
        told = json.dumps(settings, sort_keys=True)
        self._path = folder / f"progress-{hashlib.sha256(told.encode()).hexdigest()[:12]}.json"
        self.keys: list[str] = [] if fresh or not self._path.exists() else json.loads(self._path.read_text())

    def add(self, key: str) -> None:
        """One more is done."""
        self.keys.append(key)
        self._path.write_text(json.dumps(self.keys))

    def forget(self) -> None:
        """The run is complete; the next one measures everything."""
        self._path.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    keys = [figure.key for figure in FIGURES]

    def some(text: str) -> list[str]:
        found = [each.strip().upper() for each in text.split(",")]
        if unknown := sorted(set(found) - set(keys)):
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {' '.join(keys)}")
        return found

    parser.add_argument("--only", type=some, help="figures, with commas between: P1,P8")
    parser.add_argument("--quick", action="store_true", help="one short round on few records")
    parser.add_argument("--seconds", type=float, default=None, help="length of one sample (default 2)")
    parser.add_argument("--rounds", type=int, default=None, help="samples of each contender (default 5)")
    parser.add_argument("--records", type=int, default=None, help=f"records (default {RECORDS})")
    parser.add_argument("--fresh", action="store_true", help="keep nothing of an interrupted run")
    parser.add_argument("--out", type=Path, default=HERE, help="where the report goes")
    return parser


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, with the defaults that depend on `--quick`."""
    told = _parser().parse_args(arguments)
    told.seconds = told.seconds or (0.3 if told.quick else 2.0)
    told.rounds = told.rounds or (1 if told.quick else 5)
    told.records = told.records or (QUICK_RECORDS if told.quick else RECORDS)
    return told


if __name__ == "__main__":
    sys.exit(main())
