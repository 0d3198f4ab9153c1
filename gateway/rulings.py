"""The use case of liaison officers who enter what a court has said of a record of ours as evidence.

1 role, 2 the record is here and to whom it went, 3 logged, what was entered sealed beside, 4 noted for those
who were given an older version, and written, in one transaction of the shelf. From then on the record carries
it into every answer, and all who received it are told as of any rectification (`gateway.recalls`).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.disclosures import catch_up
from gateway.errors import VariablesRejected
from gateway.facts import retain_until
from gateway.node import Node
from gateway.noting import noted
from gateway.picture_shown import zone_of
from gateway.recall_loads import BY_OFFICER
from gateway.visit import Visit
from policy.errors import ProvenanceRejected
from policy.mandate import Actor
from policy.provenance import Ruling, read_rulings, written
from policy.terms import Role
from tenants.changes import Change

ENTERED, READ = "RULING_ENTERED", "RULINGS_READ"
Shown = Mapping[str, Any]


def ruling_of(told: Mapping[str, object]) -> Ruling:
    """The ruling that an officer states; `VariablesRejected` names the part that is wrong."""
    try:
        (ruling,) = read_rulings(orjson.dumps([told]))
    except (ProvenanceRejected, TypeError) as error:
        raise VariablesRejected(f"ruling: {error}") from error
    return ruling


async def enter(visit: Visit, record: str, told: Mapping[str, object], *, dry_run: bool = False) -> Shown:
    """Enter a ruling on a record of ours; `RulingRefused` when it is not here or has it already."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    record = record.removeprefix(f"{node.id}/")
    ruling = ruling_of(told)
    if ruling.decided > datetime.fromtimestamp(node.now(), zone_of(node)).date():
        raise VariablesRejected(f"ruling: decided on {ruling.decided}, that day has not come")
    case = await asyncio.to_thread(node.rulings.check, record, ruling)
    await catch_up(node)  # 2
    reached = await asyncio.to_thread(node.lending.register.reached_by, [record])
    version = None
    if not dry_run:
        await node.log.append(_entry(node, officer, _Of(record, case or "", ruling)))  # 3

        def changing(change: Change) -> None:
            node.lending.changes.note([noted(change, BY_OFFICER, node.now())])

        entered = await asyncio.to_thread(node.rulings.enter, record, ruling, node.id, node.now(), changing)
        version = entered.version  # 4
    partners = sorted({each.partner for each in reached})
    return {"dryRun": dry_run, "record": record, "version": version, "partners": partners}


async def entered(visit: Visit) -> list[Shown]:
    """The rulings on our own records, by record; role liaison. 1 role, 2 logged, 3 read."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    reader = node.post.keys.pseudonym(node.id, officer.subject)
    facts: dict[str, JSON] = {"action": READ, "reader": reader, "unit": officer.unit}
    facts |= {"retain_until": retain_until(node.now(), Kind.ADMINISTRATION)}
    await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts))  # 2
    found = await asyncio.to_thread(node.rulings.entered)  # 3
    return [
        {"record": record, "version": version, **orjson.loads(written([each]))[0]}
        for record, version, rulings in found
        for each in rulings
    ]


@dataclass(frozen=True, slots=True)
class _Of:
    """A ruling, and the record and case that it is about."""

    record: str
    case: str
    ruling: Ruling


def _entry(node: Node, officer: Actor, what: _Of) -> Entry:
    facts: dict[str, JSON] = {
        "action": ENTERED,
        "records": 1,
        "state": what.ruling.status.value,
        "target": node.digests.of_value({"id": what.record}),
        "approver": node.post.keys.pseudonym(node.id, officer.subject),
        "unit": officer.unit,
        "retain_until": retain_until(node.now(), Kind.ALTERED),
    }
    facts |= {"case": node.digests.of(what.case.encode())} if what.case else {}
    said = {"record": what.record, "ruling": orjson.loads(written([what.ruling]))[0]}
    return Entry(Kind.ALTERED, node.id, facts, sealed=orjson.dumps(said))
