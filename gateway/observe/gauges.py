"""What is looked up when metrics are scraped: ages, backlogs, the log's groups."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from audit.committer import Committer
from audit.groups import BOUNDS
from audit.sql_store import SqlReader
from gateway.node import Node
from policy.shadow_engine import ShadowEngine
from sharing.outbox import MOST, Listed
from tenants.postgres_view import PostgresView
from tenants.replica import OUTCOMES

_SHADOW = ("same", "differing", "failed", "dropped")


class Gauges:
    """A collector that reads a node; `ready` are the codes of its parts as they were found just now."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.ready: Mapping[str, str] = {}

    def collect(self) -> Iterator[Metric]:
        """All of it; what cannot be read now is left out of this scrape."""
        yield from self._state()
        yield from self._log()
        yield self._replica()
        yield from self._backlog()

    def _gauge(self, name: str, told: str, value: float) -> Metric:
        gauge = GaugeMetricFamily(f"entente_{name}", told, labels=("node",))
        gauge.add_metric((self._node.id,), value)
        return gauge

    def _state(self) -> Iterator[Metric]:
        node = self._node
        parts = GaugeMetricFamily(
            "entente_ready", "Whether a part of the node works.", labels=("node", "part")
        )
        for part, code in self.ready.items():
            parts.add_metric((node.id, part), 0.0 if code else 1.0)
        yield parts
        age = node.watch.freshness().seconds
        yield self._gauge(
            "log_quorum_age_seconds", "Time since the log had its quorum; 0 if none is asked.", age
        )
        directory = node.post.directory_now()
        if directory is not None:
            left = directory.expires_at - node.clock()
            yield self._gauge("directory_left_seconds", "Time until the directory ends.", left)
        engine = node.judge.engine
        if isinstance(engine, ShadowEngine):
            labels = ("node", "outcome")
            shadow = CounterMetricFamily("entente_shadow_decisions", "By the shadow.", labels=labels)
            for name in _SHADOW:
                shadow.add_metric((node.id, name), getattr(engine.counts, name))
            yield shadow

    def _log(self) -> Iterator[Metric]:
        node, held = self._node, self._node.log.committing
        yield self._gauge("log_entries", "Entries in the log.", node.log.head.size)
        alone = self._node.settings.database.synchronous and self._alone
        told = "1 while no synchronous standby confirms; 0 as well if none is asked."
        yield self._gauge("log_standby_missing", told, float(alone))
        if not isinstance(held, Committer):
            return
        yield self._gauge("log_queue", "Batches that wait to be appended.", held.waiting)
        failed = CounterMetricFamily(
            "entente_log_failed_groups", "Groups that could not be appended.", labels=("node",)
        )
        failed.add_metric((node.id,), held.groups.failed)
        yield failed
        counts = held.groups.cumulative
        bounds = [*map(str, BOUNDS), "+Inf"]
        groups = HistogramMetricFamily(
            "entente_log_group_entries", "Entries that were made durable by one commit.", labels=("node",)
        )
        groups.add_metric((node.id,), list(zip(bounds, map(float, counts), strict=True)), held.groups.entries)
        yield groups

    @property
    def _alone(self) -> bool:
        """Whether the log's server has no synchronous standby although it must."""
        reader = self._node.log.reader
        found = reader.standbys() if isinstance(reader, SqlReader) else None
        return found is not None and found.missing

    def _replica(self) -> Metric:
        """How the questions ended that could be read from a replica of the records."""
        view = self._node.view
        counts = view.replica.counts if isinstance(view, PostgresView) and view.replica else {}
        reads = CounterMetricFamily(
            "entente_replica_reads", "Reads of records by way of a replica.", labels=("node", "status")
        )
        for outcome in OUTCOMES:
            reads.add_metric((self._node.id, outcome), counts.get(outcome, 0))
        return reads

    def _backlog(self) -> Iterator[Metric]:
        node = self._node
        owed = node.outbox.listed(Listed(owed=True, first=MOST))
        letters = GaugeMetricFamily(
            "entente_outbox_letters",
            "Letters that a partner has not acknowledged.",
            labels=("node", "partner"),
        )
        for partner in sorted({each.to for each in owed}):
            letters.add_metric((node.id, partner), sum(each.to == partner for each in owed))
        yield letters
        oldest = min((each.created_at for each in owed), default=None)
        age = 0.0 if oldest is None else node.clock() - oldest
        yield self._gauge("outbox_oldest_seconds", "Age of the oldest of these letters.", age)
        intents = len(node.log.reader.intents())
        yield self._gauge("open_intents", "Questions in the log that have no outcome yet.", intents)
        pauses = GaugeMetricFamily(
            "entente_partner_failures", "Failures in a row of a partner.", labels=("node", "partner")
        )
        for partner, pause in sorted(node.post.backoff.pauses().items()):
            pauses.add_metric((node.id, partner), pause.failures)
        yield pauses
