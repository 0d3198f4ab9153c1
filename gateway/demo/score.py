"""How much of the truth the demo's analysts find: every planted link across a border, and no decoy.

Each node's analyst takes every record of the own service that the truth file names, decoys included, and asks
"who else knows this?" (`gateway.matching`). A link counts from the band LIKELY on. What several find together
is joined: who is one with the same third is one. Alone, each asks the own node only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

LEAST = 0.9
_NEAR = 1e-6
Shown = Mapping[str, Any]
Pair = tuple[str, str]

Ask = Callable[[str, str, Sequence[str]], Sequence[Shown]]
"""What resembles a handle, as the analyst of a node is told: node, handle, the nodes to ask (none: all)."""

Match = Callable[[str, str], Sequence[Shown]]
"""The profiles that support a common source with a handle, as the analyst of a node is told."""

Trace = Callable[[str, str], Sequence[Shown]]
"""The findings about a container code or a vessel's number, as the analyst of a node is told."""


Joined = Callable[[str, str, str], Sequence[Shown]]
"""Paths from goods to money, as an analyst is told: `joins`, and `through` the handles of each place."""

Owners = Callable[[str, str], Sequence[Shown]]
"""What all chains from a company come to, as the analyst of a node is told."""

Anomalies = Callable[[str, Sequence[str], Sequence[Shown]], Sequence[Shown]]
"""Odd declarations beside a reference, as the analyst of a node is told."""

Differ = Callable[[str, str, str, str], Sequence[Shown]]
"""How a network around a handle differs between two days, as the analyst of a node is told."""
_UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True)
class Money:
    """How the analysts ask about money."""

    joined: Joined
    owners: Owners
    anomalies: Anomalies


@dataclass(slots=True)
class Found:
    """The links that were found, by pair: at which node, and how."""

    links: dict[Pair, list[Shown]] = field(default_factory=dict)

    def add(self, node: str, proposals: Iterable[Shown]) -> None:
        """Keep what is likely and crosses a border."""
        for each in proposals:
            pair = _pair(each["left"], each["right"])
            if each["score"] >= LEAST and owner(pair[0]) != owner(pair[1]):
                how = [part["feature"] for part in each["evidence"] if part["weight"] > 0]
                told = {"node": node, "score": each["score"], "evidence": how}
                self.links.setdefault(pair, []).append(told)

    def groups(self) -> list[frozenset[str]]:
        """Handles that are linked to each other, directly or through others."""
        found: list[set[str]] = []
        for pair in self.links:
            touched = [group for group in found if group & set(pair)]
            found = [group for group in found if group not in touched]
            found.append(set(pair).union(*touched))
        return [frozenset(group) for group in found]


def scored(truth: Shown, nodes: Sequence[str], ask: Ask, told: Callable[[str], None]) -> Shown:
    """Planted links and where each was found, decoys that were linked, and what each node finds alone."""
    joint, alone = Found(), {}
    for node in nodes:
        own = Found()
        for handle in starts(truth, node):
            joint.add(node, ask(node, handle, ()))
            own.add(node, ask(node, handle, (node,)))
        alone[node] = len(own.links)
        told(f"{node}: {len(starts(truth, node))} records asked about")
    planted = [_found(pair, name, joint) for pair, name in sorted(set(_planted(truth)))]
    decoys = sorted(_decoys(truth, joint))
    return {
        "planted": planted,
        "found": sum(each["found"] for each in planted),
        "decoys": [{"left": a, "right": b, "by": joint.links.get((a, b), [])} for a, b in decoys],
        "alone": alone,
    }


def profiles_scored(truth: Shown, match: Match) -> Shown:
    """The profiles of one lot at two nodes, each found from the other, and decoys that were taken for one."""
    planted = [(each["left"], each["right"]) for each in truth["same_profile"]]
    asked = sorted({end for pair in planted for end in pair})
    found = {handle: {each["handle"]: each for each in match(owner(handle), handle)} for handle in asked}
    ways = [way for left, right in planted for way in ((left, right), (right, left))]
    told = [
        {"left": left, "right": right, "found": right in found[left], "by": found[left].get(right)}
        for left, right in ways
    ]
    decoys = set(truth["decoys"])
    taken = sorted((left, right) for left in asked for right in found[left].keys() & decoys)
    return {
        "profiles": [{**each, "by": _rates(each["by"])} for each in told],
        "profileDecoys": [{"left": left, "right": right} for left, right in taken],
    }


def traced(truth: Shown, kind: str, trace: Trace) -> Shown:
    """The planted findings about `containers` or `vessels`, each by its asker, and what else was found.

    What a shown change of the seal explains is no find. Whatever was found and not planted is a decoy.
    """
    planted, decoys = truth[kind]["planted"], truth[kind]["decoys"]
    asked = sorted({(each["asker"], each["code"]) for each in (*planted, *decoys)})
    found = {
        (asker, code, each["rule"], _sides(each["left"]["handles"], each["right"]["handles"])): each
        for asker, code in asked
        for each in trace(asker, code)
        if not each.get("explainedBy")
    }
    wanted = {
        (each["asker"], each["code"], each["rule"], _sides(each["left"], each["right"])): each
        for each in planted
    }
    return {
        kind: [
            {**each, "found": key in found, "sentence": found[key]["sentence"] if key in found else None}
            for key, each in wanted.items()
        ],
        f"{kind[:-1]}Decoys": [
            {"code": key[1], "rule": key[2], "sentence": found[key]["sentence"]}
            for key in sorted(found.keys() - wanted.keys(), key=repr)
        ],
    }


def money_scored(truth: Shown, money: Money) -> Shown:
    """The planted paths from goods to money, owners and odd prices, and the decoys that were found."""
    told = truth["money"]
    found = [
        *({**each, "what": "joined", "found": _leads(money, each)} for each in told["joined"]),
        *({**each, "what": "owner", "found": _owns(money.owners, each)} for each in told["owners"]),
    ]
    decoys = [{**each, "what": "joined"} for each in told["joined_decoys"] if _leads(money, each)]
    for each in told["anomalies"]:
        asked = [each["handle"], *told["anomaly_decoys"]]
        odd = money.anomalies(each["asker"], asked, told["reference"])
        said = {(one["handle"], one["measure"], one["side"]) for one in odd}
        wanted = (each["handle"], each["measure"], each["side"])
        found.append({**each, "what": "anomaly", "found": wanted in said})
        decoys += [
            {"what": "anomaly", "handle": one[0], "measure": one[1]} for one in sorted(said - {wanted})
        ]
    return {"money": found, "moneyDecoys": decoys}


def chronicle_scored(truth: Shown, differ: Differ) -> Shown:
    """What was planted as changed between two days, and whatever else was told as changed for certain."""
    found, decoys = [], []
    for asked in truth["chronicle"]:
        told = differ(asked["asker"], asked["handle"], asked["since"], asked["until"])
        changes = {_turned(each): each for each in told if each["turn"] != _UNCERTAIN}
        wanted = {
            (each["turn"], tuple(each["before"]), tuple(each["after"])): each for each in asked["planted"]
        }
        found += [
            {
                **each,
                "found": key in changes,
                "sentence": changes[key]["sentence"] if key in changes else None,
            }
            for key, each in wanted.items()
        ]
        decoys += [
            {"turn": key[0], "sentence": changes[key]["sentence"]}
            for key in sorted(changes.keys() - wanted.keys())
        ]
    return {"chronicle": found, "chronicleDecoys": decoys}


def _turned(change: Shown) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    before, after = (
        tuple(sorted(fact["handle"] for fact in change[side]["facts"])) for side in ("before", "after")
    )
    return change["turn"], before, after


def _leads(money: Money, planted: Shown) -> bool:
    """Whether a path joins both ends through the records that are named, in their order."""
    for path in money.joined(planted["asker"], planted["start"], planted["end"]):
        handles = [handle for each in path["through"] for handle in each]
        way = [handle for handle in handles if handle in planted.get("through", ())]
        if path["joins"] and way == list(planted.get("through", ())):
            return True
    return False


def _owns(owners: Owners, planted: Shown) -> bool:
    """Whether all chains to the owner come to the planted share."""
    for each in owners(planted["asker"], planted["company"]):
        if planted["owner"] in each["handles"]:
            return all(abs(each[bound] - planted[bound]) < _NEAR for bound in ("low", "high"))
    return False


def _sides(one: Sequence[str], other: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset({tuple(sorted(one)), tuple(sorted(other))})


def _rates(match: Shown | None) -> Shown | None:
    """What of a match the score tells: how near, and what that has meant."""
    return match and {name: match[name] for name in ("score", "exact", "falsePositive", "truePositive")}


def starts(truth: Shown, node: str) -> list[str]:
    """The records of a node that the truth file names."""
    named = {handle for member in truth["members"] for handle in member["handles"]}
    named |= {end for each in truth["not_same_as"] for end in (each["left"], each["right"])}
    named |= {*truth["decoys"], *(end for step in truth["joint_path"] for end in (step["from"], step["to"]))}
    return sorted(handle for handle in named if owner(handle) == node)


def owner(handle: str) -> str:
    """The node of a handle."""
    return handle.partition("/")[0]


def _pair(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)


def _planted(truth: Shown) -> Iterator[tuple[Pair, str]]:
    """One thing at two nodes, and steps of the path on which two nodes share an identifier."""
    for each in truth["same_as"]:
        yield _pair(each["left"], each["right"]), each["name"]
    same = {_pair(each["left"], each["right"]) for each in truth["same_as"]}
    for step in truth["joint_path"]:
        pair = _pair(step["from"], step["to"])
        if "shared" in step and pair not in same:
            yield pair, f"{step['shared']['kind']} {step['shared']['normal']}"


def _found(pair: Pair, name: str, joint: Found) -> Shown:
    direct = joint.links.get(pair, [])
    joined = any(set(pair) <= group for group in joint.groups())
    through = sorted(
        {end for group in joint.groups() if set(pair) <= group for end in group - set(pair)}
        if not direct
        else ()
    )
    return {
        "left": pair[0], "right": pair[1], "name": name, "found": joined, "by": direct, "through": through,
    }  # fmt: skip


def _decoys(truth: Shown, joint: Found) -> Iterator[Pair]:
    """Decoys linked to anything, and pairs that are not the same but for a shared code that is planted."""
    planted = {pair for pair, _ in _planted(truth)}
    apart = {_pair(each["left"], each["right"]) for each in truth["not_same_as"]} - planted
    known = set(truth["decoys"])
    for group in joint.groups():
        for pair in combinations(sorted(group), 2):
            if pair in apart or (known & set(pair) and pair not in planted):
                yield pair
