"""Loads and what they turned away, page by page; a person's category is given once, for what was seen."""

import json
from pathlib import Path
from typing import Any

import pytest

from policy.terms import SubjectCategory
from tenants.changes import Change
from tenants.envelope import Defaults
from tenants.errors import CategoryRefused, ShelfUnavailable
from tenants.intake import Category
from tenants.loader import LoadReport
from tenants.shelf import Shelf

FR = "fr.ofast"
DEFAULTS = Defaults({"dataset": "cases"})
PHONE = "+33639980001"


def person(record_id: str, category: str | None = None, **properties: list[Any]) -> dict[str, Any]:
    envelope = {} if category is None else {"envelope": {"subject_category": category}}
    return {"id": record_id, "schema": "Person", "properties": {"name": [record_id], **properties}} | envelope


def load(shelf: Shelf, path: Path, rows: list[Any], *, at: int = 0) -> LoadReport:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return shelf.loader(FR, lambda: at).load_jsonl(path, DEFAULTS)


def given(
    shelf: Shelf, record: str, version: int, category: SubjectCategory, *, at: int = 60
) -> list[Change]:
    told: list[Change] = []
    shelf.intake().categorise(
        Category(record, version, category), FR, at, lambda _, change: told.append(change)
    )
    return told


def test_loads_are_listed_newest_first_with_the_names_of_their_files(shelf: Shelf, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        load(shelf, tmp_path / f"{name}.jsonl", [person(f"{name}-1"), {"bad": 1}])
    newest, *_ = listed = shelf.intake().loads(first=2)
    assert [(each.number, each.file) for each in listed] == [(3, "three.jsonl"), (2, "two.jsonl")]
    assert (newest.lines, newest.loaded, newest.rejected, newest.quarantined) == (2, 1, 1, 1)
    assert newest.digest.startswith("sha256:")
    assert newest.finished_at == "1970-01-01T00:00:00Z"
    assert [each.number for each in shelf.intake().loads(before=2)] == [1]


def test_a_load_that_is_run_again_keeps_its_number_and_takes_the_new_name(
    shelf: Shelf, tmp_path: Path
) -> None:
    for name in ("before", "after"):
        load(shelf, tmp_path / f"{name}.jsonl", [person("p-1")])
    assert [(each.number, each.file) for each in shelf.intake().loads()] == [(1, "after.jsonl")]


def test_what_was_turned_away_names_line_and_both_sides_and_is_paged(shelf: Shelf, tmp_path: Path) -> None:
    rows = [
        person("p-1"),
        *({"schema": "Nobody", "id": f"x-{n}"} for n in range(4)),
        person("p-2", birthDate=[1]),
    ]
    load(shelf, tmp_path / "a.jsonl", rows)
    intake = shelf.intake()
    first = intake.turned(1, first=3)
    assert [(each.line, each.code, each.kept) for each in first] == [
        (line, "UNKNOWN_SCHEMA", False) for line in (2, 3, 4)
    ]
    rest = intake.turned(1, after=(first[-1].line, first[-1].ordinal))
    assert [(each.line, each.field, each.code) for each in rest] == [
        (5, "schema", "UNKNOWN_SCHEMA"),
        (6, "birthDate", "NOT_TEXT"),
    ]
    assert "1 is no text" in rest[-1].reason
    assert intake.turned(2) == []


def test_a_category_is_given_without_changing_anything_else(shelf: Shelf, tmp_path: Path) -> None:
    load(shelf, tmp_path / "a.jsonl", [person("p-1", phone=[PHONE]), person("p-2")])
    shelf.arrivals().taken(shelf.arrivals().waiting())
    [held, _] = shelf.intake().quarantined()
    assert (held.id, held.version) == ("p-1", 1)
    assert given(shelf, "p-1", 1, SubjectCategory.WITNESS) == [Change("p-1", 2, "RETENTION_EXPIRED")]
    assert [each.id for each in shelf.intake().quarantined()] == ["p-2"]
    assert shelf.versions(["p-1", "p-2"]) == {"p-1": 2, "p-2": 1}
    [arrival] = shelf.arrivals().waiting()
    assert (arrival.record, arrival.version, arrival.identifiers) == ("p-1", 2, (("phone", PHONE),))
    assert given(shelf, "p-2", 1, SubjectCategory.VICTIM)
    assert [each.record for each in shelf.arrivals().waiting()] == ["p-1"], "p-2 names no identifier"


def test_a_category_holds_until_the_source_says_something_else(shelf: Shelf, tmp_path: Path) -> None:
    load(shelf, tmp_path / "a.jsonl", [person("p-1")])
    given(shelf, "p-1", 1, SubjectCategory.WITNESS)
    again = load(shelf, tmp_path / "b.jsonl", [person("p-1"), person("p-2", "WITNESS")])
    assert (again.unchanged, again.quarantined) == (1, 0)
    assert shelf.intake().quarantined() == []
    changed = load(shelf, tmp_path / "c.jsonl", [person("p-1", birthDate=["1970-01-01"])])
    assert (changed.altered, changed.quarantined) == (1, 1)
    assert [(each.id, each.version) for each in shelf.intake().quarantined()] == [("p-1", 3)]


@pytest.mark.parametrize(
    ("record", "version", "category", "why"),
    [
        ("p-1", 2, SubjectCategory.WITNESS, "is at version 1, not 2"),
        ("p-2", 1, SubjectCategory.VICTIM, "is WITNESS, not UNCATEGORISED"),
        ("p-3", 1, SubjectCategory.VICTIM, "is not here"),
        ("p-1", 1, SubjectCategory.NOT_A_PERSON, "a person has one of"),
        ("p-1", 1, SubjectCategory.UNCATEGORISED, "a person has one of"),
    ],
)
def test_a_category_is_refused_for_what_was_not_seen_so(
    shelf: Shelf, tmp_path: Path, record: str, version: int, category: SubjectCategory, why: str
) -> None:
    load(shelf, tmp_path / "a.jsonl", [person("p-1"), person("p-2", "WITNESS")])
    with pytest.raises(CategoryRefused, match=why):
        given(shelf, record, version, category)
    assert shelf.versions(["p-1", "p-2"]) == {"p-1": 1, "p-2": 1}


def test_what_nobody_may_know_of_is_undone(shelf: Shelf, tmp_path: Path) -> None:
    load(shelf, tmp_path / "a.jsonl", [person("p-1")])

    def broken(_load: int, _change: Change) -> None:
        raise ShelfUnavailable("the book of changes is closed")

    with pytest.raises(ShelfUnavailable, match="the book of changes"):
        shelf.intake().categorise(Category("p-1", 1, SubjectCategory.WITNESS), FR, 60, broken)
    assert shelf.versions(["p-1"]) == {"p-1": 1}
    assert [each.id for each in shelf.intake().quarantined()] == ["p-1"]
