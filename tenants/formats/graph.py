"""A parcel as a graph: things are vertices, links and references are ties; and the rows of a graph back.

A link whose two ends are known is a tie from each end to each other. An end that is not in the parcel is a
STUB, which says its handle only. A link without ends, which may be masked, is a vertex.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from tenants.errors import RecordRejected, Rejected
from tenants.formats.cells import cells_of, escaped, row_of
from tenants.formats.port import Item, Parcel, Row
from tenants.model import EntityModel

RECORD: Final = "RECORD"
STUB: Final = "STUB"
REFERENCE: Final = "REFERENCE"


@dataclass(frozen=True, slots=True)
class Vertex:
    """A thing by its handle; `cells` are its own and `row`, `label`, `kind`."""

    handle: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that links two handles; `cells` as those of a vertex, and the link's `handle`."""

    source: str
    target: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All vertices and ties; every end of a tie is a vertex."""

    vertices: tuple[Vertex, ...]
    ties: tuple[Tie, ...]


def drawn(parcel: Parcel, model: EntityModel) -> Drawn:
    """The graph of a parcel."""
    links = {each.handle: pairs for each in parcel.items if (pairs := tuple(_pairs(each, model)))}
    vertices = {each.handle: Vertex(each.handle, _told(each, model)) for each in parcel.items}
    vertices = {handle: each for handle, each in vertices.items() if handle not in links}
    ties = []
    for each in parcel.items:
        told = _told(each, model) | {"handle": each.handle}
        ties += [Tie(source, target, told) for source, target in links.get(each.handle, ())]
        if each.handle in vertices:
            ties += _references(each, vertices, model)
    for handle in sorted({end for tie in ties for end in (tie.source, tie.target)} - vertices.keys()):
        vertices[handle] = Vertex(handle, {"row": STUB, "label": handle, "kind": STUB})
    return Drawn(tuple(vertices.values()), tuple(ties))


def rows_of(graph: Drawn, model: EntityModel) -> Iterator[Row | Rejected]:
    """The records of a graph, a link that is several ties once."""
    for vertex in graph.vertices:
        if vertex.cells.get("row") != STUB:
            yield _read(vertex.cells, vertex.handle)
    seen: dict[object, Row | Rejected] = {}
    for tie in graph.ties:
        if tie.cells.get("row") == REFERENCE:
            continue
        name = tie.cells.get("handle", f"{tie.source} to {tie.target}")
        row = _checked(_read(tie.cells, name), tie, model)
        before = seen.setdefault(name, row)
        if before is row:
            yield row
        elif before != row:
            yield RecordRejected("CONTRADICTS", "", f"{name!r:.80} says one thing in one tie, one in another")


def _told(item: Item, model: EntityModel) -> dict[str, object]:
    return {"row": RECORD, "label": _label(item, model), "kind": item.row["schema"]} | cells_of(item.row)


def _label(item: Item, model: EntityModel) -> str:
    kind, properties = model.kinds.get(item.row["schema"]), item.row["properties"]
    named = (properties[name][0] for name in (kind.caption if kind else ()) if properties.get(name))
    return escaped(next(named, item.handle))


def _pairs(item: Item, model: EntityModel) -> Iterator[tuple[str, str]]:
    """The ends of a link lie at its own node."""
    kind, properties = model.kinds.get(item.row["schema"]), item.row["properties"]
    if kind is not None and kind.edge:
        sources, targets = (properties.get(name, ()) for name in kind.ends)
        yield from (
            (f"{item.node}/{one}", f"{item.node}/{other}") for one, other in product(sources, targets)
        )


def _references(item: Item, known: Mapping[str, Vertex], model: EntityModel) -> Iterator[Tie]:
    kind = model.kinds.get(item.row["schema"])
    for name in sorted(kind.references if kind else ()):
        for value in item.row["properties"].get(name, ()):
            if (target := f"{item.node}/{value}") in known:
                yield Tie(item.handle, target, {"row": REFERENCE, "label": name, "kind": name})


def _read(cells: Mapping[str, object], name: object) -> Row | Rejected:
    if cells.get("row") != RECORD:
        return RecordRejected("NO_RECORD", "", f"{name!r:.80} has row {cells.get('row')!r:.40}, not {RECORD}")
    try:
        return row_of(cells)
    except RecordRejected as rejected:
        return rejected


def _checked(row: Row | Rejected, tie: Tie, model: EntityModel) -> Row | Rejected:
    """The row of a tie, if the tie is drawn between what the row says that it links."""
    if isinstance(row, Rejected):
        return row
    kind = model.kinds.get(row["schema"])
    if kind is None or not kind.edge:
        return RecordRejected(
            "NO_LINK", "schema", f"{row['schema']!r:.60} is drawn as a tie and links nothing"
        )
    for name, handle in zip(kind.ends, (tie.source, tie.target), strict=True):
        said = row["properties"].get(name, ())
        if handle.partition("/")[2] not in said:
            return RecordRejected("ENDS", name, f"drawn at {handle!r:.80}, the record says {said!r:.80}")
    return row
