"""The machine a figure was measured on: what it is, which cores are whose, and what else ran meanwhile."""

import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PACKAGE_NAMES = """
followthemoney strawberry-graphql graphql-core fastapi starlette uvicorn uvloop httptools sqlmodel sqlalchemy
psycopg wasmtime cryptography aiohttp httpx2 orjson
"""
_PACKAGES = _PACKAGE_NAMES.split()
DISTURBED = 0.15
"""Foreign work, in cores, above which a sample is taken again."""


@dataclass(frozen=True)
class Cores:
    """Which cores the measured servers and the load may use; the same cores only on a machine with one."""

    server: frozenset[int]
    load: frozenset[int]

    @property
    def together(self) -> frozenset[int]:
        """All of them: for figures with more processes than there are cores."""
        return self.server | self.load


def cores() -> Cores:
    """The first core for what is measured, the last for the load."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(frozenset(allowed[:1]), frozenset(allowed[-1:]))


@contextmanager
def pinned(to: frozenset[int]) -> Iterator[None]:
    """Run this thread, and the processes it starts, on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, to)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(root: int) -> float:
    """CPU seconds used so far by a process and its descendants, ended ones that were waited for included."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid], used[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    return sum(ticks for pid, ticks in used.items() if _descends(pid, root, parents)) / _TICKS


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid not in (root, 0):
        pid = parents.get(pid, 0)
    return pid == root


def _busy() -> float:
    """CPU seconds that the machine was busy since it started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


class Watch:
    """How much others worked since the watch was made."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy(), cpu_seconds(os.getpid())

    @property
    def passed(self) -> float:
        """Seconds since then."""
        return max(time.monotonic() - self._began, 0.01)

    def foreign(self) -> float:
        """Cores that others kept busy on average."""
        return max(0.0, (_busy() - self._busy) - (cpu_seconds(os.getpid()) - self._own)) / self.passed


def resident(pid: int, kind: str = "VmRSS") -> float:
    """MiB of memory that a process holds; `RssAnon` leaves out what it maps of files."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{kind}:")[1].split()[0]) / 1024


def describe() -> dict[str, object]:
    """The machine and the versions of what runs on it."""
    info = Path("/proc/cpuinfo").read_text()
    model = next(
        (line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "?"
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": memory,
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "node.js": told(["node", "--version"]),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def told(command: list[str]) -> str:
    """The first line that a program says, or that there is none."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split(
            "\n"
        )[0]
    except (OSError, subprocess.SubprocessError):
        return "none"
