"""Opening what came back from a node: a raw reply in, `Answer`, `Refused` or `Silence` out.

Nothing is raised: whatever a partner sends, it becomes one status of one node, `INVALID_ANSWER` with the
finding of the step that failed.
"""

from dataclasses import replace

from audit.canonical import parse_object
from audit.entry import Kind
from audit.errors import AuditError
from policy.terms import Reason, Status
from sharing import reading
from sharing.arrival import Expected
from sharing.codes import GRANT_REF, ID, NODE_ID, Rejection
from sharing.directory import DirectoryNode
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.message import Answer, Refused, Reply, Silence
from sharing.opening import MAX_RECEIPT, verified_receipt
from sharing.papers import Paper, signed_reply, signed_request
from sharing.sealed import ANSWER, MAX_REPLY, REJECTION, RawReply, Sealed

_MAX_ITEMS = 200
_COMMON = frozenset({"kind", "node", "query_id", "request", "revision", "answered_at", "salt"})
_ANSWER = _COMMON | {"status", "payload", "grants", "masked"}
_REFUSED = _COMMON | {"reasons"}
_HOUR, _LONGEST_WINDOW = 3_600, 86_400
_CODES = frozenset(Reason) | frozenset(Rejection)
_OUTCOMES = frozenset({Kind.DISCLOSED, Kind.REFUSED})


def open_answer(reply: RawReply, sealed: Sealed, *, now: int) -> Reply:
    """Open the reply of the node that `sealed` went to, at `now` (Unix seconds).

    1. Size: at most 8 MiB. 2. Status and content type are an answer's (200) or a rejection's. 3. Fields and
    signature profile. 4. The key is the asked node's message key, valid now. 5. Clock window. 6. The
    signature holds, over this reply and our request. 7. Content digest. 8. The statement is canonical, of
    the asked node, to our request. 9. The payload is the one stated. 10. The receipt is of the node's log,
    for this statement.
    """
    try:
        Expected(sealed.to, sealed.headers, ANSWER, MAX_REPLY).check(reply, now)  # 1 to 7
        paper = _paper(reply, sealed)
        if reply.headers["content-type"] == REJECTION:
            return _rejection(reply, sealed, paper, now)
        return replace(_answer(reply.body, sealed), paper=paper)  # 8 to 10
    except (AuditError, ValueError) as error:
        return Silence(sealed.to.id, Status.INVALID_ANSWER, f"reply of {sealed.to.id}: {error}", now)


def _paper(reply: RawReply, sealed: Sealed) -> Paper:
    """What proves the exchange to others: the signed fields of both messages."""
    return Paper(
        asker=sealed.request.sender,
        asked=sealed.to.id,
        authority=sealed.to.authority,
        request=signed_request(sealed.headers),
        status=reply.status,
        reply=signed_reply(reply.headers),
    )


def _rejection(reply: RawReply, sealed: Sealed, paper: Paper, now: int) -> Refused:
    code = reading.matching(reading.exact(parse_object(reply.body), frozenset({"code"})), "code", ID)
    if code not in _CODES:
        raise FieldRefused(f"unknown rejection {code!r}")
    request, paper = sealed.request, replace(paper, statement=reply.body.decode())
    return Refused(sealed.to.id, request.query_id, request.digest, (code,), "", now, salt="", paper=paper)


def _answer(body: bytes, sealed: Sealed) -> Answer | Refused:
    head, _, payload = body.partition(b"\n")
    letter = reading.exact(parse_object(head), frozenset({"receipt", "statement"}))  # 8
    text = reading.text(letter, "receipt", MAX_RECEIPT)
    answer = _read(letter["statement"], payload, text)
    asked = (sealed.to.id, sealed.request.query_id, sealed.request.digest)
    if (answer.node, answer.query_id, answer.request_digest) != asked:
        raise FieldRefused(
            f"answers {answer.request_digest} of {answer.query_id}, asked was {asked[2]} of {asked[1]}"
        )
    _check_payload(letter["statement"], payload)  # 9
    _check_receipt(answer, sealed.to)  # 10
    return answer


def _read(value: object, payload: bytes, receipt: str) -> Answer | Refused:
    refused = isinstance(value, dict) and value.get("kind") == Refused.kind
    optional = frozenset({"renews_at"}) if refused else frozenset[str]()
    statement = reading.exact(value, _REFUSED if refused else _ANSWER, optional)
    if not refused and statement["kind"] != Answer.kind:
        raise FieldRefused(f"unknown kind {str(statement['kind'])[:40]!r}")
    node, query_id = reading.matching(statement, "node", NODE_ID), reading.matching(statement, "query_id", ID)
    request = reading.matching(statement, "request", ID)
    revision, salt = reading.matching(statement, "revision", ID), reading.matching(statement, "salt", ID)
    at = reading.whole(statement, "answered_at")
    if refused:
        reasons = tuple(Reason(code) for code in reading.words(statement, "reasons", len(Reason), ID))
        found = Refused(node, query_id, request, reasons, revision, at, salt, receipt)
        return replace(found, renews_at=_renewal(statement, found)) if "renews_at" in statement else found
    status = Status(reading.matching(statement, "status", ID))
    if status not in {Status.ANSWERED, Status.NO_HIT}:
        raise FieldRefused(f"an answer with status {status}")
    grants = reading.words(statement, "grants", _MAX_ITEMS, GRANT_REF)
    masked = reading.words(statement, "masked", _MAX_ITEMS, ID)
    return Answer(node, query_id, request, status, payload, grants, revision, masked, at, salt, receipt)


def _renewal(statement: reading.Object, refused: Refused) -> int:
    """When a spent quota begins anew: a whole hour, at most a day ahead, and of a quota only."""
    if refused.status is not Status.OVER_QUOTA:
        raise FieldRefused(f"renews_at of a refusal for {sorted(refused.reasons)}")
    least, most = refused.answered_at - _HOUR, refused.answered_at + _LONGEST_WINDOW + _HOUR
    at = reading.whole(statement, "renews_at", least, most)
    if at % _HOUR:
        raise FieldRefused(f"renews_at is {at}, not a whole hour")
    return at


def _check_payload(statement: object, payload: bytes) -> None:
    stated = statement.get("payload", digest(b"")) if isinstance(statement, dict) else ""
    if digest(payload) != stated:
        raise FieldRefused(f"payload has {digest(payload)}, stated is {str(stated)[:80]!r}")


def _check_receipt(answer: Answer | Refused, node: DirectoryNode) -> None:
    receipt = verified_receipt(answer.receipt, node, answer.digest, _OUTCOMES)
    if (receipt.kind is Kind.REFUSED) != isinstance(answer, Refused):
        raise FieldRefused(f"{answer.kind} with a receipt for {receipt.kind}")
