"""Opening a request that came from anywhere: bytes in, `Opened` or `Rejected` out; nothing is raised."""

from dataclasses import dataclass

from audit.canonical import parse_object
from audit.entry import Kind
from audit.errors import AuditError
from audit.receipt import ForeignReceipt, VerifiedReceipt
from policy.mandate import Mandate
from sharing import reading
from sharing.codes import DIGEST, ID, Rejection
from sharing.directory import Directory, DirectoryNode, NodeKey
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.keys import Use
from sharing.mandate_token import MAX_TOKEN, Journey, mandate_key, open_mandate
from sharing.message import Request
from sharing.opened import Opened, Rejected
from sharing.papers import Paper, signed_request
from sharing.sealed import MAX_REQUEST, QUESTION
from sharing.signature import (
    BOUND_FIELDS,
    REQUEST_COVERS,
    REQUEST_FIELDS,
    SKEW,
    Headers,
    Stamp,
    content_digest,
    fresh_at,
    parse_stamp,
    plain_fields,
    verify_request,
)

MAX_DEADLINE_MS = 120_000
MAX_RECEIPT = 16_384
_QUESTION = frozenset({"query_id", "documentId", "variables", "sender", "asked_at", "deadline_ms", "salt"})


class _No(Exception):  # never leaves this file
    """A step failed."""

    def __init__(self, code: Rejection, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(slots=True)
class _Case:
    """A message, where and when it came, and what is known of it so far, for the rejection."""

    headers: Headers
    body: bytes
    directory: Directory
    own: str
    now: int
    sender: DirectoryNode | None = None
    bound: dict[str, str] | None = None


def open_request(
    headers: Headers, body: bytes, directory: Directory, *, own: str, now: int
) -> Opened | Rejected:
    """Open a request to the node `own` at `now` (Unix seconds); each step names the code it fails with.

    1.  Size: at most 64 KiB (`TOO_LARGE`).
    2.  Fields: all there, printable, of the agreed type (`MALFORMED`).
    3.  Signature-Input and Signature in the agreed profile (`MALFORMED`).
    4.  Directory alive (`DIRECTORY_EXPIRED`), the key is a partner's message key (`UNKNOWN_SENDER`).
    5.  Meant for this node (`WRONG_RECIPIENT`).
    6.  The key is valid now (`BAD_SIGNATURE`).
    7.  Clock window: ±30 s, life 60 s (`CLOCK_SKEW`, `EXPIRED`).
    8.  Signature (`BAD_SIGNATURE`).
    9.  Content digest (`DIGEST_MISMATCH`).
    10. Mandate: signed by the same node, for us, alive, bound to this body (`BAD_MANDATE`).
    11. Body: canonical JSON with exactly the agreed keys, by the signer, a document's id (`MALFORMED`).
    12. Home's receipt: by the sender's log, for this question (`BAD_RECEIPT`).
    13. `once`, for the log to accept a single time (the gateway answers `REPLAYED`).
    """
    case = _Case(headers, body, directory, own, now)
    try:
        return _open(case)
    except _No as no:
        return Rejected(no.code, no.detail, case.sender, case.bound)


def _open(case: _Case) -> Opened:
    headers, body, own, now = case.headers, case.body, case.own, case.now
    _check_size(body)  # 1
    _check_fields(headers)  # 2
    stamp = _stamp(headers)  # 3
    case.bound = {name: headers[name] for name in BOUND_FIELDS}
    sender, key = _sender(stamp, case.directory, now)  # 4
    case.sender = sender
    _check_recipient(headers, own)  # 5
    _check_key(key, sender, now)  # 6
    _check_clock(stamp, now)  # 7
    authority = case.directory.node(own).authority
    if not verify_request(stamp, headers, authority, key.key):  # 8
        raise _No(Rejection.BAD_SIGNATURE, f"signature by {stamp.keyid} does not hold for {own}")
    if headers["content-digest"] != content_digest(body):  # 9
        raise _No(Rejection.DIGEST_MISMATCH, f"content-digest of {sender.id} is not that of the body")
    mandate = _mandate(headers["entente-mandate"], sender, own, digest(body), now)  # 10
    request = _request(body, sender)  # 11
    receipt = _receipt(request, sender)  # 12
    once = f"{stamp.keyid}/{stamp.nonce}"  # 13
    paper = Paper(sender.id, own, authority, signed_request(headers), request.home_receipt)
    until = stamp.expires + SKEW
    return Opened(request, mandate, sender, stamp.keyid, once, until, receipt, case.bound, paper)


def _check_size(body: bytes) -> None:
    if len(body) > MAX_REQUEST:
        raise _No(Rejection.TOO_LARGE, f"body of {len(body)} bytes, at most {MAX_REQUEST}")


def _check_fields(headers: Headers) -> None:
    if not plain_fields(headers, (*REQUEST_FIELDS, "signature-input", "signature")):
        raise _No(Rejection.MALFORMED, "a field of the profile is missing or not printable")
    if headers["content-type"] != QUESTION:
        raise _No(Rejection.MALFORMED, f"content-type {headers['content-type'][:80]!r}, not {QUESTION}")
    if len(headers["entente-mandate"]) > MAX_TOKEN:
        raise _No(Rejection.TOO_LARGE, f"mandate of {len(headers['entente-mandate'])} characters")


def _stamp(headers: Headers) -> Stamp:
    try:
        return parse_stamp(headers, REQUEST_COVERS)
    except ValueError as error:
        raise _No(Rejection.MALFORMED, str(error)) from error


def _sender(stamp: Stamp, directory: Directory, now: int) -> tuple[DirectoryNode, NodeKey]:
    if directory.expired(now):
        raise _No(
            Rejection.DIRECTORY_EXPIRED, f"directory {directory.version} ended at {directory.expires_at}"
        )
    found = directory.by_kid.get(stamp.keyid)
    if found is None or found[1].use is not Use.MESSAGE:
        raise _No(
            Rejection.UNKNOWN_SENDER, f"key {stamp.keyid} is no message key of directory {directory.version}"
        )
    return found


def _check_recipient(headers: Headers, own: str) -> None:
    if headers["entente-recipient"] != own:
        raise _No(
            Rejection.WRONG_RECIPIENT, f"meant for {headers['entente-recipient'][:80]!r}, this is {own}"
        )


def _check_key(key: NodeKey, sender: DirectoryNode, now: int) -> None:
    if not key.valid_at(now):
        raise _No(
            Rejection.BAD_SIGNATURE,
            f"key {key.kid} of {sender.id} is valid from {key.not_before} to {key.not_after}, it is {now}",
        )


def _check_clock(stamp: Stamp, now: int) -> None:
    if wrong := fresh_at(stamp, now):
        raise _No(Rejection(wrong), f"created {stamp.created}, expires {stamp.expires}, it is {now}")


def _mandate(token: str, sender: DirectoryNode, own: str, bound: str, now: int) -> Mandate:
    try:
        key = mandate_key(token, sender, now)
        return open_mandate(token, key, Journey(sender.id, own, bound), now=now)
    except ValueError as error:
        raise _No(Rejection.BAD_MANDATE, f"mandate from {sender.id}: {error}") from error


def _request(body: bytes, sender: DirectoryNode) -> Request:
    try:
        letter = reading.exact(parse_object(body), frozenset({"question", "receipt"}))
        question = reading.exact(letter["question"], _QUESTION)
        reading.the(question, "sender", sender.id)
        return Request(
            query_id=reading.matching(question, "query_id", ID),
            document=reading.matching(question, "documentId", DIGEST),
            variables=reading.mapping(question, "variables"),
            sender=sender.id,
            asked_at=reading.whole(question, "asked_at"),
            deadline_ms=reading.whole(question, "deadline_ms", 1, MAX_DEADLINE_MS),
            salt=reading.matching(question, "salt", ID),
            home_receipt=reading.text(letter, "receipt", MAX_RECEIPT),
        )
    except (AuditError, ValueError) as error:
        raise _No(Rejection.MALFORMED, f"body from {sender.id}: {error}") from error


def _receipt(request: Request, sender: DirectoryNode) -> VerifiedReceipt:
    try:
        return verified_receipt(request.home_receipt, sender, request.digest, frozenset({Kind.ASKED}))
    except (AuditError, ValueError) as error:
        raise _No(Rejection.BAD_RECEIPT, f"receipt from {sender.id}: {error}") from error


def verified_receipt(text: str, node: DirectoryNode, subject: str, kinds: frozenset[Kind]) -> VerifiedReceipt:
    """The receipt of `node`'s log for `subject`; `ValueError` or `AuditError` names what does not hold.

    Kind and subject are the signer's word until the leaf is shown; the envelope's signature holds them to it.
    """
    receipt = ForeignReceipt.parse(text)
    if receipt.origin != node.log_origin or receipt.kind not in kinds or receipt.subject != subject:
        raise FieldRefused(
            f"{receipt.kind} of {receipt.origin[:80]!r} for {receipt.subject[:80]!r}, "
            f"not of {node.log_origin} for {subject}"
        )
    return receipt.verify(*node.log_keys)
