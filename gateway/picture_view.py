"""A picture as a member's own node holds it, now or on a day, and the difference of two days.

1 The member, 2 logged, 3 the records asked for anew, 4 shown. What counts as one thing is what the viewer's
node accepts. A text is shown under the strictest mark of its own and of the records it names as they are now.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.picture_entries import viewed
from gateway.picture_network import network_shown
from gateway.picture_records import Seen, seen
from gateway.picture_shown import Painter, contribution_shown, local, summary_shown, zone_of
from gateway.pictures import Entered, enter
from gateway.visit import Visit
from sharing.picture import clusters, difference, state

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looking:
    """What is to be seen: as of a day or moment, asking only for some records, with the network or not."""

    as_of: str = ""
    only: tuple[str, ...] | None = None
    network: bool = False


async def view(visit: Visit, picture: str, mandate_id: str, looking: Looking) -> Shown:
    """The picture; what its node cannot show now is a stub or stale, and says which."""
    node = visit.node
    until = moment_of(node, looking.as_of) if looking.as_of else None
    entered = await enter(visit, picture, mandate_id, until)  # 1
    await node.log.append(viewed(node, entered.mandate, picture, "PICTURE_VIEWED", entered.me.person))  # 2
    records = await seen(entered, sorted(entered.told.placed), looking.only)  # 3
    missing = await asyncio.to_thread(node.pictures.stubs, picture)
    return _shown(entered, records, looking, until) | {  # 4
        "missing": [{"id": each, "reason": reason} for each, reason in sorted(missing.items())]
    }


async def compare(visit: Visit, picture: str, mandate_id: str, earlier: str, later: str) -> Shown:
    """What stands in the picture at the later moment and not at the earlier, and the other way round."""
    node = visit.node
    entered = await enter(visit, picture, mandate_id)
    days = [moment_of(node, each) for each in (earlier, later or "now")]
    await node.log.append(viewed(node, entered.mandate, picture, "PICTURE_COMPARED", entered.me.person))
    before, after = [state(await asyncio.to_thread(node.pictures.of, picture, each)) for each in days]
    told = difference(before, after)
    zone = zone_of(node)
    return {
        "earlier": local(days[0], zone),
        "later": local(days[1], zone),
        "added": await _contributions(node, told.added, zone),
        "gone": await _contributions(node, told.gone, zone),
    }


def moment_of(node: Node, text: str) -> int:
    """A day, to its end, or a moment in ISO 8601, in the node's zone if it names none; Unix seconds."""
    if text == "now":
        return node.now()
    zone = zone_of(node)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise VariablesRejected(
            f"time {text[:40]!r}: is neither a day like 2026-11-21 nor a moment like 2026-11-21T08:00+01:00"
        ) from error
    if len(text) == len("2026-11-21"):
        at = datetime.combine(at.date(), time.max)
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp())


def _shown(
    entered: Entered, records: Mapping[str, Seen], looking: Looking, until: int | None
) -> dict[str, Any]:
    node, told = entered.node, entered.told
    groups = clusters(told.placed, told.asserted, node.id)
    zone = zone_of(node)
    painter = Painter(node.now(), zone, records)
    claims = [each.claim for each in records.values() if each.claim]
    return {
        "picture": summary_shown(told, node.now(), zone),
        "me": {"node": entered.me.node, "person": entered.me.person},
        "asOf": None if until is None else local(until, zone),
        "mark": painter.mark(told),
        "things": [{"handles": list(each)} for each in groups],
        "records": [painter.record(each) for each in records.values()],
        "texts": [painter.text(each) for each in told.texts],
        "asserted": [painter.asserted(each, node.id) for each in told.asserted],
        "waiting": len(told.waiting),
        "network": network_shown(claims, groups) if looking.network else None,
    }


async def _contributions(node: Node, ids: Collection[str], zone: ZoneInfo) -> list[Shown]:
    found = await asyncio.to_thread(node.pictures.get, ids)
    return [
        contribution_shown(each, zone) for each in sorted(found, key=lambda one: (one.content.at, one.id))
    ]
