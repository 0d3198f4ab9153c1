"""What the processes hold while they work: memory, open files, threads; and how large their databases are."""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.bench import machine
from tests.bench.machine import cpu_seconds, resident

_DATABASE = (".sqlite", ".sqlite-wal", ".sqlite-shm")
WARM = 0.25
"""The share of a run that is left out before memory is looked at."""


def sample(
    folder: Path, processes: Mapping[str, int], logs: Mapping[str, Path], caches: Mapping[str, str]
) -> dict[str, Any]:
    """One line. `caches` are where processes tell how much of their memory is SQLite's."""
    told: dict[str, Any] = {"at": round(time.time(), 1), "busy": round(machine._busy(), 1)}
    for name, pid in processes.items():
        status = Path(f"/proc/{pid}/status").read_text()
        told[name] = {
            "rss": round(resident(pid), 1),
            "anon": round(resident(pid, "RssAnon"), 1),
            **opened(pid),
            "threads": int(status.split("Threads:")[1].split()[0]),
            "cpu": round(cpu_seconds(pid), 1),
        }
    for name, url in caches.items():
        with urlopen(url, timeout=30) as reply:  # noqa: S310  # our own process on loopback
            told[name]["sqlite"] = round(json.load(reply)["sqlite"] / 2**20, 1)
        told[name]["own"] = round(told[name]["anon"] - told[name]["sqlite"], 1)
    told["databases"] = sum(_size(each) for each in folder.glob("*/*.sqlite*"))
    told["logs"] = {name: _size(path) for name, path in logs.items()}
    return told


def opened(pid: int) -> dict[str, int]:
    """The open files of a process: all of them, those of SQLite's databases, and sockets."""
    told = {"files": 0, "databases": 0, "sockets": 0}
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            place = str(each.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
        told["files"] += 1
        told["databases"] += place.endswith(_DATABASE)
        told["sockets"] += place.startswith("socket:")
    return told


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def keep(path: Path, line: Mapping[str, Any]) -> None:
    """Append a line."""
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")


def worked(samples: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[float, float]:
    """Cores that the named processes kept busy on average, and that all others did; of the last stretch."""
    last = max(each["stretch"] for each in samples)
    own = [each for each in samples if each["stretch"] == last and all(name in each for name in names)]
    all_ = [each for each in samples if each["stretch"] == last and "busy" in each]
    ours = _rate(own, lambda each: sum(each[name]["cpu"] for name in names))
    return ours, max(0.0, _rate(all_, lambda each: each["busy"]) - ours)


def _rate(lines: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], float]) -> float:
    if len(lines) < 2:
        return 0.0
    first, last = lines[0], lines[-1]
    return (read(last) - read(first)) / max(last["at"] - first["at"], 1.0)


@dataclass(frozen=True)
class Trend:
    """How a measure went on after the warm-up: its median, least and greatest, and what the slope adds up to.

    `growth` is the slope of the line through the samples, over the whole time, as a share of the median.
    """

    median: float
    least: float
    most: float
    growth: float
    per_hour: float


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """The trend of at least two samples, in order of time; the first `WARM` share of the time is left out."""
    from_ = times[0] + WARM * (times[-1] - times[0])
    at, told = zip(*((t, v) for t, v in zip(times, values, strict=True) if t >= from_), strict=True)
    median = statistics.median(told)
    if len(set(at)) < 2 or not median:
        return Trend(median, min(told), max(told), 0.0, 0.0)
    slope = statistics.linear_regression(at, told).slope
    return Trend(median, min(told), max(told), slope * (at[-1] - at[0]) / median, slope * 3600)
