"""Rows of a spreadsheet (Office Open XML) as hostile input: sizes first, and no formula is believed."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tenants.errors import RecordRejected, SourceRejected

LARGEST_PART = 256 << 20  # bytes, unpacked
MOST_PARTS = 2_000
MOST_ROWS = 1_048_576
MOST_CELLS = 2_000


def read_sheet(path: Path, sheet: str, decimal: str) -> Iterator[tuple[int, int, list[str] | RecordRejected]]:
    """Line number, bytes of the file read so far (all of them), cells; blank lines are left out.

    `sheet` is its name, empty for the first one; numbers are written with `decimal`. Raises `SourceRejected`.
    """
    size = _checked(path)
    try:
        book = load_workbook(path, read_only=True, keep_links=False)
        rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(max_row=MOST_ROWS, max_col=MOST_CELLS)
        for line, row in enumerate(rows, start=1):
            cells = [_text(cell.value, cell.data_type, decimal) for cell in row]
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                yield (
                    line,
                    size,
                    next((each for each in cells if isinstance(each, RecordRejected)), _whole(cells)),
                )
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, OSError) as error:
        raise SourceRejected("SHEET", sheet, f"{path}: {type(error).__name__}: {str(error)[:200]}") from error
    except (InvalidFileException, zipfile.BadZipFile) as error:
        raise SourceRejected("SHEET", sheet, f"{path}: is no spreadsheet: {str(error)[:200]}") from error


def _whole(cells: list[str | RecordRejected]) -> list[str]:
    return [each for each in cells if isinstance(each, str)]


def _checked(path: Path) -> int:
    """The file's size; what would unpack to more than its like ever holds is not opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceRejected("SHEET", "", f"{path}: is no spreadsheet: {str(error)[:200]}") from error
    unpacked = sum(each.file_size for each in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_PART:
        reason = f"{path}: {len(parts)} parts of {unpacked} bytes, at most {MOST_PARTS} of {LARGEST_PART}"
        raise SourceRejected("SOURCE_TOO_LARGE", "", reason)
    return path.stat().st_size


def _text(value: object, kind: str, decimal: str) -> str | RecordRejected:
    """A cell as a row of text has it. A formula is rejected: what it once came to is nobody's measurement."""
    if kind == "f" or (isinstance(value, str) and value.startswith("=")):
        return RecordRejected("FORMULA", "", f"{value!r:.60} is a formula; save the sheet with its values")
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return repr(value).replace(".", decimal)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
