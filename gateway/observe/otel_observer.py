"""An `Observer` that traces with OpenTelemetry, across nodes by W3C Trace Context.

A span has the name of its step, the node, times, and nothing else: no exception is recorded in one, no
attribute is taken from a message. Each node traces its own share of the questions; as the share goes by the
trace's id, nodes with the same share trace the same questions. Who asks from afar chooses that id, so that
its questions could all be of the share: of what comes from afar only so many a second are traced.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    Decision,
    ParentBased,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from gateway.observer import UNKNOWN, Use
from gateway.pace import Pace

FROM_AFAR = (100.0, 10.0)
"""Questions from afar that are traced: at once, and a second in the long run."""

_FIELD = "traceparent"


class Bounded(TraceIdRatioBased):
    """The share by a trace's id, and never more than `FROM_AFAR`; `clock` gives seconds."""

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        super().__init__(share)
        self._pace, self._clock = Pace(*FROM_AFAR), clock

    def should_sample(  # noqa: PLR0913, PLR0917  # the library's port
        self,
        parent_context: context.Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """See `Sampler.should_sample`."""
        told = (parent_context, trace_id, name, kind, attributes, links, trace_state)
        found = super().should_sample(*told)
        wanted = found.decision is Decision.RECORD_AND_SAMPLE
        if wanted and not self._pace.take(UNKNOWN, self._clock):
            return ALWAYS_OFF.should_sample(*told)
        return found


class OtelObserver:
    """Spans of one node, exported over OTLP/HTTP in batches by a thread of their own."""

    def __init__(self, node: str, collector: str, share: float) -> None:
        sampler = ParentBased(
            TraceIdRatioBased(share),
            remote_parent_sampled=Bounded(share, time.monotonic),
            remote_parent_not_sampled=ALWAYS_OFF,
        )
        resource = Resource({"service.name": "entente", "service.instance.id": node})
        self.provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
        endpoint = f"{collector.rstrip('/')}/v1/traces"
        self.provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        self._tracer = self.provider.get_tracer("entente")
        self._propagator = TraceContextTextMapPropagator()

    def step(self, use: Use, name: str) -> AbstractContextManager[object]:
        """See `Observer.step`."""
        span: AbstractContextManager[object] = self._tracer.start_as_current_span(
            f"{use}.{name}", record_exception=False, set_status_on_exception=False
        )
        return span

    @contextmanager
    def from_afar(self, headers: Mapping[str, str]) -> Iterator[None]:
        """See `Observer.from_afar`; within this process, what is under way is the parent."""
        if _FIELD not in headers:
            yield
            return
        parent = self._propagator.extract({_FIELD: headers[_FIELD]}, context.Context())
        token = context.attach(parent)
        try:
            yield
        finally:
            context.detach(token)

    def onward(self) -> Mapping[str, str]:
        """See `Observer.onward`."""
        fields: dict[str, str] = {}
        self._propagator.inject(fields)
        return {_FIELD: fields[_FIELD]} if _FIELD in fields else {}

    def delivered(self, partner: str, seconds: float, skew: float | None) -> None:
        """See `Observer.delivered`."""

    def outcome(self, use: Use, partner: str, status: str, reason: str) -> None:
        """See `Observer.outcome`."""

    def close(self) -> None:
        """Export what is left."""
        self.provider.shutdown()
