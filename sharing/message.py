"""What nodes say to each other: a `Request`, and per node asked an `Answer`, a `Refused` or a `Silence`.

A digest is taken over canonical JSON without the receipt, because the log entry that the receipt is for is
about this digest. It holds 128 random bits (`salt`), so that a digest in a log tells nothing about a phone
number or about hit and no hit to who reads the log. One request has the same digest for every node asked;
recipient and mandate are bound by the envelope.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, TypeAlias

from audit.canonical import JSON, encode
from audit.receipt import ForeignReceipt
from policy.terms import Reason, Status
from sharing.encoding import digest, fresh
from sharing.papers import Paper


@dataclass(frozen=True)
class Request:
    """One question. `document` is a trusted document's `sha256:<hex>`; times are Unix seconds.

    `deadline_ms` is how long home waits. `home_receipt` is the receipt text of home's intent, set on a
    request that was opened.
    """

    query_id: str
    document: str
    variables: Mapping[str, JSON]
    sender: str
    asked_at: int
    deadline_ms: int
    salt: str = field(default_factory=fresh)
    home_receipt: str = ""

    @cached_property
    def statement(self) -> bytes:
        """Canonical JSON of what is asked, without the receipt."""
        names = ("query_id", "variables", "sender", "asked_at", "deadline_ms", "salt")
        return encode({name: getattr(self, name) for name in names} | {"documentId": self.document})

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the statement: what home's intent is about and the answer commits to."""
        return digest(self.statement)


@dataclass(frozen=True)
class Answer:
    """A node's answer: `payload` is JSON of the operation's `Answer` object, as selected by the document.

    `status` is `ANSWERED` or `NO_HIT`. `grants` are refs the decision rests on, `masked` the names withheld
    somewhere in it. `receipt` is the text of the node's own receipt, `paper` what proves the exchange to
    others; both are set on an answer that was opened.
    """

    kind: ClassVar[str] = "answer"

    node: str
    query_id: str
    request_digest: str
    status: Status
    payload: bytes
    grants: tuple[str, ...]
    revision: str
    masked: tuple[str, ...]
    answered_at: int
    salt: str = field(default_factory=fresh)
    receipt: str = ""
    paper: Paper | None = field(default=None, repr=False, compare=False)

    @cached_property
    def statement(self) -> bytes:
        """Canonical JSON of the answer, its payload by digest, without the receipt."""
        return encode(
            {
                "kind": self.kind,
                "node": self.node,
                "query_id": self.query_id,
                "request": self.request_digest,
                "status": str(self.status),
                "payload": digest(self.payload),
                "grants": list(self.grants),
                "revision": self.revision,
                "masked": list(self.masked),
                "answered_at": self.answered_at,
                "salt": self.salt,
            }
        )

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the statement: what the node's log entry is about."""
        return digest(self.statement)

    @cached_property
    def receipt_digest(self) -> str:
        """`sha256:<hex>` of the receipt text: what home's outcome entry commits to."""
        return digest(self.receipt.encode())

    @cached_property
    def receipt_leaf(self) -> str:
        """`sha256:<hex>` of the leaf hash in the receipt: the partner's entry, whatever its proof."""
        return ForeignReceipt.parse(self.receipt).leaf_digest


@dataclass(frozen=True)
class Refused:
    """A node's refusal, logged and sealed like an answer; it rests on mandate and question, never on data.

    `reasons` are codes of `policy.terms.Reason`, or the one code with which the node rejected our message; a
    rejection has no receipt and no salt of its own. `renews_at` (Unix seconds, a whole hour) is when a quota
    that was spent begins anew; a statement without one has no such field, as it was before there were quotas.
    """

    kind: ClassVar[str] = "refusal"

    node: str
    query_id: str
    request_digest: str
    reasons: tuple[str, ...]
    revision: str
    answered_at: int
    salt: str = field(default_factory=fresh)
    receipt: str = ""
    paper: Paper | None = field(default=None, repr=False, compare=False)
    renews_at: int | None = None

    @property
    def status(self) -> Status:
        """`OVER_QUOTA` when that alone is the reason, else `REFUSED`."""
        over = set(self.reasons) <= {Reason.QUOTA, "OVER_QUOTA"}
        return Status.OVER_QUOTA if self.reasons and over else Status.REFUSED

    @cached_property
    def statement(self) -> bytes:
        """Canonical JSON of the refusal without the receipt."""
        told: dict[str, JSON] = {
            "kind": self.kind,
            "node": self.node,
            "query_id": self.query_id,
            "request": self.request_digest,
            "reasons": [str(reason) for reason in self.reasons],
            "revision": self.revision,
            "answered_at": self.answered_at,
            "salt": self.salt,
        }
        return encode(told if self.renews_at is None else told | {"renews_at": self.renews_at})

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the statement: what the node's log entry is about."""
        return digest(self.statement)

    @cached_property
    def receipt_digest(self) -> str:
        """`sha256:<hex>` of the receipt text, or the empty text without one."""
        return digest(self.receipt.encode()) if self.receipt else ""

    @cached_property
    def receipt_leaf(self) -> str:
        """`sha256:<hex>` of the leaf hash in the receipt, or the empty text without one."""
        return ForeignReceipt.parse(self.receipt).leaf_digest if self.receipt else ""


@dataclass(frozen=True, slots=True)
class Silence:
    """No usable answer from a node: `TIMED_OUT`, `UNREACHABLE`, `INVALID_ANSWER` or `OVER_QUOTA`, and why.

    `detail` names both sides and holds no content of question or answer. `at` is Unix seconds.
    """

    node: str
    status: Status
    detail: str
    at: int


Reply: TypeAlias = Answer | Refused | Silence
