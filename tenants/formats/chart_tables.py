"""Two CSV tables for charting tools: entities, and links with both ends named. No cell begins a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.cells import led, unled
from tenants.formats.graph import Drawn, Tie, Vertex, drawn, rows_of
from tenants.formats.port import LARGEST, LEFT_OUT, Format, Parcel, Row, Written
from tenants.model import EntityModel

MARK: Final = "\ufeff"
"""Spreadsheets take UTF-8 without it for a code page, and spell names wrong."""
MOST_COLUMNS: Final = 2_000
_ENTITY: Final = ("handle", "label", "kind", "row")
_LINK: Final = ("from", "from label", "to", "to label", "label", "kind", "row", "handle")


class ChartTables:
    """See `Codec`. A table without rows is written with its headings."""

    format = Format.CHART
    left_out = ("ABOUT", *LEFT_OUT)

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """`.entities.csv` and `.links.csv`."""
        graph = drawn(parcel, self._model)
        labels = {each.handle: each.cells["label"] for each in graph.vertices}
        entities = [{"handle": each.handle, **each.cells} for each in graph.vertices]
        links = [_link(each, labels) for each in graph.ties]
        return (
            Written(".entities.csv", "text/csv", _table(_ENTITY, entities)),
            Written(".links.csv", "text/csv", _table(_LINK, links)),
        )

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """The records of either table."""
        lines = _lines(content)
        names = next(lines, [])
        if isinstance(names, Rejected) or not 0 < len(names) <= MOST_COLUMNS or len(set(names)) != len(names):
            raise SourceRejected("HEADER", "", f"the first line is no list of 1 to {MOST_COLUMNS} headings")
        linking = {"from", "to"} <= set(names)
        if not linking and "handle" not in names:
            raise SourceRejected("HEADER", "", f"{names!r:.120} has neither handle nor from and to")
        told: list[dict[str, str]] = []
        for cells in lines:
            if isinstance(cells, Rejected):
                yield cells
            elif len(cells) != len(names):
                yield RecordRejected("CELLS", "", f"{len(cells)} cells under {len(names)} headings")
            else:
                told.append({name: unled(cell) for name, cell in zip(names, cells, strict=True) if cell})
        yield from rows_of(_drawn(told, linking=linking), self._model)


def _drawn(told: Sequence[Mapping[str, str]], *, linking: bool) -> Drawn:
    if linking:
        return Drawn((), tuple(Tie(each.get("from", ""), each.get("to", ""), each) for each in told))
    return Drawn(tuple(Vertex(each.get("handle", ""), each) for each in told), ())


def _link(tie: Tie, labels: Mapping[str, object]) -> dict[str, object]:
    ends = {"from": tie.source, "from label": labels[tie.source]}
    return ends | {"to": tie.target, "to label": labels[tie.target]} | dict(tie.cells)


def _table(first: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    rows = list(rows)
    rest = sorted({name for row in rows for name in row} - set(first))
    written = io.StringIO(newline="")
    columns = [*first, *rest]
    writer = csv.DictWriter(written, columns, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: led(str(value)) for name, value in row.items()} for row in rows)
    return MARK + written.getvalue()


def _lines(content: bytes) -> Iterator[list[str] | RecordRejected]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceRejected("ENCODING", "", f"byte {error.start} is no UTF-8") from error
    csv.field_size_limit(LARGEST)  # of the whole process; the text is in memory already, and no larger
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RecordRejected("CSV", "", str(error)[:200])
            continue
        if cells:
            yield cells
