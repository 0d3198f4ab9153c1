"""What a load changes is told before anybody can see it, says what it takes away, and hinders no reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest

from tenants.changes import Change, taken_back
from tenants.envelope import Defaults
from tenants.loader import LoadReport
from tenants.shelf import Shelf

NOW = 1_000


@dataclass
class Listening:
    """Hears of a load, and what the shelf shows at that moment; may end it."""

    shelf: Shelf
    heard: list[tuple[int, tuple[Change, ...], dict[str, int]]] = field(default_factory=list)
    reports: list[LoadReport] = field(default_factory=list)
    ends: str = ""

    def changing(self, load: int, changes: Sequence[Change]) -> None:
        self.heard.append((load, tuple(changes), dict(self.shelf.versions([each.id for each in changes]))))
        if self.ends == "changing":
            raise InterruptedError

    def written(self, report: LoadReport) -> None:
        self.reports.append(report)
        if self.ends == "written":
            raise InterruptedError


def row(name: str, note: str, **envelope: Any) -> dict[str, Any]:
    told = {"dataset": "cases", "subject_category": "WITNESS", "retain_until": "2030-01-01"} | envelope
    properties = {"name": ["Jean Exemple"], "notes": [note]}
    return {"id": name, "schema": "Person", "properties": properties, "envelope": told}


def load(watch: Listening, path: Path, *rows: dict[str, Any]) -> LoadReport:
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in rows))
    return watch.shelf.loader("fr.ofast", lambda: NOW, watch=watch).load_jsonl(path, Defaults())


def test_changes_are_told_before_they_can_be_seen(shelf: Shelf, tmp_path: Path) -> None:
    watch, path = Listening(shelf), tmp_path / "a.jsonl"
    first = load(watch, path, row("a", "1"), row("b", "1"), row("c", "1"))
    assert watch.heard == [], "new records change nothing"
    second = load(watch, path, row("a", "2"), row("b", "1"), row("c", "1", withdrawn=True))
    ((number, changes, seen),) = watch.heard
    assert (number, set(changes)) == (second.number, {Change("a", 2), Change("c", 2, "RECORD_WITHDRAWN")})
    assert seen == {"a": 1, "c": 1}, "and whoever reads meanwhile is not kept waiting"
    assert shelf.versions(["a", "b", "c", "d"]) == {"a": 2, "b": 1, "c": 2}
    assert [each.number for each in watch.reports] == [first.number, second.number]
    assert (watch.reports[-1].altered, watch.reports[-1].unchanged) == (2, 1)


def test_who_cannot_be_told_ends_the_load_and_is_told_again(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    load(Listening(shelf), path, row("a", "1"))
    deaf = Listening(shelf, ends="changing")
    with pytest.raises(InterruptedError):
        load(deaf, path, row("a", "2"))
    assert shelf.versions(["a"]) == {"a": 1}
    late = Listening(shelf, ends="written")
    with pytest.raises(InterruptedError):
        load(late, path, row("a", "2"))
    assert late.heard[0][1] == deaf.heard[0][1] == (Change("a", 2),)
    assert shelf.versions(["a"]) == {"a": 2}
    last = Listening(shelf)
    report = load(last, path, row("a", "2"))
    assert (report.altered, report.resumed) == (1, True), "the counts are those of the whole load"
    assert last.heard == []
    assert load(last, path, row("a", "2")).unchanged == 1


def test_readers_see_the_load_go_on_and_wait_for_nothing(shelf: Shelf, tmp_path: Path) -> None:
    watch = Listening(shelf)
    path = tmp_path / "a.jsonl"
    load(watch, path, *(row(f"r-{number}", "1") for number in range(3_000)))
    seen: set[int] = set()
    thread = Thread(target=load, args=(watch, path, *(row(f"r-{number}", "2") for number in range(3_000))))
    thread.start()
    while thread.is_alive():
        seen.add(sum(shelf.versions(["r-0", "r-1500", "r-2999"]).values()))
    thread.join()
    assert seen >= {3}
    assert seen <= {3, 4, 5, 6}
    assert sum(shelf.versions(["r-0", "r-1500", "r-2999"]).values()) == 6


BEFORE: dict[str, Any] = {
    "dataset": "cases", "case_ref": None, "owner": "fr.ofast", "schema": "Person", "retain_until": NOW + 5,
    "subject_category": "WITNESS", "handling": '["H1"]', "tlp": "AMBER", "ongoing": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ({}, ""),
        ({"dataset": "closed"}, "RECORD_WITHDRAWN"),
        ({"case_ref": "C-1"}, "RECORD_WITHDRAWN"),
        ({"owner": "fr.other"}, "RECORD_WITHDRAWN"),
        ({"schema": "Company"}, "RECORD_WITHDRAWN"),
        ({"retain_until": 0}, "RECORD_WITHDRAWN"),
        ({"retain_until": None}, "RETENTION_EXPIRED"),
        ({"retain_until": NOW}, "RETENTION_EXPIRED"),
        ({"retain_until": NOW + 1}, ""),
        ({"subject_category": "UNCATEGORISED"}, "UNCATEGORISED"),
        ({"subject_category": "CONTACT"}, ""),
        ({"handling": '["H1","H2"]'}, "HANDLING_CODE"),
        ({"handling": "[]"}, ""),
        ({"tlp": "AMBER+STRICT"}, "HANDLING_CODE"),
        ({"tlp": "GREEN"}, ""),
        ({"ongoing": True}, "ONGOING_INVESTIGATION"),
    ],
)
def test_what_takes_a_record_back(after: dict[str, Any], reason: str) -> None:
    assert taken_back(BEFORE, BEFORE | after, NOW) == reason


def test_an_investigation_that_goes_on_takes_nothing_back() -> None:
    under_way = BEFORE | {"ongoing": True}
    assert taken_back(under_way, under_way | {"tlp": "GREEN"}, NOW) == ""
