"""What nodes say to each other as nodes: a `Notice`, and the `NoticeReply` to it. No person, no mandate.

The types are open: a notice is a code with a body of canonical JSON, and whoever handles the code reads the
body as strictly as any foreign data. Digests are taken over canonical JSON without the receipt, with 128
random bits in it, as those of questions are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from audit.canonical import JSON, encode
from sharing.encoding import digest, fresh

TYPE = re.compile(r"[A-Z][A-Z_]{0,39}")
"""The form of a notice's type and of a reply's status."""

DONE = "DONE"
"""The status of a notice that was handled; every other one is the code of why it was not."""


@dataclass(frozen=True)
class Notice:
    """One message of the node `sender` to the node `to`; `at` is Unix seconds.

    `receipt` is the text of the sender's receipt, set on a notice that was opened.
    """

    type: str
    sender: str
    to: str
    body: Mapping[str, JSON]
    at: int
    salt: str = field(default_factory=fresh)
    receipt: str = ""

    @cached_property
    def statement(self) -> bytes:
        """Canonical JSON of what is said, without the receipt."""
        told: dict[str, JSON] = {"type": self.type, "from": self.sender, "to": self.to}
        return encode(told | {"body": self.body, "at": self.at, "salt": self.salt})

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the statement: what both sides' log entries are about."""
        return digest(self.statement)


@dataclass(frozen=True)
class NoticeReply:
    """What the node `node` says to a notice; `notice` is its digest, `answered_at` Unix seconds.

    `receipt` is the text of the node's own receipt, set on a reply that was opened.
    """

    node: str
    notice: str
    status: str
    body: Mapping[str, JSON]
    answered_at: int
    salt: str = field(default_factory=fresh)
    receipt: str = ""

    @cached_property
    def payload(self) -> bytes:
        """Canonical JSON of the body."""
        return encode(self.body)

    @cached_property
    def statement(self) -> bytes:
        """Canonical JSON of the reply, its body by digest, without the receipt."""
        told: dict[str, JSON] = {"node": self.node, "notice": self.notice, "status": self.status}
        told |= {"payload": digest(self.payload), "answered_at": self.answered_at, "salt": self.salt}
        return encode(told)

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the statement: what the node's log entry is about."""
        return digest(self.statement)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No usable reply of a node to a notice, and why: a courier's code, a rejection's, `INVALID_ANSWER`.

    `detail` names both sides and holds no content.
    """

    node: str
    code: str
    detail: str
