"""What a node says of a method beside its answer: the same whoever asks, whatever is on the shelf."""

from collections.abc import Mapping

import orjson

from tenants.profiles.index import Resembling
from tenants.selection import Node

SCORES = "scores"
TOLD = (
    "__typename",
    "comparable",
    "reason",
    "treatment",
    "measure",
    "threshold",
    "same",
    "different",
    "points",
)
"""Fields of `ProfileMatching` beside the scores."""


def told(resembling: Resembling) -> dict[str, object]:
    """The method's part of the answer; counts from the threshold on, as no lower score is told."""
    found = resembling.calibration
    points = [each for each in found.points if each.score >= found.threshold] if found else []
    return {
        "__typename": "ProfileMatching",
        "comparable": resembling.reason is None,
        "reason": resembling.reason,
        "treatment": found and found.treatment.value,
        "measure": found and found.measure.value,
        "threshold": found and found.threshold,
        "same": found and found.points[0].same,
        "different": found and found.points[0].different,
        "points": [
            {
                "__typename": "ProfilePoint",
                "score": each.score,
                "same": each.same,
                "different": each.different,
            }
            for each in points
        ],
    }


def profile_values(resembling: Resembling, tree: tuple[Node, ...]) -> Mapping[str, object]:
    """The parameters of a question for what resembles a profile."""
    found = resembling.calibration
    hits = [{"row": each.row, "stamp": each.stamp, "score": each.score} for each in resembling.hits]
    said = told(resembling)
    wanted = [child for node in tree if node.name == "profile" for child in node.children]
    return {
        "hits": orjson.dumps(hits).decode(),
        "threshold": 0 if found is None else found.threshold,
        **{
            f"profile_{child.key}": orjson.dumps(project(said[child.name], child.children)).decode()
            for child in wanted
            if child.name != SCORES
        },
    }


def project(value: object, tree: tuple[Node, ...]) -> object:
    """The fields of `tree`, under their keys and in their order."""
    if isinstance(value, list):
        return [project(item, tree) for item in value]
    if not isinstance(value, dict) or not tree:
        return value
    return {node.key: project(value[node.name], node.children) for node in tree}
