"""One load or one clean, in a process of its own: `python -m tests.bench.loading load|clean FILE`."""

import json
import sys
import tempfile
import time
from pathlib import Path

import orjson
from followthemoney.proxy import EntityProxy

from tenants.model import load_model
from tests.bench.dataset import load


def clean(source: Path) -> None:
    """FollowTheMoney reads the lines and cleans every value, nothing else."""
    model = load_model().ftm
    with source.open("rb") as file:
        for line in file:
            data = orjson.loads(line)
            EntityProxy(model[data["schema"]], data, cleaned=False)


def measured(what: str, source: Path) -> dict[str, float]:
    """Seconds and CPU seconds of the work without the start of the process, and the peak of memory."""
    load_model()
    with tempfile.TemporaryDirectory(dir=source.parent) as work:
        began, used = time.perf_counter(), time.process_time()
        if what == "clean":
            clean(source)
        else:
            report = load(f"sqlite:///{Path(work) / 'shelf.sqlite'}", source)
            if report.rejected:
                raise SystemExit(f"{report.rejected} records were rejected")
        passed, cpu = time.perf_counter() - began, time.process_time() - used
    return {"seconds": passed, "cpu": cpu, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """The most memory this program held; getrusage also counts what its parent held before it started."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
