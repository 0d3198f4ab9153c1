"""Chemical profiles: what is read, how it is compared, what a score has meant, and what a search finds."""

import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo import profiles as demo
from policy.decision import Branch
from policy.filters import Compound, Field
from policy.terms import Mode, Operation
from tenants.envelope import Defaults
from tenants.errors import CalibrationRefused, QuestionRejected, RecordRejected
from tenants.profile_told import TOLD
from tenants.profiles.calibration import Calibration, Rate, calibrate, read_calibration
from tenants.profiles.compounds import (
    UNITS,
    Measured,
    Profile,
    check_plausible,
    profile_of,
    read_compound,
    read_profile,
)
from tenants.profiles.matrix import Matrix
from tenants.profiles.scoring import SCALE, Measure, Treatment, score, unlike
from tenants.selection import Node, Selection
from tenants.shelf import Shelf
from tests.tenants.permits import NOW, TREE, access

AMOUNTS = st.floats(0, 1e12, allow_nan=False)
SHARES = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=3, max_size=12)
TREATMENTS = st.sampled_from(list(Treatment))
MEASURES = st.sampled_from(list(Measure))
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)
SCORED = Node("scores", "", (Node("id"), Node("score"), Node("exact")))
POINTS = Node("points", "", (Node("score"), Node("same"), Node("different")))
MATCHING = Node("profile", "", (*(Node(name) for name in TOLD[1:-1]), POINTS, SCORED))
WHOLE = (*TREE, MATCHING)
ANY = Compound("and", (Field("in", "schema", ("ChemicalProfile",)), Field("ne", "dataset", "hidden")))


def profile(lot: str, draw: str, spread: float = 0.03) -> Profile:
    return read_profile(demo.METHOD, demo.VERSION, demo.compounds(lot, spread, draw))


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    labelled = [(f"L{lot}", profile(f"known {lot}", str(n), 0.04)) for lot in range(40) for n in range(3)]
    return calibrate(labelled, Treatment.FOURTH_ROOT, Measure.PEARSON, 0.002)


def _read(text: str) -> Measured | str:
    try:
        return read_compound(text)
    except RecordRejected as error:
        return error.code


@given(st.text(max_size=120))
def test_whatever_is_read_as_a_compound_is_one_or_is_rejected_by_name(text: str) -> None:
    found = _read(text)
    if isinstance(found, str):
        assert found in {"COMPOUND", "COMPOUND_NAME", "AMOUNT", "UNIT"}
    else:
        assert read_compound(str(found)) == found


@given(NAMES, AMOUNTS, st.none() | AMOUNTS, st.sampled_from(sorted(UNITS)))
def test_what_is_written_is_read_as_what_it_was(
    name: str, amount: float, uncertainty: float | None, unit: str
) -> None:
    written = str(Measured(name, amount, uncertainty, unit))
    found = read_compound(written)
    assert (found.name, found.unit, str(found)) == (name, unit, written)
    assert math.isclose(found.share, amount * UNITS[unit][1], rel_tol=1e-9, abs_tol=1e-11)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tropacocaine", "COMPOUND"), ("tropacocaine: -1 %", "AMOUNT"), ("tropacocaine: NaN %", "AMOUNT"),
        ("tropacocaine: inf %", "AMOUNT"), ("tropacocaine: 1e99 %", "AMOUNT"), ("a: 1 stone", "UNIT"),
        ("=cmd|' /C calc'!A0: 1 %", "COMPOUND_NAME"), ("a\x07b: 1 %", "COMPOUND_NAME"),
        ("tropacocaine: < 1 ± 2 %", "AMOUNT"), ("tropacocaine: 1,5 %", "AMOUNT"),
        ("<script>: 1 %", "COMPOUND_NAME"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_rejected_by_name(text: str, code: str) -> None:
    with pytest.raises(RecordRejected) as error:
        read_compound(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("compounds", "code"),
    [
        (["a: 1 %", "b: 1 %"], "COMPOUNDS"), (["a: 1 %", "a: 2 %", "b: 1 %"], "COMPOUND_TWICE"),
        (["a: 1 %", "b: 1 area", "c: 2 %"], "UNITS_MIXED"), ([f"c{n}: 1 %" for n in range(201)], "COMPOUNDS"),
    ],
)  # fmt: skip
def test_a_profile_is_whole_or_it_is_none(compounds: Sequence[str], code: str) -> None:
    with pytest.raises(RecordRejected) as error:
        read_profile("m", "1", compounds)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("compounds", "code"),
    [
        (["a: -", "b: -", "c: -"], "NOTHING_MEASURED"), (["a: 90 %", "b: 10 %", "c: 4.1 %"], "SUM"),
        (["a: 900 mg/g", "b: 10 %", "c: 4.1 %"], "SUM"),
        (["a: 90 ± 1 %", "b: 10 ± 1 %", "c: 4.1 ± 1 %"], "SUM"),
        (["a: 90 ± 4 %", "b: 10 ± 1 %", "c: 4.1 %"], ""), (["a: 90 %", "b: 10 %", "c: 1.9 %"], ""),
        (["a: 90 %", "b: 10 %", "c: < 5 %"], ""), (["a: < LOD", "b: -", "c: -"], ""),
        (["a: 900 area", "b: 80 area", "c: 70 area"], ""),
    ],
)  # fmt: skip
def test_a_profile_that_no_sample_can_have_is_rejected_with_what_it_sums_to(
    compounds: Sequence[str], code: str
) -> None:
    found = read_profile("m", "1", compounds)
    if not code:
        check_plausible(found)
        return
    with pytest.raises(RecordRejected) as error:
        check_plausible(found)
    assert error.value.code == code
    assert ("104.1%" in error.value.reason) == (code == "SUM")


@given(SHARES, st.data(), TREATMENTS, MEASURES)
def test_scores_are_symmetric_and_bounded(
    left: list[float], data: st.DataObject, treatment: Treatment, measure: Measure
) -> None:
    right = data.draw(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=len(left), max_size=len(left)))
    told = score(left, right, treatment, measure)
    assert 0 <= told <= 1
    assert told == score(right, left, treatment, measure)
    parts = unlike(left, right, treatment, measure)
    assert (parts >= 0).all()
    assert math.isclose(parts.sum(), 1) or not parts.any()


@given(
    st.lists(st.floats(1e-3, 1e6), min_size=3, max_size=12),
    st.floats(1e-6, 1e6),
    TREATMENTS,
    MEASURES,
)
def test_dilution_changes_no_score(
    left: list[float], factor: float, treatment: Treatment, measure: Measure
) -> None:
    other = [value * (2 + place % 3) for place, value in enumerate(left)]
    told = score(left, other, treatment, measure)
    diluted = score([value * factor for value in left], other, treatment, measure)
    assert math.isclose(told, diluted, abs_tol=1e-6)


def test_a_score_is_what_the_formulas_say() -> None:
    left, right = [0.5, 0.3, 0.2], [10.0, 8.0, 2.0]
    a, b = ([math.sqrt(v / sum(each)) for v in each] for each in (left, right))
    cosine = sum(x * y for x, y in zip(a, b, strict=True))
    assert math.isclose(score(left, right, Treatment.SQUARE_ROOT, Measure.COSINE), cosine, abs_tol=1e-12)
    pearson = float(np.corrcoef(np.array(left) / 1.0, np.array(right) / 20.0)[0, 1])
    assert math.isclose(score(left, right, Treatment.SUM, Measure.PEARSON), pearson, abs_tol=1e-12)


def test_what_has_no_shape_resembles_nothing() -> None:
    for nothing in ([0.0, 0.0, 0.0], [math.nan, 1.0, 2.0]):
        assert score(nothing, [1.0, 2.0, 3.0], Treatment.SUM, Measure.COSINE) == 0
    assert score([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], Treatment.FOURTH_ROOT, Measure.PEARSON) == 0


def test_a_calibration_is_monotone_and_comes_back_from_what_is_kept(calibration: Calibration) -> None:
    for before, after in itertools.pairwise(calibration.points):
        assert before.score < after.score
        assert before.same >= after.same
        assert before.different >= after.different
    assert (calibration.points[0].same, calibration.points[0].different) == (120, 7020)
    assert calibration.false_positive(calibration.threshold).bounds[1] <= 0.002
    below = calibration.points[calibration.points.index(calibration.at(calibration.threshold)) - 1]
    assert Rate(below.different, 7020).bounds[1] > 0.002
    assert read_calibration(calibration.document) == calibration


@given(st.integers(1, 10_000), st.data())
def test_bounds_hold_the_rate(of: int, data: st.DataObject) -> None:
    rate = Rate(data.draw(st.integers(0, of)), of)
    low, high = rate.bounds
    assert 0 <= low <= rate.value <= high <= 1
    assert high > 0


def test_wilsons_bounds_are_those_of_the_books() -> None:
    low, high = Rate(10, 100).bounds
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert round(Rate(0, 10).bounds[1], 4) == 0.2775


def test_too_few_pairs_are_refused_and_so_are_methods_that_mix() -> None:
    few = [("one", profile("one", "1")), ("one", profile("one", "2")), ("two", profile("two", "1"))]
    with pytest.raises(CalibrationRefused, match="1 pairs of one source and 2 of two") as error:
        calibrate(few, Treatment.SUM, Measure.COSINE, 0.01)
    assert error.value.code == "TOO_FEW_PAIRS"
    other = profile_of("other", "1", few[0][1].compounds)
    with pytest.raises(CalibrationRefused) as error:
        calibrate([*few, ("two", other)], Treatment.SUM, Measure.COSINE, 0.01)
    assert error.value.code == "METHODS_MIXED"


def test_a_score_that_keeps_no_false_positive_out_is_no_threshold() -> None:
    alike = [(f"L{n % 40}", profile("the same", str(n), 0.05)) for n in range(120)]
    with pytest.raises(CalibrationRefused) as error:
        calibrate(alike, Treatment.FOURTH_ROOT, Measure.PEARSON, 0.001)
    assert error.value.code == "NO_THRESHOLD"


@given(st.integers(0, 2**32), st.integers(1, 60))
def test_the_matrix_finds_what_brute_force_finds(calibration: Calibration, seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.gamma(0.4, 1.0, (size, len(calibration.compounds)))
    shares[::3] = shares[0] * rng.normal(1, 0.1, shares[::3].shape).clip(0)
    matrix = Matrix(calibration)
    for start in range(0, size, 7):
        rows = np.arange(start, min(start + 7, size))
        matrix.add(rows, rows + 1_000, shares[start : start + 7])
    gone = rng.choice(size, size // 3, replace=False)
    matrix.forget(gone)
    wanted = {
        row: round(score(shares[0], shares[row], calibration.treatment, calibration.measure) * SCALE)
        for row in range(size)
        if row not in gone
    }
    found = matrix.above(shares[0], calibration.threshold)
    assert dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True)) == {
        row: score for row, score in wanted.items() if score >= calibration.threshold
    }
    assert (found.stamps == found.rows + 1_000).all()


# What a search finds.


def record(name: str, compounds: Sequence[str], dataset: str = "cases", **said: Any) -> dict[str, Any]:
    properties = {
        "name": [name], "method": [said.pop("method", demo.METHOD)],
        "methodVersion": [said.pop("version", demo.VERSION)], "compounds": list(compounds),
    }  # fmt: skip
    envelope = {"dataset": dataset, "subject_category": "NOT_A_PERSON", **said}
    return {"id": name, "schema": "ChemicalProfile", "properties": properties, "envelope": envelope}


def load(shelf: Shelf, folder: Path, rows: Sequence[dict[str, Any]], name: str = "p") -> int:
    source = folder / f"{name}.jsonl"
    source.write_bytes(b"\n".join(json.dumps(row).encode() for row in rows))
    return shelf.loader("fr.ofast", lambda: NOW).load_jsonl(source, Defaults()).rejected


def asking(compounds: Sequence[str], **more: Any) -> Selection:
    told = {"method": demo.METHOD, "version": demo.VERSION, "compounds": list(compounds), **more}
    return Selection(Operation.PROFILE, told, WHOLE)


def key(mode: Mode, masked: tuple[str, ...] = ()) -> Any:
    shows: dict[str, tuple[str, ...]] = {"name": ("g@1",)} if mode is not Mode.RECORD else {"*": ("g@1",)}
    shows |= {} if mode is Mode.RECORD else {"*": ()}
    return access([Branch("g@1", mode, ANY, masked)], shows | dict.fromkeys(masked, ()))


ROWS = [
    *(record(f"a-{n}", demo.compounds("lot-1", 0.03, f"a{n}")) for n in range(6)),
    *(record(f"h-{n}", demo.compounds("lot-1", 0.03, f"h{n}"), "hidden") for n in range(40)),
    *(record(f"b-{n}", demo.compounds(f"lot-b{n}", 0.03, "b")) for n in range(30)),
    record("v-2", demo.compounds("lot-1", 0.03, "v"), version="2"),
]


async def test_a_search_finds_the_best_that_the_policy_lets_through(
    shelf: Shelf, calibration: Calibration, tmp_path: Path
) -> None:
    assert load(shelf, tmp_path, ROWS) == 0
    shelf.profiles.calibrate(calibration)
    view, wanted = shelf.view("spoc"), demo.compounds("lot-1", 0.03, "asked")
    answer = orjson.loads((await view.read(key(Mode.RECORD), asking(wanted, first=4))).payload)
    asked = profile("lot-1", "asked")
    scores = {
        row["id"]: int(
            calibration.scores(
                calibration.amounts(asked),
                calibration.amounts(read_profile(demo.METHOD, "1", row["properties"]["compounds"]))[None],
            )[0]
        )
        for row in ROWS
        if row["envelope"]["dataset"] != "hidden" and row["id"] != "v-2"
    }
    best = sorted((-told, name) for name, told in scores.items() if told >= calibration.threshold)
    told = [(-each["score"], each["id"]) for each in answer["profile"]["scores"]]
    assert told == best[:4]
    assert [each["id"] for each in answer["records"]] == [name for _, name in best[:4]]
    assert all(each["exact"] for each in answer["profile"]["scores"])
    assert answer["more"] is True
    assert dict(await view.rows(key(Mode.RECORD), asking(wanted, first=4))) == answer


async def test_what_a_tier_hides_is_not_in_its_scores(
    shelf: Shelf, calibration: Calibration, tmp_path: Path
) -> None:
    load(shelf, tmp_path, ROWS)
    shelf.profiles.calibrate(calibration)
    view = shelf.view("spoc")
    wanted = asking(demo.compounds("lot-1", 0.03, "asked"))
    for mode in (Mode.HIT, Mode.CONTACT, Mode.CORE):
        answer = orjson.loads((await view.read(key(mode), wanted)).payload)
        assert answer == dict(await view.rows(key(mode), wanted))
        assert answer["hit"] is True
        assert bool(answer["records"]) is (mode is Mode.CORE)
        assert (answer["contact"] or {}).get("count") == (6 if mode is Mode.CONTACT else None)
        for each in answer["profile"]["scores"]:
            assert each["exact"] is False
            assert each["score"] in {calibration.threshold, *range(0, SCALE, 50_000)}
        ids = [each["id"] for each in answer["records"]]
        assert ids == sorted(ids)  # of one band: the order tells no score
    nothing = await view.read(key(Mode.HIT), asking(demo.compounds("lot-x", 0.03, "asked")))
    assert nothing.hit is False


async def test_masked_compounds_find_nothing(shelf: Shelf, calibration: Calibration, tmp_path: Path) -> None:
    load(shelf, tmp_path, ROWS)
    shelf.profiles.calibrate(calibration)
    wanted = asking(demo.compounds("lot-1", 0.03, "asked"))
    for mode in (Mode.HIT, Mode.CONTACT, Mode.RECORD):
        found = await shelf.view().read(key(mode, ("compounds",)), wanted)
        assert found.hit is False


async def test_a_changed_profile_is_found_by_what_it_is_now(
    shelf: Shelf, calibration: Calibration, tmp_path: Path
) -> None:
    shelf.profiles.calibrate(calibration)
    view, wanted = shelf.view(), asking(demo.compounds("lot-1", 0.03, "asked"))

    async def found() -> list[str]:
        answer = orjson.loads((await view.read(key(Mode.RECORD), wanted)).payload)
        return sorted(each["id"] for each in answer["records"])

    load(shelf, tmp_path, ROWS[:2], "one")
    assert await found() == ["a-0", "a-1"]
    changed = [
        record("a-0", demo.compounds("lot-z", 0.03, "z")),
        record("n-1", demo.compounds("lot-1", 0.03, "n")),
    ]
    load(shelf, tmp_path, changed, "two")
    assert await found() == ["a-1", "n-1"]
    other = [record("n-1", demo.compounds("lot-1", 0.03, "n"), method="other"), ROWS[0]]
    load(shelf, tmp_path, other, "three")
    assert await found() == ["a-0", "a-1"]


async def test_methods_are_never_mixed_and_the_reason_says_so(
    shelf: Shelf, calibration: Calibration, tmp_path: Path
) -> None:
    load(shelf, tmp_path, ROWS)
    view, compounds = shelf.view(), demo.compounds("lot-1", 0.03, "asked")

    async def said(selection: Selection) -> str | None:
        answer = orjson.loads((await view.read(key(Mode.RECORD), selection)).payload)
        assert answer["profile"]["comparable"] is (answer["profile"]["reason"] is None)
        assert answer["hit"] is (answer["profile"]["reason"] is None)
        reason: str | None = answer["profile"]["reason"]
        return reason

    assert await said(asking(compounds)) == "NOT_CALIBRATED"
    shelf.profiles.calibrate(calibration)
    assert await said(asking(compounds)) is None
    assert await said(asking(compounds, version="2")) == "NOT_CALIBRATED"
    assert (
        await said(asking([f"{each.partition(':')[0]}: 1 area" for each in compounds])) == "QUANTITY_DIFFERS"
    )
    assert await said(asking([*compounds[1:], f"{demo.COMPOUNDS[0]}: -"])) == "NOT_MEASURED"
    nothing = [f"{name}: < LOD" for name in demo.COMPOUNDS]
    assert await said(asking(nothing)) == "NOTHING_DETECTED"
    with pytest.raises(QuestionRejected):
        await view.read(key(Mode.RECORD), asking(["a: 1 %"]))


def test_a_record_whose_amounts_cannot_be_read_is_rejected(shelf: Shelf, tmp_path: Path) -> None:
    compounds = demo.compounds("lot-1", 0.03, "x")
    rows = [
        record("bad-1", [*compounds, "levamisole: -3 %"]),
        record("bad-2", compounds[:2]),
        record("bad-3", compounds, method="a method"),
        record("good", compounds),
    ]
    assert load(shelf, tmp_path, rows) == 3
    assert set(shelf.versions(["bad-1", "bad-2", "bad-3", "good"])) == {"good"}
