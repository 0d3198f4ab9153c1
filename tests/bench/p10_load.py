"""P10: loading with validation, index and version history, beside FollowTheMoney's own clean."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.dataset import write_file
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, at_least, at_most
from tests.bench.machine import pinned
from tests.components import ROOT

FILE = 20_000
SMALL = 10_000


def measure(bench: Bench) -> Sequence[Line]:
    """Records per second, then the peak of memory at two sizes."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as work:
        folder = Path(work)
        number = min(FILE, bench.records)
        source = write_file(folder / "speed.jsonl", number)
        runs = [(name, _run(bench, name, source, number)) for name in ("load", "clean")]
        series = bench.interleave(runs)
        lines: list[Line] = [
            Row(
                f"load of {number:,} records of FtM JSON",
                "records/s",
                series["load"],
                series["clean"],
                at_least(0.7),
            )
        ]
        small, large = min(SMALL, bench.records // 2), bench.records
        sizes = [
            (f"{size:,} records", _memory(bench, write_file(folder / f"{size}.jsonl", size)))
            for size in (small, large)
        ]
        peaks = Bench(**vars(bench) | {"rounds": 1}).interleave(sizes)
        ours, other = (peaks[f"{size:,} records"] for size in (large, small))
        note = "flat to 1,000,000 is measured with --only P10 --records 1000000" if large < 1_000_000 else ""
        lines.append(Row(f"peak memory of loading {large:,} records", "MiB", ours, other, at_most(1.1), note))
    return lines


def _child(bench: Bench, what: str, source: Path) -> dict[str, float]:
    with pinned(bench.cores.server):
        command = [sys.executable, "-m", "tests.bench.loading", what, str(source)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasuredError(f"{what}: {done.stderr[-300:]}")
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _run(bench: Bench, what: str, source: Path, number: int) -> Callable[[], Sample]:
    def run() -> Sample:
        told = _child(bench, what, source)
        return Sample(number / told["seconds"], 1e6 * told["cpu"] / number, told)

    return run


def _memory(bench: Bench, source: Path) -> Callable[[], Sample]:
    def run() -> Sample:
        told = _child(bench, "load", source)
        return Sample(told["peak_mib"], None, told)

    return run


FIGURE = Figure("P10", "load of FtM JSON", measure)
