"""An `Observer` that counts for Prometheus; `gateway.observe.gauges` adds what is looked up at a scrape."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from gateway.observer import QUESTION, STEPS, Unobserved, Use

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE: str = CONTENT_TYPE_LATEST


class _Timer:
    """Measures one block."""

    __slots__ = ("_histogram", "_started")

    def __init__(self, histogram: Histogram) -> None:
        self._histogram, self._started = histogram, 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._histogram.observe(time.perf_counter() - self._started)


class PrometheusObserver:
    """Metrics of one node in a registry of its own; two nodes of one process do not mix."""

    def __init__(self, node: str) -> None:
        self.registry = CollectorRegistry()
        steps = Histogram(
            "entente_step_seconds",
            "Time of each step of a question.",
            ("node", "use", "step"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._steps: Mapping[tuple[Use, str], Histogram] = {
            (use, name): steps.labels(node, use.value, name)
            for use, names in STEPS.items()
            for name in (QUESTION, *names)
        }
        labels = ("node", "partner")
        self._partners = Histogram(
            "entente_partner_seconds",
            "Time from a message to a partner to its whole reply.",
            labels,
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._skew = Gauge(
            "entente_partner_clock_skew_seconds",
            "How far a partner's clock is ahead of ours, by its last reply; to half a second.",
            labels,
            registry=self.registry,
        )
        self._outcomes = Counter(
            "entente_outcomes",
            "Questions to and of partners, by what came of them.",
            (*labels, "use", "status", "reason"),
            registry=self.registry,
        )
        self._node, self._unobserved = node, Unobserved()

    def step(self, use: Use, name: str) -> AbstractContextManager[object]:
        """See `Observer.step`."""
        return _Timer(self._steps[use, name])

    def from_afar(self, headers: Mapping[str, str]) -> AbstractContextManager[object]:
        """See `Observer.from_afar`."""
        return self._unobserved.from_afar(headers)

    def onward(self) -> Mapping[str, str]:
        """See `Observer.onward`."""
        return {}

    def delivered(self, partner: str, seconds: float, skew: float | None) -> None:
        """See `Observer.delivered`."""
        self._partners.labels(self._node, partner).observe(seconds)
        if skew is not None:
            self._skew.labels(self._node, partner).set(skew)

    def outcome(self, use: Use, partner: str, status: str, reason: str) -> None:
        """See `Observer.outcome`."""
        self._outcomes.labels(self._node, partner, use.value, status, reason).inc()

    def exposed(self) -> bytes:
        """Everything in the OpenMetrics text format."""
        text: bytes = generate_latest(self.registry)  # type: ignore[no-untyped-call]  # its signature is half typed
        return text
