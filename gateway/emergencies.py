"""Break-glass: a question over a threat to life shows at once, is told at once, and is reviewed within a day.

Europol Regulation Art. 22(2): shared at once if the provider is told at the same time. It needs a grant like
any other question, only nobody has to agree before. 1 The intent is logged. 2 The item for the review and the
finding for oversight are written, at home before the question leaves, at the other node before it looks; who
cannot write them asks and shows nothing. 3 Somebody else than the asker reviews. 4 An overdue review is a
finding, and bars the person at home from the next such question.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import AuditError
from audit.findings import Finding, Refs
from audit.severity import Severity
from gateway.errors import VariablesRejected
from gateway.facts import moment, of_mandate, retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.decision import Permit, Refusal
from policy.duties import Step
from policy.emergency import MAX_TEXT, Emergency, Outcome
from policy.mandate import Actor, Mandate
from policy.terms import Mode, Obligation, Purpose, Reason, Role
from sharing.errors import SharingError
from sharing.inbox import Decision, Item, ItemKind, ItemState, Wanted
from sharing.mandates import Justification

RULE = "BREAK_GLASS"
UNREVIEWED = "BREAK_GLASS_UNREVIEWED"
UNJUSTIFIED = "BREAK_GLASS_NOT_JUSTIFIED"
FIRST = (UNREVIEWED, UNJUSTIFIED, RULE)
"""Rules whose findings oversight sees before all others."""

TICK = 60.0
_HOUR = 3_600
_ENDS = {Outcome.JUSTIFIED: ItemState.ANSWERED, Outcome.NOT_JUSTIFIED: ItemState.REFUSED}
log = logging.getLogger(__name__)

Shown = Mapping[str, Any]


def is_emergency(mandate: Mandate) -> bool:
    """Whether the mandate is for a threat to life."""
    return mandate.purpose is Purpose.THREAT_TO_LIFE


def check_said(why: Justification, emergency: Emergency | None) -> None:
    """`VariablesRejected` unless a threat to life says why, and nothing else does."""
    if (why.purpose is Purpose.THREAT_TO_LIFE) != (emergency is not None):
        raise VariablesRejected(
            f"purpose {why.purpose}: only {Purpose.THREAT_TO_LIFE} has an emergency reason"
        )
    if emergency is not None and not emergency.said:
        raise VariablesRejected(f"emergency reason: 1 to {MAX_TEXT} characters are needed")


def barred(node: Node, mandate: Mandate, permit: Permit) -> Permit | Refusal:
    """The permit to ask, unless a review of the person's earlier emergency is overdue here."""
    if not (is_emergency(mandate) and node.settings.break_glass.overdue_bars):
        return permit
    late = Wanted(
        ItemState.OPEN, ItemKind.BREAK_GLASS, subject=mandate.actor.subject, due_before=node.now(), first=1
    )
    if not node.books.inbox.list(late):
        return permit
    rules = ("break-glass-unreviewed",)
    return Refusal(permit.id, permit.partner, (Reason.POLICY,), rules, permit.revision, permit.decided_at)


def told_at_home(node: Node, permit: Permit, request: str, query_id: str) -> None:
    """Step 2 of the node that asks; raises whatever keeps the item from being written."""
    mandate = permit.mandate
    if not is_emergency(mandate):
        return
    asker = node.post.keys.pseudonym(node.id, mandate.actor.subject)
    _tell(node, _item(node, permit, mandate, node.id, asker, (request, query_id), mandate.actor.subject))


def told_to_provider(
    node: Node, mandate: Mandate, verdict: Permit | Refusal, request: str, query_id: str
) -> Permit | Refusal:
    """Step 2 of the node that is asked: the verdict, or a refusal when the item could not be written.

    A question that is refused is told too: an officer may help where no grant does. One over quota is not.
    """
    notify = isinstance(verdict, Permit) and Obligation.NOTIFY_PROVIDER in verdict.obligations
    quota = isinstance(verdict, Refusal) and Reason.QUOTA in verdict.reasons
    if mandate.actor.node == node.id or quota or not (notify or is_emergency(mandate)):
        return verdict
    try:
        asked = (request, query_id)
        _tell(node, _item(node, verdict, mandate, mandate.actor.node, mandate.actor.subject, asked))
    except Exception:  # whatever breaks here must end in a refusal, never in an answer
        log.exception("break-glass of %s", node.id)
        reasons, rules = (Reason.POLICY_UNAVAILABLE,), ("provider-not-told",)
        return Refusal(verdict.id, verdict.partner, reasons, rules, verdict.revision, verdict.decided_at)
    return verdict


def _item(  # noqa: PLR0913, PLR0917  # who asked whom what, and what was decided
    node: Node,
    verdict: Permit | Refusal,
    mandate: Mandate,
    asking: str,
    asker: str,
    asked: tuple[str, str],
    subject: str = "",
) -> Item:
    now = node.now()
    return Item(
        id=f"bg-{verdict.id}",
        kind=ItemKind.BREAK_GLASS,
        node=asking,
        received_at=now,
        due_at=now + node.settings.break_glass.review_hours * _HOUR,
        query_id=asked[1],
        request=asked[0],
        tier=verdict.mode if isinstance(verdict, Permit) else Mode.NONE,
        reason=mandate.purpose.value,
        urgency="URGENT",
        facts=of_mandate(node, mandate) | {"asker": asker},
        subject=subject,
    )


def _tell(node: Node, item: Item) -> None:
    node.oversight.findings.add([_finding(RULE, Severity.HIGH, item, item.received_at)])
    node.books.inbox.add(item)


def _finding(rule: str, severity: Severity, item: Item, at: int) -> Finding:
    asker = str(item.facts["asker"])
    refs = Refs(request=item.request, query_id=item.query_id, asker=asker, partner=item.node)
    text = f"{item.id}: a question over a threat to life, to be reviewed by {moment(item.due_at)}"
    return Finding.of(rule, severity, datetime.fromtimestamp(at, UTC), item.id, text, refs)


def listed(visit: Visit, *, everything: bool) -> list[Shown]:
    """The node's emergencies, next deadline first, open ones unless `everything`; liaison or oversight."""
    _reviewer(visit)
    wanted = Wanted(None if everything else ItemState.OPEN, ItemKind.BREAK_GLASS)
    return [_shown(each, visit.node.now()) for each in visit.node.books.inbox.list(wanted)]


async def review(visit: Visit, item_id: str, outcome: Outcome, reason: str) -> Shown:
    """Decide whether an emergency was one: 1 by another person, 2 once, 3 logged, 4 kept, 5 found if not."""
    node, now = visit.node, visit.node.now()
    actor = _reviewer(visit)
    item = node.books.inbox.get(item_id)
    if item.kind is not ItemKind.BREAK_GLASS:
        raise VariablesRejected(f"item {item.id}: is a {item.kind}, not a {ItemKind.BREAK_GLASS}")
    visit.as_another(Step.EMERGENCY_REVIEW, f"item {item.id}", [item.subject])  # 1
    if not 0 < len(reason.strip()) <= MAX_TEXT:
        raise VariablesRejected(f"reason: 1 to {MAX_TEXT} characters are needed")
    ended = item.decided(Decision(_ENDS[outcome], actor.subject, now, outcome.value))  # 2
    await node.log.append(_reviewed(node, item, outcome, actor, reason))  # 3
    ended = node.books.inbox.put(ended)  # 4
    if outcome is Outcome.NOT_JUSTIFIED:
        node.oversight.findings.add([_finding(UNJUSTIFIED, Severity.CRITICAL, item, now)])  # 5
    return _shown(ended, now)


def _reviewer(visit: Visit) -> Actor:
    if Role.LIAISON in visit.session.actor.roles:
        return visit.session.actor
    return visit.require(Role.OVERSIGHT)


def _reviewed(node: Node, item: Item, outcome: Outcome, actor: Actor, reason: str) -> Entry:
    facts: dict[str, JSON] = {
        "action": "BREAK_GLASS_REVIEWED",
        "emergency": True,
        "outcome": outcome.value,
        "request_id": item.id,
        "query_id": item.query_id,
        "request": item.request,
        "partner": item.node,
        "approver": node.post.keys.pseudonym(node.id, actor.subject),
        "unit": actor.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    told = {"subject": actor.subject, "reason": reason}
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=json.dumps(told, ensure_ascii=False).encode())


def _shown(item: Item, now: int) -> Shown:
    made = item.decision
    return {
        "id": item.id,
        "node": item.node,
        "queryId": item.query_id,
        "offence": item.facts.get("offence"),
        "tier": item.tier.value,
        "receivedAt": moment(item.received_at),
        "dueAt": moment(item.due_at),
        "overdue": made is None and item.due_at < now,
        "outcome": made.reason if made else None,
        "reviewedAt": moment(made.at) if made else None,
    }


def overdue(node: Node) -> Iterator[Finding]:
    """A finding for every emergency whose review is late; the same one each time."""
    wanted = Wanted(ItemState.OPEN, ItemKind.BREAK_GLASS, due_before=node.now())
    for item in node.books.inbox.list(wanted):
        yield _finding(UNREVIEWED, Severity.CRITICAL, item, item.due_at)


async def report_overdue(node: Node) -> int:
    """Put what is late into the book of findings; how much of it is new."""
    return await asyncio.to_thread(lambda: node.oversight.findings.add(list(overdue(node))))


async def keep_reviewing(node: Node) -> None:
    """Report late reviews, and forget spent budgets of the past, until cancelled."""
    while True:
        try:
            await report_overdue(node)
            await asyncio.to_thread(node.quota.forget, node.now())
        except (AuditError, SharingError) as error:
            log.error("%s: late reviews: %s: %s", node.id, error.code, error)  # noqa: TRY400  # no trace needed
        except Exception:
            log.exception("late reviews of %s", node.id)
        await asyncio.sleep(TICK)
