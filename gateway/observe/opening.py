"""Which observers a node has, by its settings; their libraries are loaded only where they are wanted."""

import importlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from audit.keys import read_secret
from gateway.home import Home
from gateway.listen import listening_beside
from gateway.node import Node
from gateway.observe.both import Both
from gateway.observer import Observer, Unobserved
from gateway.settings import ObservePart, Settings


@dataclass(frozen=True, slots=True)
class Observers:
    """The observer of a node, and what Prometheus reads of it, where it does."""

    observer: Observer
    part: ObservePart
    metrics: Any = None
    token: str | None = None

    @asynccontextmanager
    async def served(self, node: Node) -> AsyncIterator[None]:
        """While the block runs, metrics and readiness are told at their own address, where one is set."""
        if self.metrics is None or self.part.port is None:
            yield
            return
        door = importlib.import_module("gateway.observe.door").ObserveDoor(node, self.metrics, self.token)
        async with listening_beside(door, self.part.host, self.part.port):
            yield


@asynccontextmanager
async def observers(home: Home, settings: Settings) -> AsyncIterator[Observers]:
    """What the settings ask for; spans that are not exported yet are at the end."""
    part, node, metrics = settings.observe, settings.node.id, None
    token = read_secret(home.path / part.token_file).decode().strip() if part.token_file else None
    if part.port is not None:
        metrics = importlib.import_module("gateway.observe.prometheus_observer").PrometheusObserver(node)
    with ExitStack() as stack:
        observer: Observer = metrics or Unobserved()
        if part.traces is not None:
            module = importlib.import_module("gateway.observe.otel_observer")
            traces = module.OtelObserver(node, part.traces, part.trace_share)
            stack.callback(traces.close)
            observer = Both(metrics, traces) if metrics else traces
        yield Observers(observer, part, metrics, token)
