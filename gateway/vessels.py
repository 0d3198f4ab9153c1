"""The use case of a vessel's history: who lists it, under which names it sailed, what was seen, what signals.

1 The number is read (IMO or MMSI); one that does not check is asked of nobody. 2 All nodes are asked who
knows it. 3 What lies around the records of the vessel is asked of their nodes, and their numbers of all; once
more for those that this brought. 4 Drop-off areas that events refer to, and those that the visitor names, are
asked for. Each of 2 to 4 is a question under the visitor's mandate, decided and logged like any
(`gateway.exploring`). 5 What was shown is compared, here; nothing of it is altered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.ask import split_handle
from gateway.errors import IdentifierNotUnderstood, VariablesRejected
from gateway.exploring import Exploration
from gateway.visit import Visit
from sharing.claimed import reference
from sharing.findings import Finding, gathered
from sharing.merge import NodeStatus
from sharing.vessels.findings import found_in
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.told import EVENT, FAMILY, Told, told
from tenants.errors import IdentifierRejected
from tenants.identifiers import normalise

KINDS = ("imo", "mmsi")
MOST_COMPARED = 600
"""Records of one vessel; pairs of more are not compared."""
MOST_POINTS = 20_000
"""Positions in its tracks."""
MOST_AREAS = 20


@dataclass(frozen=True, slots=True)
class History:
    """What was shown of a vessel; `nodes` are the answers to who knows it, `compared` whether 5 was done."""

    kind: str
    number: str
    told: Told
    exploration: Exploration
    nodes: tuple[NodeStatus, ...]
    findings: tuple[Finding[Rule], ...]
    limits: Limits
    compared: bool


async def history(  # noqa: PLR0913  # the arguments are the published question
    visit: Visit, raw: str, mandate: str, areas: Sequence[str], limits: Limits, *, nodes: Sequence[str] = ()
) -> History:
    """The history of the vessel whose number `raw` spells; raises `IdentifierNotUnderstood`.

    `nodes` are those that are asked for its numbers, and so for what lies around its records; none: all.
    """
    kind, number = read_number(raw)  # 1
    if len(areas) > MOST_AREAS:
        raise VariablesRejected(f"areas: {len(areas)} are named, at most {MOST_AREAS} are asked for")
    for each in areas:
        split_handle(each)
    if strange := sorted({*nodes} - {each.id for each in visit.node.post.directory.nodes}):
        raise VariablesRejected(f"nodes: no node {strange[0][:80]!r} is in the directory")
    exploration = Exploration(visit, mandate, only=nodes)
    answered = await exploration.find(kind, number)  # 2
    for _ in range(2):
        await exploration.expand(_family(exploration), across=True)  # 3
    named = {reference(each, "area") for each in exploration.claims.values() if each.record.schema == EVENT}
    await exploration.look((named | {*areas}) - {"", *exploration.claims})  # 4
    shown = told(kind, number, exploration.claims.values())
    compared = (
        len(shown.named) + len(shown.events) + len(shown.tracks) <= MOST_COMPARED
        and sum(len(each.points) for each in shown.tracks) <= MOST_POINTS
    )
    findings = await asyncio.to_thread(_findings, shown, limits) if compared else ()  # 5
    return History(kind, number, shown, exploration, answered, findings, limits, compared)


def read_number(raw: str) -> tuple[str, str]:
    """Kind and normal form of the number; one that does not check raises `IdentifierNotUnderstood`."""
    reasons = []
    for kind in KINDS:
        try:
            return kind, normalise(kind, raw).normal
        except IdentifierRejected as rejected:
            reasons.append(rejected.code)
    raise IdentifierNotUnderstood(
        f"vessel {raw[:40]!r}: is neither an IMO number nor an MMSI that checks ({', '.join(reasons)}),"
        " nothing was asked"
    )


def _family(exploration: Exploration) -> list[str]:
    """The vessel's records that were not expanded yet."""
    shown = (each for each in exploration.claims.values() if each.record.schema in FAMILY)
    return [each.handle for each in shown if each.handle not in exploration.expanded]


def _findings(shown: Told, limits: Limits) -> tuple[Finding[Rule], ...]:
    return gathered(found_in(shown, limits))
