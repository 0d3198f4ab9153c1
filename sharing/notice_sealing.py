"""Sealing notices and the replies to them: as with questions, only against the log's receipt.

A notice's body is `{"notice":…,"receipt":…}`, canonical JSON. A reply's body is one line
`{"receipt":…,"statement":…}`, canonical JSON, a newline, and the reply's own body, canonical JSON too.
"""

from audit.canonical import encode
from audit.receipt import Receipt
from sharing.directory import DirectoryNode
from sharing.errors import NotSealed
from sharing.keys import KeyRing
from sharing.notice_message import Notice, NoticeReply
from sharing.notice_opened import OpenedNotice
from sharing.sealed import (
    MAX_NOTICE_REPLY,
    MAX_REQUEST,
    NOTICE,
    NOTICE_REPLY,
    SEALER,
    SealedNotice,
    SealedReply,
    the_logs,
)
from sharing.signature import NOTICES, Pen, content_digest, sign_request, sign_response


def seal_notice(
    notice: Notice, receipt: Receipt, keys: KeyRing, to: DirectoryNode, *, now: int
) -> SealedNotice:
    """The signed notice to the node `to`; `NotSealed` unless `receipt` is the log's for this notice.

    1. The receipt is ours and for this digest. 2. The notice is of this node, to that one. 3. The body, at
    most 64 KiB. 4. The signature over it and the recipient's name.
    """
    what = f"notice {notice.type} to {to.id}"
    the_logs(receipt, notice.digest, what)  # 1
    if (notice.sender, notice.to) != (keys.node, to.id):  # 2
        raise NotSealed(f"{what}: is of {notice.sender} to {notice.to}, this is {keys.node}")
    body = b'{"notice":%b,"receipt":%b}' % (notice.statement, encode(receipt.text))  # 3
    if len(body) > MAX_REQUEST:
        raise NotSealed(f"{what}: {len(body)} bytes, at most {MAX_REQUEST}")
    headers = {
        "content-type": NOTICE,
        "content-digest": content_digest(body),
        "entente-recipient": to.id,
    }
    pen = Pen(keys.message, keys.message_kid, now)
    headers |= sign_request(headers, to.authority, pen, NOTICES)  # 4
    return SealedNotice(to, headers, body, notice, sealer=SEALER)


def seal_notice_reply(
    reply: NoticeReply, receipt: Receipt, to: OpenedNotice, keys: KeyRing, *, now: int
) -> SealedReply:
    """The signed reply to the opened notice `to`; `NotSealed` unless `receipt` is for this reply.

    1. The receipt is ours and for this digest. 2. The reply is this node's and to this notice. 3. The body,
    at most 1 MiB. 4. The signature over it and the notice's signature.
    """
    what = f"reply to notice {to.notice.type} of {to.partner.node.id}"
    the_logs(receipt, reply.digest, what)  # 1
    if (reply.node, reply.notice) != (keys.node, to.notice.digest):  # 2
        raise NotSealed(f"{what}: is of {reply.node} to {reply.notice}, {keys.node} got {to.notice.digest}")
    body = b'{"receipt":%b,"statement":%b}\n%b' % (encode(receipt.text), reply.statement, reply.payload)  # 3
    if len(body) > MAX_NOTICE_REPLY:
        raise NotSealed(f"{what}: {len(body)} bytes, at most {MAX_NOTICE_REPLY}")
    headers = {"content-type": NOTICE_REPLY, "content-digest": content_digest(body)}
    pen = Pen(keys.message, keys.message_kid, now)
    headers |= sign_response(headers, to.partner.bound, 200, pen)  # 4
    return SealedReply(200, headers, body, sealer=SEALER)
