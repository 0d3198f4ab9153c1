"""Files that unpack, expand or nest without end are turned away by a name, before they are unfolded."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tenants import sheet_source
from tenants.errors import MappingRejected, SourceRejected
from tenants.mapping import LARGEST_MAPPING, load_mapping
from tenants.sheet_source import read_sheet

pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY m SYSTEM "file:///etc/passwd">]>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS: Mapping[str, str] = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>PLAIN</t></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>',
}


def workbook(changes: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (dict(PARTS) | changes).items():
            archive.writestr(name, text)
    return packed.getvalue()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sheet.xlsx"
    path.write_bytes(content)
    return path


def test_the_plain_workbook_is_read(tmp_path: Path) -> None:
    ((line, _, cells),) = read_sheet(written(tmp_path, workbook({})), "", ".")
    assert (line, cells) == (1, ["PLAIN"])


@pytest.mark.parametrize("part", [name for name in PARTS if not name.startswith("[")])
@pytest.mark.parametrize("declared", [BOMB, OUTSIDE], ids=["entities", "outside"])
def test_no_entity_is_unfolded_in_any_part(tmp_path: Path, part: str, declared: str) -> None:
    text = PARTS[part].replace("PLAIN", "&m;").replace("<v>0</v>", "<v>0&m;</v>")
    path = written(tmp_path, workbook({part: declared + text}))
    try:
        told = list(read_sheet(path, "", "."))
    except SourceRejected:
        return
    assert len(repr(told)) < 1000, "an entity was unfolded"
    assert "root:" not in repr(told), "a file of this machine was read"


def test_what_unpacks_to_more_than_its_like_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_source, "LARGEST_PART", 1 << 20)
    path = written(tmp_path, workbook({"xl/worksheets/sheet1.xml": " " * (2 << 20)}))
    assert path.stat().st_size < 10_000
    with pytest.raises(SourceRejected) as told:
        list(read_sheet(path, "", "."))
    assert told.value.code == "SOURCE_TOO_LARGE"


def test_an_archive_that_lies_about_its_sizes_unpacks_to_no_more_than_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_source, "LARGEST_PART", 1 << 20)
    content = workbook({"xl/worksheets/sheet1.xml": PARTS["xl/worksheets/sheet1.xml"] + " " * (2 << 20)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = content.replace(struct.pack("<L", true), struct.pack("<L", 5000))
    assert lying != content
    with pytest.raises(SourceRejected) as told:
        list(read_sheet(written(tmp_path, lying), "", "."))
    assert told.value.code == "SHEET"


def test_too_many_parts_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_source, "MOST_PARTS", 10)
    path = written(tmp_path, workbook({f"xl/{n}.xml": "" for n in range(5)}))
    with pytest.raises(SourceRejected, match="12 parts"):
        list(read_sheet(path, "", "."))


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [LAUGHS, "[" * 20_000, "{a: " * 20_000, "a: " + "x" * LARGEST_MAPPING, "a: !!python/object:os.system {}"],
    ids=["aliases", "lists", "tables", "large", "objects"],
)
def test_a_mapping_that_unfolds_nests_or_calls_is_rejected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(MappingRejected) as told:
        load_mapping(path)
    assert told.value.code == "MAPPING_UNREADABLE"
