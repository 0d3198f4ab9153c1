"""The use case of a container's history: who has seen it where, over all nodes, and what contradicts itself.

1 The code is read (ISO 6346); one that does not check is asked of nobody. 2 All nodes are asked who knows it.
3 What lies around the boxes, movements and shipments that they show is asked of their nodes, and their bills
of lading of all. 4 The places and hauliers that those name are asked for. Each of 2 to 4 is a question under
the visitor's mandate, decided and logged like any (`gateway.exploring`). 5 What was shown is compared, here.
"""

import asyncio
from dataclasses import dataclass

from gateway.errors import IdentifierNotUnderstood
from gateway.exploring import Exploration
from gateway.visit import Visit
from sharing.claimed import reference
from sharing.containers.contradictions import contradictions
from sharing.containers.finding import Limits, Rule
from sharing.containers.told import CONTAINER, MOVEMENT, SHIPMENT, Told, told
from sharing.findings import Finding, gathered
from sharing.merge import Claim, NodeStatus
from tenants.container_codes import checks, perhaps, plain

KIND = "container"
MOST_COMPARED = 600
"""Records of one code; pairs of more are not compared."""
_NAMED = ("container", "place", "haulier", "loadingPort", "dischargePort")
_AROUND = frozenset({CONTAINER, MOVEMENT, SHIPMENT})


@dataclass(frozen=True, slots=True)
class History:
    """What was shown of a code; `nodes` are the answers to who knows it, `compared` whether 5 was done."""

    told: Told
    exploration: Exploration
    nodes: tuple[NodeStatus, ...]
    findings: tuple[Finding[Rule], ...]
    limits: Limits
    compared: bool


async def history(visit: Visit, raw: str, mandate: str, limits: Limits) -> History:
    """The history of the container whose code `raw` spells; raises `IdentifierNotUnderstood`."""
    code = read_code(raw)  # 1
    exploration = Exploration(visit, mandate)
    nodes = await exploration.find(KIND, code)  # 2
    found = [each.handle for each in exploration.claims.values() if each.record.schema in _AROUND]
    await exploration.expand(found, across=True)  # 3
    named = {end for each in exploration.claims.values() for end in _ends(each)}
    await exploration.look(named - exploration.claims.keys())  # 4
    shown = told(code, exploration.claims.values())
    compared = len(shown.boxes) + len(shown.movements) + len(shown.declarations) <= MOST_COMPARED
    findings = await asyncio.to_thread(_findings, shown, limits) if compared else ()  # 5
    return History(shown, exploration, nodes, findings, limits, compared)


def read_code(raw: str) -> str:
    """The code that `raw` spells; one that does not check raises `IdentifierNotUnderstood`."""
    code = plain(raw)
    if checks(code):
        return code
    raise IdentifierNotUnderstood(
        f"container {raw[:40]!r}: is no code that checks (ISO 6346), nothing was asked{perhaps(raw)}"
    )


def _ends(claim: Claim) -> set[str]:
    """The records that a movement or a shipment names, at its node."""
    if claim.record.schema not in (MOVEMENT, SHIPMENT):
        return set()
    return {handle for name in _NAMED if (handle := reference(claim, name))}


def _findings(shown: Told, limits: Limits) -> tuple[Finding[Rule], ...]:
    return gathered(contradictions(shown, limits))
