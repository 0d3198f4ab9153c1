"""A report's drawing as SVG: numbered circles and lines, placed by forces from one and the same start.

Distances mean nothing. It loads nothing and runs nothing; names are text, cut where they are long.
"""

from functools import lru_cache
from xml.etree import ElementTree as ET  # nosec B405  # it writes here and reads nothing

import networkx as nx

from gateway.visible import printable
from sharing.reports.pages import Drawing

_WIDTH, _HEIGHT, _EDGE = 900, 620, 60
_RADIUS, _SEED, _LONGEST = 13, 1, 28


@lru_cache(maxsize=4)
def drawn(drawing: Drawing) -> str:
    """The drawing; nothing in its names is unseen."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(drawing.names)))
    graph.add_edges_from(drawing.lines)
    places = {
        place: _at(*spot) for place, spot in nx.rescale_layout_dict(nx.arf_layout(graph, seed=_SEED)).items()
    }
    picture = ET.Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "width": f"{_WIDTH}"},
    )
    for source, target in drawing.lines:
        (left, top), (right, bottom) = places[source], places[target]
        ends = {"x1": left, "y1": top, "x2": right, "y2": bottom}
        ET.SubElement(picture, "line", {"stroke": "#555", **{name: str(at) for name, at in ends.items()}})
    for place, name in enumerate(map(printable, drawing.names)):
        _thing(picture, place, name, places[place])
    return ET.tostring(picture, encoding="unicode")


def _at(x: float, y: float) -> tuple[int, int]:
    """From -1…1 to the paper."""
    return (
        round(_EDGE + (x + 1) / 2 * (_WIDTH - 2 * _EDGE)),
        round(_EDGE + (y + 1) / 2 * (_HEIGHT - 2 * _EDGE)),
    )


def _thing(picture: ET.Element, place: int, name: str, at: tuple[int, int]) -> None:
    left, top = at
    circle = {"cx": str(left), "cy": str(top), "r": str(_RADIUS), "fill": "#fff", "stroke": "#000"}
    ET.SubElement(picture, "circle", circle)
    middle = {"text-anchor": "middle", "x": str(left)}
    number = ET.SubElement(picture, "text", {**middle, "y": str(top + 4), "font-size": "12"})
    number.text = str(place + 1)
    said = ET.SubElement(picture, "text", {**middle, "y": str(top + _RADIUS + 13), "font-size": "12"})
    said.text = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
