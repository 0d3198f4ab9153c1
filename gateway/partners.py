"""The use case of who runs the node: the partners with their keys and what was last heard, and the own keys.

What is heard is what this node keeps of it: a cosignature that a partner's witness gave, logs that were
compared, letters that were acknowledged. Role administrator; nothing of it is about a person or a case.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from audit.keys import VerifyKey
from gateway.errors import NodeNotReady
from gateway.facts import moment
from gateway.home import read_card
from gateway.node import Node
from gateway.rotation import fingerprint
from gateway.visit import Visit
from policy.terms import Role
from sharing.directory import DirectoryNode, NodeKey
from sharing.keys import kid
from sharing.outbox import Listed

COMPARED = "DONE"
LETTERS = 20
"""Of the newest to a partner, those that are looked through for an acknowledgement."""

Shown = Mapping[str, Any]


async def directory(visit: Visit) -> Shown:
    """The directory in force and its nodes; `NodeNotReady` before the node has joined a federation."""
    visit.require(Role.ADMINISTRATOR)
    node = visit.node
    told = node.post.directory
    heard = await asyncio.to_thread(_heard, node, [each.id for each in told.nodes])
    pauses = await asyncio.to_thread(node.post.backoff.pauses)
    return {
        "federation": told.federation,
        "version": told.version,
        "issuedAt": moment(told.issued_at),
        "expiresAt": moment(told.expires_at),
        "partners": [
            _partner(each, node.now())
            | {
                "own": each.id == node.id,
                "heardAt": moment(heard[each.id]) if heard[each.id] else None,
                "failures": pauses[each.id].failures if each.id in pauses else 0,
                "checkpointSize": await asyncio.to_thread(_size, node, each.log_origin),
            }
            for each in told.nodes
        ],
    }


async def own_keys(visit: Visit) -> list[Shown]:
    """The keys on the node's card, what each is for and until when; `NodeNotReady` without a card."""
    visit.require(Role.ADMINISTRATOR)
    node = visit.node
    card = await asyncio.to_thread(read_card, node.charter.card)
    if card.id != node.id:
        raise NodeNotReady(f"node.card.json: is of {card.id}, this is {node.id}")
    return _keys(card, node.now())


def _partner(partner: DirectoryNode, now: int) -> dict[str, Any]:
    return {
        "id": partner.id,
        "name": partner.name,
        "country": partner.country,
        "address": partner.address,
        "contact": partner.spoc,
        "log": partner.log_origin,
        "keys": _keys(partner, now),
    }


def _keys(partner: DirectoryNode, now: int) -> list[Shown]:
    listed = [_key(each, now) for each in partner.keys]
    if partner.witness_vkey:
        listed.append(_public("witness", VerifyKey.parse(partner.witness_vkey)))
    return listed


def _key(key: NodeKey, now: int) -> Shown:
    life = {"notBefore": moment(key.not_before), "notAfter": moment(key.not_after)}
    return {**_public(key.use.value, key.key), **life, "accepted": key.valid_at(now)}


def _public(use: str, key: VerifyKey) -> Shown:
    """A witness's key has no life of its own: it cosigns as long as the directory names it."""
    named = {"use": use, "name": kid(key), "fingerprint": fingerprint(key)}
    return {**named, "notBefore": None, "notAfter": None, "accepted": True}


def _heard(node: Node, partners: Sequence[str]) -> Mapping[str, int]:
    """When each was last heard, in Unix seconds; 0 for never, as far as this node keeps it."""
    compared = node.oversight.progress.all()
    told: dict[str, int] = {}
    for each in partners:
        letters = node.outbox.listed(Listed(to=each, first=LETTERS))
        moments = [letter.acknowledged_at or 0 for letter in letters]
        if each in compared and compared[each].outcome == COMPARED:
            moments.append(compared[each].tried_at)
        words = [word.at for name, word in node.watch.words.items() if name.partition("/")[0] == each]
        told[each] = max([*moments, *words], default=0)
    return told


def _size(node: Node, origin: str) -> int | None:
    """Entries in the last checkpoint of a log that this node cosigned."""
    seen = node.witness.latest(origin) if node.witness is not None else None
    return seen.size if seen is not None else None
