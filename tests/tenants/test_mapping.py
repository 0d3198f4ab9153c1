"""A mapping turns a table into records; a bad one is named by its key, a bad row by its line."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenants import mapped_source
from tenants.envelope import Defaults
from tenants.errors import MappingRejected, RecordRejected, Rejected, SourceRejected
from tenants.mapped_source import read_mapped
from tenants.mapping import Template, load_mapping, parse_mapping, records_of
from tenants.model import load_model
from tenants.record import Reader
from tenants.shelf import Shelf

PERSON = {"schema": "Person", "id": "p-{n}", "properties": {"name": {"template": "{given} {family}"}}}
BASE: dict[str, Any] = {"format": "csv", "envelope": {"dataset": "d"}, "records": [PERSON]}


def _rows(path: Path, **said: Any) -> list[Any]:
    """Every row of a source as it comes out of the mapping: records, or the code of the rejection."""
    return [
        (read.line, read.rows.code if isinstance(read.rows, Rejected) else read.rows)
        for read in read_mapped(path, parse_mapping(BASE | said), 0)
    ]


def _csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_columns_constants_templates_splits_and_dates(tmp_path: Path) -> None:
    properties = {
        "name": {"template": "{given} {family}"},
        "alias": {"column": "also", "split": ";"},
        "country": {"constant": "fr"},
        "birthDate": {"column": "born", "date": "%d.%m.%Y"},
        "lastName": "family",
        "summary": {"template": "{given}{family}"},
    }
    rule = {
        **PERSON,
        "properties": properties,
        "envelope": {"case": "{case}", "handling": ["H{h}"], "provenance": {"method": "{case}"}},
    }
    path = _csv(
        tmp_path,
        "n, given , family, also, born, case, h\n"
        "1, Jean, Exemple, J; JJ ;, 01.02.1980, C-1, 2\n2,,,,never,,1\n",
    )
    [(_, [first]), (_, [second])] = _rows(path, records=[rule])
    assert first == {
        "id": "p-1",
        "schema": "Person",
        "envelope": {"case": "C-1", "handling": ["H2"], "provenance": {"method": "C-1"}},
        "properties": {
            "name": ["Jean Exemple"],
            "alias": ["J", "JJ"],
            "country": ["fr"],
            "birthDate": ["1980-02-01"],
            "lastName": ["Exemple"],
            "summary": ["JeanExemple"],
        },
    }
    assert second["properties"] == {"country": ["fr"], "birthDate": ["never"]}
    assert "case" not in second["envelope"]


def test_bad_lines_of_csv_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = _csv(tmp_path, '\N{BOM}n,given,family\n1,a\n\n2,b,c\n3,"' + "x" * 140_000 + '",c\n4,d,e\n')
    assert [(line, rows if isinstance(rows, str) else rows[0]["id"]) for line, rows in _rows(path)] == [
        (2, "CELLS"),
        (4, "p-2"),
        (5, "CSV"),
        (6, "p-4"),
    ]


def test_other_encodings_and_bytes_that_are_none(tmp_path: Path, shelf: Shelf) -> None:
    path = _csv(tmp_path, "n;given;family\n1;Åsa;Öst\n", "latin-1")
    [(_, [row])] = _rows(path, encoding="latin-1", delimiter=";")
    assert row["properties"]["name"] == ["Åsa Öst"]
    report = shelf.loader("fr.ofast", lambda: 0).load_mapped(path, parse_mapping(BASE | {"delimiter": ";"}))
    assert (report.loaded, report.rejected) == (0, 1)
    with pytest.raises(SourceRejected, match="ENCODING"):
        _rows(path, encoding="klingon")


def test_a_share_of_the_rows_and_rows_with_something_in_them(tmp_path: Path) -> None:
    path = _csv(tmp_path, "n,given,family\n" + "".join(f"{n},a,{'b' if n % 3 else ''}\n" for n in range(60)))
    halves = [_rows(path, only={"hash_of": "n", "modulo": 2, "equals": part}) for part in (0, 1)]
    ids = [[row["id"] for _, rows in half for row in rows] for half in halves]
    assert sorted(ids[0] + ids[1]) == sorted(f"p-{n}" for n in range(60))
    assert 15 < len(ids[0]) < 45
    full = _rows(path, records=[{**PERSON, "when": ["family"]}])
    assert sum(len(rows) for _, rows in full) == 40


def test_ids_by_hash_are_stable_and_tell_columns_apart() -> None:
    rule = {**PERSON, "id": {"prefix": "h-", "hash": ["a", "b"]}}
    mapping = parse_mapping(BASE | {"records": [rule]})
    row = {"given": "x", "family": "y", "a": "1", "b": "23"}
    [one], [two] = [list(records_of({**row, **other}, mapping)) for other in ({}, {"a": "12", "b": "3"})]
    assert one["id"] == "h-9ba3a6b9a7b1c7ba85a1"[:2] + str(one["id"])[2:]
    assert one["id"] != two["id"]
    assert list(records_of(row, mapping)) == [one]


def test_a_json_list_of_texts_or_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(["abc", {"value": 7, "more": None}, [1], True]))
    rule = {"schema": "CryptoWallet", "id": "w-{index}", "properties": {"publicKey": "value"}}
    rows = _rows(path, format="json-list", records=[rule])
    assert [row if isinstance(row, str) else row[0]["properties"] for _, row in rows] == [
        {"publicKey": ["abc"]},
        {"publicKey": ["7"]},
        "NOT_TEXT",
        {"publicKey": ["True"]},
    ]


def test_a_matrix_gives_nodes_and_ties(tmp_path: Path) -> None:
    node = {"schema": "Person", "id": "n-{label}", "properties": {"name": "label"}}
    tie = {
        "schema": "UnknownLink",
        "from": "cell",
        "id": "t-{row}-{column}",
        "properties": {
            "subject": {"template": "n-{row}"},
            "object": {"template": "n-{column}"},
            "role": "value",
        },
    }
    path = _csv(tmp_path, '"",A,B,C\nA,0,2,0\nB,1,0,\nC,0,0,0,9\n')
    said = {
        "format": "matrix",
        "records": [{**node, "from": "column"}, {**node, "from": "row", "id": "r-{label}"}, tie],
    }
    rows = _rows(path, **said)
    assert [row if isinstance(row, str) else [each["id"] for each in row] for _, row in rows] == [
        ["n-A", "n-B", "n-C"],
        ["r-A", "t-A-B"],
        ["r-B", "t-B-A"],
        "CELLS",
    ]
    once = _rows(path, **said, symmetric=True)
    assert [
        each["id"] for _, row in once if not isinstance(row, str) for each in row if each["id"][0] == "t"
    ] == ["t-A-B"]


def test_a_mapped_load_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = _csv(tmp_path, "n,given,family\n" + "".join(f"{n},a,b\n" for n in range(9)))
    mapping = parse_mapping(BASE)
    assert [read.line for read in read_mapped(path, mapping, 6)] == [7, 8, 9, 10]


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("", {}, "HEADER"),
        ("a,a\n", {}, "HEADER"),
        ("{}", {"format": "json-list"}, "NOT_A_LIST"),
        ("{", {"format": "json-list"}, "JSON"),
        ("[" + "1," * 60 + "1]", {"format": "json-list"}, "SOURCE_TOO_LARGE"),
        ("", {"format": "matrix"}, "HEADER"),
    ],
)
def test_files_of_another_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: dict[str, Any], code: str
) -> None:
    monkeypatch.setattr(mapped_source, "LARGEST_LIST", 100)
    with pytest.raises(SourceRejected) as caught:
        _rows(_csv(tmp_path, text), **said)
    assert caught.value.code == code


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert _rows(_csv(tmp_path, "n,given\n1,a\n")) == [(2, "NO_COLUMN")]
    path = _csv(tmp_path, '"",A\nA,1\n')
    tie = {**PERSON, "from": "cell"}
    assert _rows(path, format="matrix", records=[tie]) == [(1, []), (2, "NO_COLUMN")]
    assert _rows(path, format="matrix", records=[{**PERSON, "from": "column"}]) == [(1, "NO_COLUMN"), (2, [])]


@pytest.mark.parametrize(
    "said",
    [
        {"colour": "red"},
        {"format": "xml"},
        {"records": []},
        {"records": "x"},
        {"records": [7]},
        {"envelope": []},
        {"country": "France"},
        {"on_bad_value": "weep"},
        {"delimiter": ""},
        {"only": {"hash_of": "n", "modulo": 2, "equals": 2}},
        {"only": {"hash_of": "n", "modulo": True, "equals": 0}},
        {"records": [{**PERSON, "id": None}]},
        {"records": [{**PERSON, "id": {"prefix": "p"}}]},
        {"records": [{**PERSON, "when": "n"}]},
        {"records": [{**PERSON, "properties": {"name": {"column": "a", "constant": "b"}}}]},
        {"records": [{**PERSON, "properties": {"name": {"constant": "{a}"}}}]},
        {"records": [{**PERSON, "properties": {"name": {"column": "a", "split": 7}}}]},
        {"records": [{**PERSON, "properties": {"name": 7}}]},
        {"records": [{**PERSON, "from": "side"}]},
        {"records": [{"id": "x"}]},
    ],
)
def test_bad_mappings_are_named(said: dict[str, Any]) -> None:
    with pytest.raises(MappingRejected):
        parse_mapping(BASE | said)


def test_mapping_files(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(yaml.safe_dump(BASE | {"on_bad_value": "drop", "country": "fr"}))
    mapping = load_mapping(path)
    assert (mapping.defaults.drop_bad_values, mapping.defaults.country) == (True, "fr")
    path.write_text("a: [")
    with pytest.raises(MappingRejected, match="MAPPING_UNREADABLE"):
        load_mapping(path)
    with pytest.raises(MappingRejected, match="MAPPING_UNREADABLE"):
        load_mapping(tmp_path / "none.yaml")


@given(st.dictionaries(st.sampled_from("abc"), st.text(alphabet="x {}", max_size=4), min_size=3))
def test_a_template_puts_cells_in_and_reads_none_of_them(row: dict[str, str]) -> None:
    filled = Template("<{a}|{b}>").of(row)
    assert filled == ("" if not (row["a"] or row["b"]) else f"<{row['a']}|{row['b']}>")
    with pytest.raises(RecordRejected, match="NO_COLUMN"):
        Template("{d}").of(row)


def test_local_times_codes_and_ids_of_other_records(tmp_path: Path) -> None:
    properties = {
        "date": {"column": "at", "date": "%d.%m.%Y %H:%M"},
        "startDate": {"column": "told", "date": "%Y-%m-%dT%H:%M%z"},
        "movement": {"column": "event", "codes": {"36": "GATE_OUT"}},
        "container": {"prefix": "box-", "hash": ["box"]},
        "haulier": {"prefix": "co-", "hash": ["who"]},
    }
    rule = {"schema": "ContainerMovement", "id": "m-{n}", "properties": properties}
    box = {"schema": "Container", "id": {"prefix": "box-", "hash": ["box"]}, "properties": {"name": "box"}}
    path = _csv(
        tmp_path,
        "n,at,told,event,box,who\n1,16.04.2026 03:40,2026-04-16T03:40+0200,36,XQZU 1,\n2,,,99,XQZU 1,\n",
    )
    [(_, [there, moved]), (_, rejected)] = _rows(path, records=[box, rule])
    assert moved["properties"] == {
        "date": ["2026-04-16T03:40:00"],
        "startDate": ["2026-04-16T01:40:00"],
        "movement": ["GATE_OUT"],
        "container": [there["id"]],
    }
    assert rejected == "CODE"


@pytest.mark.parametrize("codes", ["GATE_OUT", {"36": 36}, {"36": ""}])
def test_codes_that_are_no_table_of_texts_are_refused(codes: object) -> None:
    rule = {**PERSON, "properties": {"name": {"column": "n", "codes": codes}}}
    with pytest.raises(MappingRejected, match="name"):
        parse_mapping(BASE | {"records": [rule]})


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-04-16T03:40+02:00", "2026-04-16T01:40:00"),
        ("2026-04-16T03:40-0500", "2026-04-16T08:40:00"),
        ("2026-04-16T03:40Z", "2026-04-16T03:40:00"),
        ("2026-04-16T03:40:21Z", "2026-04-16T03:40:21"),
        ("2026-04-16T03:40:21+01:00", "2026-04-16T02:40:21"),
        ("2026-04-16T03:40", "2026-04-16T03:40"),
    ],
)
def test_a_time_without_seconds_keeps_what_its_offset_says(told: str, kept: str) -> None:
    defaults = Defaults({"dataset": "d", "subject_category": "NOT_A_PERSON"})
    row = {
        "id": "s-1",
        "schema": "Seizure",
        "properties": {"name": ["one"], "drug": ["cocaine"], "date": [told]},
    }
    assert Reader(load_model(), "fr.ofast", defaults).read(row).properties["date"] == (kept,)


def test_a_table_fills_a_provenance_and_blank_parts_of_it_are_left_out(tmp_path: Path) -> None:
    ruling = {
        "country": "{pays}", "status": "{statut}", "court": "{jur}", "reference": "{ref}", "decided": "{le}",
    }  # fmt: skip
    rule = {
        "schema": "Person",
        "id": "p-{n}",
        "properties": {"name": "nom"},
        "envelope": {
            "provenance": {"instrument": "{inst}", "tool": {"name": "{outil}"}, "rulings": [ruling]}
        },
    }
    path = _csv(
        tmp_path,
        "n,nom,inst,outil,pays,statut,jur,ref,le\n"
        "1,Jean Exemple,EIO,lecteur,SE,EXCLUDED,Svea hovrätt,B 4,2026-06-02\n2,Jeanne Exemple,,,,,,,\n",
    )
    [(_, [first]), (_, [second])] = _rows(path, records=[rule])
    assert first["envelope"]["provenance"] == {
        "instrument": "EIO",
        "tool": {"name": "lecteur"},
        "rulings": [
            {
                "country": "SE",
                "status": "EXCLUDED",
                "court": "Svea hovrätt",
                "reference": "B 4",
                "decided": "2026-06-02",
            }
        ],
    }
    assert "provenance" not in second["envelope"]


LAB = """Résultats d'analyses;;;;
;;;Alcaloïdes;
sample;method;version;cocaïne (%);tropacocaïne (%)
A1;GC-MS-7;2;71,5;<0,01
A2;GC-MS-7;2;;n.d.
A3;GC-MS-7;2;12.5;
"""
LABORATORY = Path(__file__).parents[2] / "deploy" / "mappings" / "laboratory-profiles.yaml"


def laboratory(path: Path, encoding: str, **other: Any) -> list[Any]:
    """What a laboratory's file with two titles above its headings gives."""
    said = yaml.safe_load(LABORATORY.read_text(encoding="utf-8"))
    said["records"] = [each for each in said["records"] if each["schema"] == "ChemicalProfile"]
    for name in ("laboratory", "measuredAt", "sample"):
        del said["records"][0]["properties"][name]
    path.write_bytes(LAB.encode(encoding))
    mapping = parse_mapping(said | {"encoding": encoding} | other)
    return [each.rows for each in read_mapped(path, mapping, 0)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_headings_may_stand_under_a_title(tmp_path: Path, encoding: str) -> None:
    (first,), (second,), third = laboratory(tmp_path / "a.csv", encoding, header=3)
    assert first["properties"]["compounds"] == ["cocaïne: 71.5 %", "tropacocaïne: < 0.01 %"]
    assert second["properties"]["compounds"] == ["cocaïne: -", "tropacocaïne: < LOD"]
    assert (third.code, third.field) == ("AMOUNT", "cocaïne (%)")


def test_a_title_that_is_taken_for_headings_says_what_a_mapping_can_say(tmp_path: Path) -> None:
    with pytest.raises(SourceRejected, match="header: 3") as caught:
        laboratory(tmp_path / "a.csv", "utf-8-sig")
    assert caught.value.code == "HEADER"


def test_headings_in_another_encoding_are_no_rows_of_strange_compounds(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("sample;cocaïne (%)\nA1;3\n".encode("cp1252"))
    mapping = parse_mapping(BASE | {"delimiter": ";"})
    with pytest.raises(SourceRejected, match="encoding: cp1252") as caught:
        list(read_mapped(tmp_path / "a.csv", mapping, 0))
    assert caught.value.code == "ENCODING"


@pytest.mark.parametrize("line", [0, -1, True, "3", 1_001, None, 2.0])
def test_a_line_of_headings_that_is_none_is_refused(line: object) -> None:
    with pytest.raises(MappingRejected, match="header"):
        parse_mapping(BASE | {"header": line})
