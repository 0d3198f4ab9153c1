"""P18: a question to three nodes that nobody measures, beside ones that metrics and traces are told of.

The three nodes are in one process, so a question is all the work of one that asks and of three that answer;
the figure is the CPU time of that process for a question, of which a measured one may take 3 % more.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from gateway.ask import Asking, ask
from gateway.observe.both import Both
from gateway.observe.otel_observer import OtelObserver
from gateway.observe.prometheus_observer import PrometheusObserver
from gateway.observer import Observer, Unobserved
from policy.terms import Operation
from tests.bench.figure import Bench, Figure, Line, Row, Sample, at_most
from tests.bench.machine import pinned
from tests.components import opa_path
from tests.world import NODES, Ground, World, open_world

BOX = {"value": "XQZU 418026-6", "kind": "container"}
WHOSE = ("partner", "person", "case")
SHARE = 0.1
"""Of the questions are traced, as a node's settings have it where nothing is said."""
MOST = 1.03
BUDGETS = "".join(
    f"\n[quota.{what}]\n"
    + "".join(f"{whose}_{time} = 1_000_000_000\n" for whose in WHOSE for time in ("hour", "day"))
    for what in ("questions", "rows")
)
"""No question of the figure is refused for its number."""


class _Sink(BaseHTTPRequestHandler):
    """A collector that takes everything and keeps nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response_only(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _observers(stack: ExitStack) -> Mapping[str, Mapping[str, Observer]]:
    """One observer for each node, for each way of measuring."""
    sink = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    Thread(target=sink.serve_forever, daemon=True).start()
    stack.callback(sink.shutdown)

    def traces(node: str, share: float) -> Observer:
        made = OtelObserver(node, f"http://127.0.0.1:{sink.server_port}", share)
        stack.callback(made.close)
        return made

    return {
        "nobody": {node: Unobserved() for node in NODES},
        "metrics": {node: PrometheusObserver(node) for node in NODES},
        "metrics and traces": {node: Both(PrometheusObserver(node), traces(node, SHARE)) for node in NODES},
        "every question traced": {node: Both(PrometheusObserver(node), traces(node, 1.0)) for node in NODES},
    }


async def _questions(world: World, observers: Mapping[str, Observer], seconds: float) -> Sample:
    for node in NODES:
        world.nodes[node] = replace(world.nodes[node], observer=observers[node])
    visit = world.visit(NODES[0])
    mandate = await world.mandate(visit)
    number, used, began = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - began < seconds:
        shown = await ask(visit, Asking(Operation.LOOKUP, BOX, mandate))
        assert {each["status"] for each in shown["nodes"]} == {"ANSWERED"}
        world.wire.clear()
        number += 1
    each = 1e6 * (time.process_time() - used) / number
    return Sample(each, each)


def measure(bench: Bench) -> Sequence[Line]:
    """CPU microseconds of a question, one run of each way after the other, round by round."""
    with asyncio.Runner() as runner, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.folder)))
        ground = Ground(opa=str(opa_path()), cache=folder / "policy", settings=BUDGETS)
        held = open_world(folder / "world", ground)
        world = runner.run(held.__aenter__())
        stack.callback(lambda: runner.run(held.__aexit__(None, None, None)))
        stack.enter_context(pinned(bench.cores.together))
        ways = _observers(stack)

        def run(way: str) -> Callable[[], Sample]:
            return lambda: runner.run(_questions(world, ways[way], bench.seconds))

        run("nobody")()
        series = bench.interleave([(way, run(way)) for way in ways])
    nobody = series["nobody"]
    return [
        Row("a question, metrics", "CPU µs", series["metrics"], nobody, at_most(MOST)),
        Row(
            "a question, metrics and a tenth traced",
            "CPU µs",
            series["metrics and traces"],
            nobody,
            at_most(MOST),
        ),
        Row("a question, metrics and all traced", "CPU µs", series["every question traced"], nobody),
    ]


FIGURE = Figure("P18", "what it costs to be observed", measure)
