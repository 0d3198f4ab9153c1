"""A load takes what is good, names what is bad, changes nothing twice, and survives being killed."""

import json
import signal
import subprocess
import sys
from math import ceil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, select, text

from tenants import cleaning, loader, rejects
from tenants.cleaning import clean
from tenants.envelope import Defaults
from tenants.errors import RecordRejected, ShelfUnavailable, SourceRejected
from tenants.formats.known import codecs
from tenants.formats.port import Format, Item, Parcel
from tenants.jsonl_source import Read
from tenants.loader import LoadReport
from tenants.model import EntityModel
from tenants.preparing import prepare
from tenants.record import Reader
from tenants.shelf import Shelf, open_shelf
from tenants.tables import Shelf as Rows
from tests.tenants.rows import make_rows

ROWS = len(make_rows(1))
DEFAULTS = Defaults({"dataset": "cases", "subject_category": "SUSPECT_OR_CONVICTED"})


def _person(record_id: str = "p-1", **properties: list[Any]) -> dict[str, Any]:
    return {"id": record_id, "schema": "Person", "properties": {"name": ["Jean Exemple"], **properties}}


def _write(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def _load(shelf: Shelf, path: Path, defaults: Defaults = DEFAULTS, *, at: int = 0) -> LoadReport:
    return shelf.loader("fr.ofast", lambda: at, "loader-1").load_jsonl(path, defaults)


def _dump(url: str) -> dict[str, list[str]]:
    """Everything on the shelf but the bookkeeping of loads, sorted."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in Rows.metadata.tables.items()
            if name not in ("source", "source_file", "layout")
        }
    engine.dispose()
    return found


def test_loading_twice_changes_nothing(shelf: Shelf, url: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", [*make_rows(1), {"bad": 1}])
    first = _load(shelf, path, Defaults(), at=1)
    before = _dump(url)
    again = _load(shelf, path, Defaults(), at=2)
    assert (first.loaded, first.altered, first.unchanged, first.rejected) == (ROWS, 0, 0, 1)
    assert (again.loaded, again.altered, again.unchanged, again.rejected) == (0, 0, ROWS, 1)
    assert first.source_digest == again.source_digest
    assert _dump(url) == before


@pytest.mark.parametrize("name", list(Format))
def test_what_left_in_a_format_is_loaded_from_it(
    name: Format, shelf: Shelf, tmp_path: Path, model: EntityModel
) -> None:
    """The same records: loaded from the lines before, nothing changes; a bad one is named by its number."""
    rows = [
        row
        for row in make_rows(1)
        if all(row["properties"].values()) and Reader(model, "fr.ofast", Defaults()).read(row)
    ][:40]
    _load(shelf, _write(tmp_path / "a.jsonl", rows), Defaults(), at=1)
    codec, unchanged = codecs(model)[name], 0
    items = tuple(Item("fr.ofast", {"envelope": {}, **row}) for row in rows)
    bad = Item("fr.ofast", {"id": "bad", "schema": "Nothing", "properties": {"a": ["b"]}, "envelope": {}})
    rejected = []
    for number, file in enumerate(codec.write(Parcel((*items, bad)))):
        path = tmp_path / f"{number}{file.ending}"
        path.write_bytes(file.content.encode())
        report = shelf.loader("fr.ofast", lambda: 2, "loader-1").load_format(path, codec, Defaults())
        assert (report.loaded, report.altered) == (0, 0), report
        unchanged += report.unchanged
        if report.rejects_path:
            rejected += list(map(json.loads, report.rejects_path.read_text().splitlines()))
    assert unchanged == len(rows)
    assert [each["code"] for each in rejected] == ["UNKNOWN_SCHEMA"]


def test_another_content_is_another_version_and_the_old_one_stays(
    shelf: Shelf, url: str, tmp_path: Path
) -> None:
    _load(shelf, _write(tmp_path / "a.jsonl", [_person(phone=["+33612345678"])]), at=1)
    report = _load(shelf, _write(tmp_path / "b.jsonl", [_person(phone=["+46701234567"])]), at=86_400)
    assert (report.loaded, report.altered) == (0, 1)
    rows = _dump(url)
    assert "2, '1970-01-02T00:00:00Z', 'loader-1'" in rows["record"][0]
    assert "+33612345678" in rows["record_version"][0]
    assert ["+46701234567" in entry for entry in rows["identifier"]] == [True]
    back = _load(shelf, tmp_path / "a.jsonl", at=3)
    assert back.altered == 1
    assert len(_dump(url)["record_version"]) == 2


def test_bad_rows_are_named_and_the_rest_is_loaded(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    bad = [
        ("{", "JSON", ""),
        ('{"id": "x", "id": "y"}', "DUPLICATE_KEY", ""),
        ([1], "NOT_A_RECORD", ""),
        (_person() | {"colour": "red"}, "NOT_A_RECORD", ""),
        (_person() | {"properties": []}, "NOT_A_RECORD", "properties"),
        (_person("two words"), "RECORD_ID", "id"),
        (_person() | {"schema": "Wizard"}, "UNKNOWN_SCHEMA", "schema"),
        (_person() | {"schema": "Thing"}, "UNKNOWN_SCHEMA", "schema"),
        (_person(wand=["oak"]), "UNKNOWN_PROPERTY", "wand"),
        (_person(wр=["oak"]), "UNKNOWN_PROPERTY", "w\\u0440"),
        (_person(alias="no list"), "NOT_VALUES", "alias"),
        (_person(alias=["x"] * 501), "NOT_VALUES", "alias"),
        (_person(alias=[7]), "NOT_TEXT", "alias"),
        (_person(alias=["a\0b"]), "NOT_TEXT", "alias"),
        ('{"id": "s", "schema": "Person", "properties": {"name": ["\\ud800"]}}', "NOT_TEXT", "name"),
        (_person(birthDate=["yesterday"]), "VALUE", "birthDate"),
        (_person(phone=["12"]), "PHONE_INVALID", "phone"),
        (_person(parent=["two words"]), "RECORD_ID", "parent"),
        ({"id": "p-2", "schema": "Person", "properties": {"alias": ["X"]}}, "REQUIRED", "name"),
        ({"id": "d-1", "schema": "Debt", "properties": {"debtor": ["p-1"]}}, "MISSING_END", ""),
        (_person() | {"envelope": {"tlp": "BLUE"}}, "ENVELOPE_WORD", "envelope.tlp"),
    ]  # fmt: skip
    report = _load(shelf, _write(path, [row for row, _, _ in bad] + [_person("good")]))
    assert (report.loaded, report.rejected) == (1, len(bad))
    assert report.rejects_path == tmp_path / "a.jsonl.rejects.jsonl"
    told = [json.loads(line) for line in report.rejects_path.read_text().splitlines()]
    assert [(row["line"], row["code"], row["field"]) for row in told] == [
        (line, code, field) for line, (_, code, field) in enumerate(bad, 1)
    ]
    assert all(row["file"] == "a.jsonl" and row["reason"] and not row["kept"] for row in told)
    repaired = _load(shelf, _write(path, [_person("good")]))
    assert repaired.rejects_path is None
    assert not (tmp_path / "a.jsonl.rejects.jsonl").exists()


def test_bad_values_can_be_left_out_and_are_named(shelf: Shelf, url: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", [_person(birthDate=["yesterday", "1980-02-01"], phone=["12"])])
    report = _load(shelf, path, Defaults({"dataset": "cases"}, drop_bad_values=True))
    assert (report.loaded, report.rejected, report.quarantined) == (1, 0, 1)
    assert report.rejects_path is not None
    told = [json.loads(line) for line in report.rejects_path.read_text().splitlines()]
    assert [(row["field"], row["kept"]) for row in told] == [("birthDate", True), ("phone", True)]
    assert "1980-02-01" in _dump(url)["record"][0]


def test_an_id_that_stands_twice_with_other_content_is_rejected(
    shelf: Shelf, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [_person("a"), _person("b"), _person("a"), _person("a", alias=["Other"])]
    path = _write(tmp_path / "a.jsonl", rows)
    for batch in (1_000, 1):
        monkeypatch.setattr(loader, "BATCH", batch)
        report = _load(shelf, path)
        assert report.rejected == 1
        assert report.loaded + report.unchanged == 3
    assert len(_dump(url)["record_version"]) == 0


def test_persons_without_a_category_are_quarantined(shelf: Shelf, tmp_path: Path) -> None:
    rows = [_person("a"), _person("b") | {"envelope": {"subject_category": "WITNESS", "case": "C-1"}}]
    report = _load(shelf, _write(tmp_path / "a.jsonl", rows), Defaults({"dataset": "cases"}), at=60)
    assert (report.loaded, report.quarantined) == (2, 1)
    [held] = shelf.intake().quarantined()
    assert (held.id, held.schema, held.dataset, held.line, held.recorded_at) == (
        "a",
        "Person",
        "cases",
        1,
        "1970-01-01T00:01:00Z",
    )
    assert shelf.intake().quarantined(after="a") == []
    counts = shelf.statistics()
    assert (counts.records, counts.quarantined, counts.by_schema) == (2, 1, {"Person": 2})


def test_progress_ends_at_the_size_of_the_file(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "BATCH", 7)
    path = _write(tmp_path / "a.jsonl", make_rows(1))
    told: list[tuple[int, int]] = []
    shelf.loader("fr.ofast", lambda: 0).load_jsonl(path, Defaults(), lambda *pair: told.append(pair))
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(told) == ceil(ROWS / 7)


def test_what_cannot_be_loaded_at_all(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(SourceRejected, match="SOURCE_UNREADABLE"):
        _load(shelf, tmp_path / "nothing.jsonl")
    with pytest.raises(RecordRejected, match="ENVELOPE_KEY"):
        _load(shelf, _write(tmp_path / "a.jsonl", []), Defaults({"colour": "red"}))


def test_a_file_that_changes_under_the_load_is_not_finished(shelf: Shelf, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", [_person()])

    def grow(_: int, __: int) -> None:
        with path.open("a") as file:
            file.write("\n")

    with pytest.raises(SourceRejected, match="SOURCE_CHANGED"):
        shelf.loader("fr.ofast", lambda: 0).load_jsonl(path, DEFAULTS, grow)


def test_helpers_give_the_same_batches(model: EntityModel) -> None:
    reader = Reader(model, "fr.ofast", Defaults())
    runs = [
        [Read(n, n * 10, json.dumps(row).encode()) for n, row in enumerate([*make_rows(seed), {"bad": 1}], 1)]
        for seed in range(5)
    ]
    assert list(clean(iter(runs), reader, 2)) == [prepare(run, reader) for run in runs]


def test_a_helper_that_dies_ends_the_load_with_a_name(model: EntityModel) -> None:
    reader = Reader(model, "fr.ofast", Defaults())
    helper = cleaning._Helper(reader)
    with helper:
        helper._process.kill()
        helper._process.wait()
        with pytest.raises(ShelfUnavailable, match="cleaning process"):
            helper.receive()
        with pytest.raises(ShelfUnavailable, match="cleaning process"):
            helper.send([])


def test_large_files_are_cleaned_by_helpers(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "LARGE", 1_000)
    monkeypatch.setattr(loader, "BATCH", 50)
    report = _load(shelf, _write(tmp_path / "a.jsonl", [*make_rows(1), {"bad": 1}]), Defaults())
    assert (report.loaded, report.rejected) == (ROWS, 1)


def test_a_rejects_file_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "a.rejects.jsonl"

    def broken() -> Any:
        yield b"{}"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        rejects.replace_lines(target, broken())
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys
from pathlib import Path
from tenants import loader
from tenants.envelope import Defaults
from tenants.shelf import open_shelf
loader.BATCH = 10
shelf = open_shelf(sys.argv[1])
told = lambda done, total: print(done, flush=True)
print(shelf.loader("fr.ofast", lambda: 0).load_jsonl(Path(sys.argv[2]), Defaults(), told))
"""


def _run_and_kill(url: str, path: Path, batches: int) -> bool:
    """Load in a process of its own, `kill -9` it after some batches; whether it was still at it."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, url, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        for _ in range(batches):
            if not process.stdout.readline():
                break
        process.kill()
    return process.wait() == -signal.SIGKILL


@pytest.mark.slow
async def test_killed_in_the_middle_it_ends_at_the_same_state(
    url: str, model: EntityModel, tmp_path: Path
) -> None:
    rows = [dict(row, id=f"{row['id']}-{copy}") for copy in range(6) for row in make_rows(copy)]
    path = _write(tmp_path / "a.jsonl", [*rows[:300], {"bad": 1}, *rows[300:], _person("zz", phone=["12"])])
    rejected = tmp_path / "a.jsonl.rejects.jsonl"
    for batches in (3, 9, 1, 20):
        assert _run_and_kill(url, path, batches)
        assert not rejected.exists()
    shelf = open_shelf(url, model)
    last = shelf.loader("fr.ofast", lambda: 0).load_jsonl(path, Defaults())
    assert (last.loaded, last.unchanged, last.rejected, last.resumed) == (len(rows), 0, 2, True)
    other = f"sqlite:///{tmp_path}/other.sqlite"
    straight = open_shelf(other, model)
    assert straight.loader("fr.ofast", lambda: 0).load_jsonl(path, Defaults()).loaded == len(rows)
    dumped = [_dump(url), _dump(other)]
    for each in dumped:
        assert len(each.pop("revision")) == 1, "it says which transactions, not what they wrote"
    assert dumped[0] == dumped[1]
    assert len(rejected.read_text().splitlines()) == 2
    await shelf.close()
    await straight.close()


async def test_another_layout_and_other_addresses_are_refused(url: str, model: EntityModel) -> None:
    await open_shelf(url, model).close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE layout SET layout = 99"))
    engine.dispose()
    with pytest.raises(ShelfUnavailable, match="layout"):
        open_shelf(url, model)
    for wrong in ("mysql://x/y", "postgresql://nobody:x@127.0.0.1:1/none"):
        with pytest.raises(ShelfUnavailable):
            open_shelf(wrong, model)


def test_a_database_that_fails_under_the_load_is_named(shelf: Shelf, url: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", [_person()])
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("DROP TABLE name")
    else:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE name"))
    with pytest.raises(ShelfUnavailable, match="name"):
        _load(shelf, path)
