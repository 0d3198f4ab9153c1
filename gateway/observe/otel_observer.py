"""An `Observer` that traces with OpenTelemetry, across nodes by W3C Trace Context.

A span has the name of its step, the node, times, and nothing else: no exception is recorded in one, no
attribute is taken from a message. Each node traces its own share of the questions; as the share goes by the
trace's id, nodes with the same share trace the same questions, and a stranger's header cannot ask for more.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.observer import Use

_FIELD = "traceparent"


class OtelObserver:
    """Spans of one node, exported over OTLP/HTTP in batches by a thread of their own."""

    def __init__(self, node: str, collector: str, share: float) -> None:
        sampler = ParentBased(
            TraceIdRatioBased(share),
            remote_parent_sampled=TraceIdRatioBased(share),
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
