"""The network of what a member sees in a picture: ties between things, and what its shape says of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sharing.measures import MOST_VERTICES, Measures, measured
from sharing.merge import Claim
from sharing.network import Network, Ontology, woven
from tenants.model import load_model

Shown = Mapping[str, Any]
LINK = "link"
"""What is too common that is no identifier: a link that names too many ends, by its handle."""


@cache
def ontology() -> Ontology:
    """What the entity model says of links and references."""
    kinds = load_model().kinds
    ends = {name: (kind.ends[0], kind.ends[1]) for name, kind in kinds.items() if kind.edge}
    return Ontology(ends, {name: kind.references for name, kind in kinds.items()})


def network_shown(claims: Iterable[Claim], groups: Iterable[Sequence[str]]) -> Shown:
    """The network of the claims, grouped as the viewer's node holds them; measured up to 5,000 things."""
    network = woven(claims, groups, ontology())
    measures = measured(network) if len(network.vertices) <= MOST_VERTICES else None
    return {
        "things": [_thing(network, place, measures) for place in range(len(network.vertices))],
        "ties": [
            {
                "source": network.vertices[each.source][0],
                "target": network.vertices[each.target][0],
                "tie": each.tie.value,
                "what": each.what,
                "shared": each.shared or None,
                "handles": list(each.handles),
            }
            for each in network.edges
        ],
        "keyPlayers": [
            {"handle": network.vertices[each.place][0], "cut": each.cut}
            for each in (measures.players if measures else ())
        ],
        "tooCommon": [
            *({"kind": kind, "normal": normal} for kind, normal in network.common),
            *({"kind": LINK, "normal": handle} for handle in network.crowded),
        ],
    }


def _thing(network: Network, place: int, measures: Measures | None) -> Shown:
    one = measures.of[place] if measures else None
    return {
        "handles": list(network.vertices[place]),
        "degree": one.degree if one else None,
        "degreeCentrality": one.degree_centrality if one else None,
        "betweenness": one.betweenness if one else None,
        "closeness": one.closeness if one else None,
        "community": one.community if one else None,
    }
