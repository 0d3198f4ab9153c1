"""What is measured, traced, logged and said of readiness; a name and a plate are in none of it."""

import asyncio
import io
import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, NoReturn

import httpx2
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from audit.errors import AuditUnavailable
from audit.groups import BOUNDS, Groups
from deploy.observability.dashboard import dashboard
from gateway.cli.client import NodeClient, NodeRefused
from gateway.demo.cast import Stage
from gateway.demo.run import running
from gateway.observe.courier import ObservedCourier
from gateway.observe.door import ObserveDoor
from gateway.observe.json_logs import JsonLines
from gateway.observe.otel_observer import FROM_AFAR, Bounded, OtelObserver
from gateway.observe.prometheus_observer import PrometheusObserver
from gateway.observe.readiness import readiness
from gateway.observer import QUESTION, STEPS, Unobserved, Use
from policy.terms import Operation
from sharing.sealed import RawReply
from tests.components import ROOT, free_port
from tests.flow.test_processes import MANDATE
from tests.world import NODES, World

FR, SE, EU = NODES
BOX = {"value": "XQZU 418026-6", "kind": "container"}
NAME, PLATE = "Wilhelmina Quastenflosser", "QZ-418-XV"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Values by name and labels, without the node's."""
    return {
        (each.name, tuple(sorted((k, v) for k, v in each.labels.items() if k != "node"))): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def watched(world: World, node: str, token: str | None = None) -> TestClient:
    """The node observed from now on, and the door of who watches over it."""
    metrics = PrometheusObserver(node)
    world.nodes[node] = replace(world.nodes[node], observer=metrics)
    return TestClient(ObserveDoor(world.nodes[node], metrics, token))


async def scraped(client: TestClient) -> Samples:
    reply = await asyncio.to_thread(client.get, "/metrics")
    assert reply.status_code == 200
    return samples(reply.text)


# What is counted, at the nodes of a world


async def test_steps_outcomes_and_groups_are_counted(world: World) -> None:
    asking, answering = watched(world, FR), watched(world, SE)
    await world.ask(FR, Operation.LOOKUP, BOX)
    del world.doors[EU]
    await world.ask(FR, Operation.LOOKUP, BOX)
    asked, answered = await scraped(asking), await scraped(answering)
    for step in (QUESTION, *STEPS[Use.ASK]):
        assert value(asked, "entente_step_seconds_count", use="ask", step=step) == 2, step
    for step in (QUESTION, *STEPS[Use.ANSWER]):
        assert value(answered, "entente_step_seconds_count", use="answer", step=step) == 2, step
    told = {"use": "ask", "reason": ""}
    assert value(asked, "entente_outcomes_total", partner=SE, status="ANSWERED", **told) == 2
    assert value(asked, "entente_outcomes_total", partner=EU, status="UNREACHABLE", **told) == 1
    assert (
        value(answered, "entente_outcomes_total", partner=FR, status="ANSWERED", use="answer", reason="") == 2
    )
    assert value(answered, "entente_log_group_entries_count") >= 4
    assert value(asked, "entente_partner_failures", partner=EU) == 1


async def test_refusals_are_counted_by_code_and_strangers_under_no_name(world: World) -> None:
    answering = watched(world, SE)
    await world.ask(FR, Operation.LOOKUP, BOX)
    _, headers, body = next(each for each in world.wire if each[0] == SE)
    await world.doors[SE](headers, body)
    await world.doors[SE]({**headers, "signature": "sig1=:AAAA:"}, body)
    questions = world.truth["questions"]
    refused = next(each for each in questions if each["expect"].get(SE, {}).get("status") == "REFUSED")
    await world.pose(refused)
    found = [labels for (name, labels) in await scraped(answering) if name == "entente_outcomes_total"]
    told = [dict(labels) for labels in found]
    assert {"partner": FR, "status": "REJECTED", "use": "answer", "reason": "REPLAYED"} in told
    assert [each["reason"] for each in told if each["status"] == "REFUSED"] != [""]
    assert len([each for each in told if each["partner"] == "unknown"]) == 1, "no stranger adds a label"


async def test_a_delivery_is_timed_and_the_partners_clock_compared() -> None:
    metrics = PrometheusObserver(FR)

    class Line:
        async def deliver(self, sealed: Any, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's
            return RawReply(200, {"signature-input": 'sig1=("@status");created=1000;keyid="k"'}, b"")

        async def close(self) -> None:
            """Nothing is held."""

    courier = ObservedCourier(Line(), metrics, lambda: 1010.5)
    await courier.deliver(SimpleNamespace(to=SimpleNamespace(id=SE)), 1.0)  # type: ignore[arg-type]  # as far as it is read
    found = samples(metrics.exposed().decode())
    assert value(found, "entente_partner_seconds_count", partner=SE) == 1
    assert value(found, "entente_partner_clock_skew_seconds", partner=SE) == pytest.approx(-10, abs=0.2)


def test_groups_by_their_size() -> None:
    groups = Groups()
    for entries in (1, 1, 3, 5000):
        groups.committed(entries)
    assert dict(zip([*BOUNDS, "all"], groups.cumulative, strict=True)) == {
        1: 2, 2: 2, **dict.fromkeys(BOUNDS[2:], 3), "all": 4,
    }  # fmt: skip
    assert (groups.entries, groups.last_failed) == (5005, False)
    groups.refused()
    assert (groups.failed, groups.last_failed) == (1, True)


def test_unobserved_costs_no_object() -> None:
    nobody = Unobserved()
    assert nobody.step(Use.ASK, QUESTION) is nobody.from_afar({})
    assert nobody.onward() == {}


def test_who_asks_from_afar_cannot_have_all_its_questions_traced() -> None:
    """The share goes by the trace's id, and the other chooses it: with zeros it is always of the share."""
    at = [0.0]
    share = Bounded(0.01, lambda: at[0])
    lucky = 1 << 100

    def traced(number: int) -> int:
        return sum(
            share.should_sample(None, lucky, "answer.question").decision.is_sampled() for _ in range(number)
        )

    burst, steady = FROM_AFAR
    assert traced(5000) == burst
    at[0] += 3
    assert traced(5000) == 3 * steady
    assert not share.should_sample(None, 2**64 - 1, "answer.question").decision.is_sampled()


def test_what_is_no_trace_begins_none_and_its_state_is_not_passed_on() -> None:
    observer = OtelObserver(SE, "http://127.0.0.1:9", 1.0)
    odd = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    for header in (
        "",
        "x" * 100_000,
        odd[:-1],
        odd.replace("1", "g"),
        "ff" + odd[2:],
        "00-" + "0" * 32 + odd[35:],
    ):
        with observer.from_afar({"traceparent": header}):
            assert observer.onward() == {}, header[:60]
    with observer.from_afar({"traceparent": odd, "tracestate": f"name={NAME}", "baggage": f"plate={PLATE}"}):
        assert observer.onward() == {"traceparent": odd}
    observer.close()


# Readiness


async def test_ready_and_each_part_that_is_not(world: World) -> None:
    node = world.nodes[FR]
    assert set((await readiness(node)).values()) == {""}

    class Broken:
        """What the disk or the server of a database does when it is away."""

        def pauses(self) -> Mapping[str, Any]:
            raise OSError("gone")

    post = replace(node.post, backoff=Broken())  # type: ignore[arg-type]  # a store that is away
    assert (await readiness(replace(node, post=post)))["database"] == "FAILED"
    world.later(40 * 86_400)
    assert (await readiness(node))["directory"] == "DIRECTORY_EXPIRED"
    world.later(-40 * 86_400)
    await node.judge.engine.close()
    assert (await readiness(node))["policy"] in {"", "FAILED", "ENGINE_FAILED", "POLICY_UNAVAILABLE"}
    node.log.quarantine("for the test")
    assert (await readiness(node))["log"] == "QUARANTINED"


async def test_who_shows_no_token_learns_only_whether_the_node_is_ready(world: World) -> None:
    client = watched(world, FR, "s3cret")
    open_, shown = {}, {"authorization": "Bearer s3cret"}

    async def get(path: str, headers: Mapping[str, str]) -> Any:
        return await asyncio.to_thread(client.get, path, headers=dict(headers))

    assert (await get("/readyz", open_)).json() == {"ready": True}
    assert set((await get("/readyz", shown)).json()["parts"]) == {
        "log",
        "keys",
        "policy",
        "directory",
        "database",
        "witnesses",
    }
    assert (await get("/metrics", open_)).status_code == 401
    assert (await get("/metrics", {"authorization": "Bearer other"})).status_code == 401
    assert "entente_ready" in (await get("/metrics", shown)).text
    assert (await get("/livez", open_)).json() == {"node": FR}
    assert (await get("/other", shown)).status_code == 404
    assert (await asyncio.to_thread(client.post, "/metrics")).status_code == 405
    world.nodes[FR].log.quarantine("for the test")
    sick = await get("/readyz", shown)
    assert (sick.status_code, sick.json()["parts"]["log"]) == (503, "QUARANTINED")


# The operators' log


def line(*told: Any, error: Exception | None = None, logger: str = "gateway.answer") -> dict[str, Any]:
    record = logging.LogRecord(
        logger,
        logging.ERROR,
        __file__,
        1,
        told[0],
        told[1:],
        (type(error), error, error.__traceback__) if error else None,
    )
    said: dict[str, Any] = json.loads(JsonLines(FR, lambda: frozenset({SE})).format(record))
    return said


def test_a_line_of_the_log_says_codes_and_numbers_and_withholds_the_rest() -> None:
    said = line("notice %s of %s: %s, %d", NAME, SE, "POLICY_UNAVAILABLE", 7)
    assert said["event"] == "notice %s of %s: %s, %d"
    assert said["args"] == ["withheld", SE, "POLICY_UNAVAILABLE", 7]
    assert (said["node"], said["level"]) == (FR, "ERROR")
    assert line(f"put together with {PLATE}", logger="some.library")["event"] == "withheld"
    assert line(ValueError(PLATE), logger="some.library")["event"] == "ValueError"


def broken() -> None:
    raise ValueError(f"INSERT … parameters: {NAME}")


def test_of_an_error_type_code_and_place_are_told_never_its_text() -> None:
    try:
        try:
            broken()
        except ValueError as error:
            raise AuditUnavailable(f"cannot append {PLATE}") from error
    except AuditUnavailable as error:
        said, apart = line("log", error=error), line("log: %s", error)
    assert (said["error"]["type"], said["error"]["code"]) == ("AuditUnavailable", "AUDIT_UNAVAILABLE")
    assert said["error"]["cause"]["type"] == "ValueError"
    assert re.search(r"test_observed\.py:\d+ test_of_an_error", said["error"]["at"][-1])
    for told in (said, apart):
        assert NAME not in json.dumps(told)
        assert PLATE not in json.dumps(told)


def strings(said: Any) -> Iterator[str]:
    """Every text of a line, at whatever depth."""
    if isinstance(said, Mapping):
        for name, inner in said.items():
            yield name
            yield from strings(inner)
    elif isinstance(said, list):
        for inner in said:
            yield from strings(inner)
    elif isinstance(said, str):
        yield said


def fails(text: str) -> NoReturn:
    raise ValueError(text)


def raised(text: str, how: str) -> Exception:
    """An error that holds the text in itself, below itself or beside itself, with where it came from."""
    try:
        try:
            fails(text)
        except ValueError as error:
            if how == "itself":
                raise
            if how == "cause":
                raise AuditUnavailable("the log cannot append") from error
            raise ExceptionGroup(text, [KeyError(text), OSError(5, text)])  # noqa: B904  # the context is the point
    except Exception as error:  # noqa: BLE001  # whatever it is, it is logged
        return error


@given(
    st.text(max_size=40).map("\N{SECTION SIGN}".__add__),
    st.sampled_from(["itself", "cause", "context"]),
    st.sampled_from([logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL]),
    st.sampled_from(["gateway.answer", "tenants.view", "sqlalchemy.engine", "py.warnings"]),
)
def test_whatever_text_comes_along_no_line_of_any_level_holds_it(
    text: str, how: str, level: int, name: str
) -> None:
    error = raised(text, how)
    trace = (type(error), error, error.__traceback__)
    every: list[tuple[Any, Any, Any]] = [
        ("said %s of %r", (text, [text]), None),
        ("said %(what)s", ({"what": text, text: 1},), None),
        ("failed: %s", (error,), None),
        ("failed", (), trace),
        ("failed %s %s", (text.encode(), SimpleNamespace(value=text)), trace),
        (error, (), trace),
    ]
    every += [] if name.startswith(("gateway", "tenants")) else [(f"put together with {text}", (), None)]
    for sentence, args, about in every:
        record = logging.LogRecord(name, level, __file__, 1, sentence, args, about)
        said = json.loads(JsonLines(FR, lambda: frozenset({SE})).format(record))
        assert not [each for each in strings(said) if "\N{SECTION SIGN}" in each]


# Three processes: metrics, traces across nodes, logs


class Collector(ThreadingHTTPServer):
    """An OpenTelemetry collector: keeps what is exported to it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exported)
        self.raw: list[bytes] = []

    @property
    def spans(self) -> Sequence[tuple[str, Any]]:
        """Node and span of everything that came."""
        found = []
        for raw in self.raw:
            for resource in ExportTraceServiceRequest.FromString(raw).resource_spans:
                node = {a.key: a.value.string_value for a in resource.resource.attributes}[
                    "service.instance.id"
                ]
                found += [(node, span) for scope in resource.scope_spans for span in scope.spans]
        return found


class _Exported(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Collector)
        assert self.path == "/v1/traces"
        server.raw.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response_only(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def collecting() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_three_processes_tell_times_and_codes_and_nothing_of_whom_it_is_about(stage: Stage) -> None:
    ports = {node: free_port() for node in NODES}
    with collecting() as collector:
        for node, port in ports.items():
            settings = stage.homes[node].path / "node.toml"
            traces = f'traces = "http://127.0.0.1:{collector.server_port}"\ntrace_share = 1.0\n'
            settings.write_text(settings.read_text() + f"\n[observe]\nport = {port}\n{traces}")
        with running(stage), NodeClient(stage.address(FR)) as client:
            client.sign_in("fr-7c1e04")
            mandate = {**MANDATE, "case": "FR-2026-0418"}
            opened = client.run("open_mandate", {"mandate": mandate})["id"]
            client.run("lookup", {"identifier": PLATE, "kind": "plate", "mandate": opened})
            client.run("search", {"text": NAME, "mandate": opened})
            for wrong in ({"identifier": NAME, "kind": "phone"}, {"identifier": PLATE, "kind": NAME}):
                with pytest.raises(NodeRefused):
                    client.run("lookup", {**wrong, "mandate": opened})
            told = {
                node: httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
                for node, port in ports.items()
            }
            for path in ("/metrics", "/readyz", "/livez"):
                assert b"entente_" not in httpx2.get(stage.address(FR) + path, trust_env=False).content
        spans = collector.spans
    logs = "".join(each.read_text() for each in (stage.path / "logs").glob("*.*.log"))
    assert value(samples(told[FR]), "entente_step_seconds_count", use="ask", step=QUESTION) >= 2
    assert value(samples(told[SE]), "entente_step_seconds_count", use="answer", step=QUESTION) >= 2
    assert value(samples(told[FR]), "entente_partner_seconds_count", partner=SE) >= 2
    across = {node for node, span in spans if span.trace_id == trace_of(spans)}
    assert across == set(NODES), "one question is one trace over all nodes"
    names = {f"{use}.{step}" for use, steps in STEPS.items() for step in (QUESTION, *steps)}
    assert {span.name for _, span in spans} == names
    assert all(not span.attributes and not span.events for _, span in spans)
    for part in (NAME, "Wilhelmina", "Quastenflosser", PLATE, PLATE.replace("-", ""), opened, "fr-7c1e04"):
        for where in (*told.values(), logs, *(raw.decode("latin-1") for raw in collector.raw)):
            assert part.lower() not in where.lower(), part
    for each in logs.splitlines():
        assert {"at", "level", "logger", "node", "event"} <= set(json.loads(each)), each


def trace_of(spans: Sequence[tuple[str, Any]]) -> bytes:
    """The trace of a question that was asked."""
    return next(bytes(span.trace_id) for _, span in spans if span.name == "ask.fan_out")


# Rules and dashboard speak of what there is


async def test_every_metric_and_label_of_rules_and_dashboard_is_exported(world: World) -> None:
    client = watched(world, FR)
    await world.ask(FR, Operation.LOOKUP, BOX)
    node = world.nodes[FR]
    node.observer.delivered(SE, 0.1, 0.2)
    text = (await asyncio.to_thread(client.get, "/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    known = {sample.name for family in families.values() for sample in family.samples} | set(families)
    known |= {f"{name}_total" for name, family in families.items() if family.type == "counter"}
    shadow = {"entente_shadow_decisions_total"}  # there where a shadow engine is
    rules = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())["groups"][0]["rules"]
    expressions = [each["expr"] for each in rules]
    expressions += [each["targets"][0]["expr"] for each in dashboard()["panels"]]  # type: ignore[attr-defined]  # JSON
    named = {name for each in expressions for name in re.findall(r"entente_[a-z_]+", each)}
    assert named - shadow <= known
    labels = {"node", "partner", "use", "step", "status", "reason", "part", "le"}
    exported = {label for family in families.values() for sample in family.samples for label in sample.labels}
    assert exported <= labels, "a label of another name could say of whom"
    used = {
        each
        for text in expressions
        for by in re.findall(r"by \(([a-z, ]+)\)", text)
        for each in by.split(", ")
    }
    assert used <= labels


def test_the_dashboard_is_what_its_source_makes() -> None:
    written = json.loads((ROOT / "deploy/observability/dashboard.json").read_text())
    assert written == dashboard()


def test_every_alert_leads_to_a_heading_of_its_runbook() -> None:
    rules = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())["groups"][0]["rules"]
    for rule in rules:
        file, _, heading = rule["annotations"]["runbook"].partition("#")
        text = (ROOT / "deploy/docs" / file).read_text().lower()
        headings = [
            re.sub(r"[^a-z0-9 -]", "", each).strip().replace(" ", "-")
            for each in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        ]
        assert heading in headings, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_what_is_logged_by_a_library_is_a_json_line_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(FR))
    logger = logging.getLogger("aiohttp.test")
    logger.addHandler(handler)
    logger.propagate = False
    logger.error("could not reach %s", PLATE)
    assert json.loads(stream.getvalue())["args"] == ["withheld"]
    logger.removeHandler(handler)


LOGGED = r"\b(?:log|_LOG)\.(?:debug|info|warning|error|exception|critical)\(f[\"'].*"


def test_nothing_of_the_sources_is_logged_that_was_put_together_before() -> None:
    """An f-string as the sentence could hold anything: the sentence is told as it is."""
    found = []
    for room in ("gateway", "sharing", "audit", "policy", "tenants"):
        for path in (ROOT / room).rglob("*.py"):
            if "node_modules" not in path.parts:
                found += re.findall(LOGGED, path.read_text())
    assert not found


@pytest.fixture(autouse=True)
def _quiet_root() -> Iterator[None]:
    """What a test set up for the whole process ends with it."""
    handlers = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = handlers
