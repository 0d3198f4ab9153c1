"""A report as PDF, and its drawings as PNG, by Typst with the fonts that it brings.

The PDF is PDF/A-2a and PDF/UA-1: for archives, and for who reads by ear. Fonts of the machine are not looked
at, so a report looks the same everywhere; what none of Typst's fonts can show is spelt as `[U+XXXX]`.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import orjson
import typst

from gateway.svg_drawing import drawn
from gateway.visible import printable
from sharing.reports.pages import Block, Drawing, Pages, Table

_STANDARDS: Any = ["a-2a", "ua-1"]
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_NUMBERED = re.compile(r"\\u\{([0-9a-f]+)\}")
_DRAWN = b"""
#set page(width: auto, height: auto, margin: 2mm)
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#image(bytes(sys.inputs.svg), format: "svg", width: 170mm)
"""
_UNBROKEN, _NARROWEST, _SENTENCE, _WIDEST = re.compile(r"[\s/]+"), 8, 20, 24
"""What parts words, and the widths of columns in characters."""
_TOO_LONG, _MAY_BREAK = re.compile(r"[^\s/]{16}(?=[^\s/]{8})"), "\N{ZERO WIDTH SPACE}"
_PPI = 150.0


def pdf(pages: Pages) -> bytes:
    """The file; the same report gives the same bytes."""
    told = orjson.dumps(_told(pages)).decode()
    while True:
        try:
            return _compiled(told, pages.made_at)
        except typst.TypstError as error:
            unshown = _unshown(str(error), set(told))
            if not unshown:
                raise
            told = "".join(f"[U+{ord(each):04X}]" if each in unshown else each for each in told)


def png(drawing: Drawing) -> bytes:
    """A drawing for formats that take no SVG."""
    made = typst.compile(
        _DRAWN, ignore_system_fonts=True, format="png", ppi=_PPI, sys_inputs={"svg": drawn(drawing)}
    )
    return bytes(made)


def _unshown(says: str, told: set[str]) -> set[str]:
    """The characters to spell, because no font shows them; none where that is not what went wrong.

    Typst names them, themselves or by their numbers. Of letters with marks it names the letter only: then it
    is the marks; and if it is not, all that is not ASCII.
    """
    quoted = "".join(_UNSHOWN.findall(says))
    if not quoted:
        return set()
    named = {*quoted, *(chr(int(number, 16)) for number in _NUMBERED.findall(quoted))}
    foreign = {each for each in told if not each.isascii()}
    marks = {each for each in foreign if unicodedata.category(each).startswith("M")}
    return (named & foreign) or marks or foreign


def _compiled(told: str, made_at: int) -> bytes:
    made = typst.compile(
        _template(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"pages": told},
        pdf_standards=_STANDARDS,
        timestamp=made_at,
    )
    return bytes(made)


@cache
def _template() -> bytes:
    return resources.files("gateway").joinpath("page_templates", "pages.typ").read_bytes()


def _told(pages: Pages) -> Mapping[str, Any]:
    names = ("language", "title", "mark", "foot", "page")
    sections = [
        {"title": printable(each.title), "blocks": [_block(block) for block in each.blocks]}
        for each in pages.sections
    ]
    return {name: printable(getattr(pages, name)) for name in names} | {"sections": sections}


def _block(block: Block) -> Mapping[str, Any]:
    if isinstance(block, Table):
        rows = [[{"text": _parted(each.text), "number": each.number} for each in row] for row in block.rows]
        heads = [printable(each) for each in block.heads]
        return {"kind": "table", "heads": heads, "rows": rows, "widths": _widths(block)}
    if isinstance(block, Drawing):
        return {"kind": "drawing", "svg": drawn(block), "says": printable(block.says)}
    return {"kind": "paragraph", "text": _parted(block.text)}


def _widths(table: Table) -> list[int]:
    """How wide columns are beside each other: as the longest part that is not broken, or a few words."""
    columns = zip(table.heads, *([cell.text for cell in row] for row in table.rows), strict=True)
    return [max(map(_width, column)) for column in columns]


def _width(text: str) -> int:
    part = max(map(len, _UNBROKEN.split(text)))
    return max(_NARROWEST, min(part, _WIDEST), min(len(text), _SENTENCE))


def _parted(text: str) -> str:
    """Visible, and what would run into the next column may be broken where it is too long."""
    return _TOO_LONG.sub(rf"\g<0>{_MAY_BREAK}", printable(text))
