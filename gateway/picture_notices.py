"""The notices of pictures: `PICTURE_CONTRIBUTIONS` in letters, `PICTURE_SYNC` to bring what is missing.

Contributions come perhaps twice, in any order, and from another node than their author's. The door has logged
the notice; what is new is logged again before it is kept. `PICTURE_SYNC` has three steps. `ROOTS`: the
sender's pictures with this node, each by one digest; the reply names those that differ, or that it left out.
`BUCKETS` and `WANTED` are `sharing.picture_sync`'s. A node is told of pictures that it belongs to, and of
what in them its mark opens to that node; of any other picture it hears that it is not known.
"""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.grant_keys import grant_keys
from gateway.node import Node
from gateway.notices import Handled, Types
from gateway.picture_handling import open_to
from gateway.picture_letters import about
from sharing import reading
from sharing.codes import DIGEST, Rejection
from sharing.contributions import PICTURE_ID, Contribution
from sharing.errors import FieldRefused, PictureUnknown
from sharing.notice import Notice
from sharing.picture import members
from sharing.picture_arrival import (
    PICTURE_CONTRIBUTIONS,
    PICTURE_SYNC,
    Known,
    admitted,
    opened_of,
    read_batch,
)
from sharing.picture_sync import (
    BUCKETS,
    MOST_WANTED,
    page_of,
    read_summary,
    root,
    statements_of,
    summary,
)

RECEIVED = "PICTURE_RECEIVED"
MOST_PICTURES = 100
MOST_STUBS = 1_000
AFTERWARDS = 30 * 86_400
"""Seconds after its end for which a picture is still compared: what was written in time may come late."""


async def on_contributions(node: Node, notice: Notice) -> Handled:
    """Keep what a letter brings: 1 read, 2 log and keep what is new, 3 note what is withheld."""
    batch = read_batch(notice.body)  # 1
    kept = await take(node, notice.sender, batch.picture, batch.statements)  # 2
    if batch.withheld:
        await asyncio.to_thread(_note, node, batch.picture, batch.withheld)  # 3
    facts: dict[str, JSON] = {"picture": batch.picture, "contributions": len(kept)}
    return Handled({"kept": len(kept)}, facts=facts)


async def take(node: Node, sender: str, picture: str, statements: Sequence[str]) -> frozenset[str]:
    """Keep what a node brings of a picture, and return the ids of what may be here and is.

    1 Open each: what no node of the directory signed is left out. 2 Admit, or `PictureUnknown`. 3 Log what is
    new. 4 Keep it.
    """
    return frozenset(each.id for each in await _taken(node, sender, picture, statements))


async def _taken(node: Node, sender: str, picture: str, statements: Sequence[str]) -> Sequence[Contribution]:
    keys_of = grant_keys(node.post.choice, node.post.directory_now)
    arrived = await asyncio.to_thread(opened_of, picture, statements, keys_of)  # 1
    known = await asyncio.to_thread(
        lambda: Known(node.pictures.papers(picture), node.pictures.authors(picture))
    )
    here = {
        each.id: each for each in await asyncio.to_thread(node.pictures.get, [each.id for each in arrived])
    }
    new = admitted([each for each in arrived if each.id not in here], known, node.id, sender)  # 2
    if new:
        facts: dict[str, JSON] = {"action": RECEIVED, "partner": sender, **about(picture, new)}
        facts |= {"rejected": len(statements) - len(here) - len(new)}
        await node.log.append(Entry(Kind.ADMINISTRATION, node.id, facts))  # 3
        await asyncio.to_thread(node.pictures.add, *new, at=node.now())  # 4
    return [*here.values(), *new]


def _note(node: Node, picture: str, withheld: Mapping[str, str]) -> None:
    """Keep stubs as far as there is room for them."""
    room = max(0, MOST_STUBS - len(node.pictures.stubs(picture)))
    node.pictures.withhold(picture, dict(list(withheld.items())[:room]))


async def on_sync(node: Node, notice: Notice) -> Handled:
    """Answer one step of a comparison; `PictureUnknown` for a picture that the sender does not belong to.

    Steps that look at whole pictures are paced: so many for each partner.
    """
    steps = {"ROOTS": _roots, "BUCKETS": _buckets, "WANTED": _wanted}
    step = steps.get(str(notice.body.get("step")))
    if step is None:
        raise FieldRefused(f"step is none of {sorted(steps)}")
    if step is not _wanted and not node.paces.comparisons.take(notice.sender, node.clock):
        return Handled(status=Rejection.OVER_QUOTA.value)
    return Handled(await asyncio.to_thread(step, node, notice))


def _roots(node: Node, notice: Notice) -> dict[str, JSON]:
    told = reading.exact(dict(notice.body), frozenset({"step", "roots"}))
    theirs = dict(_root(each) for each in reading.items(told, "roots", MOST_PICTURES))
    ours = shared_with(node, notice.sender)
    known = {each: root(summary(one.id for one in offered(node, each, notice.sender))) for each in ours}
    differ: list[JSON] = [each for each in ours if theirs.get(each) != known[each]]
    return {"differ": differ}


def _root(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  # picture and digest
        raise FieldRefused("roots holds something that is no picture with a digest")
    told = {"picture": value[0], "root": value[1]}
    return reading.matching(told, "picture", PICTURE_ID), reading.matching(told, "root", DIGEST)


def _buckets(node: Node, notice: Notice) -> dict[str, JSON]:
    told = reading.exact(dict(notice.body), frozenset({"step", "picture", "buckets", "from"}))
    theirs, start = read_summary(told), reading.whole(told, "from", 0, BUCKETS - 1)
    page = page_of(_told_to(node, told, notice.sender), theirs, start)
    return {"ids": list(page.ids), "onward": page.onward}


def _wanted(node: Node, notice: Notice) -> dict[str, JSON]:
    told = reading.exact(dict(notice.body), frozenset({"step", "picture", "ids"}))
    ids = frozenset(reading.words(told, "ids", MOST_WANTED, DIGEST))
    _member(node, picture := reading.matching(told, "picture", PICTURE_ID), notice.sender)
    found = [each for each in node.pictures.get(ids) if each.content.picture == picture]
    statements: list[JSON] = []
    statements.extend(statements_of(open_to(node, found, notice.sender).contributions))
    return {"contributions": statements}


def _told_to(node: Node, told: reading.Object, to: str) -> Sequence[Contribution]:
    """What of the picture that a step names its sender may be told."""
    _member(node, picture := reading.matching(told, "picture", PICTURE_ID), to)
    return offered(node, picture, to)


def _member(node: Node, picture: str, partner: str) -> None:
    """`PictureUnknown` unless a person of the partner belongs to the picture."""
    if partner not in {each.node for each in members(node.pictures.papers(picture))}:
        raise PictureUnknown(f"picture {picture}: {partner} does not belong to it, as far as {node.id} knows")


def shared_with(node: Node, partner: str) -> list[str]:
    """The pictures to compare with a partner: both belong to them, and they ended lately or not yet."""
    lately = node.now() - AFTERWARDS
    opened = node.pictures.pictures(node=partner)
    return [each.content.picture for each in opened if each.content.until > lately][:MOST_PICTURES]


def offered(node: Node, picture: str, to: str) -> Sequence[Contribution]:
    """What of a picture a node may be told now."""
    return open_to(node, node.pictures.of(picture), to).contributions


PICTURE_TYPES: Types = MappingProxyType({PICTURE_CONTRIBUTIONS: on_contributions, PICTURE_SYNC: on_sync})
"""The notices of pictures that a node understands."""
