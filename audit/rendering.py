"""The statistics as lines, CSV, JSON facts and HTML. Everything that comes from a log is escaped.

The CSV (RFC 4180) has one row for each group; a cell that a spreadsheet would run as a formula gets an
apostrophe in front. The HTML is one file with nothing from elsewhere, for screen, paper and screen reader.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from audit.phrases import PHRASES
from audit.statistics import COLUMNS, NOT_STATED, Count, Row, Statistics
from audit.trusting import NOT_VERIFIED, standing
from audit.verifier import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

_NOTHING_FROM_ELSEWHERE = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100% }
caption { font-weight: bold; text-align: start; padding: .3rem 0 }
th, td { border: 1px solid; padding: .2rem .5rem }
th[scope=row] { text-align: start; font-weight: normal; overflow-wrap: anywhere }
td { text-align: end; font-variant-numeric: tabular-nums }
dt { font-weight: bold }
dd { overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none } table { break-inside: avoid } }
"""


def facts_of(found: Statistics, report: Report) -> dict[str, object]:
    """The statistics for machines; a number that is not told is `"<5"` or `"*"`."""
    return standing(report) | {
        "period": [found.period.start.isoformat(), found.period.end.isoformat()],
        "unreadable": found.unreadable,
        "totals": dict(zip(COLUMNS, found.totals.counts, strict=True)),
        "tables": {
            table.dimension: {row.group: dict(zip(COLUMNS, row.counts, strict=True)) for row in table.rows}
            for table in found.tables
        },
    }


def lines_of(found: Statistics, report: Report, language: str) -> list[str]:
    """The statistics as lines for a terminal."""
    said = PHRASES[language]
    lines = [f"{name}: {value}" for name, value in _about(found, report, said)]
    for caption, rows in _tables(found, said):
        lines += ["", caption, _line("", [said[name] for name in COLUMNS])]
        lines += [_line(name, row.counts) for name, row in rows]
    return [*lines, "", *_notes(report, said)]


def _line(name: str, cells: Sequence[Count]) -> str:
    return f"  {name[:40]:<40}" + "".join(f" {cell:>20}" for cell in cells)


def csv_of(found: Statistics, report: Report, language: str) -> str:
    """The statistics as CSV: the log and period first, as dimension and group, then all groups."""
    said = PHRASES[language]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([said["dimension"], said["group"], *(said[name] for name in COLUMNS)])
    blank = [""] * len(COLUMNS)
    for name, value in _about(found, report, said):
        writer.writerow([inert(name), inert(value), *blank])
    for note in _notes(report, said):
        writer.writerow(["", inert(note), *blank])
    writer.writerow([said["totals"], "", *found.totals.counts])
    for table in found.tables:
        for row in table.rows:
            writer.writerow([said[table.dimension], inert(_name(row, said)), *row.counts])
    return out.getvalue()


def inert(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def html_of(found: Statistics, report: Report, language: str) -> str:
    """The statistics as a page."""
    said = PHRASES[language]
    about = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in _about(found, report, said)
    )
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in _notes(report, said))
    tables = "".join(_table(caption, rows, said) for caption, rows in _tables(found, said))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FROM_ELSEWHERE}">\n'
        f"<title>{escape(said['title'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(said['title'])}</h1>\n<dl>\n{about}</dl>\n{notes}{tables}</main>\n</body>\n</html>\n"
    )


def _table(caption: str, rows: Sequence[tuple[str, Row]], said: Mapping[str, str]) -> str:
    heads = "".join(f'<th scope="col">{escape(said[name])}</th>' for name in ("group", *COLUMNS))
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in row.counts)
        + "</tr>\n"
        for name, row in rows
    )
    head = f"<thead><tr>{heads}</tr></thead>"
    return f"<table>\n<caption>{escape(caption)}</caption>\n{head}\n<tbody>\n{body}</tbody>\n</table>\n"


def _tables(found: Statistics, said: Mapping[str, str]) -> Iterator[tuple[str, list[tuple[str, Row]]]]:
    """Every table as caption and named rows, the totals first."""
    yield said["totals"], [(said["totals"], found.totals)]
    for table in found.tables:
        yield said["by"].format(said[table.dimension]), [(_name(row, said), row) for row in table.rows]


def _name(row: Row, said: Mapping[str, str]) -> str:
    return said["not_stated"] if row.group == NOT_STATED else row.group


def _about(found: Statistics, report: Report, said: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the numbers are of."""
    period = f"{found.period.start.isoformat()} / {found.period.end.isoformat()}"
    about = [(said["log"], report.origin or report.log), (said["period"], period)]
    if report.signature != NOT_VERIFIED:
        about += [(said["size"], str(report.signed_size)), (said["root"], report.root)]
        about.append((said["signature"], report.signature))
    if report.witnessed_size is not None:
        about.append((said["witnessed"], str(report.witnessed_size)))
    return [*about, (said["unreadable"], str(found.unreadable))]


def _notes(report: Report, said: Mapping[str, str]) -> list[str]:
    return [said["unverified" if report.signature == NOT_VERIFIED else "verified"], said["privacy"]]
