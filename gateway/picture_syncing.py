"""Comparing pictures with the nodes that belong to them, while a node is served: at start, then every 10 min.

At start every node of the directory is asked: a node that was restored from a backup may have lost a picture
as a whole, and what it wrote itself. Later those are with which it shares one. Who did not answer is asked
again after half a minute, so that both sides are whole soon after a partner is back. Only the own side is
completed; the partner does the same for its own.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from audit.canonical import JSON
from audit.errors import AuditError
from gateway.errors import GatewayError
from gateway.node import Node
from gateway.notices import send
from gateway.picture_notices import MOST_PICTURES, offered, shared_with, take
from sharing import reading
from sharing.contributions import PICTURE_ID
from sharing.errors import ContributionRefused, FieldRefused, PictureUnknown, SharingError, Undelivered
from sharing.notice import DONE, Unanswered
from sharing.picture_arrival import PICTURE_SYNC
from sharing.picture_sync import Summary, pull, root, summary

TICK = 5.0
EVERY = 600
AGAIN = 30
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turns:
    """When each partner is compared with next, Unix seconds, and who has answered since the start."""

    due: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)


async def keep_syncing(node: Node, tick: float = TICK) -> None:
    """Compare until cancelled, looking every `tick` seconds whose turn it is; what breaks is tried again."""
    turns = Turns()
    while True:
        try:
            await sync_due(node, turns)
        except Exception:
            log.exception("pictures of %s", node.id)
        await asyncio.sleep(tick)


async def sync_due(node: Node, turns: Turns) -> int:
    """Compare with every partner whose turn it is, and return how many contributions came."""
    directory = node.post.directory_now()
    if directory is None:
        return 0
    now = node.now()
    partners = [each.id for each in directory.nodes if each.id != node.id]
    return sum([await _turn(node, each, turns) for each in partners if turns.due.get(each, now) <= now])


async def _turn(node: Node, partner: str, turns: Turns) -> int:
    turns.due[partner] = node.now() + AGAIN
    try:
        pictures = await asyncio.to_thread(shared_with, node, partner)
        got = await sync_with(node, partner, pictures) if pictures or partner not in turns.answered else 0
    except (GatewayError, SharingError, AuditError) as error:
        log.warning("pictures of %s with %s: %s", node.id, partner, error.code)
        return 0
    turns.answered.add(partner)
    turns.due[partner] = node.now() + EVERY
    return got


async def sync_with(node: Node, partner: str, pictures: Sequence[str]) -> int:
    """Bring what a partner has of these pictures and of others to which both belong; how much came.

    `Undelivered` when it does not answer. What it says of one picture does not keep the others waiting.
    """
    roots = [[each, root(await asyncio.to_thread(_summary, node, each, partner))] for each in pictures]
    step: dict[str, JSON] = {"step": "ROOTS", "roots": [*roots]}
    told = reading.exact(dict(await _asked(node, partner, step)), frozenset({"differ"}))
    got = 0
    for each in dict.fromkeys(reading.words(told, "differ", MOST_PICTURES, PICTURE_ID)):
        try:
            got += await _pulled(node, partner, each)
        except (ContributionRefused, FieldRefused, PictureUnknown) as error:
            log.warning("picture %s of %s with %s: %s", each, node.id, partner, error.code)
    return got


async def _pulled(node: Node, partner: str, picture: str) -> int:
    mine = await asyncio.to_thread(_summary, node, picture, partner)
    here = await asyncio.to_thread(node.pictures.ids, picture)

    async def ask(step: Mapping[str, JSON]) -> Mapping[str, JSON]:
        return await _asked(node, partner, {**step, "picture": picture})

    return await pull(mine, here, ask, partial(take, node, partner, picture))


def _summary(node: Node, picture: str, partner: str) -> Summary:
    return summary(each.id for each in offered(node, picture, partner))


async def _asked(node: Node, partner: str, body: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """What a partner says to one step; `Undelivered` if it is silent, `PictureUnknown` if it refuses."""
    reply = await send(node, partner, PICTURE_SYNC, body)
    if isinstance(reply, Unanswered):
        raise Undelivered(f"{partner}: {reply.code}")
    if reply.status != DONE:
        raise PictureUnknown(f"{partner}: does not compare with {node.id}: {reply.status}")
    return reply.body
