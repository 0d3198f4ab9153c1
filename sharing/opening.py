"""Opening a request that came from anywhere: bytes in, `Opened` or `Rejected` out; nothing is raised."""

from audit.canonical import parse_object
from audit.entry import Kind
from audit.errors import AuditError
from audit.receipt import ForeignReceipt, VerifiedReceipt
from policy.mandate import Mandate
from sharing import reading
from sharing.arrival import Arrival, MessageKind, No
from sharing.codes import DIGEST, ID, Rejection
from sharing.directory import Directory, DirectoryNode
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.mandate_token import MAX_TOKEN, Bound, Journey, mandate_key, open_mandate
from sharing.message import Request
from sharing.opened import Opened, Rejected
from sharing.papers import Paper, signed_request
from sharing.sealed import MAX_REQUEST, QUESTION
from sharing.signature import QUESTIONS, Headers

MAX_DEADLINE_MS = 120_000
MAX_RECEIPT = 16_384
_KIND = MessageKind(QUESTIONS, QUESTION, MAX_REQUEST)
_QUESTION = frozenset({"query_id", "documentId", "variables", "sender", "asked_at", "deadline_ms", "salt"})


def open_request(
    headers: Headers, body: bytes, directory: Directory, *, own: str, now: int
) -> Opened | Rejected:
    """Open a request to the node `own` at `now` (Unix seconds); each step names the code it fails with.

    Steps 2 to 9 are in `arrival.Arrival.of_partner`.

    1.  Size: at most 64 KiB (`TOO_LARGE`).
    2.  Fields: all there, printable, of the agreed type (`MALFORMED`).
    3.  Signature-Input and Signature in the agreed profile (`MALFORMED`).
    4.  Directory alive (`DIRECTORY_EXPIRED`), the key is a partner's message key (`UNKNOWN_SENDER`).
    5.  Meant for this node (`WRONG_RECIPIENT`).
    6.  The key is valid now (`BAD_SIGNATURE`).
    7.  Clock window: ±30 s, life 60 s (`CLOCK_SKEW`, `EXPIRED`).
    8.  Signature (`BAD_SIGNATURE`).
    9.  Content digest (`DIGEST_MISMATCH`).
    10. Body: canonical JSON with exactly the agreed keys, by the signer, a document's id (`MALFORMED`).
    11. Mandate: signed by the same node, for us, alive, bound to this body and receipt (`BAD_MANDATE`).
    12. Home's receipt: by the sender's log, for this question (`BAD_RECEIPT`).
    13. `once`, for the log to accept a single time (the gateway answers `REPLAYED`).
    """
    case = Arrival(headers, body, directory, own, now)
    try:
        return _open(case)
    except No as no:
        return Rejected(no.code, no.detail, case.sender, case.bound)


def _open(case: Arrival) -> Opened:
    headers, body, own, now = case.headers, case.body, case.own, case.now
    if len(headers.get("entente-mandate", "")) > MAX_TOKEN:  # 1
        raise No(Rejection.TOO_LARGE, f"mandate of {len(headers['entente-mandate'])} characters")
    partner = case.of_partner(_KIND)  # 1 to 9, and 13
    sender = partner.node
    request = _request(body, sender)  # 10
    bound = Bound(digest(body), digest(request.home_receipt.encode()))
    mandate = _mandate(headers["entente-mandate"], Journey(sender.id, own, bound), sender, now)  # 11
    receipt = _receipt(request, sender)  # 12
    authority = case.directory.node(own).authority
    paper = Paper(sender.id, own, authority, signed_request(headers), request.home_receipt)
    once, until = partner.once, partner.once_until
    return Opened(request, mandate, sender, partner.key_id, once, until, receipt, partner.bound, paper)


def _mandate(token: str, journey: Journey, sender: DirectoryNode, now: int) -> Mandate:
    try:
        return open_mandate(token, mandate_key(token, sender, now), journey, now=now)
    except ValueError as error:
        raise No(Rejection.BAD_MANDATE, f"mandate from {sender.id}: {error}") from error


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
        raise No(Rejection.MALFORMED, f"body from {sender.id}: {error}") from error


def _receipt(request: Request, sender: DirectoryNode) -> VerifiedReceipt:
    try:
        return verified_receipt(request.home_receipt, sender, request.digest, frozenset({Kind.ASKED}))
    except (AuditError, ValueError) as error:
        raise No(Rejection.BAD_RECEIPT, f"receipt from {sender.id}: {error}") from error


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
