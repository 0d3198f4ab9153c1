"""How a follow-up ends: by the grant that enough officers approved, a refusal, or by nobody deciding it.

Log before effect. Every step can be done again from what is kept, so that a process that breaks off leaves
nothing half done: `resume` finishes it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audit.approval import Paper
from audit.canonical import JSON, encode
from gateway.approving import FOLLOW_UP, evidence
from gateway.approving import facts as proof_of
from gateway.facts import moment
from gateway.followups import entry, once
from gateway.liaise import enact
from gateway.node import Node
from policy.clocks import LAPSES_AFTER
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.errors import GrantUnknown
from sharing.follow_up import DECISION, FollowUpDecision
from sharing.grants import Grant
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted, every_item
from sharing.outbox import Letter

DAY = 86_400


async def approve(
    node: Node, item: Item, paper: Paper | None = None, said: Mapping[str, JSON] | None = None
) -> Item:
    """Log and keep one more approval; with the last one needed, the grant comes into force.

    `paper` is what the officer's own key signed, over the digest of `said`; both are sealed with the entry.
    """
    last = item.approvals[-1].officer
    facts: dict[str, JSON] = {
        "approvals": len(item.approvals),
        "approver": node.post.keys.pseudonym(node.id, last),
    }
    made = entry(node, FOLLOW_UP, item, facts)
    if paper is not None and said is not None:
        told = {"officer": last, **evidence(paper, said)}
        facts |= {"request_id": item.id, **proof_of(paper)}
        subject = paper.approved.digest
        made = replace(made, facts={**made.facts, **facts}, subject=subject, sealed=encode(told))
    await node.log.append(made)
    kept = await asyncio.to_thread(node.books.inbox.put, item)
    return kept if len(kept.approvals) < node.settings.sharing.officers else await _granted(node, kept)


async def _granted(node: Node, item: Item) -> Item:
    """Put the grant in force that the officers of the item want, and end the item with it."""
    terms = _terms(node, item)
    grant = _in_force(node, terms.id) or await enact(node, terms, item.approvals)
    last, draft = item.approvals[-1], item.draft
    state, reason = ItemState(str(draft["state"])), str(draft["reason"])
    return await end(node, item, Decision(state, last.officer, last.at, reason, grant.terms.ref), terms)


def _in_force(node: Node, grant_id: str) -> Grant | None:
    """The grant, if a process broke off after it was made."""
    try:
        return node.books.grants.current(grant_id)
    except GrantUnknown:
        return None


def _terms(node: Node, item: Item) -> GrantTerms:
    """The narrow grant: all of it follows from the item, so that it can be made again after a crash."""
    draft: Mapping[str, Any] = item.draft
    content: Mapping[str, Any] = item.content
    at = item.approvals[-1].at
    return GrantTerms(
        id=f"g-{item.id}",
        version=1,
        owner=node.id,
        recipients=(item.node,),
        roles=(Role.ANALYST,),
        purposes=(Purpose(str(item.facts["purpose"])),),
        legal_bases=(LegalBasis(str(item.facts["legal_basis"])),),
        categories=tuple(each for each in SubjectCategory if each is not SubjectCategory.UNCATEGORISED),
        dataset="*",
        schemata=("*",),
        mode=Mode(draft["tier"]),
        not_before=at,
        expires_at=at + int(draft["days"]) * DAY,
        cases=tuple(draft["cases"]),
        units=(str(content["unit"]),),
        record_ids=tuple(draft["records"]),
        masked=tuple(draft["masked"]),
    )


async def end(node: Node, item: Item, made: Decision, terms: GrantTerms | None = None) -> Item:
    """Log the decision, keep it, tell the partner; `resume` makes good what a crash left undone."""
    decided = item.decided(made)
    who = [each.officer for each in item.approvals] or [made.by]
    facts: dict[str, JSON] = {
        "approvers": [each if each == node.id else node.post.keys.pseudonym(node.id, each) for each in who],
        "approvals": len(item.approvals),
    }
    facts |= {"expires_at": moment(terms.expires_at)} if terms else {}
    said = entry(node, "FOLLOW_UP_DECIDED", decided, facts)
    if made.state is ItemState.LAPSED:
        await once(node, said, f"lapsed {item.id}")
    else:
        await node.log.append(said)
    given: dict[str, JSON] = {"tier": (terms.mode if terms else Mode.NONE).value}
    given |= {"until": terms.expires_at if terms else 0, "item": item.content["item"]}
    kept = await asyncio.to_thread(node.books.inbox.put, replace(decided, draft=given))
    await asyncio.to_thread(_tell, node, kept)
    return kept


def _tell(node: Node, item: Item) -> None:
    """Put the decision into the outbox; once it is there, nothing changes."""
    made, draft = item.decision, item.draft
    assert made is not None  # noqa: S101  # only what has ended is told
    until = draft["until"]
    told = FollowUpDecision(
        id=f"{item.id}:decision",
        item=str(draft["item"]),
        request=item.request,
        state=made.state,
        reason=made.reason,
        tier=Mode(str(draft["tier"])),
        until=until if isinstance(until, int) else 0,
    )
    node.outbox.put(Letter(told.id, item.node, DECISION, told.body, made.at, made.at + DAY))


async def resume(node: Node) -> None:
    """Finish what a process broke off: a grant that enough officers approved, a decision not yet told."""
    book, now = node.books.inbox, node.now()
    waiting = Wanted(state=ItemState.OPEN, kind=ItemKind.FOLLOW_UP)
    for item in await asyncio.to_thread(lambda: list(every_item(book, waiting))):
        if len(item.approvals) >= node.settings.sharing.officers:
            await _granted(node, item)
    recent = Wanted(kind=ItemKind.FOLLOW_UP, after=(max(0, now - LAPSES_AFTER - DAY), ""))
    for item in await asyncio.to_thread(lambda: list(every_item(book, recent))):
        made = item.decision
        if made and made.state is not ItemState.WITHDRAWN and made.at > now - DAY:
            await asyncio.to_thread(_tell, node, item)


async def lapse(node: Node, item: Item) -> Item:
    """End what nobody decided; the node itself says so, once."""
    return await end(node, item, Decision(ItemState.LAPSED, node.id, node.now()))
