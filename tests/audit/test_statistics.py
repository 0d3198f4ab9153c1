"""Statistics: sums that add up, small numbers that stay hidden, files that parse back and run nothing."""

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.entry import Entry, Kind, read_leaf
from audit.errors import FormatRefused
from audit.phrases import PHRASES
from audit.rendering import csv_of, facts_of, html_of, inert, lines_of
from audit.statistics import (
    COLUMNS,
    DIMENSIONS,
    FEW,
    MOST_GROUPS,
    OTHER,
    SMALL,
    SMALLEST,
    WITHHELD,
    Period,
    Statistics,
    count,
    withheld,
)
from audit.trusting import NOT_VERIFIED
from audit.verifier import Report
from tests.audit.samples import DIGEST, NODE, ORIGIN

YEAR = Period.parse("2026-01-01", "2027-01-01")
REPORT = Report("log.db", ORIGIN, 10, 9, "ab" * 32, f"good: {ORIGIN}", witnessed_size=8)


def record(kind: Kind, at: str = "2026-05-05T10:00:00.000+00:00", **facts: Any) -> dict[str, Any]:
    intent = facts.pop("entry_id", None)
    entry = Entry(kind, NODE, facts, subject=DIGEST, **({"id": intent} if intent else {}))
    return read_leaf(entry.leaf(datetime.fromisoformat(at), None))


def rows(found: Statistics, dimension: str) -> dict[str, dict[str, int | str]]:
    (table,) = [each for each in found.tables if each.dimension == dimension]
    return {row.group: dict(zip(COLUMNS, row.counts, strict=True)) for row in table.rows}


MANDATE = {
    "purpose": "CROSS_CHECKING",
    "legal_basis": "ER_18_2_A",
    "offence": "FRAUD",
    "unit": "u-1",
    "role": "analyst",
}


def test_an_outcome_counts_where_its_question_does() -> None:
    told = [
        record(Kind.ASKED, entry_id="a" * 32, asker="p-1", nodes_asked=["se.polisen", NODE], **MANDATE),
        record(
            Kind.ANSWERS_RECEIVED, intent="a" * 32, nodes_replied={"se.polisen": "ANSWERED", NODE: "NO_HIT"}
        ),
        record(
            Kind.QUESTION_RECEIVED,
            entry_id="b" * 32,
            partner="se.polisen",
            asker="p-2",
            purpose="CROSS_CHECKING",
        ),
        record(Kind.REFUSED, intent="b" * 32, partner="se.polisen", status="REFUSED"),
        record(Kind.LOG_READ, reader="p-3", unit="u-9"),
        None,
    ]
    found = count(told, YEAR)
    assert found.unreadable == 1
    assert found.totals.counts == (5, 1, 1, 0, 1, 1, FEW)
    assert rows(found, "purpose")["CROSS_CHECKING"]["entries"] == 4
    assert rows(found, "partner")["se.polisen"]["entries"] == 4
    assert rows(found, "status").keys() == {"ANSWERED", "NO_HIT", "REFUSED", ""}
    assert rows(found, "month").keys() == {"2026-05"}
    assert rows(found, "unit")["u-1"]["entries"] == FEW


def test_a_period_holds_its_start_and_not_its_end() -> None:
    told = [
        record(Kind.ASKED, "2025-12-31T23:59:59.999+00:00", entry_id="a" * 32, purpose="CROSS_CHECKING"),
        record(Kind.ANSWERS_RECEIVED, "2026-01-01T00:00:00.000+00:00", intent="a" * 32, nodes_replied={}),
        record(Kind.ASKED, "2027-01-01T00:00:00.000+00:00"),
        record(Kind.ASKED, "2020-01-01T00:00:00.000+00:00"),
    ]
    found = count(told, YEAR)
    assert found.totals.counts[0] == 1
    assert rows(found, "purpose").keys() == {"CROSS_CHECKING"}
    assert rows(found, "status").keys() == rows(found, "partner").keys() == {""}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-02-01", "2026-02-01"),
        ("x", "2026-01-01"),
        ("2026-13-01", "2027-01-01"),
        ("0001-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31"),
    ],
)
def test_what_is_no_period(start: str, end: str) -> None:
    with pytest.raises(FormatRefused):
        Period.parse(start, end)


def test_a_leaf_far_from_the_period_is_not_read() -> None:
    for at, near in (
        ("2025-12-31", True),
        ("2026-06-06", True),
        ("2025-12-20", False),
        ("2027-02-01", False),
    ):
        entry = Entry(
            Kind.ASKED, NODE, {"answer_digests": {"at": DIGEST}, "times_replied": {"at": "2026-05-05"}}
        )
        leaf = entry.leaf(datetime.fromisoformat(f"{at}T12:00:00+00:00"), None)
        assert YEAR.may_hold(leaf) is near
    assert YEAR.may_hold(b"no leaf")


def test_a_moment_that_no_calendar_has_cannot_be_counted() -> None:
    found = count([record(Kind.ASKED) | {"at": "2026-02-31T10:00:00+00:00"}], YEAR)
    assert (found.unreadable, found.totals.counts[0]) == (1, 0)


def test_times_with_a_zone_are_told_apart() -> None:
    period = Period.parse("2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00Z")
    assert datetime(2025, 12, 31, 23, 30, tzinfo=UTC) in period


def test_more_groups_than_a_page_holds() -> None:
    found = count([record(Kind.ASKED, unit=f"u-{i}") for i in range(MOST_GROUPS + 10)], YEAR)
    told = rows(found, "unit")
    assert len(told) == MOST_GROUPS + 1
    assert told[OTHER]["asked"] == 10


facts = st.fixed_dictionaries(
    {},
    optional={
        "purpose": st.sampled_from(["CROSS_CHECKING", "INFORMATION_EXCHANGE"]),
        "unit": st.sampled_from(["u-1", "u-2", "u-3"]),
        "role": st.sampled_from(["analyst", "liaison"]),
        "partner": st.sampled_from(["se.polisen", "eu.europol"]),
        "status": st.sampled_from(["ANSWERED", "NO_HIT"]),
        "asker": st.sampled_from([f"p-{i}" for i in range(12)]),
    },
)
records = st.lists(
    st.builds(
        lambda kind, month, told: record(kind, f"2026-{month:02}-05T10:00:00.000+00:00", **told),
        st.sampled_from([Kind.ASKED, Kind.QUESTION_RECEIVED, Kind.DISCLOSED, Kind.REFUSED, Kind.LOG_READ]),
        st.integers(1, 12),
        facts,
    ),
    max_size=60,
)


@given(records)
def test_the_groups_of_a_dimension_add_up_to_the_total(told: list[dict[str, Any]]) -> None:
    found = count(told, YEAR)
    assert found.totals.counts[0] == len(told)
    for dimension in set(DIMENSIONS) - SMALL:
        for column, name in enumerate(COLUMNS[:-1]):
            assert sum(row[name] for row in rows(found, dimension).values()) == found.totals.counts[column]  # type: ignore[misc]  # nothing is withheld in these


@given(records)
def test_no_small_number_of_a_small_group_is_told(told: list[dict[str, Any]]) -> None:
    found = count(told, YEAR)
    for table in found.tables:
        for row in table.rows:
            for name, number in zip(COLUMNS, row.counts, strict=True):
                if table.dimension in SMALL or name == "persons":
                    assert number in {0, FEW, WITHHELD} or int(number) >= SMALLEST


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), max_size=6))
def test_one_number_alone_is_never_hidden(numbers: list[list[int]]) -> None:
    """With the sum of a column known, a single hidden number would be told by subtraction."""
    matrix = [[sum(row), *row, 0, 0, 0] for row in numbers]
    told = withheld(matrix, range(len(COLUMNS)))
    for column in range(len(COLUMNS)):
        hidden = [row for row in told if isinstance(row[column], str)]
        others = [row for row in told if isinstance(row[column], int) and row[column]]
        assert len(hidden) != 1 or not others
    for row in told:
        kinds = [each for each in row[1:6] if isinstance(each, str)]
        assert len(kinds) != 1 or isinstance(row[0], str)


class Reader(HTMLParser):
    """Counts tags, and fails on what would run or be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe", "a"}
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_a_page_for_everyone(language: str) -> None:
    found = count([record(Kind.ASKED, **MANDATE)], YEAR)
    page = html_of(found, REPORT, language)
    reader = Reader()
    reader.feed(page)
    tags = [tag for tag, _ in reader.seen]
    assert ("html", {"lang": language}) in reader.seen
    assert tags.count("table") == tags.count("caption") == len(DIMENSIONS) + 1
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in reader.seen if tag == "th")
    for told in (ORIGIN, "ab" * 32, "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00", "&lt;5"):
        assert told in page
    assert PHRASES[language]["verified"] in "\n".join(lines_of(found, REPORT, language))


def test_every_language_says_the_same() -> None:
    assert {frozenset(words) for words in PHRASES.values()} == {frozenset(PHRASES["en"])}


@given(st.text(min_size=1, max_size=40), st.sampled_from(sorted(PHRASES)))
def test_hostile_words_stay_words(text: str, language: str) -> None:
    """Whatever a log holds in a group's place: HTML shows it, CSV gives it back, no spreadsheet runs it."""
    hostile = record(Kind.ASKED) | {"purpose": text, "status": f"=cmd|{text}", "unit": f"<script>{text}"}
    report = Report("log.db", f"<b>{text}", signature=NOT_VERIFIED)
    found = count([hostile] * 7, YEAR)
    Reader().feed(html_of(found, report, language))
    told = list(csv.reader(io.StringIO(csv_of(found, report, language), newline="")))
    assert {len(row) for row in told} == {2 + len(COLUMNS)}
    assert not [cell for row in told for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert inert(text) in [row[1] for row in told]
    assert f"'=cmd|{text}" in [row[1] for row in told]
    purposes = [row for row in told if row[1] == inert(text)]
    assert ["7", "7"] in [row[2:4] for row in purposes]
    assert json.loads(json.dumps(facts_of(found, report)))["tables"]["purpose"][text]["asked"] == 7


def test_what_was_not_verified_says_so() -> None:
    report = Report("log.db", signature=NOT_VERIFIED)
    assert PHRASES["en"]["unverified"] in html_of(count([], YEAR), report, "en")
    assert facts_of(count([], YEAR), report)["verified"] is False
