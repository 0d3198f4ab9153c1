"""Two logs that tell the same story differ in nothing; every manipulation of one has its name."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import encode
from audit.entry import Entry, Kind
from audit.errors import FormatRefused
from audit.exchanges import lines
from audit.line import Line, Side, instant
from audit.merkle import leaf_hash
from audit.reconcile import Code, Discrepancy, compare, digests, reconcile, worst
from audit.severity import Severity

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
QUIET = ("nobody", "refused in silence", "closed in silence")
GOOD = ("ANSWERED", "NO_HIT", "REFUSED", "turned away", *QUIET)
PAIRS = ((FR, SE), (SE, FR), (FR, FR))


def digest(text: str) -> str:
    return "sha256:" + sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


@dataclass
class Histories:
    """The logs of some nodes, and what was asked between them."""

    logs: dict[str, list[bytes]] = field(default_factory=lambda: {FR: [], SE: [], EU: []})
    number: int = 0

    def write(self, kind: Kind, node: str, at: datetime, facts: dict[str, Any], subject: str = "") -> str:
        """Append a leaf and return its hash as a digest."""
        entry_id = f"{len(self.logs[node]):032x}"
        leaf = Entry(kind, node, facts, subject=subject, id=entry_id).leaf(at, None)
        self.logs[node].append(leaf)
        return "sha256:" + leaf_hash(leaf).hex()

    def last(self, node: str) -> str:
        """The id of the last entry."""
        return f"{len(self.logs[node]) - 1:032x}"

    def exchange(self, asker: str, answerer: str, outcome: str, at: datetime) -> str:
        """One question with that outcome, in both logs; returns the digest of the request."""
        self.number += 1
        query, request = f"q-{self.number}", digest(f"request {self.number}")
        about = {"query_id": query, "requested_at": moment(at)}
        asked = self.write(Kind.ASKED, asker, at, about | {"nodes_asked": [answerer]}, request)
        intent = self.last(asker)
        told = about | {"request": request, "partner": asker, "counterpart_leaf": asked}
        facts: dict[str, Any] = {"intent": intent, "query_id": query, "request": request}
        facts |= self._answer(answerer, outcome, told, at + timedelta(seconds=1))
        if outcome == "closed in silence":
            self.write(Kind.CLOSED, asker, at + timedelta(days=1), {"intent": intent})
        else:
            self.write(Kind.ANSWERS_RECEIVED, asker, at + timedelta(seconds=2), facts, request)
        return request

    def _answer(self, node: str, outcome: str, told: dict[str, Any], at: datetime) -> dict[str, Any]:
        """What the answerer logs, and what the asker logs of it."""
        if outcome == "nobody":
            return {"nodes_replied": {node: "UNREACHABLE"}}
        if outcome == "turned away":
            self.write(Kind.REFUSED, node, at, told | {"status": "REFUSED"}, told["request"])
            return {"nodes_replied": {node: "REFUSED"}}
        self.write(Kind.QUESTION_RECEIVED, node, at, told, told["request"])
        intent = self.last(node)
        if outcome == "closed in silence":
            self.write(Kind.CLOSED, node, at + timedelta(hours=9), {"intent": intent})
            return {"nodes_replied": {node: "TIMED_OUT"}}
        status = outcome if outcome in GOOD[:3] else "REFUSED"
        kind = Kind.REFUSED if status == "REFUSED" else Kind.DISCLOSED
        named = {key: told[key] for key in ("query_id", "request", "partner")}
        leaf = self.write(kind, node, at, named | {"intent": intent, "status": status})
        if outcome in QUIET:
            return {"nodes_replied": {node: "TIMED_OUT"}}
        receipt = digest(f"receipt for {leaf}")
        return {"nodes_replied": {node: status}, "leaves": {node: leaf}, "receipts": {node: receipt}}

    def told(self, node: str) -> list[Line]:
        return lines((index, leaf, leaf_hash(leaf)) for index, leaf in enumerate(self.logs[node]))

    def differences(self, one: str = FR, other: str = SE) -> list[Discrepancy]:
        return reconcile(self.told(one), self.told(other), (one, other))

    def found(self, one: str = FR, other: str = SE) -> dict[Code, Severity]:
        """Codes above INFO with their severity."""
        kept = [each for each in self.differences(one, other) if each.severity is not Severity.INFO]
        return {each.code: each.severity for each in kept}

    def change(self, node: str, kind: Kind, old: bytes, new: bytes) -> None:
        """Rewrite the leaves of a kind as a hostile operator would."""
        mark = f'"kind":"{kind}"'.encode()
        self.logs[node] = [
            encode(json.loads(leaf.replace(old, new))) if mark in leaf else leaf for leaf in self.logs[node]
        ]

    def drop(self, node: str, *kinds: Kind) -> None:
        marks = [f'"kind":"{kind}"'.encode() for kind in kinds]
        self.logs[node] = [leaf for leaf in self.logs[node] if not any(mark in leaf for mark in marks)]


PLANS = st.lists(
    st.tuples(st.sampled_from(PAIRS), st.sampled_from(GOOD), st.integers(0, 7200)), min_size=1, max_size=12
)


def play(plan: Sequence[tuple[tuple[str, str], str, int]]) -> Histories:
    histories = Histories()
    for (asker, answerer), outcome, seconds in plan:
        histories.exchange(asker, answerer, outcome, START + timedelta(seconds=seconds))
    return histories


def one(outcome: str = "ANSWERED", pair: tuple[str, str] = (FR, SE)) -> Histories:
    return play([(pair, outcome, 0)])


@given(PLANS)
def test_a_consistent_pair_of_histories_gives_nothing_above_info(
    plan: list[tuple[tuple[str, str], str, int]],
) -> None:
    histories = play(plan)
    assert histories.found() == histories.found(SE, FR) == histories.found(FR, FR) == {}
    assert worst(histories.differences()) is Severity.INFO


@given(PLANS, st.randoms(use_true_random=False))
def test_no_order_matters(plan: list[tuple[tuple[str, str], str, int]], order: random.Random) -> None:
    histories = play(plan)
    histories.change(SE, Kind.DISCLOSED, b"ANSWERED", b"NO_HIT")
    leaves = [(index, leaf, leaf_hash(leaf)) for index, leaf in enumerate(histories.logs[FR])]
    order.shuffle(leaves)
    ours, theirs = lines(leaves), histories.told(SE)
    assert ours == histories.told(FR)
    order.shuffle(ours)
    order.shuffle(theirs)
    assert reconcile(ours, theirs, (FR, SE)) == histories.differences()
    assert digests(ours) == digests(histories.told(FR))


@given(
    PLANS, st.sampled_from(["query_id", "requested_at", "asked_leaf", "outcome_leaf", "status"]), st.data()
)
def test_digests_are_equal_if_and_only_if_no_line_differs(
    plan: list[tuple[tuple[str, str], str, int]], name: str, data: st.DataObject
) -> None:
    histories = play(plan)
    told = histories.told(FR) + histories.told(SE)
    assert digests(told) == digests(replace(line, index=7, receipt="") for line in told)
    place = data.draw(st.integers(0, len(told) - 1))
    values = {"requested_at": moment(START - timedelta(hours=2)), "query_id": "q-x", "status": "OTHER"}
    changed = replace(told[place], **{name: values.get(name, digest("other"))})
    before, after = digests(told), digests([*told[:place], changed, *told[place + 1 :]])
    hours = {(line.asker, line.answerer, line.hour) for line in (told[place], changed)}
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == hours
    assert digests(told[:place] + told[place + 1 :]) != before


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("outcome", ["ANSWERED", "NO_HIT", "REFUSED"])
def test_a_dropped_exchange_is_missing(pair: tuple[str, str], outcome: str) -> None:
    histories = one(outcome, pair)
    histories.drop(pair[1], Kind.QUESTION_RECEIVED, Kind.DISCLOSED, Kind.REFUSED)
    assert histories.found(*pair) == {Code.MISSING_AT_ANSWERER: Severity.HIGH}
    histories = one(outcome, pair)
    histories.drop(pair[0], Kind.ASKED, Kind.ANSWERS_RECEIVED)
    assert histories.found(*pair) == {Code.MISSING_AT_ASKER: Severity.CRITICAL}


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [("nobody", Severity.INFO), ("refused in silence", Severity.INFO), ("turned away", Severity.LOW)],
)
def test_what_is_missing_and_proves_nothing_is_less_grave(outcome: str, severity: Severity) -> None:
    histories = one(outcome)
    histories.drop(SE, Kind.QUESTION_RECEIVED, Kind.REFUSED)
    (found,) = histories.differences()
    assert (found.code, found.severity) == (Code.MISSING_AT_ANSWERER, severity)


def test_an_outcome_that_was_told_is_grave_without_a_receipt_too() -> None:
    histories = one()
    histories.change(FR, Kind.ANSWERS_RECEIVED, b'"leaves"', b'"answer_digests"')
    histories.change(FR, Kind.ANSWERS_RECEIVED, b'"receipts"', b'"answer_digests"')
    histories.drop(SE, Kind.QUESTION_RECEIVED, Kind.DISCLOSED)
    assert histories.found() == {Code.MISSING_AT_ANSWERER: Severity.HIGH}


def test_a_dropped_entry_leaves_its_counterpart_without_its_leaf() -> None:
    histories = one()
    histories.drop(SE, Kind.DISCLOSED)
    assert histories.found() == {Code.LEAF_ALTERED: Severity.CRITICAL}
    histories = one()
    histories.drop(SE, Kind.QUESTION_RECEIVED)
    assert histories.found()[Code.NOT_COMMITTED] is Severity.MEDIUM
    histories = one()
    histories.drop(FR, Kind.ASKED)
    assert histories.found()[Code.LEAF_ALTERED] is Severity.CRITICAL
    histories = one()
    histories.drop(FR, Kind.ANSWERS_RECEIVED)
    assert histories.found() == {Code.STILL_OPEN: Severity.MEDIUM}


@pytest.mark.parametrize(
    ("node", "kind", "old", "new"),
    [
        (FR, Kind.ASKED, b"9:30", b"9:29"),
        (FR, Kind.ASKED, b'"v":1', b'"unit":"x","v":1'),
        (SE, Kind.DISCLOSED, b'"v":1', b'"unit":"x","v":1'),
        (SE, Kind.DISCLOSED, b"ANSWERED", b"NO_HIT"),
    ],
)
def test_an_altered_leaf_is_not_the_one_the_other_side_committed_to(
    node: str, kind: Kind, old: bytes, new: bytes
) -> None:
    histories = one()
    histories.change(node, kind, old, new)
    assert histories.found()[Code.LEAF_ALTERED] is Severity.CRITICAL


def test_told_and_logged_outcomes_differ() -> None:
    histories = one()
    histories.change(FR, Kind.ANSWERS_RECEIVED, b'"ANSWERED"', b'"NO_HIT"')
    assert histories.found() == {Code.OUTCOME_DIFFERS: Severity.HIGH}
    histories = one("refused in silence")
    histories.change(SE, Kind.REFUSED, b'"REFUSED","v"', b'"ANSWERED","v"')
    assert histories.found() == {Code.OUTCOME_DIFFERS: Severity.LOW}
    histories = one("turned away")
    histories.change(FR, Kind.ANSWERS_RECEIVED, b'"REFUSED"', b'"INVALID_ANSWER"')
    assert histories.differences()[0].severity is Severity.INFO


def test_facts_of_one_request_differ() -> None:
    histories = one()
    histories.change(SE, Kind.QUESTION_RECEIVED, b'"q-1"', b'"q-2"')
    assert histories.found() == {Code.FACTS_DIFFER: Severity.HIGH}
    histories = one("turned away")
    histories.change(SE, Kind.REFUSED, b'"requested_at"', b'"not_before"')
    assert histories.found() == {Code.FACTS_DIFFER: Severity.HIGH}


def test_a_leaf_that_commits_to_nothing() -> None:
    histories = one()
    histories.change(SE, Kind.QUESTION_RECEIVED, b'"counterpart_leaf"', b'"answer"')
    histories.change(FR, Kind.ANSWERS_RECEIVED, b'"leaves"', b'"answer_digests"')
    assert histories.found() == {Code.NOT_COMMITTED: Severity.MEDIUM}


def test_an_open_exchange() -> None:
    histories = one("refused in silence")
    histories.drop(SE, Kind.REFUSED)
    assert histories.found() == {Code.STILL_OPEN: Severity.MEDIUM}
    histories.drop(FR, Kind.ANSWERS_RECEIVED)
    assert histories.found() == {Code.STILL_OPEN: Severity.MEDIUM}
    histories.drop(SE, Kind.QUESTION_RECEIVED)
    assert histories.found() == {Code.STILL_OPEN: Severity.MEDIUM}


@pytest.mark.parametrize(
    ("node", "kind"),
    [(FR, Kind.ANSWERS_RECEIVED), (SE, Kind.QUESTION_RECEIVED), (SE, Kind.DISCLOSED), (FR, Kind.ASKED)],
)
def test_a_late_entry(node: str, kind: Kind) -> None:
    histories = one()
    histories.change(node, kind, b'"at":"2026-11-21T09', b'"at":"2026-11-21T13')
    assert histories.found()[Code.LATE] is Severity.MEDIUM


def test_clocks_that_differ() -> None:
    histories = one()
    histories.change(SE, Kind.QUESTION_RECEIVED, b'"at":"2026-11-21T09', b'"at":"2026-11-21T08')
    assert histories.found() == {Code.CLOCKS_DIFFER: Severity.LOW}
    histories = one()
    histories.change(SE, Kind.DISCLOSED, b'"at":"2026-11-21T09:30', b'"at":"2026-11-21T09:31')
    assert histories.found()[Code.CLOCKS_DIFFER] is Severity.LOW


@pytest.mark.parametrize("kind", [Kind.ASKED, Kind.QUESTION_RECEIVED, Kind.DISCLOSED, Kind.ANSWERS_RECEIVED])
@pytest.mark.parametrize("pair", PAIRS)
def test_the_same_request_twice(pair: tuple[str, str], kind: Kind) -> None:
    histories = one(pair=pair)
    node = pair[0] if kind in {Kind.ASKED, Kind.ANSWERS_RECEIVED} else pair[1]
    mark = f'"kind":"{kind}"'.encode()
    (leaf,) = [leaf for leaf in histories.logs[node] if mark in leaf]
    histories.logs[node].append(leaf.replace(b'"id":"0', b'"id":"f'))
    if kind is Kind.ANSWERS_RECEIVED:
        histories.change(node, kind, b'"ANSWERED"', b'"NO_HIT"')
        histories.logs[node][-2] = leaf
    assert histories.found(*pair)[Code.TWICE] is Severity.MEDIUM


def test_a_replay_that_was_turned_away_is_told() -> None:
    histories = one()
    facts = {"request": digest("request 1"), "partner": FR, "status": "REFUSED", "reasons": ["REPLAYED"]}
    histories.write(Kind.REFUSED, SE, START, facts)
    assert histories.found() == {Code.TWICE: Severity.MEDIUM}


def test_a_third_nodes_exchanges_are_passed_over() -> None:
    histories = one(pair=(EU, SE))
    assert histories.found() == {}
    histories.drop(SE, Kind.QUESTION_RECEIVED, Kind.DISCLOSED)
    assert histories.found() == {}
    assert histories.found(EU, SE) == {Code.MISSING_AT_ANSWERER: Severity.HIGH}


def test_what_names_no_partner_is_no_exchange() -> None:
    histories = Histories()
    histories.write(Kind.REFUSED, FR, START, {"query_id": "q-1", "status": "REFUSED"}, digest("x"))
    histories.write(Kind.ASKED, FR, START, {"query_id": "q-2", "nodes_asked": [SE]})
    histories.write(Kind.POLICY, FR, START, {"policy_revision": "r-1"})
    assert histories.told(FR) == []


def test_both_nodes_name_a_discrepancy_alike_and_tell_both_sides() -> None:
    histories = one()
    histories.change(SE, Kind.DISCLOSED, b"ANSWERED", b"NO_HIT")
    here, there = histories.differences(), histories.differences(SE, FR)
    assert here == there
    altered, differs = here
    assert (altered.code, differs.code) == (Code.LEAF_ALTERED, Code.OUTCOME_DIFFERS)
    assert altered.id != differs.id
    assert FR in differs.text
    assert SE in differs.text
    assert (differs.asked or histories.told(SE)[0]).status == "ANSWERED"
    assert (differs.answered or histories.told(FR)[0]).status == "NO_HIT"
    assert worst(here) is Severity.CRITICAL


@given(PLANS)
def test_a_line_travels_whole(plan: list[tuple[tuple[str, str], str, int]]) -> None:
    for line in play(plan).told(FR):
        assert Line.read(line.asker, line.answerer, line.side, line.record()) == line


@pytest.mark.parametrize("place", range(11))
@pytest.mark.parametrize("value", [None, 7.5, "<x>", -1, ["x"], "2026-13-40 "])
def test_a_line_from_elsewhere_is_read_strictly(place: int, value: object) -> None:
    record: list[Any] = one().told(FR)[0].record()
    record[place] = value
    with pytest.raises(FormatRefused, match=FR):
        Line.read(FR, SE, Side.ASKER, record)


@pytest.mark.parametrize("place", [2, 3, 8])
def test_a_line_from_elsewhere_names_times_that_exist(place: int) -> None:
    record: list[Any] = one().told(FR)[0].record()
    record[place] = "2026-13-40T00:00:00Z"
    with pytest.raises(FormatRefused, match="no such moment"):
        Line.read(FR, SE, Side.ASKER, record)


@pytest.mark.parametrize("record", [None, {}, [], ["x"] * 11, "x" * 11])
def test_anything_else_is_no_line(record: object) -> None:
    with pytest.raises(FormatRefused, match=SE):
        Line.read(FR, SE, Side.ASKER, record)


def test_times_with_and_without_zone() -> None:
    assert instant("2026-11-21") == datetime(2026, 11, 21, tzinfo=UTC)
    assert instant("2026-11-21T10:00:00+02:00") == datetime(2026, 11, 21, 8, tzinfo=UTC)
    for none in ("2026-02-30", "0001-01-01T00:00:00+23:00"):
        with pytest.raises(FormatRefused, match="no such moment"):
            instant(none)


def test_what_is_open_or_late_is_marked_so_that_both_sides_compare_it() -> None:
    histories = one()
    assert digests(histories.told(FR)) == digests(histories.told(SE))
    histories.change(SE, Kind.QUESTION_RECEIVED, b'"at":"2026-11-21T09', b'"at":"2026-11-21T13')
    assert digests(histories.told(FR)) != digests(histories.told(SE))
    histories = one("nobody")
    histories.drop(FR, Kind.ANSWERS_RECEIVED)
    (mine,) = histories.told(FR)
    assert digests([mine]) != digests([replace(mine, side=Side.ANSWERER)])


def test_a_log_with_times_that_never_were_is_refused() -> None:
    histories = one()
    histories.change(FR, Kind.ASKED, b"2026-11-21T09:30", b"2026-11-41T09:30")
    with pytest.raises(FormatRefused, match="no such moment"):
        histories.told(FR)


def test_equal_lines_given_twice_are_one() -> None:
    histories = one()
    ours, theirs = histories.told(FR), histories.told(SE)
    assert compare(ours + ours, theirs + theirs) == []
