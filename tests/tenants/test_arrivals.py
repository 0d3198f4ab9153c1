"""Arrivals: with the version or not at all, once until they are taken; and by what a permit finds."""

import json
from pathlib import Path
from typing import Any

import pytest

from policy.decision import Branch
from policy.filters import Filter, parse
from policy.terms import Mode
from tenants.arrivals import found_by
from tenants.envelope import Defaults
from tenants.shelf import Shelf
from tests.tenants.permits import access

DEFAULTS = Defaults({"dataset": "cases", "subject_category": "SUSPECT_OR_CONVICTED"})
PHONE = ("phone", "+33612345678")


class StopError(Exception):
    """Where the load is cut off."""


class Cut:
    """A watch that ends the load in the middle of a batch."""

    def changing(self, load: int, changes: object) -> None:
        raise StopError(load, changes)

    def written(self, report: object) -> None:
        """Nothing to do."""


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def person(name: str, record: str = "p-1", **other: Any) -> dict[str, Any]:
    return {"id": record, "schema": "Person", "properties": {"name": [name], **other}}


def load(shelf: Shelf, path: Path, watch: Any = None) -> None:
    shelf.loader("fr.ofast", lambda: 1_795_000_000, watch=watch).load_jsonl(path, DEFAULTS)


def told(shelf: Shelf) -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
    return [(each.record, each.version, each.identifiers) for each in shelf.arrivals().waiting()]


def test_new_and_altered_records_with_identifiers_arrive_once(shelf: Shelf, tmp_path: Path) -> None:
    first = person("Jean", phone=["+33 6 12 34 56 78"])
    load(shelf, write(tmp_path / "a", first, person("Anne", "p-2")))
    assert told(shelf) == [("p-1", 1, (PHONE,))]
    load(shelf, write(tmp_path / "b", first))
    assert len(told(shelf)) == 1
    shelf.arrivals().taken(shelf.arrivals().waiting())
    shelf.arrivals().taken([])
    assert told(shelf) == []
    load(shelf, write(tmp_path / "c", first))
    assert told(shelf) == []
    load(shelf, write(tmp_path / "d", person("Jeanne", phone=["0033612345678"])))
    assert told(shelf) == [("p-1", 2, (PHONE,))]
    assert shelf.arrivals().named_by("p-1", *PHONE) == {"phone"}
    assert shelf.arrivals().named_by("p-2", *PHONE) == frozenset()


def test_a_version_that_was_replaced_arrives_without_content(shelf: Shelf, tmp_path: Path) -> None:
    load(shelf, write(tmp_path / "a", person("Jean", phone=["+33612345678"])))
    load(shelf, write(tmp_path / "b", person("Jeanne", phone=["+33612345678"])))
    assert told(shelf) == [("", 1, ()), ("p-1", 2, (PHONE,))]


def test_a_batch_that_is_cut_off_leaves_no_arrival(shelf: Shelf, tmp_path: Path) -> None:
    load(shelf, write(tmp_path / "a", person("Jean", phone=["+33612345678"])))
    shelf.arrivals().taken(shelf.arrivals().waiting())
    changed = write(tmp_path / "b", person("Jeanne", phone=["+33612345678"]))
    with pytest.raises(StopError):
        load(shelf, changed, Cut())
    assert told(shelf) == []
    load(shelf, changed)
    assert told(shelf) == [("p-1", 2, (PHONE,))]


def every() -> Filter:
    return parse({"type": "field", "operator": "eq", "field": "dataset", "value": "cases"})


@pytest.mark.parametrize(
    ("masked", "grants", "expected"),
    [
        ([(), ()], [], True), ([("phone",), ()], [], False), ([("*",), ()], [], False),
        ([("phone",), ()], ["g-0@1"], False), ([("phone",), ()], ["g-1@1"], True),
        ([("phone",), ()], ["g-0@1", "g-1@1"], True),
    ],
)  # fmt: skip
def test_a_masked_property_finds_nothing_whoever_looks(
    masked: list[tuple[str, ...]], grants: list[str], *, expected: bool
) -> None:
    mode = Mode.CORE if grants else Mode.HIT
    branches = [Branch(f"g-{n}@1", mode, every(), names) for n, names in enumerate(masked)]
    permit = access(branches, {"*": ()}).permit
    assert found_by(permit, ["phone"], grants) is expected
    assert not found_by(permit, [], grants)
