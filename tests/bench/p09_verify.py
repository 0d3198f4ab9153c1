"""P9: the offline verification of a log, beside hashing the same bytes."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from audit.archive import open_archive
from audit.guard import FileGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.sql_store import SqlStore
from audit.trust import TrustPolicy
from audit.verifier import verify
from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, at_most
from tests.bench.machine import pinned
from tests.bench.p08_append import entry
from tests.components import ROOT

PER_RECORD = 5
GROUP = 500
OURS, HASHING, READING = "verification", "hashing in memory", "reading the leaves and hashing them"


def measure(bench: Bench) -> Sequence[Line]:
    """Seconds for the whole log."""
    leaves = PER_RECORD * bench.records
    path = _log(bench, leaves)
    read = [leaf for bundle in open_archive(path).bundles() for leaf in bundle]
    policy = TrustPolicy.of_keys(path.with_suffix(".vkey").read_text())

    def whole() -> Sample:
        began, used = time.perf_counter(), time.process_time()
        report = verify(open_archive(path), policy, lambda _done, _of: None)
        passed = time.perf_counter() - began
        if not report.holds or report.size != leaves:
            raise NotMeasuredError(f"verification found {report.findings[:2]} in {report.size} leaves")
        return Sample(passed, 1e6 * (time.process_time() - used) / leaves)

    def hashes() -> Sample:
        began, used, sha256 = time.perf_counter(), time.process_time(), hashlib.sha256
        for leaf in read:
            sha256(b"\0" + leaf).digest()
        return Sample(time.perf_counter() - began, 1e6 * (time.process_time() - used) / leaves)

    def reads() -> Sample:
        began, used, sha256 = time.perf_counter(), time.process_time(), hashlib.sha256
        for bundle in open_archive(path).bundles():
            for leaf in bundle:
                sha256(b"\0" + leaf).digest()
        return Sample(time.perf_counter() - began, 1e6 * (time.process_time() - used) / leaves)

    runs: list[tuple[str, Callable[[], Sample]]] = [(OURS, whole), (HASHING, hashes), (READING, reads)]
    with pinned(bench.cores.server):
        series = bench.interleave(runs)
    mean = sum(map(len, islice(read, 1000))) // min(1000, len(read))
    note = f"leaves of {mean} bytes; ours reads them from the database too, the baseline has them in memory"
    what = f"offline verification of {leaves:,} leaves"
    return [
        Row(what, "s", series[OURS], series[HASHING], at_most(2), note),
        Row(what, "s", series[OURS], series[READING]),
    ]


def _log(bench: Bench, leaves: int) -> Path:
    """A real log of so many leaves, made once for each state of the audit room."""
    code = hashlib.sha256(
        b"".join(p.read_bytes() for p in sorted((ROOT / "audit").glob("*.py")))
    ).hexdigest()[:12]
    path = bench.folder / f"log-{leaves}-{code}.sqlite"
    if not path.exists():
        for old in bench.folder.glob(f"log-{leaves}-*"):
            old.unlink()
        work = path.with_suffix(".part")
        asyncio.run(_write(bench, work, leaves))
        work.replace(path)
    return path


async def _write(bench: Bench, path: Path, leaves: int) -> None:
    key = SigningKey.generate(f"{OWNER}/log")
    path.with_suffix(".vkey").write_text(key.public.vkey)
    guard = FileGuard(path.with_name(f"{path.name}.guard"), key.name)
    log = await Log.open(SqlStore(f"sqlite:///{path}"), guard, key)
    for start in range(0, leaves, GROUP):
        bench.say(f"writing a log: {start:,} of {leaves:,} leaves")
        await log.append_many([entry(n) for n in range(start, min(start + GROUP, leaves))])
    await log.close()
    path.with_name(f"{path.name}.guard").unlink()


FIGURE = Figure("P9", "offline verification of a log", measure)
