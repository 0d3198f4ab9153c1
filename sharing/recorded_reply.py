"""What a partner's reply said beside its payload, out of the own log's papers, long after it was opened."""

from dataclasses import dataclass

from audit.canonical import parse_object
from audit.errors import AuditError
from policy.terms import Reason
from sharing import reading
from sharing.codes import GRANT_REF, ID
from sharing.errors import FieldRefused

_MOST = 200
_SAID = frozenset({"kind", "node", "query_id", "request", "revision", "answered_at", "salt"})
_MAY_SAY = frozenset({"status", "payload", "grants", "masked", "reasons", "renews_at"})


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """Codes of a refusal or rejection; grants and masked names of an answer. What is not said is empty."""

    reasons: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    revision: str = ""
    renews_at: int | None = None


def recorded_reply(statement: str) -> RecordedReply:
    """The reply whose statement (or whole body, of a rejection) was kept; `FieldRefused` if it is none.

    It was verified when it came. A statement that was too long to be kept is an empty text and says nothing.
    """
    if not statement:
        return RecordedReply()
    try:
        told = parse_object(statement.encode())
    except AuditError as error:
        raise FieldRefused(f"reply: {error}") from error
    if "code" in told:
        return RecordedReply(reasons=(reading.matching(told, "code", ID),))
    reading.exact(told, _SAID, _MAY_SAY)
    return RecordedReply(
        reasons=reading.words(told, "reasons", len(Reason), ID) if "reasons" in told else (),
        grants=reading.words(told, "grants", _MOST, GRANT_REF) if "grants" in told else (),
        masked=reading.words(told, "masked", _MOST, ID) if "masked" in told else (),
        revision=reading.matching(told, "revision", ID),
        renews_at=reading.whole(told, "renews_at") if "renews_at" in told else None,
    )
