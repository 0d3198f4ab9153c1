"""Who received what: sealed beside each DISCLOSED entry, projected from there into the post room's register.

An answer's records are sealed by id, version and the grants that let each through, never in the leaf. The
projection runs when somebody needs the register: logged first as one entry, then unsealed from where it
stopped. What was erased from the log is skipped, so that the register never knows more than the log.
"""

import asyncio
import logging

import orjson

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import SealRefused
from audit.index import Search, every
from audit.row import Row
from gateway.node import Node
from gateway.oversight.look import indexed
from policy.decision import Permit
from policy.terms import Mode
from sharing.register import Given
from tenants.view import Found

VERSION = 1
BATCH = 500
READ = "DISCLOSURES_READ"
_LISTED = (Mode.CORE, Mode.RECORD)
log = logging.getLogger(__name__)


def sealed_given(permit: Permit, found: Found) -> bytes | None:
    """Which records an answer holds, as canonical JSON for sealing; None when it lists none.

    A record's bits name its grants by their place; a branch below `core` lists nothing and has no name.
    """
    if not found.given:
        return None
    grants = [branch.grant if branch.mode in _LISTED else "" for branch in permit.branches]
    return b'{"grants":%b,"records":[%b],"v":%d}' % (encode(grants), found.given, VERSION)


def tiers_given(permit: Permit, found: Found) -> list[Mode]:
    """The tiers that an answer shows, the lowest first: what whoever reads it can see, and nothing else.

    A record that is only a hit beside others that are listed or counted is not seen, so it does not count.
    """
    modes = {branch.mode for branch in permit.branches}
    if not found.hit or len(modes) == 1:
        return sorted(modes, key=lambda mode: mode.rank) if found.hit else []
    if not found.given:
        return [Mode.CONTACT if found.count or found.around else Mode.HIT]
    shown = {
        max((permit.branches[place].mode for place in _places(bits)), key=lambda mode: mode.rank)
        for _, _, bits in orjson.loads(b"[%b]" % found.given)
    }
    if Mode.CONTACT in modes and orjson.loads(found.payload).get("contact"):
        shown.add(Mode.CONTACT)
    return sorted(shown, key=lambda mode: mode.rank)


def _places(bits: int) -> list[int]:
    """The places of the bits that are set."""
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def read_given(row: Row, sealed: bytes) -> list[Given]:
    """What the sealed part of our own DISCLOSED entry says."""
    told = orjson.loads(sealed)
    at, grants = row.at_ms // 1000, told["grants"]
    return [
        Given(
            row.index,
            record,
            version,
            row.partner,
            row.query_id,
            at,
            tuple(ref for place, ref in enumerate(grants) if ref and bits >> place & 1),
        )
        for record, version, bits in told["records"]
    ]


async def catch_up(node: Node) -> int:
    """Bring the register to the log's head, and return how many entries were unsealed for it."""
    index = await indexed(node)
    reached = await asyncio.to_thread(node.lending.register.reached)
    wanted = Search(kinds=(Kind.DISCLOSED.value,), sealed=True, after=reached)
    rows = await asyncio.to_thread(lambda: list(every(index, wanted)))
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        facts: dict[str, JSON] = {"action": READ, "records": len(part), "period_from": part[0].at}
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts | {"period_to": part[-1].at}))
        given = [each for row in part for each in await _unsealed(node, row)]
        await asyncio.to_thread(node.lending.register.extend, given, part[-1].index)
    return len(rows)


async def _unsealed(node: Node, row: Row) -> list[Given]:
    try:
        return read_given(row, await node.log.unseal(row.index))
    except SealRefused:
        log.info("%s: what leaf %d disclosed was erased", node.id, row.index)
        return []
