"""What may leave: sealed messages. Only `sharing.sealing` makes them, and only from a log's receipt.

The constructors refuse every other caller, as those of `policy.decision` do; `tests/house_rules` holds the
rest.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, TypeAlias

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


@dataclass(frozen=True, slots=True)
class Sealed:
    """A request to one node, signed, with its mandate; home's intent for it stands in the log."""

    path: ClassVar[str] = PATH
    most_reply: ClassVar[int] = MAX_REPLY

    to: DirectoryNode
    request: Request
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    _: KW_ONLY
    sealer: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.sealer is not SEALER:
            raise NotSealed(
                f"request {self.request.query_id} to {self.to.id}: made outside of sharing.sealing"
            )


@dataclass(frozen=True, slots=True)
class SealedNotice:
    """A notice to one node, signed; that it is sent stands in the sender's log."""

    path: ClassVar[str] = NOTICE_PATH
    most_reply: ClassVar[int] = MAX_NOTICE_REPLY

    to: DirectoryNode
    notice: Notice
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    _: KW_ONLY
    sealer: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.sealer is not SEALER:
            raise NotSealed(f"notice {self.notice.type} to {self.to.id}: made outside of its sealing")


Parcel: TypeAlias = Sealed | SealedNotice
"""What a courier carries: `path` is where it goes, `most_reply` how many bytes may come back."""


@dataclass(frozen=True, slots=True)
class SealedReply:
    """A response to one request: an answer or refusal whose outcome was logged, or a bare rejection code."""

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    _: KW_ONLY
    sealer: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.sealer is not SEALER:
            raise NotSealed("reply: made outside of sharing.sealing")
