"""Notices: what nodes say to each other as nodes. Log before act, log before send, on both sides.

Sending: 1 log, 2 seal, 3 deliver, 4 open, 5 log what came. Receiving: 1 open, 2 pace, 3 log the receipt (and
refuse a replay), 4 act, 5 log the outcome, 6 seal. Whatever comes from outside becomes a value or a sealed
reply; types are a table that whoever composes the node fills.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import AuditError, AuditUnavailable, Duplicate
from audit.receipt import Receipt
from gateway.errors import GatewayError
from gateway.node import Node
from sharing.codes import Rejection
from sharing.encoding import digest
from sharing.errors import NotSealed, SharingError, Undelivered
from sharing.notice import (
    DONE,
    Notice,
    NoticeReply,
    OpenedNotice,
    Unanswered,
    open_notice,
    open_notice_reply,
    seal_notice,
    seal_notice_reply,
)
from sharing.opened import Rejected
from sharing.sealed import SealedReply
from sharing.sealing import seal_rejection
from sharing.signature import Headers

TIMEOUT = 20.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handled:
    """What a handler made of a notice: the reply's body, and what the outcome's log entry says of it."""

    body: Mapping[str, JSON] = field(default_factory=dict)
    status: str = DONE
    action: str = "NOTICE_ANSWERED"
    facts: Mapping[str, JSON] = field(default_factory=dict)


Handler: TypeAlias = Callable[[Node, Notice], Awaitable[Handled]]
"""Acts on a notice whose sender is known and whose receipt is logged."""

Types: TypeAlias = Mapping[str, Handler]


async def send(node: Node, to: str, kind: str, body: Mapping[str, JSON]) -> NoticeReply | Unanswered:
    """Say something to another node; `AuditUnavailable` if the log cannot hold that it was said."""
    there = node.post.directory.recipients([to], node.now())[0]
    notice = Notice(kind, node.id, to, body, node.now())
    receipt = await node.log.append(_entry(node, notice, "NOTICE_SENT", {"partner": to}, notice.digest))  # 1
    sealed = await node.post.seal(  # 2
        lambda keys: seal_notice(notice, receipt, keys, there, now=node.now())
    )
    try:
        raw = await node.post.courier.deliver(sealed, TIMEOUT)  # 3
        reply = open_notice_reply(raw, sealed, now=node.now())  # 4
    except Undelivered as error:
        reply = Unanswered(to, error.code, str(error))
    await node.log.append(_entry(node, notice, "NOTICE_REPLIED", _told(to, reply), notice.digest))  # 5
    return reply


def _told(partner: str, reply: NoticeReply | Unanswered) -> dict[str, JSON]:
    if isinstance(reply, Unanswered):
        return {"partner": partner, "status": reply.code}
    counterpart = digest(reply.receipt.encode())
    return {"partner": partner, "status": reply.status, "answer": reply.digest, "counterpart": counterpart}


async def receive(node: Node, types: Types, headers: Headers, body: bytes) -> SealedReply:
    """The sealed reply to whatever came through the notice door."""
    now = node.now()
    opened = open_notice(headers, body, node.post.directory, own=node.id, now=now)  # 1
    if isinstance(opened, Rejected):
        return await _rejected(node, opened, now)
    if not node.paces.notices.take(opened.partner.node.id, node.clock):  # 2
        return await _rejected(node, opened.reject(Rejection.OVER_QUOTA, "too many"), now)
    try:
        return await _receive(node, types, opened)
    except Duplicate as error:
        return await _reject(node, opened, Rejection.REPLAYED, str(error))
    except AuditUnavailable as error:
        log.error("log of %s: %s", node.id, error)  # noqa: TRY400  # the code and the text say it; no trace needed
        rejected = opened.reject(Rejection.AUDIT_UNAVAILABLE, str(error))
        return await _rejected(node, rejected, now)


async def _receive(node: Node, types: Types, opened: OpenedNotice) -> SealedReply:
    notice, partner = opened.notice, opened.partner
    facts: dict[str, JSON] = {
        "partner": partner.node.id,
        "key": partner.key_id,
        "counterpart": opened.receipt.digest,
        "counterpart_leaf": opened.receipt.leaf_digest,
    }
    until = datetime.fromtimestamp(partner.once_until, UTC)
    entry = _entry(node, notice, "NOTICE_RECEIVED", facts, notice.digest, (partner.once, until))
    await node.log.append(entry)  # 3
    handler = types.get(notice.type)
    if handler is None:
        return await _reject(node, opened, Rejection.UNKNOWN_TYPE, f"type {notice.type}: is not known here")
    handled = await _handled(node, handler, notice)  # 4
    reply, receipt = await _outcome(node, notice, handled)  # 5
    try:
        return await _sealed(node, reply, receipt, opened)  # 6
    except NotSealed as error:
        log.error("notice door of %s: %s", node.id, error)  # noqa: TRY400  # the text says it; no trace needed
        too_large = Handled(status=Rejection.TOO_LARGE.value)
        reply, receipt = await _outcome(node, notice, too_large)
        return await _sealed(node, reply, receipt, opened)


async def _sealed(node: Node, reply: NoticeReply, receipt: Receipt, to: OpenedNotice) -> SealedReply:
    return await node.post.seal(lambda keys: seal_notice_reply(reply, receipt, to, keys, now=node.now()))


async def _outcome(node: Node, notice: Notice, handled: Handled) -> tuple[NoticeReply, Receipt]:
    reply = NoticeReply(node.id, notice.digest, handled.status, handled.body, node.now())
    facts = {"partner": notice.sender, "status": handled.status, **handled.facts}
    return reply, await node.log.append(_entry(node, notice, handled.action, facts, reply.digest))


async def _handled(node: Node, handler: Handler, notice: Notice) -> Handled:
    """What the handler made of it; whatever breaks in it is told by a code alone."""
    try:
        return await handler(node, notice)
    except AuditUnavailable:
        raise
    except (GatewayError, AuditError, SharingError) as error:
        log.warning("notice %s of %s: %s", notice.type, notice.sender, error)
        return Handled(status=error.code)
    except Exception:
        log.exception("notice %s of %s", notice.type, notice.sender)
        return Handled(status="INTERNAL")


async def _reject(node: Node, opened: OpenedNotice, code: Rejection, detail: str) -> SealedReply:
    """Log that a partner's well-signed notice was turned away, then say so."""
    facts: dict[str, JSON] = {"partner": opened.partner.node.id, "status": "REFUSED", "reasons": [code.value]}
    rejected = opened.reject(code, detail)
    try:
        await node.log.append(_entry(node, opened.notice, "NOTICE_REFUSED", facts, opened.notice.digest))
    except AuditError as error:
        rejected = opened.reject(Rejection.AUDIT_UNAVAILABLE, str(error))
    return await _rejected(node, rejected, node.now())


async def _rejected(node: Node, rejected: Rejected, now: int) -> SealedReply:
    return await node.post.seal(lambda keys: seal_rejection(rejected, keys, now=now))


def _entry(  # noqa: PLR0913, PLR0917  # one argument for each part of the entry
    node: Node,
    notice: Notice,
    action: str,
    facts: Mapping[str, JSON],
    subject: str,
    once: tuple[str, datetime] | tuple[None, None] = (None, None),
) -> Entry:
    told: dict[str, JSON] = {"action": action, "notice": notice.digest, "mode": notice.type, **facts}
    return Entry(Kind.ADMINISTRATION, node.id, told, subject=subject, once=once[0], expires=once[1])
