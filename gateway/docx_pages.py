"""A report as DOCX, its codes in the header of every page; text runs, and no field but page numbers."""

import io
import zipfile
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Words

from gateway.typst_pages import png
from gateway.visible import printable
from sharing.reports.pages import Block, Cell, Drawing, Pages, Table

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every part in the file, so that the same report gives the same bytes."""
_WIDTH = Mm(178)
_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}


def docx(pages: Pages) -> bytes:
    """The file; the same report gives the same bytes."""
    document = Document()
    _dressed(document, pages)
    document.add_heading(printable(pages.title), level=1)
    for section in pages.sections:
        document.add_heading(printable(section.title), level=2)
        for block in section.blocks:
            _add(document, block)
    written = io.BytesIO()
    document.save(written)
    return _settled(written.getvalue())


def _dressed(document: Docx, pages: Pages) -> None:
    """Paper, language, what the file says of itself, and what stands on every page."""
    (section,) = document.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    document.styles["Normal"].font.size = Pt(9.5)
    told, at = document.core_properties, datetime.fromtimestamp(pages.made_at, UTC).replace(tzinfo=None)
    told.title, told.language, told.author, told.comments = printable(pages.title), pages.language, "", ""
    told.created = told.modified = at
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run(pages.mark).bold = True
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{printable(pages.foot)}, ")
    _numbered(foot, pages.page)


def _numbered(paragraph: Words, text: str) -> None:
    """The text with the page's number and that of all pages in their places."""
    for part in text.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if part in _FIELDS:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), _FIELDS[part])
            paragraph._p.append(field)  # noqa: SLF001  # python-docx has no fields of its own
        else:
            paragraph.add_run(part)


def _add(document: Docx, block: Block) -> None:
    if isinstance(block, Table):
        _table(document, block)
    elif isinstance(block, Drawing):
        document.add_picture(io.BytesIO(png(block)), width=_WIDTH)
        document.inline_shapes[-1]._inline.docPr.set("descr", printable(block.says))  # noqa: SLF001  # the same
        document.add_paragraph(printable(block.says))
    else:
        run = document.add_paragraph().add_run(printable(block.text))
        run.font.no_proof = block.foreign


def _table(document: Docx, block: Table) -> None:
    table = document.add_table(rows=1, cols=len(block.heads), style="Table Grid")
    for place, head in zip(table.rows[0].cells, block.heads, strict=True):
        place.paragraphs[0].add_run(printable(head)).bold = True
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # the same
    for row in block.rows:
        for place, cell in zip(table.add_row().cells, row, strict=True):
            _fill(place, cell)


def _fill(place: _Cell, cell: Cell) -> None:
    paragraph = place.paragraphs[0]
    run = paragraph.add_run(printable(cell.text))
    run.font.no_proof = cell.foreign
    if cell.number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _settled(content: bytes) -> bytes:
    """The same parts in the same order, without the time at which they were put together."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(written, "w") as settled:
        for name in made.namelist():
            settled.writestr(zipfile.ZipInfo(name, _EPOCH), made.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
