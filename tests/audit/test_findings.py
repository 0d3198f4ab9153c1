"""The book of findings: one conformance suite on every adapter."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from audit.errors import FindingRefused, OversightUnavailable
from audit.findings import MAX_REFS, NEXT, Change, Finding, FindingBook, Refs, State, Wanted, finding_id
from audit.memory_findings import MemoryFindings
from audit.oversight_tables import open_oversight
from audit.severity import Severity
from audit.sql_findings import SqlFindings

Maker = Callable[[], FindingBook]
AT = datetime(2026, 11, 20, 23, 15, tzinfo=UTC)
REQUEST = f"sha256:{'a' * 64}"


@pytest.fixture
def books(oversight_engine: Engine | None) -> Maker:
    """A maker of books that are all on one and the same database."""
    if oversight_engine is None:
        memory = MemoryFindings()
        return lambda: memory
    return lambda: SqlFindings(oversight_engine)


def finding(about: str = "q-1", rule: str = "NO_CASE", severity: Severity = Severity.LOW) -> Finding:
    refs = Refs((3, 4), REQUEST, "q-1", f"p-{about}", "se.polisen")
    return Finding.of(rule, severity, AT, about, "NO_CASE: 1 exchange without a case", refs)


def change(state: State, at: str = "2026-11-21T08:00:00.000+00:00") -> Change:
    return Change(state, "INQUIRY", "p-auditor", at)


def test_finding_the_same_twice_adds_it_once(books: Maker) -> None:
    book = books()
    assert book.add([finding("a"), finding("b"), finding("a")]) == 2
    assert books().add([finding("b"), finding("c")]) == 1
    assert [each.refs.asker for each in book.list(Wanted())] == ["p-c", "p-b", "p-a"]
    kept = book.get(finding("a").id)
    assert (kept.refs, kept.severity, kept.at) == (finding("a").refs, Severity.LOW, finding("a").at)
    assert (kept.state, kept.change, kept.number) == (State.OPEN, None, 1)


def test_a_list_is_narrowed_and_paged(books: Maker) -> None:
    book = books()
    book.add([finding("a"), finding("b", "VOLUME", Severity.HIGH), finding("c", "VOLUME", Severity.INFO)])
    taken = book.get(finding("b", "VOLUME").id)
    book.set_state(taken, change(State.UNDER_REVIEW))

    def abouts(wanted: Wanted) -> list[str]:
        return [each.refs.asker for each in book.list(wanted)]

    assert abouts(Wanted(rule="VOLUME")) == ["p-c", "p-b"]
    assert abouts(Wanted(state=State.OPEN)) == ["p-c", "p-a"]
    assert abouts(Wanted(least=Severity.LOW)) == ["p-b", "p-a"]
    assert abouts(Wanted(asker="p-a")) == ["p-a"]
    assert abouts(Wanted(first=1)) == ["p-c"]
    assert abouts(Wanted(before=book.list(Wanted(first=1))[0].number)) == ["p-b", "p-a"]


def test_a_finding_goes_its_way_and_keeps_who_and_why(books: Maker) -> None:
    book = books()
    book.add([finding()])
    reviewed = book.set_state(book.get(finding().id), change(State.UNDER_REVIEW))
    assert reviewed == book.get(finding().id)
    confirmed = book.set_state(reviewed, change(State.CONFIRMED, "2026-11-22T08:00:00.000+00:00"))
    assert book.get(finding().id) == confirmed
    assert confirmed.change == Change(
        State.CONFIRMED, "INQUIRY", "p-auditor", "2026-11-22T08:00:00.000+00:00"
    )
    assert book.add([finding()]) == 0
    assert book.get(finding().id).state is State.CONFIRMED


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_only_the_steps_that_there_are(old: State, new: State) -> None:
    one = Finding("f-1", "NO_CASE", Severity.LOW, "", Refs(), "x", old)
    if new in NEXT[old]:
        assert one.changed(change(new)).state is new
    else:
        with pytest.raises(FindingRefused, match=f"is {old}, it cannot become {new}"):
            one.changed(change(new))


def test_two_who_change_it_at_once_do_not_overwrite_each_other(books: Maker) -> None:
    book = books()
    book.add([finding()])
    read = book.get(finding().id)
    book.set_state(read, change(State.UNDER_REVIEW))
    with pytest.raises(FindingRefused, match="has changed since it was read"):
        book.set_state(read, change(State.UNDER_REVIEW, "2026-11-23T08:00:00.000+00:00"))


def test_what_is_not_there_is_named(books: Maker) -> None:
    with pytest.raises(FindingRefused, match="'f-none': there is none"):
        books().get("f-none")


def test_a_finding_holds_codes_and_numbers_only() -> None:
    with pytest.raises(FindingRefused, match="not made of codes and numbers"):
        Finding.of("NO_CASE", Severity.LOW, AT, "x", "Hélène asked", Refs())
    with pytest.raises(FindingRefused, match="is not a code"):
        Finding.of("no case", Severity.LOW, AT, "x", "text", Refs())
    with pytest.raises(FindingRefused, match="is not a code"):
        Change(State.DISMISSED, "because I say so", "p-1", "")
    with pytest.raises(FindingRefused, match="not named by a pseudonym"):
        Change(State.DISMISSED, "INQUIRY", "Hélène Brévard", "")
    with pytest.raises(FindingRefused, match="501 are wanted"):
        Wanted(first=501)


def test_its_id_follows_from_rule_and_subject_alone() -> None:
    assert finding("a").id == finding_id("NO_CASE", "a") != finding_id("VOLUME", "a")
    many = Finding.of("NO_CASE", Severity.LOW, AT, "x", "text", Refs(tuple(range(200))))
    assert len(many.refs.indexes) == MAX_REFS


def test_a_database_that_fails_is_named(tmp_path: Path) -> None:
    engine = open_oversight(f"sqlite:///{tmp_path / 'oversight.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE oversight_finding"))
    with pytest.raises(OversightUnavailable, match="oversight database"):
        SqlFindings(engine).get("f-1")
    engine.dispose()
