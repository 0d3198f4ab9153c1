"""Whether a picture is the one that a truth file tells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Shown = Mapping[str, Any]


def joined(pictures: Sequence[Shown]) -> Shown:
    """Pictures of one question that was asked node by node, as one."""
    rows = {
        name: [row for each in pictures for row in each[name]] for name in ("nodes", "claims", "candidates")
    }
    return {"complete": all(each["complete"] for each in pictures), **rows}


def differences(expect: Mapping[str, Any], picture: Shown) -> Iterator[str]:
    """What a picture says other than is expected of each node, a sentence each."""
    told = {each["node"]: each for each in picture["nodes"]}
    for node, wanted in expect.items():
        if node not in told:
            yield f"{node}: was not asked"
            continue
        yield from _of_node(wanted, told[node], [each for each in picture["claims"] if each["node"] == node])


def _of_node(wanted: Mapping[str, Any], told: Shown, claims: Sequence[Shown]) -> Iterator[str]:
    node = told["node"]
    withheld = {name for each in claims for name in each["record"]["masked"]}
    if told["status"] != wanted["status"]:
        yield f"{node}: status {told['status']}, expected {wanted['status']}"
    if "records" in wanted:
        yield from _of_records(wanted, node, sorted(each["record"]["id"] for each in claims))
    persons = sum(each["record"]["schema"] == "Person" for each in claims)
    if persons != wanted.get("persons", persons):
        yield f"{node}: {persons} persons, expected {wanted['persons']}"
    for name, value in wanted.get("contact", {}).items():
        if told["contact"] is None or told["contact"][name] != value:
            yield f"{node}: contact {told['contact']}, expected {name} {value}"
    if not set(wanted.get("reasons", [])) <= set(told["reasons"]):
        yield f"{node}: reasons {told['reasons']}, expected {wanted['reasons']}"
    if not set(wanted.get("masked", [])) <= withheld:
        yield f"{node}: withholds {sorted(withheld)}, expected {wanted['masked']}"


def _of_records(wanted: Mapping[str, Any], node: str, shown: Sequence[str]) -> Iterator[str]:
    records = sorted(wanted["records"])
    exact = wanted.get("match", "exact") == "exact"
    if (list(shown) != records) if exact else not set(records) <= set(shown):
        yield f"{node}: shows {shown}, expected {records}"
