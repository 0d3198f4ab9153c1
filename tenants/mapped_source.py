"""Rows of tables, JSON lists and adjacency matrices as hostile input, turned into records by a mapping.

A row is read from a line of the file; a load cut short goes on behind the last line it had done. Bytes that
are no text in the source's encoding come through as surrogates, which the cleaning rejects by name.
"""

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.jsonl_source import Read, parse
from tenants.mapping import Mapping, Row, records_of
from tenants.sheet_source import read_sheet

LARGEST_LIST = 64 << 20  # bytes
MOST_COLUMNS = 2_000
LONGEST_CELL = 131_072  # characters
_FURTHER = "where they stand further down, under a title, a mapping says in which line (`header: 3`)"


def read_mapped(path: Path, mapping: Mapping, line: int) -> Iterator[Read]:
    """The rows behind `line`; raises `SourceRejected` when the file is not of the mapping's format."""
    reader = {"csv": _csv, "xlsx": _csv, "json-list": _list, "matrix": _matrix}[mapping.format]
    return (read for read in reader(path, mapping) if read.line > line)


def _csv(path: Path, mapping: Mapping) -> Iterator[Read]:
    sheet = mapping.format == "xlsx"
    lines = read_sheet(path, mapping.sheet, mapping.decimal) if sheet else _lines(path, mapping)
    _, _, header = next((each for each in lines if each[0] >= mapping.header), (0, 0, []))
    names = _header(header, path)
    for line, position, cells in lines:
        if sheet and isinstance(cells, list):
            cells.extend([""] * (len(names) - len(cells)))  # a sheet ends a row with its last cell
        if isinstance(cells, Rejected):
            yield Read(line, position, cells)
        elif len(cells) != len(names):
            reason = f"{len(cells)} cells under {len(names)} headings"
            yield Read(line, position, RecordRejected("CELLS", "", reason))
        else:
            row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
            yield Read(line, position, _records(row, mapping, "row"))


def _list(path: Path, mapping: Mapping) -> Iterator[Read]:
    size = path.stat().st_size
    if size > LARGEST_LIST:
        raise SourceRejected(
            "SOURCE_TOO_LARGE", "", f"{path}: {size} bytes, a JSON list has at most {LARGEST_LIST}"
        )
    try:
        items = parse(path.read_bytes())
    except RecordRejected as error:
        raise SourceRejected(error.code, "", f"{path}: {error.reason}") from error
    if not isinstance(items, list):
        raise SourceRejected("NOT_A_LIST", "", f"{path} holds no JSON list")
    for index, item in enumerate(items):
        position = size * (index + 1) // len(items)
        try:
            row = {**_cells(item), "index": str(index)}
        except RecordRejected as rejected:
            yield Read(index + 1, position, rejected)
            continue
        yield Read(index + 1, position, _records(row, mapping, "row"))


def _matrix(path: Path, mapping: Mapping) -> Iterator[Read]:
    lines = _lines(path, mapping)
    first, start, header = next(lines, (0, 0, []))
    labels = _header(header, path)[1:]
    named = [{"label": label, "index": str(index)} for index, label in enumerate(labels)]
    yield Read(first, start, _every(named, mapping, "column"))
    for index, (line, position, cells) in enumerate(lines):
        if isinstance(cells, Rejected) or len(cells) != len(labels) + 1:
            reason = f"{len(cells)} cells under {len(labels) + 1} headings" if isinstance(cells, list) else ""
            yield Read(
                line, position, cells if isinstance(cells, Rejected) else RecordRejected("CELLS", "", reason)
            )
            continue
        label = cells[0].strip()
        own = _records({"label": label, "index": str(index)}, mapping, "row")
        values = list(zip(labels, cells[1:], strict=True))[index + 1 if mapping.symmetric else 0 :]
        pairs = [
            {"row": label, "column": to, "value": value.strip()} for to, value in values if _counts(value)
        ]
        linked = _every(pairs, mapping, "cell")
        rejected = next((part for part in (own, linked) if isinstance(part, Rejected)), None)
        yield Read(line, position, rejected or [*_several(own), *_several(linked)])


def _several(rows: Sequence[object] | Rejected) -> Sequence[object]:
    return () if isinstance(rows, Rejected) else rows


def _counts(value: str) -> bool:
    return value.strip() not in ("", "0", "0.0")


def _every(rows: Sequence[Row], mapping: Mapping, part: str) -> Sequence[object] | Rejected:
    found: list[object] = []
    for row in rows:
        records = _records(row, mapping, part)
        if isinstance(records, Rejected):
            return records
        found += records
    return found


def _records(row: Row, mapping: Mapping, part: str) -> Sequence[object] | Rejected:
    try:
        return list(records_of(row, mapping, part))
    except RecordRejected as rejected:
        return rejected


def _lines(path: Path, mapping: Mapping) -> Iterator[tuple[int, int, list[str] | RecordRejected]]:
    """Line number, bytes read so far, cells; blank lines are left out."""
    encoding = "utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding
    csv.field_size_limit(
        LONGEST_CELL
    )  # of the whole process; libraries lift it, and a quote left open fills memory
    with path.open("rb") as file:
        try:
            text = TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
        except LookupError as error:
            raise SourceRejected(
                "ENCODING", "encoding", f"{mapping.encoding!r:.40} is no encoding"
            ) from error
        reader = csv.reader(text, delimiter=mapping.delimiter, skipinitialspace=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeError) as error:
                yield reader.line_num, file.tell(), RecordRejected("CSV", "", str(error)[:200])
                continue
            if cells:
                yield reader.line_num, file.tell(), cells


def _header(cells: list[str] | RecordRejected, path: Path) -> list[str]:
    if isinstance(cells, RecordRejected) or not 0 < len(cells) <= MOST_COLUMNS:
        raise SourceRejected(
            "HEADER", "", f"{path}: the first line is no list of 1 to {MOST_COLUMNS} headings"
        )
    names = [cell.strip() for cell in cells]
    if wrong := next((name for name in names if not name.isprintable()), None):
        reason = f"{path}: the heading {wrong!r:.80} is no text in the encoding that the file was read in"
        raise SourceRejected("ENCODING", "", f"{reason}, or not printable; a mapping says `encoding: cp1252`")
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise SourceRejected("HEADER", "", f"{path}: headings stand twice: {twice!r:.200}; {_FURTHER}")
    return names


def _cells(item: object) -> dict[str, str]:
    if isinstance(item, dict):
        return {name: _cell(value) for name, value in item.items()}
    return {"value": _cell(item)}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | str | int | float):
        return str(value).strip()
    raise RecordRejected("NOT_TEXT", "", f"{value!r:.80} is neither a text nor a number")
