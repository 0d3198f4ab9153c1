"""The Grafana dashboard as code: prints the JSON that Grafana imports.

python deploy/observability/dashboard.py > deploy/observability/dashboard.json
"""

import json
from collections.abc import Sequence

WIDTH, HEIGHT, ACROSS = 8, 8, 3
SOURCE = {"type": "prometheus", "uid": "${source}"}
OF = 'node=~"$node"'


def slowest(by: str, metric: str, only: str = "") -> str:
    """The 95th percentile of a histogram, by the labels named."""
    of = f"{OF},{only}" if only else OF
    return f"histogram_quantile(0.95, sum by ({by}, le) (rate({metric}_bucket{{{of}}}[5m])))"


MEAN_GROUP = (
    f"sum by (node) (rate(entente_log_group_entries_sum{{{OF}}}[5m]))"
    f" / sum by (node) (rate(entente_log_group_entries_count{{{OF}}}[5m]))"
)
PANELS: Sequence[tuple[str, str, str, str, str]] = (
    ("Ready, by part", "stat", "short", f"entente_ready{{{OF}}}", "{{node}} {{part}}"),
    (
        "Questions a second, asked and answered",
        "timeseries",
        "reqps",
        f'sum by (node, use) (rate(entente_step_seconds_count{{{OF},step="question"}}[5m]))',
        "{{node}} {{use}}",
    ),
    (
        "Question, 95th percentile",
        "timeseries",
        "s",
        slowest("node, use", "entente_step_seconds", 'step="question"'),
        "{{node}} {{use}}",
    ),
    (
        "Steps of asking, 95th percentile",
        "timeseries",
        "s",
        slowest("step", "entente_step_seconds", 'use="ask"'),
        "{{step}}",
    ),
    (
        "Steps of answering, 95th percentile",
        "timeseries",
        "s",
        slowest("step", "entente_step_seconds", 'use="answer"'),
        "{{step}}",
    ),
    (
        "Partners, 95th percentile",
        "timeseries",
        "s",
        slowest("partner", "entente_partner_seconds"),
        "{{partner}}",
    ),
    (
        "What partners said to our questions",
        "timeseries",
        "reqps",
        f'sum by (partner, status) (rate(entente_outcomes_total{{{OF},use="ask"}}[5m]))',
        "{{partner}} {{status}}",
    ),
    (
        "What we said to partners",
        "timeseries",
        "reqps",
        f'sum by (partner, status, reason) (rate(entente_outcomes_total{{{OF},use="answer"}}[5m]))',
        "{{partner}} {{status}} {{reason}}",
    ),
    ("Partners' clocks", "timeseries", "s", f"entente_partner_clock_skew_seconds{{{OF}}}", "{{partner}}"),
    (
        "Since the log had its quorum",
        "timeseries",
        "s",
        f"entente_log_quorum_age_seconds{{{OF}}}",
        "{{node}}",
    ),
    (
        "Entries made durable by one commit, mean",
        "timeseries",
        "short",
        MEAN_GROUP,
        "{{node}}",
    ),
    ("Waiting for the log", "timeseries", "short", f"entente_log_queue{{{OF}}}", "{{node}}"),
    ("Letters not acknowledged", "timeseries", "short", f"entente_outbox_letters{{{OF}}}", "{{partner}}"),
    ("Questions without an outcome", "timeseries", "short", f"entente_open_intents{{{OF}}}", "{{node}}"),
    ("Until the directory ends", "stat", "s", f"entente_directory_left_seconds{{{OF}}}", "{{node}}"),
)


def panel(place: int, told: tuple[str, str, str, str, str]) -> dict[str, object]:
    """One panel in its place, three in a row."""
    title, kind, unit, query, legend = told
    return {
        "id": place + 1,
        "title": title,
        "type": kind,
        "datasource": SOURCE,
        "gridPos": {
            "x": place % ACROSS * WIDTH,
            "y": place // ACROSS * HEIGHT,
            "w": WIDTH,
            "h": HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": unit, "min": None if "clock" in title else 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}} if kind == "timeseries" else {},
        "targets": [{"refId": "A", "expr": query, "legendFormat": legend, "datasource": SOURCE}],
    }


def dashboard() -> dict[str, object]:
    """The whole dashboard."""
    node = {
        "name": "node",
        "type": "query",
        "datasource": SOURCE,
        "query": "label_values(entente_ready, node)",
        "includeAll": True,
        "multi": True,
        "refresh": 2,
    }
    return {
        "uid": "entente-node",
        "title": "Entente: nodes",
        "schemaVersion": 39,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}, node]},
        "panels": [panel(place, told) for place, told in enumerate(PANELS)],
    }


if __name__ == "__main__":
    print(json.dumps(dashboard(), indent=1, ensure_ascii=False))
