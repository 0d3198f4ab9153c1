"""Shared pictures for the desk's schema: its words into use cases, their values into its words."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway import picture_writing as writing
from gateway import pictures
from gateway.errors import VariablesRejected
from gateway.node import Node
from gateway.picture_shown import contribution_shown, member_shown, summary_shown, zone_of
from gateway.pictures import Added
from gateway.visit import Visit
from policy.handling import Mark
from sharing.contributions import SCORE, Act, Member, Proposal
from sharing.picture import PictureState

Shown = Mapping[str, Any]
_SAID = frozenset({Act.SAME, Act.NOT_SAME})


def oneself(visit: Visit) -> Shown:
    """Who the caller is in pictures."""
    return member_shown(pictures.oneself(visit))


async def listed(visit: Visit) -> list[Shown]:
    """The caller's pictures."""
    return [_summary(visit.node, each) for each in await pictures.mine(visit)]


async def open_(
    visit: Visit, mandate: str, title: str, members: Sequence[tuple[str, str]], days: int
) -> Shown:
    """A new picture."""
    wanted = pictures.Opening(mandate, title, _members(members), days)
    return _summary(visit.node, await pictures.open_(visit, wanted))


async def join(visit: Visit, picture: str, mandate: str, members: Sequence[tuple[str, str]]) -> Shown:
    """A picture of more members."""
    entered = await pictures.enter(visit, picture, mandate)
    return _summary(visit.node, await pictures.join(entered, _members(members)))


async def close(visit: Visit, picture: str, mandate: str) -> Shown:
    """A picture that ended."""
    return _summary(visit.node, await pictures.close(await pictures.enter(visit, picture, mandate)))


async def place(visit: Visit, picture: str, mandate: str, handles: Sequence[str]) -> list[Shown]:
    """Records that were placed."""
    made = await writing.place(await pictures.enter(visit, picture, mandate), handles)
    return [_made(visit.node, each) for each in made]


async def remove(visit: Visit, picture: str, mandate: str, handle: str) -> Shown:
    """A record taken out."""
    entered = await pictures.enter(visit, picture, mandate)
    return _made(visit.node, await writing.remove(entered, handle))


async def write(visit: Visit, picture: str, mandate: str, told: Mapping[str, Any]) -> Shown:
    """A text, or a newer version of one."""
    mark = Mark(frozenset(told["handling"]), told["source"], told["information"], told["tlp"])
    text = writing.Text(
        act=told["act"],
        text=told["text"],
        handles=tuple(map(str, told["handles"])),
        assessment=told["assessment"],
        mark=mark,
        refs=tuple(map(str, told["refs"])),
    )
    entered = await pictures.enter(visit, picture, mandate)
    return _made(visit.node, await writing.write(entered, text))


async def say_same(visit: Visit, picture: str, mandate: str, told: Mapping[str, Any]) -> Shown:
    """An assertion about two records."""
    act, score = told["act"], told["score"]
    if act not in _SAID or (score is not None and not 0 <= score <= 1):
        raise VariablesRejected(f"same: {act} is neither SAME nor NOT_SAME, or {score} is not from 0 to 1")
    whole = None if score is None else round(score * SCORE)
    proposal = Proposal(whole, told["band"], told["calibrated"], tuple(told["evidence"]))
    entered = await pictures.enter(visit, picture, mandate)
    pair = (str(told["left"]), str(told["right"]))
    return _made(visit.node, await writing.say_same(entered, act, pair, proposal))


async def judge(visit: Visit, picture: str, mandate: str, refs: Sequence[str], *, accept: bool) -> Shown:
    """The own node's word on assertions."""
    entered = await pictures.enter(visit, picture, mandate)
    act = Act.ACCEPTED if accept else Act.REJECTED
    return _made(visit.node, await writing.judge(entered, act, refs))


async def retract(visit: Visit, picture: str, mandate: str, refs: Sequence[str]) -> Shown:
    """A withdrawal."""
    entered = await pictures.enter(visit, picture, mandate)
    return _made(visit.node, await writing.retract(entered, refs))


def _members(named: Sequence[tuple[str, str]]) -> tuple[Member, ...]:
    return tuple(Member(*each) for each in named)


def _summary(node: Node, told: PictureState) -> Shown:
    return summary_shown(told, node.now(), zone_of(node))


def _made(node: Node, added: Added) -> Shown:
    gaps = [{"to": each.to, "reason": each.reason} for each in added.withheld]
    return {**contribution_shown(added.made, zone_of(node)), "notTold": gaps}
