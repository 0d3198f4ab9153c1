"""What opening a notice gives when its envelope held in every step."""

from dataclasses import dataclass, field

from audit.receipt import VerifiedReceipt
from sharing.arrival import Partner
from sharing.codes import Rejection
from sharing.notice_message import Notice
from sharing.opened import Rejected


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice of a known partner, with the partner's verified receipt for it."""

    notice: Notice
    partner: Partner
    receipt: VerifiedReceipt = field(repr=False)

    def reject(self, code: Rejection, detail: str) -> Rejected:
        """Reject after all: a replay, an unknown type, a log that cannot append."""
        return Rejected(code, detail, self.partner.node, self.partner.bound)
