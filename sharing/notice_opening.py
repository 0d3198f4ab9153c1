"""Opening notices and the replies to them: bytes in, values out; nothing is raised."""

from audit.canonical import encode, parse_object
from audit.entry import Kind
from audit.errors import AuditError
from audit.receipt import VerifiedReceipt
from sharing import reading
from sharing.arrival import Arrival, Expected, MessageKind, No
from sharing.codes import DIGEST, ID, NODE_ID, Rejection
from sharing.directory import Directory, DirectoryNode
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.notice_message import TYPE, Notice, NoticeReply, Unanswered
from sharing.notice_opened import OpenedNotice
from sharing.opened import Rejected
from sharing.opening import MAX_RECEIPT, verified_receipt
from sharing.sealed import (
    MAX_NOTICE_REPLY,
    MAX_REQUEST,
    NOTICE,
    NOTICE_REPLY,
    REJECTION,
    RawReply,
    SealedNotice,
)
from sharing.signature import NOTICES, Headers

_KIND = MessageKind(NOTICES, NOTICE, MAX_REQUEST)
_KINDS = frozenset({Kind.ADMINISTRATION})
_NOTICE = frozenset({"type", "from", "to", "at", "body", "salt"})
_REPLY = frozenset({"node", "notice", "status", "payload", "answered_at", "salt"})
_INVALID = "INVALID_ANSWER"


def open_notice(
    headers: Headers, body: bytes, directory: Directory, *, own: str, now: int
) -> OpenedNotice | Rejected:
    """Open a notice to the node `own` at `now` (Unix seconds); each step names the code it fails with.

    1. to 9. The envelope, as that of a question (`arrival.Arrival.of_partner`).
    10. Body: canonical JSON with exactly the agreed keys, of the signer (`MALFORMED`).
    11. Said to this node in the signed body too (`WRONG_RECIPIENT`).
    12. The sender's receipt: by its log, for this notice (`BAD_RECEIPT`).
    13. `once`, for the log to accept a single time (the gateway answers `REPLAYED`).
    """
    case = Arrival(headers, body, directory, own, now)
    try:
        partner = case.of_partner(_KIND)  # 1 to 9, and 13
        notice = _notice(body, partner.node)  # 10
        _check_recipient(notice, own)  # 11
        return OpenedNotice(notice, partner, _receipt(notice, partner.node))  # 12
    except No as no:
        return Rejected(no.code, no.detail, case.sender, case.bound)


def _notice(body: bytes, sender: DirectoryNode) -> Notice:
    try:
        letter = reading.exact(parse_object(body), frozenset({"notice", "receipt"}))
        told = reading.exact(letter["notice"], _NOTICE)
        reading.the(told, "from", sender.id)
        return Notice(
            type=reading.matching(told, "type", TYPE),
            sender=sender.id,
            to=reading.matching(told, "to", NODE_ID),
            body=reading.mapping(told, "body"),
            at=reading.whole(told, "at"),
            salt=reading.matching(told, "salt", ID),
            receipt=reading.text(letter, "receipt", MAX_RECEIPT),
        )
    except (AuditError, ValueError) as error:
        raise No(Rejection.MALFORMED, f"notice of {sender.id}: {error}") from error


def _check_recipient(notice: Notice, own: str) -> None:
    if notice.to != own:
        raise No(Rejection.WRONG_RECIPIENT, f"notice of {notice.sender} to {notice.to}, this is {own}")


def _receipt(notice: Notice, sender: DirectoryNode) -> VerifiedReceipt:
    try:
        return verified_receipt(notice.receipt, sender, notice.digest, _KINDS)
    except (AuditError, ValueError) as error:
        raise No(Rejection.BAD_RECEIPT, f"receipt from {sender.id}: {error}") from error


def open_notice_reply(reply: RawReply, sealed: SealedNotice, *, now: int) -> NoticeReply | Unanswered:
    """Open the reply of the node that `sealed` went to, at `now` (Unix seconds).

    1. to 7. The envelope, as that of an answer (`arrival.Expected.check`), at most 1 MiB. 8. The statement is
    canonical, of that node, to our notice. 9. The body is canonical JSON and the one stated. 10. The receipt
    is of the node's log, for this statement.
    """
    node = sealed.to.id
    try:
        Expected(sealed.to, sealed.headers, NOTICE_REPLY, MAX_NOTICE_REPLY).check(reply, now)  # 1 to 7
        if reply.headers["content-type"] == REJECTION:
            return _rejection(reply.body, node)
        return _reply(reply.body, sealed)  # 8 to 10
    except (AuditError, ValueError) as error:
        return Unanswered(node, _INVALID, f"reply of {node}: {error}")


def _rejection(body: bytes, node: str) -> Unanswered:
    told = reading.exact(parse_object(body), frozenset({"code"}))
    code = Rejection(reading.matching(told, "code", ID))
    return Unanswered(node, code.value, f"{node}: turned the notice away ({code})")


def _reply(body: bytes, sealed: SealedNotice) -> NoticeReply:
    head, _, payload = body.partition(b"\n")
    letter = reading.exact(parse_object(head), frozenset({"receipt", "statement"}))  # 8
    told = reading.exact(letter["statement"], _REPLY)
    reading.the(told, "node", sealed.to.id)
    reading.the(told, "notice", sealed.notice.digest)
    reply = NoticeReply(
        node=sealed.to.id,
        notice=sealed.notice.digest,
        status=reading.matching(told, "status", TYPE),
        body=_payload(payload, reading.matching(told, "payload", DIGEST)),  # 9
        answered_at=reading.whole(told, "answered_at"),
        salt=reading.matching(told, "salt", ID),
        receipt=reading.text(letter, "receipt", MAX_RECEIPT),
    )
    verified_receipt(reply.receipt, sealed.to, reply.digest, _KINDS)  # 10
    return reply


def _payload(payload: bytes, stated: str) -> reading.JsonObject:
    if digest(payload) != stated:
        raise FieldRefused(f"body has {digest(payload)}, stated is {stated}")
    value: reading.JsonObject = reading.json_object(payload, MAX_NOTICE_REPLY)  # type: ignore[assignment]  # `encode` below refuses what is not
    reading.same(encode(value), payload)
    return value
