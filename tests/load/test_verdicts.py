"""The verdicts can fail: a missing entry, a wrong status and a leak are seen."""

import json
import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load import report
from tests.load.analysts import ALL, EVERYONE, nodes_of, number_of
from tests.load.cast import DEAD, HANGING, HOME, LYING, PERSONS, SOUND, Federation
from tests.load.lies import LIES
from tests.load.samples import opened, trend, worked
from tests.load.verdicts import FLAT, Leaves, Run, _answered, _failures, _held, _logged

QUERY = "q-1"
GOOD = ["NO_HIT", 0, True, False, []]


def leaf(kind: str, number: str, **more: object) -> bytes:
    return json.dumps({"kind": kind, "id": number, "query_id": QUERY, **more}).encode()


ASKING = [leaf("ASKED", "1"), leaf("ANSWERS_RECEIVED", "2", intent="1")]
ANSWERING = [leaf("QUESTION_RECEIVED", "1"), leaf("DISCLOSED", "2", intent="1")]


def run(nodes: dict[str, list[Any]], **more: Any) -> Run:
    line = {"question": 5, "query": QUERY, "nodes": nodes}
    told: dict[str, Any] = {"samples": [], "chaos": [], "stretches": [], "lies": {}, **more}
    return Run(Federation(None, 0), [line], **told)  # type: ignore[arg-type]  # these verdicts look at no home


@pytest.mark.parametrize("gone", range(2))
def test_a_missing_entry_is_seen_at_either_node(gone: int) -> None:
    seen = run({SOUND[0]: GOOD})
    empty = {node: Leaves.of([]) for node in ALL}
    whole = empty | {HOME: Leaves.of(ASKING), SOUND[0]: Leaves.of(ANSWERING)}
    assert all(each.holds for each in _logged(seen, whole))
    for node, leaves in ((HOME, ASKING), (SOUND[0], ANSWERING)):
        less = [each for place, each in enumerate(leaves) if place != gone]
        assert not all(each.holds for each in _logged(seen, whole | {node: Leaves.of(less)}))


def test_an_outcome_that_waits_for_others_closes_no_intent() -> None:
    assert Leaves.of([ASKING[0], leaf("ANSWERS_RECEIVED", "2", intent="1", pending=True)]).open == {"1"}
    assert not Leaves.of(ASKING).open


def test_an_answer_that_is_not_as_expected_is_seen() -> None:
    assert all(each.holds for each in _answered(run({SOUND[0]: GOOD})))
    for wrong in (
        ["TIMED_OUT", 0, False, False, []],
        ["ANSWERED", 1, True, False, []],
        ["NO_HIT", 0, False, False, []],
    ):
        assert not all(each.holds for each in _answered(run({SOUND[0]: wrong})))


def test_each_failure_must_be_told_as_what_it_was() -> None:
    def told(dead: str, hanging: str, lying: str) -> list[bool]:
        silent = [0, False, False, []]
        nodes = {DEAD: [dead, *silent], HANGING: [hanging, *silent], LYING: [lying, *silent]}
        lies = {QUERY: "garbage"}
        return [each.holds for each in _failures(run(nodes, lies=lies, chaos=[{"hanging": 1, "flood": {}}]))]

    assert told("UNREACHABLE", "TIMED_OUT", "INVALID_ANSWER") == [True, True, False], "not all lies were told"
    assert told("TIMED_OUT", "TIMED_OUT", "INVALID_ANSWER")[0] is False
    assert told("UNREACHABLE", "UNREACHABLE", "INVALID_ANSWER")[1] is False
    assert len(LIES) > 10


@given(st.floats(1, 1000), st.floats(-0.5, 0.5), st.integers(8, 60))
def test_a_trend_is_the_growth_after_the_warm_up(base: float, growth: float, many: int) -> None:
    times = [float(each) for each in range(many)]
    values = [base * (1 + growth * at / times[-1]) for at in times]
    found = trend(times, values)
    warm = [at for at in times if at >= times[-1] / 4]
    expected = base * growth * (warm[-1] - warm[0]) / times[-1] / found.median
    assert found.growth == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("leak", "holds"), [(0.0, True), (2 * FLAT, False)])
def test_a_leak_is_seen_and_too_few_samples_are_no_verdict(leak: float, holds: bool) -> None:
    def held(many: int) -> list[bool]:
        lines = [
            {"at": at, "stretch": 1}
            | {
                name: dict.fromkeys(("rss", "own"), 100 * (1 + leak * at / many))
                | {"files": 10, "threads": 3}
                for name in report.WATCHED
            }
            for at in range(many)
        ]
        return [each.holds for each in _held(run({}, samples=lines)) if each.what.startswith("MiB")]

    assert held(40) == [holds] * 3
    assert held(4) == [False] * 3


def test_open_files_are_told_by_what_keeps_them(tmp_path: Path) -> None:
    before = opened(os.getpid())
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database, closing(socket.socket()):
        database.execute("CREATE TABLE t (x)")
        with (tmp_path / "other").open("w"):
            after = opened(os.getpid())
    grown = {kind: after[kind] - before[kind] for kind in before}
    assert grown == {"files": 3, "databases": 1, "sockets": 1}


def test_what_others_did_meanwhile_is_told_apart() -> None:
    lines = [{"at": at, "stretch": 1, "busy": 2 * at, "home": {"cpu": at / 2}} for at in (0, 10)]
    assert worked(lines, ["home"]) == (0.5, 1.5)


def test_everybody_is_asked_at_times_and_all_partners_in_turn() -> None:
    assert nodes_of(EVERYONE) is None
    asked = {node for question in range(1, 400) for node in nodes_of(question) or ()}
    assert asked == set(ALL) - {HOME}
    assert {number_of(question) < PERSONS for question in range(20)} == {True, False}


def test_the_page_is_what_the_figures_make_of_it() -> None:
    kept = json.loads(report.RESULTS.read_text())
    assert report.REPORT.read_text() == report.page(kept)


def test_a_verdict_that_failed_stands_in_the_page_and_what_was_not_run_is_told() -> None:
    verdicts = [{"what": "all is well", "holds": False, "told": "a|b"}]
    machine = dict.fromkeys(("cpu", "cores", "system", "python", "sqlite"), "any") | {"memory_mib": 1}
    told = {"machine": machine, "verdicts": verdicts, "began": 0, "seconds": 60, "rounds": 2, "others": 0.5}
    page = report.page({"rolling": told})
    assert "| all is well | **does not hold** | a/b |" in page
    assert page.count("Not run yet.") == 2
