"""What may leave: sealed messages. Only `sharing.sealing` makes them, and only from a log's receipt.

The constructors refuse every other caller, as those of `policy.decision` do; `tests/house_rules` holds the
rest.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.receipt import Receipt
from sharing.directory import DirectoryNode
from sharing.errors import NotSealed
from sharing.message import Request
from sharing.notice_message import Notice
from sharing.signature import NOTICE_PATH, PATH, Headers

MAX_REQUEST = 65_536
MAX_REPLY = 8 * 1024 * 1024
MAX_NOTICE_REPLY = 1024 * 1024
QUESTION = "application/json"
ANSWER = "application/vnd.entente.answer"
REJECTION = "application/vnd.entente.rejection+json"
NOTICE = "application/vnd.entente.notice+json"
NOTICE_REPLY = "application/vnd.entente.notice-reply"

SEALER = object()
"""What `sharing.sealing` and `sharing.notice_sealing` show to make a sealed message."""


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply as it came, not opened: HTTP status, fields by lower-case name, body."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _BySealer:
    """What only a sealing makes."""

    sealer: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.sealer is not SEALER:
            raise NotSealed(
                f"{type(self).__name__}: made outside of sharing.sealing and sharing.notice_sealing"
            )


@dataclass(frozen=True, slots=True)
class Parcel(_BySealer):
    """What a courier carries to one node, signed: `path` is where it goes.

    At most `most_reply` bytes may come back.
    """

    path: ClassVar[str]
    most_reply: ClassVar[int]

    to: DirectoryNode
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed(Parcel):
    """A request, with its mandate; home's intent for it stands in the log."""

    path = PATH
    most_reply = MAX_REPLY

    request: Request


@dataclass(frozen=True, slots=True)
class SealedNotice(Parcel):
    """A notice; that it is sent stands in the sender's log."""

    path = NOTICE_PATH
    most_reply = MAX_NOTICE_REPLY

    notice: Notice


@dataclass(frozen=True, slots=True)
class SealedReply(_BySealer):
    """A response to one request: an answer or refusal whose outcome was logged, or a bare rejection code."""

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)


def the_logs(receipt: Receipt, wanted: str, what: str) -> None:
    """Refuse with `NotSealed` what is not the receipt of this node's log for the digest `wanted`."""
    if not isinstance(receipt, Receipt):
        raise NotSealed(f"{what}: a {type(receipt).__name__} is no receipt of this node's log")
    if receipt.subject != wanted:
        raise NotSealed(f"{what}: its digest is {wanted}, the receipt is for {receipt.subject}")
