"""Two shelves that differ in hidden rows and hidden values only, for tests of what a partner can tell."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy.decision import Access, Branch
from policy.filters import Field
from policy.terms import Operation
from tenants.envelope import Defaults
from tenants.jsonl_source import parse
from tenants.model import EntityModel
from tenants.record import Reader
from tenants.shelf import Shelf, open_shelf
from tests.tenants.oracle import Oracle, finds
from tests.tenants.permits import NOW

Row = dict[str, Any]
EVERYTHING_BUT_HIDDEN = Field("ne", "dataset", "hidden")
QUESTIONS: tuple[tuple[Operation, Mapping[str, Any]], ...] = (
    (Operation.LOOKUP, {"value": "+33612345678", "kind": "phone", "first": 2}),
    (Operation.LOOKUP, {"value": "a@b.eu", "first": 3}),
    (Operation.SEARCH, {"text": "jean exemple", "first": 2}),
    (Operation.SEARCH, {"text": "exemple", "first": 3}),
    (Operation.SEARCH, {"text": "anna exemple", "country": "fr", "first": 5}),
    (Operation.SEARCH, {"text": "jaen exmple", "first": 4}),
    (Operation.SEARCH, {"text": "exemple", "caseRef": "C-1", "first": 4}),
    (Operation.SEARCH, {"text": "jean", "source": "B", "information": "3", "since": "2026-05-28"}),
    (Operation.SEARCH, {"text": "xy"}),
    (Operation.ENTITY, {"id": "p-1"}),
    (Operation.ENTITY, {"id": "v-3"}),
    (Operation.EXPAND, {"id": "p-1", "hops": 2}),
    (Operation.EXPAND, {"id": "q-3"}),
    (Operation.EXPAND, {"ids": ["p-1", "q-3", "v-1", "v-3"], "first": 5}),
)
#: Values that a hidden property may have instead.
OTHERS = {
    "name": ["Jean Exemple"], "phone": ["+33612345678"], "email": ["a@b.eu"], "country": ["fr"],
    "passportNumber": ["77-ZZ"], "registrationNumber": ["ZZ-999-ZZ"], "proof": ["p-1"],
}  # fmt: skip


@dataclass(frozen=True)
class Worlds:
    """Two shelves that are emptied and loaded at will."""

    empty: Callable[[str], str]
    model: EntityModel

    def load(self, name: str, rows: Sequence[Row], folder: str) -> Shelf:
        source = Path(folder) / f"{name}.jsonl"
        source.write_bytes(b"\n".join(json.dumps(row).encode() for row in rows))
        shelf = open_shelf(self.empty(f"{folder}/{name}"), self.model)
        report = shelf.loader("fr.ofast", lambda: NOW).load_jsonl(source, Defaults())
        assert (report.loaded, report.rejected) == (len(rows), 0)
        return shelf

    def oracle(self, rows: Sequence[Row]) -> Oracle:
        reader = Reader(self.model, "fr.ofast", Defaults())
        return Oracle([reader.read(parse(json.dumps(row).encode())) for row in rows])


def _altered(row: Row, chance: random.Random) -> Row:
    """A hidden row, altered in any way; it may become visible, which the caller finds out."""
    said = {name: OTHERS.get(name, values) for name, values in row["properties"].items()}
    envelope = row["envelope"] | {"ongoing": chance.random() < 0.5, "tlp": chance.choice(["RED", "GREEN"])}
    return row | {"properties": said, "envelope": envelope}


def other_world(worlds: Worlds, key: Access, rows: Sequence[Row], seed: int) -> list[Row]:
    """The same view by other rows: hidden ones gone, altered or added, hidden values altered or gone."""
    chance, oracle = random.Random(seed), worlds.oracle(rows)
    seen = {row["id"]: oracle.branches(key, oracle.by_id[row["id"]]) for row in rows}
    kept: list[Row] = []
    for row in rows:
        if seen[row["id"]]:
            kept.append(_with_others(worlds, key, row, seen[row["id"]], chance))
        elif chance.random() < 0.7:
            kept.append(_altered(row, chance))
    added = [row | {"id": f"x-{n}"} for n, row in enumerate(rows) if not seen[row["id"]]]
    world = [*added, *kept] if chance.random() < 0.5 else [*kept, *added]
    while True:
        now = worlds.oracle(world)
        strangers = {each.id for each in now.records if now.branches(key, each) and not seen.get(each.id)}
        if not strangers:
            return world
        world = [row for row in world if row["id"] not in strangers]


def _with_others(
    worlds: Worlds, key: Access, row: Row, branches: Sequence[Branch], chance: random.Random
) -> Row:
    """The row with other values where none of its branches shows or finds by the property."""
    ends = worlds.model.kinds[row["schema"]].ends
    said = dict(row["properties"])
    for name in sorted(OTHERS.keys() & worlds.model.kinds[row["schema"]].properties.keys()):
        showing = key.permit.shows.get(name, key.permit.shows.get("*", ()))
        shown = any(branch.grant in showing and branch.mode in ("core", "record") for branch in branches)
        found = any(finds(key, branch, name) for branch in branches)
        if name not in ends and not shown and not found:
            said[name] = OTHERS[name]
            if name not in worlds.model.kinds[row["schema"]].required and chance.random() < 0.5:
                del said[name]
    return row | {"properties": said}


def crowd(number: int) -> list[Row]:
    """Rows under the same name and telephone number, in a dataset that nobody is granted."""
    said = {"name": ["Jean Exemple"], "phone": ["+33612345678"]}
    envelope = {"dataset": "hidden", "subject_category": "WITNESS"}
    return [
        {"id": f"h-{n}", "schema": "Person", "properties": said, "envelope": envelope} for n in range(number)
    ]
