"""Retention: what is due on a day, and what a hold keeps."""

from datetime import UTC, date, datetime

import pytest

from audit.entry import Entry, Kind
from audit.retention import Due, Holds, Survey, summary
from audit.sealing import Blob
from audit.store import StoredLeaf
from tests.audit.samples import DIGEST, NODE

CASE = "hmac-sha256:" + "ab" * 32
MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
BLOB = Blob(b"sealed", b"key")
LATE = date(2030, 1, 1)


def leaf(kind: Kind, blob: Blob | None = BLOB, subject: str = "", **facts: str) -> tuple[Entry, StoredLeaf]:
    entry = Entry(kind, NODE, facts, subject=subject)
    return entry, StoredLeaf(entry.leaf(MADE, None), blob)


def after_three_years(_kind: str, day: date) -> date:
    return day.replace(year=day.year + 3)


def survey(leaves: list[StoredLeaf], today: date = LATE, holds: Holds | None = None) -> Survey:
    found = Survey(today, holds or Holds(), after_three_years)
    for start in range(0, len(leaves), 2):
        found.take(start, leaves[start : start + 2])
    return found


@pytest.mark.parametrize(
    ("today", "due"), [(date(2029, 3, 1), 0), (date(2029, 3, 2), 1), (date(2026, 3, 1), 0)]
)
def test_a_blob_is_due_on_the_day_after_its_last(today: date, due: int) -> None:
    _, stored = leaf(Kind.ASKED, retain_until="2029-03-01")
    assert len(survey([stored], today).due) == due


def test_a_leaf_that_says_no_date_counts_from_its_own() -> None:
    _, stored = leaf(Kind.LOG_READ)
    assert survey([stored]).due == [Due(0, "LOG_READ", date(2026, 3, 1), date(2029, 3, 1))]


def test_only_blobs_that_are_there_are_due() -> None:
    _, erased = leaf(Kind.ASKED, blob=None)
    _, sealed = leaf(Kind.ASKED)
    found = survey([erased, sealed, erased])
    assert [each.index for each in found.due] == [1]
    assert (found.sealed, found.kept) == (1, 0)


def test_a_hold_on_a_case_reaches_the_whole_exchange() -> None:
    asked, first = leaf(Kind.ASKED, case=CASE, query_id="q-1", subject=DIGEST)
    _, free = leaf(Kind.ASKED, query_id="q-2")
    _, by_query = leaf(Kind.ANSWERS_RECEIVED, query_id="q-1")
    _, by_intent = leaf(Kind.CLOSED, intent=asked.id)
    _, by_request = leaf(Kind.DISCLOSED, request=DIGEST)
    found = survey([first, free, by_query, by_intent, by_request], holds=Holds(cases=frozenset({CASE})))
    assert [each.index for each in found.due] == [1]
    assert (found.kept, found.held) == (4, {0, 2, 3, 4})


@pytest.mark.parametrize("named", ["query_id", "id", "index"])
def test_what_an_open_finding_names_stays(named: str) -> None:
    entry, stored = leaf(Kind.ASKED, query_id="q-1")
    reference = {"query_id": "q-1", "id": entry.id, "index": "0"}[named]
    found = survey([stored], holds=Holds(references=frozenset({reference})))
    assert (found.due, found.kept, found.held) == ([], 1, {0})


def test_a_summary_counts_and_points_to_nobody() -> None:
    _, asked = leaf(Kind.ASKED, case=CASE, query_id="q-1")
    _, read = leaf(Kind.LOG_READ)
    told = summary(survey([asked, read, asked]).due)
    assert told == {
        "records": 3,
        "kinds": {"ASKED": 2, "LOG_READ": 1},
        "oldest": date(2026, 3, 1),
        "newest": date(2026, 3, 1),
    }
    assert summary([]) == {"records": 0, "kinds": {}, "oldest": None, "newest": None}
