"""Contributions on their way: an own one goes to every node that belongs to its picture, by letters.

1 Check that they are this node's own, of a picture that is known. 2 Hold each to its mark, for every node. 3
Log. 4 Keep them. 5 Put the letters: with that they are durable, told until they are acknowledged. A crash in
between is made good by `picture_syncing`. Sent again, the same contributions make the same letters.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from gateway.facts import many
from gateway.node import Node
from gateway.picture_handling import Opened, open_to
from sharing.contributions import Act, Contribution
from sharing.errors import ContributionRefused, PictureUnknown
from sharing.outbox import Letter
from sharing.picture import members
from sharing.picture_arrival import PICTURE_CONTRIBUTIONS, batches

CONTRIBUTED = "PICTURE_CONTRIBUTED"
TOLD_WITHIN = 86_400


@dataclass(frozen=True, slots=True)
class Withheld:
    """A contribution that does not go to a node, and why: a reason code. There it stands as a stub."""

    id: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The nodes for which letters were put, and what they do not get."""

    to: tuple[str, ...]
    withheld: tuple[Withheld, ...]


async def send(node: Node, contributions: Sequence[Contribution]) -> Sent:
    """Keep own contributions to one picture, and have the other nodes told; the steps are the module's.

    `ContributionRefused` if they are not this node's or of several pictures, `PictureUnknown` without its
    OPENED here or among them.
    """
    picture = _picture(node, contributions)  # 1
    papers = await asyncio.to_thread(node.pictures.papers, picture)
    if not (after := {each.node for each in members([*papers, *contributions])}):
        raise PictureUnknown(f"picture {picture}: is not known to {node.id}")
    before = {each.node for each in members(papers)}
    opened = {}
    for to in sorted(after - {node.id}):
        introduced = [] if to in before else [each for each in papers if each not in contributions]
        opened[to] = open_to(node, [*introduced, *contributions], to)  # 2
    await node.log.append(_entry(node, picture, contributions, opened))  # 3
    await asyncio.to_thread(node.pictures.add, *contributions, at=node.now())  # 4
    letters = [letter for to, each in opened.items() for letter in letters_to(node, picture, to, each)]
    await asyncio.to_thread(node.outbox.put, *letters)  # 5
    kept_back = (
        Withheld(key, to, code) for to, each in opened.items() for key, code in each.withheld.items()
    )
    return Sent(tuple(opened), tuple(kept_back))


def _picture(node: Node, contributions: Sequence[Contribution]) -> str:
    """The picture of all of them."""
    pictures = {each.content.picture for each in contributions}
    authors = {each.content.author.node for each in contributions}
    if len(pictures) != 1 or authors != {node.id}:
        raise ContributionRefused(
            f"contributions: of {sorted(authors)} to {len(pictures)} pictures, where {node.id} sends to one"
        )
    return pictures.pop()


def letters_to(node: Node, picture: str, to: str, opened: Opened) -> list[Letter]:
    """The letters that tell one node; their ids follow from what they say and to whom."""
    now = node.now()
    told = [each.statement for each in opened.contributions]
    return [
        Letter(
            _name(to, batch.body), to, PICTURE_CONTRIBUTIONS, batch.body, now, now + TOLD_WITHIN, next_at=now
        )
        for batch in batches(picture, told, opened.withheld)
    ]


def _name(to: str, body: dict[str, JSON]) -> str:
    return f"picture:{sha256(encode({'to': to, **body})).hexdigest()[:32]}"


def _entry(
    node: Node, picture: str, contributions: Sequence[Contribution], opened: dict[str, Opened]
) -> Entry:
    reasons = {code for each in opened.values() for code in each.withheld.values()}
    facts: dict[str, JSON] = {
        "action": CONTRIBUTED,
        **about(picture, contributions),
        "reasons": sorted(reasons),
        "rejected": sum(len(each.withheld) for each in opened.values()),
    }
    facts |= many("recipients", sorted(opened))
    facts |= many("consents", sorted(frozenset().union(*(each.consents for each in opened.values()))))
    return Entry(Kind.ADMINISTRATION, node.id, facts)


def about(picture: str, contributions: Sequence[Contribution]) -> dict[str, JSON]:
    """What a leaf says of contributions: the picture's id (a digest), how many, and which acts."""
    acts: list[JSON] = [each.value for each in Act if each in {one.content.act for one in contributions}]
    return {"picture": picture, "contributions": len(contributions), "acts": acts}
