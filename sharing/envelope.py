"""The envelope's whole face in one place: sealing and opening, both ways."""

from sharing.codes import Rejection
from sharing.opened import Opened, Rejected
from sharing.opening import open_request
from sharing.opening_reply import open_answer
from sharing.sealed import RawReply, Sealed, SealedReply
from sharing.sealing import seal_answer, seal_rejection, seal_request, seal_requests

__all__ = [
    "Opened",
    "RawReply",
    "Rejected",
    "Rejection",
    "Sealed",
    "SealedReply",
    "open_answer",
    "open_request",
    "seal_answer",
    "seal_rejection",
    "seal_request",
    "seal_requests",
]
