"""The benchmarks' own form; no test asserts a time."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.dataset import counts, records
from tests.bench.figure import Bench, Missing, Row, Sample, Series, at_least, at_most
from tests.bench.figures import FIGURES
from tests.bench.load import percentiles, read_requests, tempfile_of
from tests.bench.machine import Cores
from tests.bench.ranking import score
from tests.bench.report import Results, line_told, table
from tests.components import ROOT

values = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=9)


def row(ours: list[float], other: list[float], *, bound: float = 1.0) -> Row:
    mine, theirs = (Series("one", tuple(map(Sample, said))) for said in (ours, other))
    return Row("what", "ms", mine, theirs, at_most(bound))


@given(values)
def test_a_contender_measured_against_itself_has_ratio_one(said: list[float]) -> None:
    assert row(said, said).ratio == 1
    assert row(said, said).target == at_most(1)


@given(values, st.floats(0.01, 100))
def test_a_target_and_its_opposite_are_met_together_at_the_bound_only(
    said: list[float], factor: float
) -> None:
    ratio = row([each * factor for each in said], said).ratio
    assert at_least(factor).met(ratio) + at_most(factor).met(ratio) == 1 + (ratio == factor)


@given(values)
def test_the_median_lies_within_the_spread(said: list[float]) -> None:
    series = Series("any", tuple(map(Sample, said)))
    least, most = series.spread
    assert least <= series.median <= most


@given(st.lists(st.floats(0, 10), min_size=1))
def test_percentiles_are_measured_values_in_order(said: list[float]) -> None:
    picked = percentiles(sorted(said))
    assert picked["p50"] <= picked["p95"] <= picked["p99"] <= 1000 * max(said)
    assert percentiles([]) == {}


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_requests_survive_their_file(requests: list[bytes]) -> None:
    with tempfile_of(requests) as name:
        assert read_requests(Path(name)) == requests
    assert not Path(name).exists()


def test_a_figure_that_could_not_be_measured_is_named_and_one_never_tried_too(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.keep(FIGURES[0], [Missing("a thing", f"no {ROOT}/such | program")], {"seconds": 1}, {"cpu": "x"})
    results.keep(FIGURES[1], [row([3], [2], bound=2), row([3], [1], bound=2)], {"seconds": 1}, {"cpu": "x"})
    text = results.write(FIGURES)
    assert "not measured: no ./such / program" in text
    assert "| 1.50× | ≤ 2× | yes |" in text
    assert "| 3.00× | ≤ 2× | **no** |" in text
    assert text.count("not measured yet") == len(FIGURES) - 2
    assert str(ROOT) not in text + results_text(tmp_path)
    assert Results(tmp_path).told == results.told


def results_text(folder: Path) -> str:
    return (folder / "results.json").read_text()


def test_every_row_of_the_table_has_as_many_cells_as_its_head() -> None:
    done = {
        figure.key: {
            "title": figure.title, "settings": {}, "machine": {}, "load": 0.5,
            "lines": [line_told(row([1], [2])), line_told(Missing("a", "b"))],
        }
        for figure in FIGURES
    }  # fmt: skip
    rows = [line for line in table(done, FIGURES).splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    assert len(rows) == 2 + 2 * len(FIGURES)


def test_interleaving_takes_the_contenders_in_turn(tmp_path: Path) -> None:
    order: list[str] = []

    def contender(name: str) -> Sample:
        order.append(name)
        return Sample(len(order))

    def run(name: str) -> Callable[[], Sample]:
        return lambda: contender(name)

    bench = Bench(tmp_path, Cores(frozenset({0}), frozenset({0})), 1, 0.1, 3, quick=True, say=lambda _: None)
    series = bench.interleave([(name, run(name)) for name in "AB"])
    assert order == list("ABABAB")
    assert [sample.value for sample in series["B"].samples] == [2, 4, 6]


def test_the_records_are_the_same_at_any_time_and_links_have_their_ends() -> None:
    made = list(records(1_000))
    assert made == list(records(1_000))
    persons, companies = counts(1_000)
    ids = {str(each["id"]) for each in made}
    assert len(ids) == len(made) == 1_000
    ends = [end for each in made[persons + companies :] for end in _ends(each)]
    assert ends
    assert set(ends) <= ids


def _ends(record: dict[str, object]) -> Iterator[str]:
    said = orjson.loads(orjson.dumps(record["properties"]))
    yield from (value for values in said.values() for value in values)


@given(st.lists(st.sampled_from(["anna", "bert", "carla", "berg", "lind", "sson"]), min_size=1, unique=True))
def test_a_name_resembles_itself_most(words: list[str]) -> None:
    name = " ".join(words)
    assert score(name, name) == 1000
    assert score(name, f"{name} more") < 1000


def test_the_program_measures_one_figure_and_writes_its_report(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.bench",
        "--only",
        "P8,P11",
        "--quick",
        "--fresh",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(results_text(tmp_path))["figures"]
    assert set(told) == {"P8", "P11"}
    lines = [*told["P8"]["lines"], *told["P11"]["lines"]]
    assert all(line["ratio"] > 0 and line["baseline"]["values"] for line in lines)
    assert {"cpu", "cores", "python", "packages"} <= set(told["P8"]["machine"])
    assert "append at 500 a second: p50" in (tmp_path / "RESULTS.md").read_text()


@pytest.mark.parametrize("wrong", [["--only", "P99"], ["--rounds", "many"]])
def test_wrong_arguments_are_told(wrong: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bench", *wrong, "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert wrong[1] in done.stderr
