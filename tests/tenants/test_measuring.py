"""Profiles as laboratories write them: what is taken, what is rejected by line, column and both sides."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from deploy.demo import profiles as demo
from tenants.errors import CalibrationRefused, MappingRejected, RecordRejected, SourceRejected
from tenants.labelled import read_labelled
from tenants.loader import LoadReport
from tenants.mapping import Mapping, load_mapping, parse_mapping
from tenants.measuring import Measuring
from tenants.model import EntityModel
from tenants.profiles.calibration import calibrate
from tenants.profiles.compounds import read_compound
from tenants.profiles.scoring import Measure, Treatment
from tenants.shelf import open_shelf
from tests.tenants.permits import NOW

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "drugchecking_unc" / "nv_lab_detail_compact.csv"
COMMA = Measuring((), frozenset(), "%", "", ",")


def loaded(folder: Path, source: Path, mapping: Mapping) -> tuple[LoadReport, list[dict[str, Any]]]:
    """A load on a shelf of its own, and its rejects."""
    shelf = open_shelf(f"sqlite:///{folder}/records.sqlite")
    report = shelf.loader("fr.ofast", lambda: NOW).load_mapped(source, mapping)
    path = report.rejects_path
    return report, [] if path is None else [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("0,8125", "0.8125 %"), ("12", "12 %"), ("1,5e-3", "0.0015 %"), ("0,81 ± 0,02", "0.81 ± 0.02 %"),
        ("0,81±0,02", "0.81 ± 0.02 %"), ("0,81 %", "0.81 %"), ("< 0,05", "< 0.05 %"), ("<0,05", "< 0.05 %"),
        ("n.d.", "< LOD"), ("ND", "< LOD"), ("< LOD", "< LOD"), ("<LQ", "< LOD"), ("Non détecté", "< LOD"),
        ("traces", "< LOD"), ("", "-"), ("n.a.", "-"), ("-", "-"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_laboratories_mean_it(cell: str, said: str) -> None:
    assert COMMA.of({"tropine": cell}) == [f"tropine: {said}"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("0.81", "AMOUNT"), ("1.234,5", "AMOUNT"), ("-0,1", "AMOUNT"), ("NaN", "AMOUNT"), ("inf", "AMOUNT"),
        ("=SUM(A1:A9)", "AMOUNT"), ("+1", "AMOUNT"), ("0,1 mg/g", "UNIT"), ("primary", "AMOUNT"),
        ("1e999", "AMOUNT"), ("٣", "AMOUNT"),
    ],
)  # fmt: skip
def test_what_is_no_amount_names_its_column_and_both_sides(cell: str, code: str) -> None:
    with pytest.raises(RecordRejected) as error:
        COMMA.of({"tropine": cell})
    assert (error.value.code, error.value.field) == (code, "tropine")
    assert "tropine" in error.value.reason or "its column" in error.value.reason


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=20), max_size=4), st.sampled_from(".,"))
def test_whatever_a_row_holds_is_compounds_or_a_rejection(row: dict[str, str], decimal: str) -> None:
    found = _tried(Measuring((), frozenset(), "", "U {compound}", decimal), row)
    assert all(str(read_compound(each)) == each for each in found)


def _tried(measuring: Measuring, row: dict[str, str]) -> list[str]:
    try:
        return measuring.of(row)
    except RecordRejected:
        return []


def test_headings_name_units_and_columns_of_uncertainty_are_no_compounds() -> None:
    told = Measuring((), frozenset({"sample"}), "ppm", "U {compound}", ".")
    row = {"sample": "S-1", "tropine (mg/g)": "1.5", "U tropine": "0.1", "ecgonine": "20"}
    assert told.of(row) == ["tropine: 1.5 ± 0.1 mg/g", "ecgonine: 20 ppm"]


LAB = (
    "sample;seizure;method;version;laboratory;measured;tropine (%);U tropine;ecgonine (%);truxilline (%)\n"
    "S-1;sz-1;gcms-x;1;Lab A;2026-04-01;0,8125;0,02;< 0,05;n.d.\n"
    "S-2;sz-1;gcms-x;1;Lab A;2026-04-01;0.8;;1;2\n"
    "S-3;sz-1;gcms-x;1;Lab A;2026-04-01;-1;;1;2\n"
    "S-4;sz-1;gcms-x;1;Lab A;2026-04-01;;;;\n"
    "S-5;sz-1;gcms-x;1;Lab A;2026-04-01;90;;10;4,1\n"
)


def test_a_laboratorys_file_becomes_samples_and_profiles_and_bad_rows_are_named(tmp_path: Path) -> None:
    source = tmp_path / "lab.csv"
    source.write_text(LAB, encoding="utf-8-sig")
    report, rejects = loaded(
        tmp_path, source, load_mapping(ROOT / "deploy/mappings/laboratory-profiles.yaml")
    )
    assert (report.loaded, report.rejected) == (4, 4)  # of the first row both, of the last two the sample
    told = [(each["line"], each["field"], each["code"]) for each in rejects]
    assert told == [
        (3, "tropine (%)", "AMOUNT"),
        (4, "tropine (%)", "AMOUNT"),
        (5, "compounds", "NOTHING_MEASURED"),
        (6, "compounds", "SUM"),
    ]
    assert "'0.8' is no amount with ','" in rejects[0]["reason"]


def test_a_sheet_is_read_like_a_file_and_no_formula_is_believed(tmp_path: Path) -> None:
    described = load_mapping(ROOT / "deploy/mappings/laboratory-profiles.yaml").described
    sheet = parse_mapping({**described, "format": "xlsx", "sheet": "Results"})
    book = Workbook()
    page = book.create_sheet("Results")
    page.append(LAB.splitlines()[0].split(";"))
    page.append(["S-1", "sz-1", "gcms-x", "1", "Lab A", "2026-04-01", 0.8125, 0.02, "< 0,05", "n.d."])
    page.append(["S-2", "sz-1", "gcms-x", "1", "Lab A", "2026-04-01", "=1+1", None, 1, 2])
    page.append(["S-3", "sz-1", "gcms-x", "1", "Lab A", "2026-04-01", 0.5, None, 1])
    source = tmp_path / "lab.xlsx"
    book.save(source)
    report, rejects = loaded(tmp_path, source, sheet)
    assert report.loaded == 4
    assert [(each["line"], each["code"]) for each in rejects] == [(3, "FORMULA")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"sample;x\n1;2\n"])
def test_what_is_no_sheet_is_told(content: bytes, tmp_path: Path) -> None:
    described = load_mapping(ROOT / "deploy/mappings/laboratory-profiles.yaml").described
    source = tmp_path / "lab.xlsx"
    source.write_bytes(content)
    with pytest.raises(SourceRejected) as error:
        loaded(tmp_path, source, parse_mapping({**described, "format": "xlsx"}))
    assert error.value.code == "SHEET"


@pytest.mark.parametrize(
    "measured",
    [
        {"measured": []}, {"measured": "tropine"}, {"measured": "*", "unit": "stone"},
        {"measured": "*", "uncertainty": "U"}, {"measured": "*", "guess": True},
    ],
)  # fmt: skip
def test_a_mapping_that_means_nothing_is_rejected(measured: dict[str, Any]) -> None:
    rule = {"schema": "ChemicalProfile", "id": "{a}", "properties": {"compounds": measured}}
    with pytest.raises(MappingRejected):
        parse_mapping({"format": "csv", "records": [rule]})


def test_substances_without_amounts_are_no_profile(tmp_path: Path) -> None:
    """A drug checking service tells which substances there are, not how much: no profile comes of it."""
    rule = {
        "schema": "ChemicalProfile", "id": {"prefix": "nv-", "hash": ["sampleid", "substance"]},
        "properties": {
            "name": "substance", "method": {"constant": "nv"}, "methodVersion": {"constant": "1"},
            "compounds": {"measured": ["abundance"], "unit": "%"},
        },
    }  # fmt: skip
    envelope = {"dataset": "nv", "subject_category": "NOT_A_PERSON"}
    source = tmp_path / "nv.csv"
    source.write_bytes(REAL.read_bytes())
    mapping = parse_mapping({"format": "csv", "envelope": envelope, "records": [rule]})
    report, rejects = loaded(tmp_path, source, mapping)
    assert report.loaded == 0
    assert report.rejected == len(REAL.read_text().splitlines()) - 1
    told = {(each["field"], each["code"]) for each in rejects}
    assert told == {("abundance", "AMOUNT"), ("compounds", "COMPOUNDS")}


def test_a_calibration_is_learnt_from_a_laboratorys_reference_or_not_at_all(
    tmp_path: Path, model: EntityModel
) -> None:
    source = tmp_path / "reference.csv"
    source.write_text(demo.reference(1), encoding="utf-8-sig")
    mapping = load_mapping(ROOT / "deploy/demo/reference-profiles.yaml")
    labelled = read_labelled(source, model, mapping, "sample").profiles
    found = calibrate(labelled, Treatment.FOURTH_ROOT, Measure.PEARSON, 0.001)
    assert (found.points[0].same, found.points[0].different) == (180, 15_930)
    source.write_text("\n".join(demo.reference(1).splitlines()[:4]), encoding="utf-8-sig")
    few = read_labelled(source, model, mapping, "sample").profiles
    with pytest.raises(CalibrationRefused, match="3 pairs of one source and 0 of two"):
        calibrate(few, Treatment.SUM, Measure.COSINE, 0.01)
    with pytest.raises(SourceRejected, match="line 2: 0 values") as error:
        read_labelled(source, model, mapping, "laboratory")
    assert error.value.code == "NO_LABEL"
