"""GraphML 1.0 and GEXF 1.2 by networkx. XML from outside is looked through by defusedxml first."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final

import networkx as nx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from tenants.errors import Rejected, SourceRejected
from tenants.formats.graph import Drawn, Tie, Vertex, drawn, rows_of
from tenants.formats.port import LEFT_OUT, Format, Parcel, Row, Written, behind
from tenants.model import EntityModel

DEEPEST: Final = 16
_TYPES: Final = frozenset({"attr.type", "yfiles.type"})
_BROKEN = (nx.NetworkXError, ValueError, LookupError, TypeError, AttributeError, RuntimeError)


class Graphml:
    """See `Codec`. What the export says of itself are attributes of the graph."""

    format = Format.GRAPHML
    left_out = LEFT_OUT

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One directed graph with parallel edges."""
        about = {**parcel.about, "leftOut": ", ".join(behind(self.left_out, parcel))}
        graph = _graph(drawn(parcel, self._model), about)
        text = "\n".join(nx.generate_graphml(graph, named_key_ids=False))
        return (Written(".graphml", "application/graphml+xml", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """Vertices, then ties."""
        _look_through(content, "graphml")
        try:
            graph = nx.read_graphml(BytesIO(content), edge_key_type=str, force_multigraph=True)
        except _BROKEN as error:
            raise _no_graph("GraphML", error) from error
        yield from rows_of(_drawn(graph), self._model)


class Gexf:
    """See `Codec`. What the export says of itself is the name of the graph, which is not read back."""

    format = Format.GEXF
    left_out = LEFT_OUT

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One directed graph with parallel edges."""
        left = f"left out {' '.join(behind(self.left_out, parcel))}"
        name = ", ".join([*(f"{name} {value}" for name, value in parcel.about.items()), left])
        graph = _graph(drawn(parcel, self._model), {"name": name})
        text = "\n".join(nx.generate_gexf(graph))
        return (Written(".gexf", "application/gexf+xml", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """Vertices, then ties."""
        _look_through(content, "gexf")
        try:
            graph = nx.read_gexf(BytesIO(content))
        except _BROKEN as error:
            raise _no_graph("GEXF", error) from error
        yield from rows_of(_drawn(graph), self._model)


def _graph(told: Drawn, about: Mapping[str, str]) -> Any:  # noqa: ANN401  # networkx has no types
    graph = nx.MultiDiGraph(**about)
    for vertex in told.vertices:
        graph.add_node(vertex.handle, **_renamed(vertex.cells, "id", "record"))
    for number, tie in enumerate(told.ties):
        graph.add_edge(tie.source, tie.target, key=f"t{number}", **_renamed(tie.cells, "id", "record"))
    return graph


def _drawn(graph: Any) -> Drawn:  # noqa: ANN401  # networkx has no types
    vertices = (Vertex(str(name), _renamed(told, "record", "id")) for name, told in graph.nodes(data=True))
    ties = (
        Tie(str(one), str(two), _renamed(told, "record", "id")) for one, two, told in graph.edges(data=True)
    )
    return Drawn(tuple(vertices), tuple(ties))


def _renamed(cells: Mapping[str, object], old: str, new: str) -> dict[str, object]:
    """The id of a record under another name: `id` is the file's own, of its vertices and edges."""
    return {new if name == old else name: value for name, value in cells.items() if name != new}


def _look_through(content: bytes, root: str) -> None:
    """Raise `SourceRejected` for what is too deep, would be guessed at, has entities or doubles an id."""
    depth, names = 0, set()
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                element.clear()
                continue
            depth += 1
            kind = str(element.tag).rpartition("}")[2]
            name = (kind, element.get("id"))
            if depth > DEEPEST or (depth == 1 and kind != root):
                raise SourceRejected(
                    "NOT_A_GRAPH", kind, f"{kind} at depth {depth}: {root} is read, to {DEEPEST}"
                )
            if kind == "key" and not _TYPES & set(element.keys()):
                raise SourceRejected("NOT_A_GRAPH", kind, f"{name[1]!r:.80} has no attr.type")
            if kind == "port":
                raise SourceRejected("NOT_A_GRAPH", kind, "ports of a vertex are not read")
            if kind in ("node", "edge") and name[1] is not None:
                if name in names:
                    raise SourceRejected("DUPLICATE_ID", kind, f"{name[1]!r:.80} stands twice")
                names.add(name)
    except DefusedXmlException as error:
        raise SourceRejected("XML_ENTITIES", "", f"{error}"[:200]) from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceRejected("XML", "", str(error)[:200]) from error


def _no_graph(what: str, error: Exception) -> SourceRejected:
    return SourceRejected("NOT_A_GRAPH", "", f"no {what}: {type(error).__name__}: {str(error)[:200]}")
