"""A gathered network as the desk's schema tells it: plain mappings with the published names."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.heard_shown import nodes_shown
from gateway.network import Gathered
from gateway.show import claim_shown
from sharing.merge import Claim
from sharing.network import Edge
from sharing.network_words import of_measure, of_player, of_ties
from sharing.paths import Step
from sharing.wording import Language

Shown = Mapping[str, Any]


def gathered_shown(gathered: Gathered, language: Language) -> Shown:
    """Vertices by place, ties between places, what was asked for, and how every node answered."""
    exploration, network = gathered.exploration, gathered.network
    claims = [[exploration.claims[each] for each in group] for group in network.vertices]
    names = [name_of(group) for group in claims]
    counts = sorted(exploration.counts.items())
    return {
        "vertices": [vertex_shown(place, group) for place, group in enumerate(claims)],
        "ties": [_tie(each, exploration.claims, names, language) for each in network.edges],
        "claims": [claim_shown(each) for _, each in sorted(exploration.claims.items())],
        "members": list(gathered.members),
        "paths": [[_step(each, names, language) for each in path] for path in gathered.paths],
        "counts": [
            {"handle": handle, "schema": each.schema, "count": each.count, "tooCommon": each.too_common}
            for handle, told in counts
            for each in told
        ],
        "tooCommon": sorted({*exploration.common, *network.crowded}),
        "sharedTooOften": [
            {"kind": kind, "normal": normal}
            for kind, normal in sorted({*exploration.shared, *network.common})
        ],
        "measures": _measures(gathered, names, language),
        "stopped": gathered.stop.value,
        "questions": exploration.questions,
        "nodes": nodes_shown(exploration),
        "asked": [
            {"receipt": receipt, "queryId": query} for receipt, query in sorted(exploration.asked.items())
        ],
    }


def name_of(group: Sequence[Claim]) -> str:
    """What the first record that has a caption calls it, or its handle."""
    captions = [caption for claim in group if (caption := claim.record.texts.get("caption"))]
    return captions[0] if captions else group[0].handle


def vertex_shown(place: int, group: Sequence[Claim]) -> Shown:
    """One thing, by all the records that are held to be it."""
    return {
        "place": place,
        "handles": [claim.handle for claim in group],
        "caption": name_of(group),
        "schemata": sorted({claim.record.schema for claim in group}),
        "nodes": sorted({claim.node for claim in group}),
        "handling": _handling(group),
    }


def _handling(claims: Sequence[Claim]) -> list[str]:
    return sorted({code for claim in claims for code in claim.record.handling})


def _tie(tie: Edge, claims: Mapping[str, Claim], names: Sequence[str], language: Language) -> Shown:
    said = [claims[each] for each in tie.handles]
    (sentence,) = of_ties([tie], names, language)
    return {
        "source": tie.source,
        "target": tie.target,
        "tie": tie.tie.value,
        "what": tie.what,
        "shared": tie.shared or None,
        "handles": list(tie.handles),
        "owners": sorted({each.record.owner or each.node for each in said}),
        "handling": _handling(said),
        "sentence": sentence,
    }


def _step(step: Step, names: Sequence[str], language: Language) -> Shown:
    sentences = of_ties(step.ties, names, language)
    handles = sorted({handle for tie in step.ties for handle in tie.handles})
    return {"source": step.source, "target": step.target, "handles": handles, "sentences": list(sentences)}


def _measures(gathered: Gathered, names: Sequence[str], language: Language) -> Shown | None:
    told = gathered.measures
    if told is None:
        return None
    size = len(gathered.network.vertices)
    return {
        "vertices": [
            {
                "place": place,
                "degree": each.degree,
                "degreeCentrality": each.degree_centrality,
                "betweenness": each.betweenness,
                "closeness": each.closeness,
                "community": each.community,
                "sentence": of_measure(names[place], each, size, language),
            }
            for place, each in enumerate(told.of)
        ],
        "communities": [list(each) for each in told.communities],
        "keyPlayers": [
            {"place": each.place, "cut": each.cut, "sentence": of_player(names[each.place], each, language)}
            for each in told.players
        ],
    }
