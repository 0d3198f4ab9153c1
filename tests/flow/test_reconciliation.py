"""Two logs are compared: an honest pair differs in nothing, a forged history is seen by both oversights."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.canonical import encode
from audit.errors import AuditUnavailable
from audit.findings import Finding, Wanted
from audit.memory_findings import MemoryFindings
from audit.memory_index import MemoryIndex
from audit.memory_progress import MemoryProgress
from audit.merkle import Frontier, leaf_hash
from audit.progress import Progress
from audit.reconcile import digests
from audit.severity import Severity
from audit.store import Head, LogReader, StoredLeaf
from gateway import reconcile_notice, reconciling
from gateway.comparing import lines_with
from gateway.errors import NotAllowed, VariablesRejected
from gateway.graphql.analyst import analyst_schema
from gateway.nightly import keep_reconciling, reconcile_due
from gateway.node import Node, Oversight
from gateway.notices import Handled, receive, send
from gateway.pace import Paces
from gateway.reconcile_notice import RECONCILE, on_reconcile
from gateway.reconciliation import reconcile, reconciliations
from gateway.reconciling import MOST_PAGES, Run, next_period, reconcile_with
from gateway.settings import ReconcilePart
from gateway.shipped import shipped_texts
from policy.terms import Operation, Role
from sharing.errors import DirectoryRefused, FieldRefused
from sharing.notice import DONE, Notice, NoticeReply, Unanswered
from sharing.sealed import MAX_NOTICE_REPLY
from sharing.signature import Headers
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
HOUR, NOON = 3600, 43_200
DIGEST = "sha256:" + "ab" * 32
LINE = ["ASKER", DIGEST, "q-1", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z", 0, "", "", "", "", "", ""]
PAGE = {"step": "PAGE", "since": -4000, "until": -400, "after": "", "upto": "", "lines": []}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground_world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for all tests here, whose logs tell the world's time."""
    ground = Ground(engine="wasm", opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as world:
        for node in world.nodes.values():
            node.log._clock = lambda: datetime.fromtimestamp(world.clock(), UTC)
        yield world


@pytest.fixture
def world(ground_world: World) -> Iterator[World]:
    """The world with its true nodes and doors; each test begins where the one before was compared."""
    before, doors = dict(ground_world.nodes), dict(ground_world.notices)
    ground_world.later(5)
    for node in before.values():
        fresh = Oversight(MemoryIndex(), MemoryFindings(), node.oversight.erasures, MemoryProgress())
        for partner in before:
            fresh.progress.put(Progress(partner, node.now() - 2, node.now() - 2, DONE, 0))
        ground_world.nodes[node.id] = replace(node, oversight=fresh, paces=Paces())
    ground_world.wire.clear()
    yield ground_world
    ground_world.nodes.update(before)
    ground_world.notices.update(doors)


async def asked(world: World, *nodes: str, home: str = FR) -> None:
    await world.ask(home, Operation.LOOKUP, BOX, nodes=nodes or (SE,))


async def settled(world: World, one: str = FR, other: str = SE) -> Run:
    """The reconciliation that `one` starts when all exchanges are over."""
    world.later(600)
    return await reconcile_with(world.nodes[one], other)


def findings(world: World, node: str) -> dict[str, Severity]:
    """What the oversight of a node sees, gravest first by rule."""
    found: Sequence[Finding] = world.nodes[node].oversight.findings.list(Wanted())
    return {each.rule: each.severity for each in found}


async def logged(world: World, node: str) -> list[Mapping[str, Any]]:
    """The leaves of the node's true log."""
    log: Any = world.nodes[node].log
    log = log.true if isinstance(log, ForgedLog) else log
    return [json.loads(each.leaf) for each in await log.entries(0, log.head.size)]


async def actions(world: World, node: str) -> list[str]:
    return [str(leaf["action"]) for leaf in await logged(world, node) if "action" in leaf]


class ForgedLog:
    """A node's log as a hostile operator serves it: other leaves, under a head that fits them.

    Appending goes to the true log; what reconciliation reads is the forged history and its index.
    """

    def __init__(self, log: Any, forge: Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]) -> None:
        self.true, self._forge = log, forge

    def _leaves(self) -> list[bytes]:
        stored = self.true.reader.leaves(0, self.true.head.size)
        return [encode(leaf) for leaf in self._forge([json.loads(each.leaf) for each in stored])]

    @property
    def head(self) -> Head:
        leaves = self._leaves()
        return Head(len(leaves), Frontier().append(leaf_hash(leaf) for leaf in leaves).root())

    @property
    def reader(self) -> LogReader:
        return self  # type: ignore[return-value]  # the reading door's one method that the index uses

    def leaves(self, start: int, end: int) -> list[StoredLeaf]:
        return [StoredLeaf(leaf, None) for leaf in self._leaves()[start:end]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.true, name)


def forge(
    world: World, node: str, change: Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]
) -> None:
    """Put a forged log in the place of a node's own."""
    before = world.nodes[node]
    before.oversight.index.clear()
    world.nodes[node] = replace(before, log=ForgedLog(before.log, change))


def dropped(*kinds: str) -> Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    return lambda leaves: [leaf for leaf in leaves if leaf["kind"] not in kinds]


def altered(kind: str, **facts: Any) -> Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    return lambda leaves: [{**leaf, **facts} if leaf["kind"] == kind else leaf for leaf in leaves]


def late(kind: str) -> Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    def change(leaves: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [{**leaf, "at": f"2031{leaf['at'][4:]}"} if leaf["kind"] == kind else leaf for leaf in leaves]

    return change


async def test_honest_logs_differ_in_nothing_and_both_say_that_they_were_compared(world: World) -> None:
    await asked(world)
    await asked(world, SE, FR, EU)
    await asked(world, FR, home=SE)
    run = await settled(world)
    assert (run.outcome, run.found, run.hours) == (DONE, [], 0)
    assert findings(world, FR) == findings(world, SE) == {}
    for node, other in ((FR, SE), (SE, FR)):
        (entry,) = [leaf for leaf in await logged(world, node) if leaf.get("action") == "RECONCILED"]
        assert (entry["partner"], entry["findings"]) == (other, 0)
        assert entry["period_to"].startswith("20")
    assert (await settled(world, SE, FR)).found == []
    assert (await settled(world, FR, EU)).found == []


async def test_a_nodes_questions_to_itself_are_compared_too(world: World) -> None:
    await asked(world, FR)
    run = await settled(world, FR, FR)
    assert (run.outcome, run.found) == (DONE, [])
    forge(world, FR, dropped("DISCLOSED"))
    await reconcile_with(world.nodes[FR], FR, run.period)
    assert findings(world, FR) == {"LEAF_ALTERED": Severity.CRITICAL}


async def test_every_notice_is_logged_before_it_is_sent_and_before_it_is_acted_on(world: World) -> None:
    await asked(world)
    await settled(world)
    assert (await actions(world, FR))[-3:] == ["NOTICE_SENT", "NOTICE_REPLIED", "RECONCILED"]
    assert (await actions(world, SE))[-2:] == ["NOTICE_RECEIVED", "RECONCILED"]
    sent = [leaf for leaf in await logged(world, FR) if leaf.get("action") == "NOTICE_SENT"]
    received = [leaf for leaf in await logged(world, SE) if leaf.get("action") == "NOTICE_RECEIVED"]
    assert sent[0]["notice"] == received[0]["notice"] == received[0]["subject"]
    assert received[0]["counterpart_leaf"].startswith("sha256:")


@pytest.mark.parametrize(
    ("node", "change", "rule", "severity"),
    [
        (SE, dropped("QUESTION_RECEIVED", "DISCLOSED"), "MISSING_AT_ANSWERER", Severity.HIGH),
        (FR, dropped("ASKED", "ANSWERS_RECEIVED"), "MISSING_AT_ASKER", Severity.CRITICAL),
        (SE, dropped("DISCLOSED"), "LEAF_ALTERED", Severity.CRITICAL),
        (SE, altered("DISCLOSED", status="NO_HIT"), "OUTCOME_DIFFERS", Severity.HIGH),
        (FR, altered("ANSWERS_RECEIVED", nodes_replied={SE: "NO_HIT"}), "OUTCOME_DIFFERS", Severity.HIGH),
        (FR, dropped("ANSWERS_RECEIVED"), "STILL_OPEN", Severity.MEDIUM),
        (SE, late("QUESTION_RECEIVED"), "LATE", Severity.MEDIUM),
        (SE, late("DISCLOSED"), "LATE", Severity.MEDIUM),
    ],
)
@pytest.mark.parametrize("starts", [FR, SE])
async def test_a_forged_history_is_a_finding_at_both_nodes(
    world: World,
    node: str,
    change: Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]],
    rule: str,
    severity: Severity,
    starts: str,
) -> None:
    await asked(world)
    forge(world, node, change)
    run = await settled(world, starts, SE if starts == FR else FR)
    assert run.outcome == DONE
    assert run.findings >= 1
    for each in (FR, SE):
        assert findings(world, each)[rule] is severity
    for each in (FR, SE):
        entry = [leaf for leaf in await logged(world, each) if leaf.get("action") == "RECONCILED"][-1]
        assert entry["findings"] >= 1
        assert Severity(entry["severity"]).rank >= severity.rank


async def test_a_finding_names_both_sides_and_where_to_look(world: World) -> None:
    await asked(world)
    forge(world, SE, altered("DISCLOSED", status="NO_HIT"))
    await settled(world)
    (finding,) = world.nodes[FR].oversight.findings.list(Wanted(rule="OUTCOME_DIFFERS"))
    assert FR in finding.text
    assert SE in finding.text
    assert "ANSWERED" in finding.text
    assert finding.refs.partner == SE
    (leaf,) = await world.nodes[FR].log.entries(finding.refs.indexes[0], finding.refs.indexes[0] + 1)
    assert json.loads(leaf.leaf)["subject"] == finding.refs.request


async def test_finding_the_same_again_adds_nothing(world: World) -> None:
    await asked(world)
    forge(world, SE, dropped("QUESTION_RECEIVED", "DISCLOSED"))
    run = await settled(world)
    again = await reconcile_with(world.nodes[FR], SE, run.period)
    assert [each.id for each in again.found] == [each.id for each in run.found]
    assert len(world.nodes[FR].oversight.findings.list(Wanted())) == 1
    assert len(world.nodes[SE].oversight.findings.list(Wanted())) == 1


async def test_a_partner_learns_only_of_exchanges_that_it_was_part_of(world: World) -> None:
    before = len(await logged(world, FR))
    await asked(world, SE)
    await asked(world, EU)
    await asked(world, SE, EU)
    forge(world, SE, dropped("QUESTION_RECEIVED", "DISCLOSED"))
    await settled(world)
    await settled(world, SE, FR)
    requests = {
        leaf["subject"]: set(leaf["nodes_asked"])
        for leaf in (await logged(world, FR))[before:]
        if leaf["kind"] == "ASKED"
    }
    said = b"".join(body for _, headers, body in world.wire if "entente-mandate" not in headers)
    assert said
    for request, nodes in requests.items():
        assert (request.encode() in said) == (SE in nodes)
    assert EU.encode() not in said


async def test_exchanges_under_way_are_left_for_the_next_time(world: World) -> None:
    await asked(world)
    node = world.nodes[FR]
    forge(world, SE, dropped("QUESTION_RECEIVED", "DISCLOSED"))
    run = await reconcile_with(node, SE)
    assert (run.outcome, run.found) == (DONE, [])
    assert run.period.until <= node.now() - node.settings.reconcile.margin_seconds
    assert (await settled(world)).findings == 1


async def test_the_next_run_begins_where_the_last_one_ended(world: World) -> None:
    node = world.nodes[FR]
    node.oversight.progress.put(Progress(SE, 0, 0, "NEW", 0))
    first = await settled(world)
    assert first.period.until - first.period.since == 31 * 86_400
    second = await settled(world)
    assert second.period.since == first.period.until
    world.notices.pop(SE)
    assert (await settled(world)).outcome == "UNREACHABLE"
    assert next_period(node, SE).since == second.period.until
    state = node.oversight.progress.all()[SE]
    assert (state.until, state.outcome) == (second.period.until, "UNREACHABLE")


async def test_a_partner_that_is_away_does_no_harm_and_is_told_when_overdue(world: World) -> None:
    world.notices.pop(SE)
    run = await settled(world)
    assert (run.outcome, run.found) == ("UNREACHABLE", [])
    assert findings(world, FR) == {}
    world.later(3 * 86_400)
    await settled(world)
    assert findings(world, FR) == {"RECONCILIATION_OVERDUE": Severity.LOW}
    assert "RECONCILE_FAILED" in await actions(world, FR)


async def test_two_runs_with_one_partner_do_not_mix(world: World) -> None:
    node = world.nodes[FR]
    node.paces.running.add(SE)
    with pytest.raises(Exception, match="under way"):
        await reconcile_with(node, SE)
    node.paces.running.clear()
    with pytest.raises(Exception, match="xx"):
        await reconcile_with(node, "xx.nobody")


def lies(world: World, change: Callable[[dict[str, Any]], Any]) -> None:
    """From now on SE's replies are well signed and say something else."""

    async def handler(node: Node, notice: Notice) -> Handled:
        handled = await on_reconcile(node, notice)
        return replace(handled, body=change(json.loads(encode(handled.body))))

    async def door(headers: Headers, body: bytes) -> Any:
        return await receive(world.nodes[SE], {RECONCILE: handler}, headers, body)

    world.notices[SE] = door


def with_hours(*hours: Any) -> Callable[[dict[str, Any]], Any]:
    """The reply of the first step with other hours under another digest."""

    def change(body: dict[str, Any]) -> Any:
        return body if "hours" not in body else {"digest": DIGEST, "hours": list(hours)}

    return change


def with_page(**other: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda body: body | other if "lines" in body else body


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {},
        lambda body: body | {"more": 1},
        lambda body: body | {"digest": "sha256:x"},
        lambda _: {"digest": DIGEST, "hours": "all"},
        lambda _: {"digest": DIGEST, "hours": [["x"]] * 5000},
        with_hours("2026"),
        with_hours([SE, EU, "2026-11-21T09", DIGEST]),
        with_hours([SE, FR, "2026-11-41T09", DIGEST]),
        with_hours([SE, FR, "now", DIGEST]),
        with_hours([SE, FR, "2026-11-21T09", "sha256:x"]),
        with_page(upto="x"),
        with_page(upto="sha256:"),
        with_page(lines="all"),
        with_page(lines=[["ASKER"]]),
        with_page(lines=[["NOBODY", *["x"] * 11]]),
        with_page(lines=[{}]),
        with_page(lines=[["ASKER", *["x"] * 11]] * 2000),
        with_page(more=1),
    ],
)
async def test_a_partner_that_sends_garbage_is_a_finding_and_nothing_worse(
    world: World, change: Callable[[dict[str, Any]], Any]
) -> None:
    await asked(world)
    forge(world, SE, dropped("QUESTION_RECEIVED", "DISCLOSED"))
    lies(world, change)
    run = await settled(world)
    assert (run.outcome, run.found) == ("INVALID_ANSWER", [])
    assert findings(world, FR) == {"RECONCILIATION_FAILED": Severity.MEDIUM}
    await asked(world)


async def test_a_partner_that_denies_equal_digests_is_compared_all_the_same(world: World) -> None:
    await asked(world)
    lies(world, lambda body: body | {"digest": DIGEST, "hours": []} if "hours" in body else body)
    run = await settled(world)
    assert (run.outcome, run.hours, run.found) == (DONE, 1, [])


async def test_a_partner_whose_digests_do_not_fit_together_is_a_finding(world: World) -> None:
    await asked(world)
    world.later(600)
    period = next_period(world.nodes[FR], SE)
    ours = digests(await lines_with(world.nodes[FR], SE, period))
    lies(world, lambda _: {"digest": DIGEST, "hours": [[*bucket, told] for bucket, told in ours.items()]})
    assert len(ours) == 1
    assert (await reconcile_with(world.nodes[FR], SE, period)).outcome == "INVALID_ANSWER"
    assert findings(world, FR) == {"RECONCILIATION_FAILED": Severity.MEDIUM}


async def test_a_partner_that_never_comes_to_an_end_is_left(world: World) -> None:
    await asked(world)
    forge(world, SE, dropped("QUESTION_RECEIVED", "DISCLOSED"))
    steps = iter(range(1, 10**6))
    lies(world, lambda body: body | {"upto": f"sha256:{next(steps):064x}"} if "lines" in body else body)
    world.nodes[SE].paces.notices.burst, world.nodes[SE].paces.notices.per_second = 40, 0
    run = await settled(world)
    assert run.outcome == "OVER_QUOTA"
    assert run.pages <= 40 < MOST_PAGES
    assert "RECONCILIATION_FAILED" in findings(world, FR)


async def test_a_partner_that_claims_much_causes_a_limited_number_of_findings(world: World) -> None:
    for _ in range(3):
        await asked(world)
    forge(world, FR, dropped("ASKED", "ANSWERS_RECEIVED"))
    world.nodes[SE].paces.findings.burst = 2
    await settled(world)
    kept = world.nodes[SE].oversight.findings.list(Wanted())
    assert sorted(each.rule for each in kept) == ["MISSING_AT_ASKER"] * 2 + ["TOO_MANY_FINDINGS"]


async def test_many_lines_go_in_pages_and_none_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        await asked(world)
    await asked(world, FR, home=SE)
    monkeypatch.setattr(reconciling, "MOST_SENT", 2)
    monkeypatch.setattr(reconcile_notice, "MOST_REPLIED", 1)
    forge(world, SE, altered("DISCLOSED", status="NO_HIT"))
    run = await settled(world)
    assert run.outcome == DONE
    assert run.pages >= 7
    differ = [each for each in run.found if each.code == "OUTCOME_DIFFERS"]
    assert len(differ) == len({each.request for each in differ}) == 7
    there = world.nodes[SE].oversight.findings.list(Wanted(rule="OUTCOME_DIFFERS"))
    assert {each.refs.request for each in there} == {each.request for each in differ}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, "MALFORMED"),
        ({"step": "OTHER"}, "MALFORMED"),
        ({"step": "HOURS"}, "MALFORMED"),
        ({"step": "HOURS", "since": 1, "until": 2, "digest": "x"}, "MALFORMED"),
        ({"step": "HOURS", "since": -40, "until": -3, "digest": DIGEST}, "PERIOD_REFUSED"),
        ({"step": "HOURS", "since": -4000, "until": 3, "digest": DIGEST}, "PERIOD_REFUSED"),
        ({"step": "HOURS", "since": -40 * 86_400, "until": -400, "digest": DIGEST}, "PERIOD_REFUSED"),
        ({"step": "HOURS", "since": -400, "until": -500, "digest": DIGEST}, "PERIOD_REFUSED"),
        ({"step": "HOURS", "since": -4000, "until": -400, "digest": "all"}, "MALFORMED"),
        (PAGE | {"since": -8000}, "PERIOD_REFUSED"),
        (PAGE | {"after": "x"}, "MALFORMED"),
        (PAGE | {"lines": "x"}, "MALFORMED"),
        (PAGE | {"lines": [LINE] * 65}, "MALFORMED"),
        (PAGE | {"lines": [LINE]}, "MALFORMED"),
        (PAGE | {"lines": [LINE], "upto": DIGEST[:-1] + "0"}, "MALFORMED"),
        (PAGE | {"lines": [["x"]]}, "MALFORMED"),
    ],
)
async def test_a_notice_with_any_other_body_is_answered_with_a_code(
    world: World, body: dict[str, Any], status: str
) -> None:
    world.later(600)
    now = world.nodes[FR].now()
    times = {name: now + body[name] for name in ("since", "until") if name in body and abs(body[name]) > 2}
    reply = await send(world.nodes[FR], SE, RECONCILE, body | times)
    assert isinstance(reply, NoticeReply)
    assert reply.status == status
    assert findings(world, SE) == {}
    entry = (await logged(world, SE))[-1]
    assert (entry["action"], entry["status"]) == ("NOTICE_ANSWERED", status)


async def test_a_node_is_not_asked_by_itself(world: World) -> None:
    with pytest.raises(FieldRefused, match="itself"):
        await on_reconcile(world.nodes[FR], Notice(RECONCILE, FR, FR, {}, 0))


async def test_a_replayed_notice_is_turned_away_and_logged(world: World) -> None:
    await settled(world)
    node, headers, body = world.wire[-1]
    reply = await world.notices[node](headers, body)
    assert (reply.status, json.loads(reply.body)) == (409, {"code": "REPLAYED"})
    assert (await actions(world, SE))[-3:] == ["NOTICE_RECEIVED", "RECONCILED", "NOTICE_REFUSED"]


async def test_a_notice_for_another_node_expired_huge_or_badly_signed_is_turned_away(world: World) -> None:
    await settled(world)
    _, headers, body = world.wire[-1]
    before = await world.kinds(EU), await world.kinds(SE)
    assert (await world.notices[EU](headers, body)).status == 421
    assert (await world.notices[SE](headers, body + b" " * 70_000)).status == 413
    assert (await world.notices[SE](headers, body + b" ")).status == 401
    forged = headers | {"signature": f"entente=:{'A' * 86}==:"}
    assert json.loads((await world.notices[SE](forged, body)).body) == {"code": "BAD_SIGNATURE"}
    world.later(200)
    assert json.loads((await world.notices[SE](headers, body)).body) == {"code": "EXPIRED"}
    assert (await world.kinds(EU), await world.kinds(SE)) == before


async def test_an_unknown_type_is_turned_away_and_logged(world: World) -> None:
    reply = await send(world.nodes[FR], SE, "CHAT", {})
    assert isinstance(reply, Unanswered)
    assert reply.code == "UNKNOWN_TYPE"
    assert (await actions(world, SE))[-2:] == ["NOTICE_RECEIVED", "NOTICE_REFUSED"]
    assert (await actions(world, FR))[-1] == "NOTICE_REPLIED"


async def test_a_handler_that_breaks_or_says_too_much_is_told_by_a_code(world: World) -> None:
    async def breaks(node: Node, notice: Notice) -> Handled:
        raise RuntimeError(notice.type)

    async def pours(node: Node, notice: Notice) -> Handled:
        return Handled({"x": "x" * MAX_NOTICE_REPLY})

    types = {"BREAK": breaks, "POUR": pours}

    async def door(headers: Headers, body: bytes) -> Any:
        return await receive(world.nodes[SE], types, headers, body)

    world.notices[SE] = door
    for kind, status in (("BREAK", "INTERNAL"), ("POUR", "TOO_LARGE")):
        reply = await send(world.nodes[FR], SE, kind, {})
        assert isinstance(reply, NoticeReply)
        assert reply.status == status


class Full:
    """A log whose disk is full."""

    def __init__(self, log: Any, left: int) -> None:
        self._log, self._left = log, left

    async def append(self, entry: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise AuditUnavailable("the disk is full")
        return await self._log.append(entry)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


@pytest.mark.parametrize("left", [0, 1])
async def test_without_a_log_nothing_is_acted_on_and_nothing_is_told(world: World, left: int) -> None:
    await asked(world)
    world.nodes[SE] = replace(world.nodes[SE], log=Full(world.nodes[SE].log, left))  # type: ignore[arg-type]  # stands in
    run = await settled(world)
    assert (run.outcome, run.found) == ("AUDIT_UNAVAILABLE", [])
    world.nodes[FR] = replace(world.nodes[FR], log=Full(world.nodes[FR].log, 0))  # type: ignore[arg-type]  # stands in
    sent = len(world.wire)
    with pytest.raises(AuditUnavailable):
        await reconcile_with(world.nodes[FR], SE)
    assert len(world.wire) == sent


async def test_every_night_and_what_was_missed(world: World) -> None:
    node = world.nodes[FR]
    node = replace(node, oversight=replace(node.oversight, progress=MemoryProgress()))
    world.later((NOON - world.clock()) % 86_400)  # whenever this is run, one night passes and no other begins
    assert await reconcile_due(node) == []
    assert await reconcile_due(node) == []
    world.later(86_400 + 7200)
    assert sorted(await reconcile_due(node)) == sorted([FR, SE, EU])
    states = node.oversight.progress.all()
    assert {state.outcome for state in states.values()} == {DONE}
    assert await reconcile_due(node) == []
    long_ago = node.now() - 50 * 86_400
    for partner in (FR, SE, EU):
        node.oversight.progress.put(Progress(partner, long_ago, long_ago, DONE, 0))
    world.notices.pop(EU)
    assert sorted(await reconcile_due(node)) == sorted([FR, SE, EU])
    margin = node.settings.reconcile.margin_seconds
    assert node.oversight.progress.all()[SE].until >= node.now() - margin - HOUR
    outcomes = {partner: state.outcome for partner, state in node.oversight.progress.all().items()}
    assert outcomes == {FR: DONE, SE: DONE, EU: "UNREACHABLE"}
    assert await reconcile_due(node) == []
    world.later(HOUR + 1)
    assert await reconcile_due(node) == [EU]


async def test_the_background_task_outlives_whatever_goes_wrong(world: World) -> None:
    node = world.nodes[FR]
    broken = replace(node, post=replace(node.post, directory_now=lambda: 1 / 0))  # type: ignore[arg-type,return-value]  # breaks
    task = asyncio.create_task(keep_reconciling(broken))
    await asyncio.sleep(0.05)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    off = node.settings.model_copy(update={"reconcile": ReconcilePart(nightly=False)})
    await keep_reconciling(replace(node, settings=off))


async def test_oversight_sees_what_differs_and_an_administrator_how_much(world: World) -> None:
    await asked(world)
    world.later(600)
    forge(world, SE, altered("DISCLOSED", status="NO_HIT"))
    schema, texts = analyst_schema(), shipped_texts("desk")
    told = {"partner": SE, "days": 1, "justification": "REVIEW"}
    before = len(await logged(world, FR))
    auditor = world.visit(FR, "auditor-1", Role.OVERSIGHT)
    result = await schema.execute(texts["reconcile"], variable_values=told, context_value=auditor)
    assert result.errors is None
    run = (result.data or {})["reconcile"]
    assert (run["outcome"], run["severity"]) == (DONE, "CRITICAL")
    differs = [each for each in run["discrepancies"] if each["code"] == "OUTCOME_DIFFERS"]
    assert (differs[0]["asked"]["status"], differs[0]["answered"]["status"]) == ("ANSWERED", "NO_HIT")
    new = (await logged(world, FR))[before:]
    assert (new[0]["kind"], new[0]["justification"]) == ("LOG_READ", "REVIEW")
    keeper = world.visit(FR, "admin-1", Role.ADMINISTRATOR)
    result = await schema.execute(texts["reconcile"], variable_values=told, context_value=keeper)
    numbers = (result.data or {})["reconcile"]
    assert numbers["discrepancies"] == []
    assert (numbers["findings"], numbers["severity"]) == (run["findings"], run["severity"])
    for visit in (auditor, keeper):
        result = await schema.execute(texts["reconciliations"], context_value=visit)
        states = {each["partner"]: each for each in (result.data or {})["reconciliations"]}
        assert (states[SE]["outcome"], states[SE]["findings"]) == (DONE, run["findings"])


async def test_nobody_else_compares_and_oversight_says_why(world: World) -> None:
    before = await logged(world, FR)
    auditor, analyst = world.visit(FR, "auditor-1", Role.OVERSIGHT), world.visit(FR)
    with pytest.raises(NotAllowed, match="administrator"):
        await reconcile(analyst, SE, None, "REVIEW")
    with pytest.raises(NotAllowed, match="is not held"):
        await reconciliations(analyst)
    with pytest.raises(VariablesRejected, match="justification"):
        await reconcile(auditor, SE, None, None)
    with pytest.raises(VariablesRejected, match="days"):
        await reconcile(auditor, SE, 32, "REVIEW")
    with pytest.raises(DirectoryRefused):
        await reconcile(auditor, "xx.nobody", None, "REVIEW")
    assert await logged(world, FR) == before
