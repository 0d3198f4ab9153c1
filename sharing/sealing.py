"""Sealing: the only way out of a node. It takes the log's receipt for exactly what is sealed.

A question's body is `{"question":…,"receipt":…}`, canonical JSON, the same bytes for every node asked. An
answer's body is one line `{"receipt":…,"statement":…}`, canonical JSON, a newline, and the payload's bytes
as the store made them; the statement holds their digest, so nothing is parsed and written again on the way
out.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from audit.canonical import encode
from audit.errors import KeyUnavailable
from audit.receipt import Receipt
from policy.mandate import Mandate
from sharing.directory import DirectoryNode
from sharing.encoding import digest
from sharing.errors import NotSealed
from sharing.keys import KeyRing
from sharing.mandate_token import Bound, seal_mandate
from sharing.message import Answer, Refused, Request
from sharing.opened import Opened, Rejected
from sharing.sealed import (
    ANSWER,
    MAX_REQUEST,
    QUESTION,
    REJECTION,
    SEALER,
    Sealed,
    SealedReply,
    the_logs,
)
from sharing.signature import Pen, content_digest, sign_request, sign_response


def seal_requests(  # noqa: PLR0913  # the question, its permission, its author and its addressees
    request: Request,
    mandate: Mandate,
    receipt: Receipt,
    keys: KeyRing,
    to: Sequence[DirectoryNode],
    *,
    now: int,
    known: bool = False,
) -> tuple[Sealed, ...]:
    """One sealed request per node; `NotSealed` unless `receipt` is the log's for this request.

    1. The receipt is ours and for this digest. 2. The mandate holds now and is of this node. 3. The body is
    written once. 4. For each node a mandate token and a signature. `known` says that this node may be named
    to others that look for the same.
    """
    the_logs(receipt, request.digest, f"request {request.query_id}")  # 1
    if request.sender != keys.node or mandate.actor.node != keys.node or now >= mandate.expires_at:  # 2
        raise NotSealed(
            f"{request.query_id} of {request.sender}: mandate {mandate.id} is of {mandate.actor.node} "
            f"until {mandate.expires_at}; it is {now} at {keys.node}"
        )
    body = b'{"question":%b,"receipt":%b}' % (request.statement, encode(receipt.text))  # 3
    if len(body) > MAX_REQUEST:
        raise NotSealed(f"request {request.query_id}: {len(body)} bytes, at most {MAX_REQUEST}")
    shared = {"content-type": QUESTION, "content-digest": content_digest(body)}
    letter = _Letter(request, mandate, keys, shared, body, Bound(digest(body), receipt.digest), known)
    return tuple(_address(letter, node, now) for node in to)  # 4


def seal_request(  # noqa: PLR0913  # as above
    request: Request, mandate: Mandate, receipt: Receipt, keys: KeyRing, to: DirectoryNode, *, now: int
) -> Sealed:
    """The same for one node."""
    return seal_requests(request, mandate, receipt, keys, (to,), now=now)[0]


def seal_answer(
    answer: Answer | Refused, receipt: Receipt, to: Opened, keys: KeyRing, *, now: int
) -> SealedReply:
    """The signed response to the opened request `to`; `NotSealed` unless `receipt` is for this answer.

    1. The receipt is ours and for this digest. 2. The answer is this node's and to this request. 3. Body,
    then signature over it and the request's signature.
    """
    the_logs(receipt, answer.digest, f"{answer.kind} to {answer.query_id}")  # 1
    if (answer.node, answer.query_id, answer.request_digest) != (
        keys.node,
        to.request.query_id,
        to.request.digest,
    ):  # 2
        raise NotSealed(
            f"{answer.kind} of {answer.node} to {answer.query_id} ({answer.request_digest}): "
            f"{keys.node} was asked {to.request.query_id} ({to.request.digest})"
        )
    payload = answer.payload if isinstance(answer, Answer) else b""  # 3
    body = b'{"receipt":%b,"statement":%b}\n%b' % (encode(receipt.text), answer.statement, payload)
    return _respond(200, ANSWER, body, to.bound, Pen(keys.message, keys.message_kid, now))


def seal_rejection(rejected: Rejected, keys: KeyRing, *, now: int) -> SealedReply:
    """The response to a request that was not opened: its code and nothing else.

    It holds no data and needs no receipt, so it can also say `AUDIT_UNAVAILABLE`. It is signed only when
    the request named a key of the directory and had signature fields in the agreed form; otherwise there is
    nobody to convince and nothing to bind to. Without a key within reach it goes out unsigned as well.
    """
    body = encode({"code": str(rejected.code)})
    status = rejected.code.http_status
    if rejected.sender is not None and rejected.bound is not None:
        with suppress(KeyUnavailable):
            pen = Pen(keys.message, keys.message_kid, now)
            return _respond(status, REJECTION, body, rejected.bound, pen)
    return SealedReply(status, {"content-type": REJECTION}, body, sealer=SEALER)


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a request has in common for all nodes it goes to; `bound` is what the mandate is bound to."""

    request: Request
    mandate: Mandate
    keys: KeyRing
    headers: dict[str, str]
    body: bytes
    bound: Bound
    known: bool


def _address(letter: _Letter, to: DirectoryNode, now: int) -> Sealed:
    keys = letter.keys
    token = seal_mandate(letter.mandate, keys, to.id, letter.bound, now=now, known=letter.known)
    headers = letter.headers | {"entente-recipient": to.id, "entente-mandate": token}
    signed = sign_request(headers, to.authority, Pen(keys.message, keys.message_kid, now))
    return Sealed(to, headers | signed, letter.body, letter.request, sealer=SEALER)


def _respond(status: int, kind: str, body: bytes, bound: dict[str, str], pen: Pen) -> SealedReply:
    headers = {"content-type": kind, "content-digest": content_digest(body)}
    signed = sign_response(headers, bound, status, pen)
    return SealedReply(status, headers | signed, body, sealer=SEALER)
