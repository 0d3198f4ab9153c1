"""The mappings on the real public files, where they are; and the cutting of a matrix, everywhere."""

import csv
import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo import real
from tenants.errors import Rejected
from tenants.identifiers import normalise
from tenants.mapped_source import read_mapped
from tenants.mapping import load_mapping
from tenants.model import EntityModel, load_model
from tenants.record import Reader, Record

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ENTENTE_REAL_DATA", ROOT.parent / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public data are not here (ENTENTE_REAL_DATA)")


@dataclass
class Loaded:
    records: list[Record] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Loaded]:
    """(node, file name) -> what its load gives."""
    model = load_model()
    loads = real.prepare(DATA, tmp_path_factory.mktemp("real"))
    return {(load.node, Path(load.source).name): _load(load, model) for load in loads}


def _load(load: real.Load, model: EntityModel) -> Loaded:
    mapping, found = load_mapping(Path(load.mapping)), Loaded()
    reader = Reader(model, load.node, mapping.defaults)
    for read in read_mapped(Path(load.source), mapping, 0):
        assert not isinstance(read.rows, Rejected)
        for row in read.rows:
            try:
                record = reader.read(row)
            except Rejected as rejected:
                found.rejected[rejected.code] += 1
            else:
                found.records.append(record)
                found.dropped.update(why.code for why in record.dropped)
    return found


@needs_data
def test_every_load_finds_what_is_wrong_and_nothing_else(loaded: dict[tuple[str, str], Loaded]) -> None:
    findings = _said()["findings"]
    for (_, name), found in loaded.items():
        said = findings.get(name, {"rejected": {}, "dropped": {}})
        assert (dict(found.rejected), dict(found.dropped)) == (said["rejected"], said["dropped"]), name
    assert set(findings) <= {name for _, name in loaded}


@needs_data
def test_ids_are_unique_at_a_node_and_every_row_is_accounted_for(
    loaded: dict[tuple[str, str], Loaded],
) -> None:
    ids: dict[str, Counter[str]] = defaultdict(Counter)
    for (node, _), found in loaded.items():
        ids[node].update(record.id for record in found.records)
    assert not [(node, each) for node, held in ids.items() for each, count in held.items() if count > 1]
    counts = {name: len(f.records) + sum(f.rejected.values()) for (_, name), f in loaded.items()}
    assert counts["UpdatedPub150.csv"] == 3768
    assert counts["nationwide-drugs-fy20-fy23.csv"] == 9924
    assert counts["dataset4a.csv"] == counts["dataset4b.csv"] == 5000
    assert sum(count for name, count in counts.items() if name.startswith("sanctioned")) == 654


@needs_data
def test_seizures_are_sums_and_add_up(loaded: dict[tuple[str, str], Loaded]) -> None:
    records = loaded["eu.europol", "nationwide-drugs-fy20-fy23.csv"].records
    pounds: Counter[tuple[str, str]] = Counter()
    for record in records:
        properties = record.properties
        assert "date" not in properties
        year = properties["description"][0].partition("US fiscal year ")[2][:4]
        pounds[properties["drug"][0], year] += float(properties["quantity"][0])  # type: ignore[assignment]  # pounds
        assert int(properties["eventCount"][0]) >= 0
    assert round(pounds["Cocaine", "2022"]) == 70_293
    assert round(pounds["Cocaine", "2023"]) == 81_085
    assert round(pounds["Fentanyl", "2021"]) == 11_201


@needs_data
@pytest.mark.parametrize(
    "question", json.loads((real.HERE / "real.json").read_text("utf-8"))["questions"], ids=lambda q: q["id"]
)
def test_expected_answers_follow_from_the_records(
    question: dict[str, Any], loaded: dict[tuple[str, str], Loaded]
) -> None:
    at: dict[str, list[Record]] = defaultdict(list)
    for (node, _), load in loaded.items():
        at[node] += load.records
    together: set[str] = set()
    for node, expected in question["expect"].items():
        arguments = question["arguments"]
        if question["operation"] == "lookup":
            wanted = normalise(arguments["kind"], arguments["value"]).normal
            found = [
                r.id
                for r in at[node]
                if any(wanted == i.normal and i.kind == arguments["kind"] for _, i in r.identifiers)
            ]
            assert found == expected["records"]
        else:
            ties = [{each for _, each in r.ends} for r in at[node] if r.ends]
            persons = set().union(*(tie for tie in ties if arguments["id"] in tie)) - {arguments["id"]}
            found = sorted(persons)
            assert len(persons) == expected["persons"]
            together |= persons
        assert expected["status"] == ("ANSWERED" if found else "NO_HIT")
    if "joint" in question:
        assert len(together) == question["joint"]["persons"]


def test_mappings_are_read_by_the_product() -> None:
    files = sorted(real.MAPPINGS.glob("*.yaml"))
    for path in files:
        assert load_mapping(path).records
        assert "/" not in yaml.safe_load(path.read_text(encoding="utf-8"))["envelope"]["dataset"]
    used = {load["mapping"] for load in _said()["loads"]}
    told = {path.name for path in files}
    assert len(used) == 6
    others = {"ais-events.yaml", "laboratory-profiles.yaml", "terminal-movements.yaml"}
    others |= {"bank-payments.yaml", "customs-declarations.yaml"}
    assert told - used == others, "for laboratories, terminals, AIS, banks and customs; others are the demo's"
    assert all(name in (real.MAPPINGS / "README.md").read_text(encoding="utf-8") for name in told)


@given(size=st.integers(1, 7), parts=st.integers(1, 4), draw=st.randoms(use_true_random=False))
def test_the_parts_of_a_matrix_make_the_whole(
    size: int, parts: int, draw: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("matrix")
    labels = [f"N{index}" for index in range(size)]
    whole = [[str(draw.randrange(3)) for _ in labels] for _ in labels]
    with (folder / "whole.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [["", *labels], *([label, *row] for label, row in zip(labels, whole, strict=True))]
        )
    total = [[0] * size for _ in labels]
    for part in range(parts):
        real.cut(folder / "whole.csv", folder / "part.csv", [part, parts])
        with (folder / "part.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == ["", *labels]
        for row, (label, *cells) in enumerate(rows):
            assert label == labels[row]
            for column, cell in enumerate(cells):
                assert not (total[row][column] and int(cell)), "a tie is in two parts"
                total[row][column] += int(cell)
    assert total == [[int(cell) for cell in row] for row in whole]


def _said() -> dict[str, Any]:
    said: dict[str, Any] = json.loads((real.HERE / "real.json").read_text(encoding="utf-8"))
    return said
