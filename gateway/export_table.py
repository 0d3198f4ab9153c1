"""An export as one CSV table (RFC 4180): every value with its source, and what each node said.

All of it is foreign text, and whoever opens the file may do so in a spreadsheet. So no cell begins a formula,
wherever a program that splits at other separators sees one begin (OWASP, CSV Injection): what would is led by
an apostrophe. Every cell is quoted; controls and direction marks are made visible. The JSON beside it holds
the values as they came.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.export_page import rulings
from gateway.visible import visible
from tenants.formats.cells import led

COLUMNS: Final = (
    "row",
    "handle",
    "source",
    "owner",
    "property",
    "value",
    "handling",
    "evaluation",
    "tlp",
    "receipt",
    "status",
    "reasons",
)
ENCODING: Final = "utf-8-sig"
"""With the byte order mark: spreadsheets take UTF-8 without it for a code page, and spell names wrong."""


def table(document: Mapping[str, Any], digest: str) -> str:
    """The table of an export document, without the mark that `ENCODING` sets; `digest` is its JSON file's."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(document, digest):
        writer.writerow({name: harmless(_text(value)) for name, value in row.items()})
    return written.getvalue()


def harmless(cell: str) -> str:
    """The cell on one line, with an apostrophe wherever a formula would begin, and nothing else changed."""
    return led(visible(cell))


def _rows(document: Mapping[str, Any], digest: str) -> Iterable[Mapping[str, object]]:
    """What it is and its mark; each value; each record as evidence; each that is missing; each node asked."""
    about = {"row": "EXPORT", "handle": document["export"], "source": document["node"], "value": digest}
    yield about | (document["highWater"] or {}) | {"status": document["use"], "reasons": document["to"]}
    for value in document["values"]:
        yield {"row": "VALUE"} | {name: value[name] for name in COLUMNS if name in value}
    for claim in document["records"]:
        told = claim["provenance"]
        said = {"handle": claim["handle"], "source": claim["node"], "property": "PROVENANCE"}
        amiss = [each["code"] for each in told["gaps"]]
        yield {"row": "EVIDENCE"} | said | {"value": rulings(told), "status": told["told"], "reasons": amiss}
    for each in document["missing"]:
        told = {"handle": each["handle"], "source": each["provider"], "handling": each["codes"]}
        yield {"row": "MISSING"} | told | {"reasons": each["reason"]}
    for each in document["nodes"]:
        told = {"source": each["node"], "receipt": each["receipt"], "status": each["status"]}
        yield {"row": "NODE", "handle": each["query"]} | told | {"reasons": each["reasons"]}


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
