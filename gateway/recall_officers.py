"""The use case of liaison officers who call back records, or say that they were put right.

A grant is called back by ending or narrowing it; here records are, whatever grants gave them.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from gateway.disclosures import catch_up
from gateway.errors import VariablesRejected
from gateway.facts import moment, retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.terms import Role
from sharing.outbox import Letter, Listed
from sharing.recall import Recall, Sort
from sharing.recall_changes import RECTIFIED

MOST_RECORDS = 1_000
ORDERED = "RECALL_ORDERED"
Shown = Mapping[str, Any]


async def recall(visit: Visit, records: Sequence[str], reason: str, *, dry_run: bool = False) -> Shown:
    """Take records back from all that received them, in every version up to the newest that was given.

    1 role, 2 what was given to whom, 3 logged, 4 ordered. A record that nobody received is no error.
    """
    return await _order(visit, Sort.RECALL, reason, [(each, None) for each in records], dry_run=dry_run)


async def rectify(visit: Visit, record: str, version: int, *, dry_run: bool = False) -> Shown:
    """Tell all that received a record in an older version that `version` puts it right."""
    return await _order(visit, Sort.RECTIFY, RECTIFIED, [(record, version)], dry_run=dry_run)


async def _order(
    visit: Visit, sort: Sort, reason: str, records: Sequence[tuple[str, int | None]], *, dry_run: bool
) -> Shown:
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    if not 0 < len(records) <= MOST_RECORDS:
        raise VariablesRejected(f"records: {len(records)} are named, 1 to {MOST_RECORDS} are taken at once")
    await catch_up(node)  # 2
    partners, told = await asyncio.to_thread(_given, node, records)
    if told and not dry_run:
        wanted = Recall(sort, reason, "", tuple(told))
        who = node.post.keys.pseudonym(node.id, officer.subject)
        await node.log.append(ordering(node, wanted, who))  # 3
        await asyncio.to_thread(node.lending.recalls.order, wanted, node.now())  # 4
    return {"dryRun": dry_run, "records": len(told), "partners": sorted(partners)}


def _given(node: Node, records: Sequence[tuple[str, int | None]]) -> tuple[set[str], list[tuple[str, int]]]:
    """Who received any of the records, and those that went out, with the version to say."""
    wanted = dict(records)
    newest: dict[str, int] = {}
    partners: set[str] = set()
    for each in node.lending.register.reached_by(list(wanted)):
        partners.add(each.partner)
        newest[each.record] = max(each.newest, newest.get(each.record, 0))
    versions = {name: wanted[name] or version for name, version in newest.items()}
    return partners, sorted(versions.items())


def ordering(node: Node, wanted: Recall, who: str) -> Entry:
    """The entry of an officer's order; `who` is a pseudonym, the records are sealed."""
    facts: dict[str, JSON] = {
        "action": ORDERED,
        "mode": wanted.sort.value,
        "recall": wanted.id,
        "reasons": [wanted.reason],
        "records": len(wanted.records),
        "approver": who,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=encode(wanted.content))


async def listed(visit: Visit, partner: str, first: int, *, owed: bool) -> list[Shown]:
    """The recalls and rectifications that were sent or wait to be, newest first; role liaison."""
    visit.require(Role.LIAISON)
    found: list[Letter] = []
    for sort in Sort:
        wanted = Listed(sort.value, partner, first=first, owed=owed)
        found += await asyncio.to_thread(visit.node.outbox.listed, wanted)
    found.sort(key=lambda each: (each.created_at, each.id), reverse=True)
    return [shown(each) for each in found[:first]]


def shown(letter: Letter) -> Shown:
    """A letter as the desk's schema tells it: how many records, not which."""
    records = letter.body["records"]
    reply = json.loads(letter.acknowledgement)["body"] if letter.acknowledgement else {}
    return {
        "id": letter.id,
        "type": letter.type,
        "partner": letter.to,
        "reason": str(letter.body["reason"]),
        "grant": str(letter.body["grant"]) or None,
        "records": len(records) if isinstance(records, list) else 0,
        "createdAt": moment(letter.created_at),
        "dueAt": moment(letter.due_at),
        "attempts": letter.attempts,
        "acknowledgedAt": None if letter.acknowledged_at is None else moment(letter.acknowledged_at),
        "ended": _count(reply, "ended"),
        "held": _count(reply, "held"),
        "escalatedAt": None if letter.escalated_at is None else moment(letter.escalated_at),
    }


def _count(reply: Mapping[str, Any], name: str) -> int | None:
    """A count of a partner's reply, if it is one that we can tell."""
    found = reply.get(name)
    return found if type(found) is int and 0 <= found < 2**31 else None
