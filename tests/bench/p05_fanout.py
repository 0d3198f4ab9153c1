"""P5: one question to 8 and to 30 nodes that are 20 ms away, beside one such node alone."""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.dataset import kept, phone_of
from tests.bench.figure import Bench, Figure, Line, Missing, NotMeasuredError, Row, Sample, at_most
from tests.bench.load import Load
from tests.bench.p01_lookup import send
from tests.bench.p04_border import Signed
from tests.bench.processes import running
from tests.bench.stage import ASKER, build

DELAY = 0.02
FAR = tuple(f"xx.far{number}" for number in range(30))
SHELF = 2_000
COUNTS = (1, 2, 4, 8, 30)


def measure(bench: Bench) -> Sequence[Line]:
    """p50 of a whole question at home, one at a time."""
    shelf = kept(bench.folder, SHELF, bench.say)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.folder)))
        bench.say("making 31 nodes")
        stage = build(work, shelf, (ASKER, *FAR), granting=())
        places = [f"{node}:{stage.ports[node]}" for node in FAR]
        far = [sys.executable, "-m", "tests.bench.serve_partners", str(work), str(DELAY), *places]
        stack.enter_context(running(far, stage.ports[FAR[0]], bench.cores.load))
        session = work / "session.json"
        home = [sys.executable, "-m", "tests.bench.serve_node", str(stage.home(ASKER).path), str(session)]
        process = stack.enter_context(running(home, stage.ports[ASKER], bench.cores.server))
        signed = Signed(stage, json.loads(session.read_text()))
        signed.open_mandate()
        load = Load(signed.port, (process.pid,), bench.cores.load, bench.seconds, connections=1)
        runs, missing = [], []
        for number in COUNTS:
            try:
                runs.append((f"{number} nodes", _run(signed, load, FAR[:number])))
            except NotMeasuredError as error:
                missing.append(Missing(f"{number} nodes {1000 * DELAY:.0f} ms away: p50", str(error)))
        for _, warm in runs:
            warm()
        series = {name: each.told("p50") for name, each in bench.interleave(runs).items()}
    if "1 nodes" not in series:
        return missing
    alone = series.pop("1 nodes")
    targets = {"8 nodes": at_most(1.25), "30 nodes": at_most(1.6)}
    note = "the whole question at the desk: decision, log, envelopes, fan-out, opening, merge, log"
    rows = [
        Row(
            f"{name} {1000 * DELAY:.0f} ms away: p50",
            "ms",
            series[name],
            alone,
            targets.get(name),
            note if name in targets else "",
        )
        for name in series
    ]
    return [*rows, *missing]


def _run(signed: Signed, load: Load, nodes: Sequence[str]) -> Callable[[], Sample]:
    requests = signed.ask(nodes, [phone_of(number) for number in range(50)])
    answer = json.loads(send(signed.port, requests[0]))
    told = [each["status"] for each in answer["data"]["lookup"]["nodes"]] if answer.get("data") else answer
    if told != ["NO_HIT"] * len(nodes):
        raise NotMeasuredError(f"{len(nodes)} far nodes: {told}")
    return lambda: load.put(requests)


FIGURE = Figure("P5", "fan-out to nodes 20 ms away", measure)
