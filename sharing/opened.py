"""What opening a request gives: `Opened`, or `Rejected` with a stable code."""

from dataclasses import dataclass, field

from audit.receipt import VerifiedReceipt
from policy.mandate import Mandate
from sharing.codes import Rejection
from sharing.directory import DirectoryNode
from sharing.message import Request
from sharing.papers import Paper


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that was not opened. `code` may be shown; `detail` is for the own log and holds no content.

    `sender` is set when the message named a key of the directory (which proves nothing yet), `bound` when its
    signature fields had the agreed form, so that a response can be bound to them.
    """

    code: Rejection
    detail: str
    sender: DirectoryNode | None = None
    bound: dict[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request whose envelope held in every step of `open_request`.

    `once` is `<key id>/<nonce>`, for the log to accept a single time until `once_until` (Unix seconds).
    `receipt` is the sender's, verified against the sender's log key. `bound` is what a response covers,
    `paper` what proves to others that the request was made.
    """

    request: Request
    mandate: Mandate
    sender: DirectoryNode
    key_id: str
    once: str
    once_until: int
    receipt: VerifiedReceipt = field(repr=False)
    bound: dict[str, str] = field(repr=False)
    paper: Paper = field(repr=False)

    def reject(self, code: Rejection, detail: str) -> Rejected:
        """Reject after all: a replay, an unknown document, a log that cannot append, a quota."""
        return Rejected(code, detail, self.sender, self.bound)
