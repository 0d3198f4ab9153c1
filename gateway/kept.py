"""What an analyst keeps of partners' records: a handle under a lease, shown anew by its node or as a stub.

Keeping asks the record's node for it, so that what is kept is what that node says, under a mandate: version,
handling codes, grants. Nothing of its content stays. Viewing asks again; a lease that has ended is not asked
for. Everyone with a mandate for the case sees what is kept for it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.ask import Asking, ask, split_handle
from gateway.errors import NotAllowed
from gateway.facts import many, moment
from gateway.mandates import held
from gateway.node import Node
from gateway.visit import Visit
from policy.mandate import Mandate
from policy.terms import Operation, Role
from sharing.encoding import fresh
from sharing.leases import Kept, Lease

DAY = 86_400
GONE = "NOT_SHOWN"
Shown = Mapping[str, Any]


async def keep(visit: Visit, handle: str, mandate_id: str) -> Shown:
    """Keep a record for the mandate's case; `NotAllowed` if its node does not show it."""
    return (await keep_claim(visit, handle, mandate_id))[0]


async def keep_claim(visit: Visit, handle: str, mandate_id: str) -> tuple[Shown, Shown]:
    """Keep a record, and give what its node claims of it: 1 asked for, 2 logged, 3 kept."""
    node = visit.node
    mandate = held(node, mandate_id, visit.require(Role.ANALYST))
    picture = await _asked(visit, handle, mandate)  # 1
    claims = [each for each in picture["claims"] if each["handle"] == handle]
    if not claims:
        raise NotAllowed(f"record {handle[:80]}: its node does not show it, so it cannot be kept")
    kept = await lend(node, mandate, handle, claims[0]["record"], str(picture["queryId"]))  # 2, 3
    return shown(kept, node.now()), claims[0]


async def lend(node: Node, mandate: Mandate, handle: str, record: Shown, query_id: str) -> Kept:
    """Keep the handle of a record that its node has just shown: logged, then kept."""
    lease = _lease(node, mandate, handle, record, query_id)
    await node.log.append(_entry(node, mandate, lease))
    await asyncio.to_thread(node.lending.leases.keep, lease)
    return await asyncio.to_thread(node.lending.leases.get, lease.id)


async def of_case(visit: Visit, mandate_id: str) -> list[Shown]:
    """What is kept for the mandate's case, newest first, each as it stands now."""
    node = visit.node
    mandate = held(node, mandate_id, visit.require(Role.ANALYST))
    found = await asyncio.to_thread(node.lending.leases.of_case, case_of(node, mandate))
    return [shown(each, node.now()) for each in found]


async def view(visit: Visit, lease_id: str, mandate_id: str) -> Shown:
    """A kept record as its node shows it now, or a stub with the code of why not."""
    node = visit.node
    mandate = held(node, mandate_id, visit.require(Role.ANALYST))
    kept = await asyncio.to_thread(node.lending.leases.get, lease_id)
    if kept.lease.case != case_of(node, mandate):
        raise NotAllowed(f"kept record {lease_id[:80]}: is not of the mandate's case")
    told = dict(shown(kept, node.now()))
    if not kept.at(node.now()).open:
        return {"kept": told, "picture": None}
    picture = await _asked(visit, kept.lease.handle, mandate)
    if any(each["handle"] == kept.lease.handle for each in picture["claims"]):
        return {"kept": told, "picture": picture}
    reasons = [reason for each in picture["nodes"] for reason in (*each["reasons"], each["status"])]
    return {"kept": told | {"reason": (reasons or [GONE])[0]}, "picture": None}


async def _asked(visit: Visit, handle: str, mandate: Mandate) -> Shown:
    owner, record = split_handle(handle)
    return await ask(visit, Asking(Operation.ENTITY, {"id": record}, mandate.id, [owner]))


def _lease(node: Node, mandate: Mandate, handle: str, record: Shown, query_id: str) -> Lease:
    owner, name = split_handle(handle)
    now = node.now()
    return Lease(
        id=f"k-{fresh()}",
        node=owner,
        record=name,
        version=record["version"],
        case=case_of(node, mandate),
        kept_by=node.post.keys.pseudonym(node.id, mandate.actor.subject),
        query_id=query_id,
        grants=tuple(sorted(set(record["grants"]))),
        handling=tuple(record["handling"]),
        kept_at=now,
        until=now + node.settings.recall.lease_days * DAY,
    )


def case_of(node: Node, mandate: Mandate) -> str:
    """The keyed digest under which this node keeps what belongs to the mandate's case."""
    return node.digests.of(mandate.case.encode())


def _entry(node: Node, mandate: Mandate, lease: Lease) -> Entry:
    facts: dict[str, JSON] = {
        "action": "RECORD_KEPT",
        "query_id": lease.query_id,
        "partner": lease.node,
        "asker": lease.kept_by,
        "mandate": mandate.digest,
        "expires_at": moment(lease.until),
    }
    facts |= many("grants", lease.grants)
    return Entry(Kind.ADMINISTRATION, node.id, facts)


def shown(kept: Kept, now: int) -> Shown:
    """A lease as the desk's schema tells it."""
    lease, stands = kept.lease, kept.at(now)
    return {
        "id": lease.id,
        "handle": lease.handle,
        "node": lease.node,
        "version": lease.version,
        "handling": list(lease.handling),
        "grants": list(lease.grants),
        "queryId": lease.query_id,
        "keptBy": lease.kept_by,
        "keptAt": moment(lease.kept_at),
        "until": moment(lease.until),
        "state": stands.state.value,
        "reason": stands.reason or None,
    }
