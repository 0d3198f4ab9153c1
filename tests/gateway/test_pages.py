"""Reports on paper: hostile text is inert in all three formats, codes stand on every page."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from pypdf import PdfReader

from gateway.docx_pages import docx
from gateway.html_pages import html
from gateway.svg_drawing import drawn
from gateway.typst_pages import _told, pdf
from gateway.visible import printable
from sharing.reports.pages import Cell, Drawing, Pages, Paragraph, Section, Table
from sharing.wording import Language

MARK = "TLP:RED H2 H1 H0 X4"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{ZERO WIDTH SPACE}",
    '=HYPERLINK("http://example.org")',
    "{{ 7*7 }} {% raw %}",
    '#panic("typst") $x$ *b* @ref <label> \\u{41} #image("/etc/passwd")',
    "\x00\x1b[31m\ud800\ufffe",
    '" onclick="x" ]]> &amp;',
)
NAMES = "Häggkvist Żółkiewski Ворошнин كريم Éloïse"


def pages(*texts: str, rows: int = 1) -> Pages:
    cells = tuple((Cell(each, foreign=True), Cell("12", number=True)) for each in texts)
    drawing = Drawing(tuple(texts), ((0, len(texts) - 1),), "Drawing")
    blocks = (Paragraph(" ".join(texts), foreign=True), Table(("Who", "How many"), cells * rows), drawing)
    title = f"Report {texts[0]}"
    return Pages(
        Language.FR, title, MARK, "x-1", "page {page} of {pages}", 1_790_000_000, (Section("S", blocks),)
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_hostile_text_is_text_in_html() -> None:
    page = html(pages(*HOSTILE)).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "{{ 7*7 }}" in page
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert "default-src 'none'" in page
    for each in HOSTILE:
        assert not re.search("[\x00\x1b\u202e\u200b\ud800\ufffe]", page), each
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;U+202E&gt;gpj.exe" in page


def test_hostile_text_is_text_in_pdf() -> None:
    read = PdfReader(BytesIO(pdf(pages(*HOSTILE))))
    shown = squeezed(" ".join(page.extract_text() for page in read.pages))
    for each in HOSTILE:
        assert squeezed(printable(each))[:12] in shown
    for page in read.pages:
        assert "/Annots" not in page, "no link, no script, no form"
    assert {"/OpenAction", "/AA", "/Names", "/AcroForm"}.isdisjoint(read.trailer["/Root"])


def test_hostile_text_is_text_in_docx() -> None:
    content = docx(pages(*HOSTILE))
    document = Document(BytesIO(content))
    assert [row.cells[0].text for row in document.tables[0].rows][1:] == [printable(each) for each in HOSTILE]
    with zipfile.ZipFile(BytesIO(content)) as parts:
        fields = {
            found for name in parts.namelist() for found in re.findall(rb'w:instr="(\w+)"', parts.read(name))
        }
        targets = re.findall(rb'TargetMode="External"', b"".join(map(parts.read, parts.namelist())))
    assert fields == {b"PAGE", b"NUMPAGES"}
    assert targets == []


def test_names_in_other_scripts_stand_in_all_three() -> None:
    told = pages(NAMES, "x")
    shown = PdfReader(BytesIO(pdf(told))).pages[0].extract_text()
    for each in ("Häggkvist", "Żółkiewski", "Ворошнин", "Éloïse"):
        assert each in html(told).decode()
        assert each in shown
        assert each in Document(BytesIO(docx(told))).tables[0].rows[1].cells[0].text


def test_what_no_font_of_the_pdf_shows_is_spelt_there() -> None:
    read = PdfReader(BytesIO(pdf(pages("李 Li", "x\N{COMBINING ENCLOSING SCREEN}"))))
    assert "[U+674E] Li" in " ".join(page.extract_text() for page in read.pages)
    assert "李" in html(pages("李 Li", "x")).decode()


def test_codes_and_number_stand_on_every_page() -> None:
    told = pages(NAMES, "x", rows=40)
    read = PdfReader(BytesIO(pdf(told)))
    shown = [page.extract_text() for page in read.pages]
    assert len(shown) > 1
    for place, each in enumerate(shown, 1):
        assert MARK in each
        assert f"page {place} of {len(shown)}" in each
    assert "/StructTreeRoot" in read.trailer["/Root"], "tagged, for who reads by ear"
    (section,) = Document(BytesIO(docx(told))).sections
    assert section.header.paragraphs[0].text == MARK
    page = html(told).decode()
    assert page.index("<thead>") < page.index(MARK) < page.index("</thead>"), "which browsers print on each"


def test_what_is_too_long_for_its_column_may_be_broken_and_is_the_same_text() -> None:
    long = "x" * 300
    wide = pages(long, "y")
    (text,) = (each for each in _told(wide)["sections"][0]["blocks"][1]["rows"][0] if "x" in each["text"])
    assert max(map(len, re.split("\N{ZERO WIDTH SPACE}", text["text"]))) <= 24
    assert text["text"].replace("\N{ZERO WIDTH SPACE}", "") == long


@pytest.mark.parametrize("writer", [html, pdf, docx])
def test_the_same_report_is_the_same_file(writer: object) -> None:
    assert writer(pages(NAMES, "x")) == writer(pages(NAMES, "x"))  # type: ignore[operator]


def test_a_drawing_is_well_formed_and_holds_text_only() -> None:
    picture = ET.fromstring(drawn(Drawing(HOSTILE, ((0, 1),), "d")))  # noqa: S314  # our own
    assert {each.tag.rpartition("}")[2] for each in picture.iter()} == {"svg", "line", "circle", "text"}
