"""The use case of finding the same thing elsewhere: what other nodes know that may be this record.

1. The record is asked for at its node. 2. Each of its strong identifiers and names is a question of its own
to every node, under the same mandate, decided and logged like any. 3. What they show is compared with it,
feature by feature. Nothing is merged: an analyst says so, in a picture (`gateway.pictures`), or does not.

Who listens is told of every node's answer to every question as soon as that is logged, and at last how many
records are compared. When the listener has left, no further question is asked.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.canonical import JSON
from gateway.ask import Asking, ask, split_handle
from gateway.errors import MatchingUnavailable, NobodyWaits, NotAllowed
from gateway.node import Node
from gateway.visit import Visit
from policy.terms import Operation
from sharing.evidence_words import of_band, of_disproof, of_evidence
from sharing.wording import Language
from tenants.errors import MatcherUnavailable
from tenants.matching.comparable import Comparable
from tenants.matching.evidence import STRONG
from tenants.matching.matcher import Comparison, Matcher

MOST_IDENTIFIERS = 10
MOST_NAMES = 3
LEAST = 0.5
AT_ONCE = 4
"""Questions on their way at a time."""
NAMES = ("name", "alias", "previousName")
_ASKED_FOR = frozenset({*STRONG, "document"})
Shown = Mapping[str, Any]


async def resembling(
    visit: Visit,
    handle: str,
    mandate: str,
    nodes: list[str] | None = None,
    *,
    language: Language = Language.EN,
) -> Shown:
    """What may be the record of `handle`, best first, and how every node asked answered every question.

    No `nodes` means all. `NotAllowed` when its node does not show it; `NobodyWaits` when the listener left.
    Proposals score at least 0.5 of 1.
    """
    owner, record_id = split_handle(handle)
    first = await ask(visit, Asking(Operation.ENTITY, {"id": record_id}, mandate, [owner]))  # 1
    found = {each["handle"]: each for each in first["claims"]}
    if handle not in found:
        raise NotAllowed(
            f"record {handle[:80]}: its node does not show it, so nothing can be compared with it"
        )
    record = found[handle]["record"]
    questions = list(_questions(record))
    asked = [Asking(*each, mandate, nodes) for each in questions]
    answers = await _answers(visit, handle, first, asked)  # 2
    claims = {each["handle"]: each for answer in answers for each in answer["claims"]}
    pairs = [
        (comparable(found[handle]), comparable(each))
        for name, each in sorted(claims.items())
        if name != handle
    ]
    if visit.listener is not None:
        so_far = _so_far(handle, questions, (first, *answers))
        visit.listener.told({"resembling": so_far | {"comparing": len(pairs)}})
    compared = await compare(visit.node, pairs)  # 3
    kept = [each for each in compared if each.score >= LEAST]
    kept.sort(key=lambda each: (-each.score, each.right))
    return {
        "handle": handle,
        "queries": [str(each["queryId"]) for each in (first, *answers)],
        "questions": len(questions),
        "nodes": _statuses((first, *answers)),
        "comparing": None,
        "proposals": [shown(each, language) for each in kept],
    }


async def _answers(visit: Visit, handle: str, first: Shown, questions: Sequence[Asking]) -> Sequence[Shown]:
    """Every question's picture, a few at a time; the listener is told how far each node is."""
    limit, listener, parts = asyncio.Semaphore(AT_ONCE), visit.listener, [first]

    def heard(part: Shown) -> None:
        parts.append(part)
        tell()

    def tell() -> None:
        if listener is not None:
            listener.told({"resembling": _so_far(handle, questions, parts)})

    async def asked(asking: Asking) -> Shown | None:
        async with limit:
            if listener is None:
                return await ask(visit, asking)
            return None if listener.left else await ask(visit, asking, heard)

    tell()
    answers = await asyncio.gather(*map(asked, questions))
    if listener is not None and listener.left:
        raise NobodyWaits(f"resembling {handle[:80]}: who asked has left; nothing more is asked")
    return [each for each in answers if each is not None]


def _so_far(handle: str, questions: Sequence[object], answers: Iterable[Shown]) -> dict[str, Any]:
    """A part for the listener: how every node answered until now."""
    told = {"handle": handle, "queries": [], "questions": len(questions), "proposals": [], "comparing": None}
    return told | {"nodes": _statuses(answers)}


async def compare(node: Node, pairs: Sequence[tuple[Comparable, Comparable]]) -> list[Comparison]:
    """Pairs that can be one thing, compared; `MatchingUnavailable` when names cannot be."""
    try:
        found = await asyncio.to_thread(node.matcher.compare, pairs)
    except MatcherUnavailable as error:
        raise MatchingUnavailable(f"{node.id}: {error}") from error
    return [each for each in found if each is not None]


def comparable(claim: Shown) -> Comparable:
    """A claim as it was shown: what is masked is not there, and says nothing."""
    record = claim["record"]
    return Comparable(
        str(claim["handle"]),
        int(record["version"]),
        str(record["schema"]),
        {each["name"]: tuple(each["values"]) for each in record["properties"]},
        tuple((each["kind"], each["normal"]) for each in record["identifiers"]),
    )


def _questions(record: Shown) -> Iterable[tuple[Operation, Mapping[str, JSON]]]:
    """What is asked of every node: identifiers first, then names among records of that schema."""
    known = dict.fromkeys(
        (each["kind"], each["normal"]) for each in record["identifiers"] if each["kind"] in _ASKED_FOR
    )
    for kind, normal in list(known)[:MOST_IDENTIFIERS]:
        yield Operation.LOOKUP, {"value": normal, "kind": kind}
    values = {each["name"]: each["values"] for each in record["properties"]}
    names = dict.fromkeys(name for part in NAMES for name in values.get(part, ()))
    for name in list(names)[:MOST_NAMES]:
        yield Operation.SEARCH, {"text": name, "schemata": [record["schema"]]}


def _statuses(answers: Iterable[Shown]) -> list[Shown]:
    """By node, how often it answered how: none of them is lost behind another's answer."""
    told: dict[str, dict[str, int]] = {}
    for answer in answers:
        for each in answer["nodes"]:
            counts = told.setdefault(each["node"], {})
            counts[each["status"]] = counts.get(each["status"], 0) + 1
    return [
        {"node": node, "status": status, "questions": counts[status]}
        for node, counts in sorted(told.items())
        for status in sorted(counts)
    ]


def shown(comparison: Comparison, language: Language) -> Shown:
    """A comparison with its evidence in words; the strongest evidence first."""
    band = comparison.band
    seen = [each.feature for each in comparison.evidence]
    return {
        "left": comparison.left,
        "right": comparison.right,
        "score": round(comparison.score, 6),
        "band": band.name,
        "calibrated": comparison.calibrated,
        "meaning": of_band(band.pairs, band.same, calibrated=comparison.calibrated, language=language),
        "evidence": [
            {
                "feature": each.feature.value,
                "level": each.level.value,
                "left": each.left,
                "right": each.right,
                "weight": round(each.weight, 3),
                "words": of_evidence(each.feature, each.level, language),
            }
            for each in comparison.evidence
        ],
        "disproof": [
            words
            for feature in Matcher.deciding(comparison.family)
            if feature not in seen and (words := of_disproof(feature, language))
        ],
    }
