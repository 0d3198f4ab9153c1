"""Pictures at the desk: opened by an analyst for one case, shared with those who are named, and closed.

Every act is under a mandate of one's own node for the picture's case: 1 role and mandate, 2 member, 3 case,
4 not closed, 5 the law, 6 signed, 7 logged, 8 kept, 9 sent. To whoever is no member a picture does not exist.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotAllowed, PictureClosed, VariablesRejected
from gateway.mandates import held, permitted
from gateway.node import Node
from gateway.picture_entries import contributed
from gateway.picture_letters import Withheld, send
from gateway.visit import Visit
from policy.case_reference import names_a_case
from policy.mandate import Mandate
from policy.terms import Role
from sharing.contributions import MAX_REFS, Act, Content, Contribution, Member, picture_id, sign_contribution
from sharing.encoding import fresh
from sharing.errors import PictureUnknown
from sharing.picture import PictureState, state

DAY = 86_400
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """A member at a picture, under a mandate for its case."""

    visit: Visit
    mandate: Mandate
    me: Member
    told: PictureState

    @property
    def node(self) -> Node:
        """The member's own node."""
        return self.visit.node

    @property
    def id(self) -> str:
        """The picture's id."""
        return self.told.opened.content.picture


@dataclass(frozen=True, slots=True)
class Opening:
    """A picture to be opened: a title, its first members beside oneself, and for how many days."""

    mandate: str
    title: str = ""
    members: tuple[Member, ...] = ()
    days: int = 30


@dataclass(frozen=True, slots=True)
class Added:
    """A contribution that is kept here and on its way; `withheld` says which nodes may not get it."""

    made: Contribution
    withheld: tuple[Withheld, ...]


async def open_(visit: Visit, wanted: Opening) -> PictureState:
    """Open a picture for the mandate's case; it ends with its days, or when a member here closes it."""
    node = visit.node
    mandate = held(node, wanted.mandate, visit.require(Role.ANALYST))
    longest = node.settings.picture.longest_days
    if not 1 <= wanted.days <= longest:
        raise VariablesRejected(f"picture: {wanted.days} days, 1 to {longest} are allowed here")
    if not names_a_case(mandate.case):
        raise VariablesRejected(f"picture: {mandate.case[:80]!r} names no case")
    if len(wanted.title) > LONGEST_TITLE:
        raise VariablesRejected(
            f"picture: a title of {len(wanted.title)} characters, at most {LONGEST_TITLE}"
        )
    now, nonce = node.now(), fresh()
    content = Content(
        picture=picture_id(node.id, nonce),
        act=Act.OPENED,
        author=oneself(visit),
        at=now,
        nonce=nonce,
        text=wanted.title.strip(),
        members=_members(node, wanted.members),
        case=mandate.case,
        until=now + wanted.days * DAY,
    )
    await _add(visit, mandate, content)
    return await _state(node, content.picture)


async def enter(visit: Visit, picture: str, mandate_id: str, until: int | None = None) -> Entered:
    """The picture as this node holds it, now or as it did at `until`; `PictureUnknown` but for members."""
    node = visit.node
    mandate = held(node, mandate_id, visit.require(Role.ANALYST))  # 1
    me, told = oneself(visit), await _state(node, picture)
    if me not in told.members:  # 2
        raise _unknown(picture)
    if told.opened.content.case != mandate.case:  # 3
        raise NotAllowed(f"picture {picture}: is for another case than the mandate's, {mandate.case}")
    return Entered(visit, mandate, me, told if until is None else await _state(node, picture, until))


async def contribute(entered: Entered, act: Act, **parts: Any) -> Added:  # noqa: ANN401  # parts of a Content
    """Add something in the member's name; `PictureClosed`, or `ContributionRefused` by its form."""
    node = entered.node
    if closed(entered.told, node.now()):  # 4
        raise PictureClosed(f"picture {entered.id}: is closed; nothing is added to it any more")
    return await _add(
        entered.visit,
        entered.mandate,
        Content(entered.id, act, entered.me, node.now(), fresh(), **parts),
    )


async def join(entered: Entered, members: Sequence[Member]) -> PictureState:
    """Name more members; a pseudonym is told by the person, who sees it at their own desk."""
    if not members:
        raise VariablesRejected(f"picture {entered.id}: nobody is named")
    await contribute(entered, Act.JOINED, members=_members(entered.node, members))
    return await _state(entered.node, entered.id)


async def close(entered: Entered) -> PictureState:
    """End the picture for everybody; by a member of the node that opened it."""
    node, opener = entered.node, entered.told.opened.content.author.node
    if opener != node.id:
        raise NotAllowed(f"picture {entered.id}: is closed at {opener}, which opened it, not at {node.id}")
    await contribute(entered, Act.CLOSED)
    return await _state(node, entered.id)


async def mine(visit: Visit) -> list[PictureState]:
    """The pictures of which the caller is a member, the newest first."""
    visit.require(Role.ANALYST)
    node, me = visit.node, oneself(visit)
    found = await asyncio.to_thread(node.pictures.pictures, me)
    return [await _state(node, each.content.picture) for each in found]


def oneself(visit: Visit) -> Member:
    """Who the caller is in pictures: the pseudonym by which the own node knows them, to tell to partners."""
    node = visit.node
    subject = visit.require(Role.ANALYST).subject
    return Member(node.id, node.post.keys.pseudonym(node.id, subject))


def closed(told: PictureState, now: int) -> bool:
    """Whether nothing is added any more."""
    return told.closed_at is not None or told.opened.content.until <= now


async def _state(node: Node, picture: str, until: int | None = None) -> PictureState:
    held_here = await asyncio.to_thread(node.pictures.of, picture, until)
    told = state(held_here)
    if told is None:
        raise _unknown(picture)
    return told


def _unknown(picture: str) -> PictureUnknown:
    return PictureUnknown(f"picture {picture[:60]!r}: is not known here, or you are not a member of it")


def _members(node: Node, members: Sequence[Member]) -> tuple[Member, ...]:
    """The members, of nodes that the directory lists."""
    if len(members) > MAX_REFS:
        raise VariablesRejected(f"picture: {len(members)} members are named, at most {MAX_REFS} at once")
    for each in members:
        node.post.directory.node(each.node)
    return tuple(dict.fromkeys(members))


async def _add(visit: Visit, mandate: Mandate, content: Content) -> Added:
    node = visit.node
    await permitted(node, mandate)  # 5
    made = sign_contribution(content, node.post.keys.grant)  # 6
    await node.log.append(contributed(node, mandate, made))  # 7
    sent = await send(node, [made])  # 8, 9
    return Added(made, sent.withheld)
