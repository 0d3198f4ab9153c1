"""The rules that point oversight at exchanges: what raises each, what does not, and that none cries wolf."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.entry import Entry, Kind
from audit.findings import Finding
from audit.questions import Question, questions
from audit.row import Row, row_of
from audit.seen import Found, Seen, Thresholds
from audit.signals import RULES, raised

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
WEEK = (MONDAY, MONDAY + timedelta(days=7))
CASE, OTHER_CASE = (f"hmac-sha256:{each * 64}" for each in "ab")
SAME = f"hmac-sha256:{'d' * 64}"


@dataclass
class Story:
    """A log that is told question by question."""

    entries: list[bytes] = field(default_factory=list)
    number: int = 0

    def _leaf(self, kind: Kind, at: datetime, subject: str, **facts: Any) -> Entry:
        entry = Entry(kind, "fr.ofast", facts, subject=subject)
        self.entries.append(entry.leaf(at, None))
        return entry

    def asked(self, at: datetime = MONDAY, *, person: str = "p-1", **more: Any) -> None:
        """An own person's question; `replies` are the outcome by node, `about` is what was asked."""
        self.number += 1
        request = f"sha256:{self.number:064x}"
        replies = more.pop("replies", {"se.polisen": "ANSWERED"})
        facts = {
            "query_id": f"q-{self.number}",
            "asker": person,
            "case": more.pop("case", CASE),
            "purpose": more.pop("purpose", "OPERATIONAL_ANALYSIS"),
            "query_digest": more.pop("about", f"hmac-sha256:{self.number:064x}"),
        } | more
        facts = {name: value for name, value in facts.items() if value}
        intent = self._leaf(Kind.ASKED, at, request, **facts)
        told = {"intent": intent.id, "request": request, "nodes_replied": replies}
        self._leaf(Kind.ANSWERS_RECEIVED, at, request, **told)

    def received(
        self, at: datetime = MONDAY, *, person: str = "p-9", refused: bool = False, **more: Any
    ) -> None:
        """Another node's question."""
        self.number += 1
        request = f"sha256:{self.number:064x}"
        facts = {"asker": person, "partner": "se.polisen", "request": request, "case": CASE, **more}
        intent = self._leaf(Kind.QUESTION_RECEIVED, at, request, **facts)
        kind = Kind.REFUSED if refused else Kind.DISCLOSED
        status = "REFUSED" if refused else "ANSWERED"
        self._leaf(kind, at, request, intent=intent.id, request=request, status=status)

    @property
    def rows(self) -> list[Row]:
        return [row_of(index, leaf) for index, leaf in enumerate(self.entries)]

    def seen(self, since: datetime = WEEK[0], until: datetime = WEEK[1], **more: Any) -> Seen:
        told = questions(self.rows)
        counts = Counter((each.row.asker, each.row.day) for each in told)
        return Seen(since, until, told, counts, **more)

    def found(self, rule: str, **more: Any) -> Found:
        (only,) = raised(self.seen(**more), rule)
        return only.found


def texts(findings: Iterable[Finding]) -> list[str]:
    return [each.text for each in findings]


def test_questions_are_told_once_with_every_nodes_outcome() -> None:
    story = Story()
    story.asked(replies={"se.polisen": "REFUSED", "fr.ofast": "ANSWERED"})
    own = row_of(0, story.entries[0])
    story._leaf(  # its own node answers its own question through the same door
        Kind.QUESTION_RECEIVED, MONDAY, own.request, request=own.request, asker="p-1", partner="fr.ofast"
    )
    story.received(refused=True)
    story._leaf(Kind.REFUSED, MONDAY, f"sha256:{'e' * 64}", query_id="q-x", asker="p-1", status="REFUSED")
    story._leaf(Kind.ANSWERS_RECEIVED, MONDAY, f"sha256:{'f' * 64}", request=f"sha256:{'f' * 64}")
    one, two, three = questions(story.rows)
    assert (one.own, one.outcomes) == (True, {"se.polisen": "REFUSED", "fr.ofast": "ANSWERED"})
    assert (two.own, two.outcomes, two.indexes) == (False, {"own": "REFUSED"}, [3, 4])
    assert (three.own, three.outcomes, three.about) == (True, {"own": "REFUSED"}, three.row.request)


def test_no_case() -> None:
    story = Story()
    story.asked()
    story.asked(case="")
    story.asked(MONDAY + timedelta(hours=1), case="")
    story.asked(person="p-2", case="")
    story.asked(MONDAY - timedelta(days=1), case="")
    found = story.found("NO_CASE")
    assert (found.part, found.whole) == (3, 4)
    assert [(each.refs.asker, len(each.refs.indexes)) for each in found.findings] == [("p-1", 4), ("p-2", 2)]


def test_self_lookup() -> None:
    story = Story()
    story.asked(self_lookup=True)
    story.asked()
    story.received()
    found = story.found("SELF_LOOKUP")
    assert (found.part, found.whole) == (1, 2)
    assert found.findings[0].refs.query_id == "q-1"
    assert found.findings[0].severity == "HIGH"


@pytest.mark.parametrize(
    ("at", "zone", "late"),
    [
        (MONDAY, "UTC", False),
        (MONDAY.replace(hour=5), "UTC", True),
        (MONDAY.replace(hour=5), "Europe/Stockholm", False),
        (MONDAY.replace(hour=19, minute=30), "Europe/Stockholm", True),
        (MONDAY + timedelta(days=5), "UTC", True),
        (MONDAY.replace(hour=23) + timedelta(days=6), "Asia/Tokyo", False),
    ],
)
def test_off_hours_by_the_nodes_own_clock(at: datetime, zone: str, *, late: bool) -> None:
    story = Story()
    story.asked(at)
    story.asked(MONDAY + timedelta(hours=1), person="p-2")
    found = story.found("OFF_HOURS", zone=ZoneInfo(zone), since=MONDAY - timedelta(days=1))
    assert (len(found.findings), found.part, found.whole) == (late, late, 2)
    assert all(each.severity == "INFO" for each in found.findings)


def days(counts: Mapping[str, Iterable[int]], last: datetime = MONDAY) -> dict[tuple[str, str], int]:
    """Counts by person and day, the last of each on Monday."""
    told = {}
    for person, numbers in counts.items():
        for back, number in enumerate(reversed(list(numbers))):
            told[person, (last - timedelta(days=back)).date().isoformat()] = number
    return told


@pytest.mark.parametrize(
    ("numbers", "raises"),
    [
        ([10] * 20 + [31], True),
        ([10] * 20 + [30], False),  # never below the least
        ([10, 40] * 10 + [115], False),  # median 25, spread 15: up to 115
        ([10, 40] * 10 + [116], True),
        ([500] * 20 + [505], False),
        ([3, 4, 3, 90], True),  # too few days of one's own: the days of all
        ([10], False),
    ],
)
def test_volume_is_measured_against_the_persons_own_days(numbers: list[int], *, raises: bool) -> None:
    others = {"p-2": [5, 6, 7, 5, 6]}
    seen = Seen(*WEEK, [], days({"p-1": numbers, **others}))
    (only,) = raised(seen, "VOLUME")
    assert [each.refs.asker for each in only.found.findings] == ["p-1"] * raises
    assert (only.found.part, only.found.whole) == (raises, 2)


def test_volume_without_any_history_has_the_least_as_its_limit() -> None:
    (only,) = raised(Seen(*WEEK, [], days({"p-1": [31], "p-2": [30]})), "VOLUME")
    assert texts(only.found.findings) == ["VOLUME: 31 questions on 2026-11-16, ordinary are up to 30"]


@given(usual=st.lists(st.integers(1, 400), min_size=5, max_size=28), today=st.integers(1, 2000))
def test_volume_never_raises_what_is_no_more_than_the_persons_busiest_ordinary_day(
    usual: list[int], today: int
) -> None:
    (only,) = raised(Seen(*WEEK, [], days({"p-1": [*usual, today]})), "VOLUME")
    middle = sorted(usual)[len(usual) // 2]
    if today <= 30 or today <= middle:
        assert not only.found.findings
    if today > 30 and today > 7 * max(usual) + 6:
        assert only.found.findings


REFUSES, ANSWERS = {"se.polisen": "REFUSED"}, {"se.polisen": "ANSWERED"}


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def test_refusals_of_a_question_and_then_its_answer() -> None:
    story = Story()
    for number in range(3):
        story.asked(hour(number), about=SAME, replies=REFUSES)
    story.asked(hour(3), about=SAME, replies=ANSWERS)
    found = story.found("REFUSED_THEN_SUCCESS")
    assert (found.part, found.whole) == (1, 4)
    assert (found.findings[0].severity, len(found.findings[0].refs.indexes)) == ("MEDIUM", 8)


def test_refusals_in_a_case_and_then_an_answer() -> None:
    story = Story()
    for number in range(3):
        story.received(hour(number), query_digest=f"hmac-sha256:{number:064x}", refused=True)
    story.received(hour(3), query_digest=SAME)
    found = story.found("REFUSED_THEN_SUCCESS")
    assert [each.severity for each in found.findings] == ["LOW"]


@pytest.mark.parametrize(
    "change",
    [
        {"replies": REFUSES},
        {"replies": {"se.polisen": "TIMED_OUT"}},
        {"replies": {"eu.europol": "ANSWERED"}},
        {"person": "p-2"},
        {"at": hour(30)},
        {"about": CASE, "case": OTHER_CASE},
        {"about": "", "case": ""},
    ],
)
def test_refusals_without_such_an_answer_are_ordinary(change: dict[str, Any]) -> None:
    story = Story()
    for number in range(3):
        story.asked(hour(number), about=SAME, replies=REFUSES)
    story.asked(**{"at": hour(3), "about": SAME} | change)
    assert not story.found("REFUSED_THEN_SUCCESS").findings


def test_two_refusals_are_ordinary_and_an_answer_begins_anew() -> None:
    story = Story()
    for number, replies in enumerate([REFUSES, REFUSES, ANSWERS, REFUSES, REFUSES, ANSWERS]):
        story.asked(hour(number), about=SAME, replies=replies)
    assert not story.found("REFUSED_THEN_SUCCESS").findings


def test_a_node_that_always_refuses_beside_one_that_answers_is_ordinary() -> None:
    story = Story()
    for number in range(12):
        story.asked(hour(number / 4), replies={"eu.europol": "REFUSED", "se.polisen": "ANSWERED"})
    assert not story.found("REFUSED_THEN_SUCCESS").findings
    assert not story.found("PURPOSE_SHOPPING").findings


@pytest.mark.parametrize("other", [{"purpose": "CROSS_CHECKING"}, {"case": OTHER_CASE}])
def test_a_refused_question_that_is_answered_for_another_reason(other: dict[str, str]) -> None:
    story = Story()
    story.asked(about=SAME, replies=REFUSES)
    story.asked(hour(1), about=SAME, **other)
    found = story.found("PURPOSE_SHOPPING")
    assert (found.part, found.whole, len(found.findings[0].refs.indexes)) == (1, 2, 4)


def test_what_the_own_law_refused_was_refused_at_every_node() -> None:
    story = Story()
    told = {"asker": "p-1", "query_digest": SAME, "case": CASE, "status": "REFUSED"}
    story._leaf(Kind.REFUSED, MONDAY, f"sha256:{'e' * 64}", purpose="STRATEGIC_ANALYSIS", **told)
    story.asked(hour(1), about=SAME)
    (finding,) = story.found("PURPOSE_SHOPPING").findings
    assert finding.refs.indexes == (0, 1, 2)


def test_asking_again_for_the_same_reason_is_no_shopping() -> None:
    story = Story()
    story.asked(about=SAME, replies=REFUSES)
    story.asked(hour(1), about=SAME)
    story.asked(hour(2), about=SAME, purpose="CROSS_CHECKING")
    assert not story.found("PURPOSE_SHOPPING").findings


OVER = {"se.polisen": "OVER_QUOTA"}


def test_over_quota_again_and_again() -> None:
    story = Story()
    for number in range(5):
        story.asked(hour(number), replies=OVER)
    story.asked(hour(1), person="p-2")
    found = story.found("QUOTA_PROBING")
    assert (len(found.findings), found.part, found.whole) == (1, 1, 2)


def test_a_refusal_for_quota_counts_too_and_old_ones_do_not() -> None:
    story = Story()
    for number in (0, 40, 80):
        story.asked(hour(number), replies=OVER)
    assert not story.found("QUOTA_PROBING").findings
    story.received(hour(1), reasons=["QUOTA"], refused=True)
    story.received(hour(2), reasons=["QUOTA"], refused=True)
    assert not story.found("QUOTA_PROBING").findings
    story.received(hour(3), reasons=["QUOTA"], refused=True)
    assert [each.refs.asker for each in story.found("QUOTA_PROBING").findings] == ["p-9"]


def marched(*counts: int, quota: int = 20) -> Found:
    """The quota was met after so many questions on a Thursday; then come days with these counts."""
    story, start = Story(), MONDAY - timedelta(days=4)
    for _ in range(quota):
        story.asked(start)
    story.asked(start, replies=OVER)
    for day, count in enumerate(counts, 1):
        for _ in range(count):
            story.asked(start + timedelta(days=day))
    return story.found("QUOTA_PROBING")


@pytest.mark.parametrize(
    ("counts", "raises"),
    [
        ((0, 0, 0, 19, 18, 20), True),
        ((0, 0, 0, 19, 18, 12), False),
        ((19, 19, 19), False),  # before the period
        ((0, 0, 0, 25, 25, 25), False),
    ],
)
def test_marching_just_below_a_quota_that_was_met(counts: tuple[int, ...], *, raises: bool) -> None:
    findings = marched(*counts).findings
    assert (
        texts(findings) == ["QUOTA_PROBING: 3 days with 18 to 20 questions after the quota was met"] * raises
    )


def test_every_rule_says_what_it_means_and_what_not() -> None:
    seen = Story().seen()
    assert {each.rule.id for each in raised(seen)} == set(RULES)
    for rule in RULES.values():
        assert re.fullmatch(r"[A-Z].+\.", rule.meaning)
        assert re.fullmatch(r"[A-Z].+\.", rule.limits)
        assert rule.look(seen) == Found([], 0, 0)


ASKED = st.fixed_dictionaries(
    {
        "at": st.integers(0, 10 * 24).map(lambda each: MONDAY - timedelta(days=2) + timedelta(hours=each)),
        "person": st.sampled_from(["p-1", "p-2", "p-3"]),
        "case": st.sampled_from(["", CASE, OTHER_CASE]),
        "about": st.sampled_from([SAME, CASE]),
        "purpose": st.sampled_from(["OPERATIONAL_ANALYSIS", "CROSS_CHECKING"]),
        "self_lookup": st.booleans(),
        "replies": st.dictionaries(
            st.sampled_from(["se.polisen", "eu.europol"]),
            st.sampled_from(["ANSWERED", "NO_HIT", "REFUSED", "OVER_QUOTA", "TIMED_OUT"]),
        ),
    }
)


@given(asked=st.lists(ASKED, max_size=25))
def test_on_any_log_findings_are_bounded_distinct_and_of_the_period(asked: list[dict[str, Any]]) -> None:
    story = Story()
    for each in sorted(asked, key=lambda one: one["at"]):
        story.asked(**each)
    seen = story.seen()
    own: list[Question] = seen.asked
    for each in raised(seen):
        found = each.found
        assert found.part <= found.whole
        assert len({one.id for one in found.findings}) == len(found.findings) <= 2 * max(len(own), 1)
        if each.rule.id in {"NO_CASE", "SELF_LOOKUP", "OFF_HOURS"}:
            assert found.whole == len(own)
        assert raised(seen, each.rule.id)[0].found == found
    assert raised(seen)[0].found.part == sum(1 for each in own if not each.row.case)


def test_thresholds_are_data() -> None:
    story = Story()
    story.asked(about=SAME, replies=REFUSES)
    story.asked(hour(1), about=SAME)
    assert story.found("REFUSED_THEN_SUCCESS", thresholds=Thresholds(refusals=1)).findings
