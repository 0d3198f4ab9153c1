"""What every message that arrives must be before anybody looks into it: the envelope's steps, both ways.

Bytes in, a known sender out, or `No` with the code of the step that failed; `No` is for the functions that
open messages and never leaves them. A reply that fails raises `FieldRefused`.
"""

from dataclasses import dataclass

from sharing.codes import Rejection
from sharing.directory import Directory, DirectoryNode, NodeKey
from sharing.errors import FieldRefused
from sharing.keys import Use
from sharing.sealed import REJECTION, RawReply
from sharing.signature import (
    BOUND_FIELDS,
    RESPONSE_COVERS,
    RESPONSE_FIELDS,
    SKEW,
    Headers,
    Profile,
    Stamp,
    content_digest,
    fresh_at,
    parse_stamp,
    plain_fields,
    verify_request,
    verify_response,
)

_OK = 200


class No(Exception):  # becomes a `Rejected` in the function that opens the message
    """A step failed."""

    def __init__(self, code: Rejection, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of request: what its signature covers, its content type, its largest body in bytes."""

    profile: Profile
    content_type: str
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sent a request whose envelope held: the node, the key, what a response covers.

    `once` is `<key id>/<nonce>`, for the log to accept a single time until `once_until` (Unix seconds).
    """

    node: DirectoryNode
    key_id: str
    once: str
    once_until: int
    bound: dict[str, str]


@dataclass(slots=True)
class Arrival:
    """A request, where and when it came, and what is known of it so far, for the rejection."""

    headers: Headers
    body: bytes
    directory: Directory
    own: str
    now: int
    sender: DirectoryNode | None = None
    bound: dict[str, str] | None = None

    def of_partner(self, kind: MessageKind) -> Partner:
        """The sender of a request whose envelope holds in every step; else `No`.

        1. Size (`TOO_LARGE`). 2. Fields all there, printable, of the agreed type (`MALFORMED`).
        3. Signature-Input and Signature in the profile (`MALFORMED`). 4. Directory alive
        (`DIRECTORY_EXPIRED`), the key is a partner's message key (`UNKNOWN_SENDER`). 5. Meant for this node
        (`WRONG_RECIPIENT`). 6. The key is valid now (`BAD_SIGNATURE`). 7. Clock window: ±30 s, life 60 s
        (`CLOCK_SKEW`, `EXPIRED`). 8. Signature (`BAD_SIGNATURE`). 9. Content digest (`DIGEST_MISMATCH`).
        """
        if len(self.body) > kind.most_bytes:  # 1
            raise No(Rejection.TOO_LARGE, f"body of {len(self.body)} bytes, at most {kind.most_bytes}")
        self._check_fields(kind)  # 2
        stamp = self._stamp(kind.profile)  # 3
        self.bound = bound = {name: self.headers[name] for name in BOUND_FIELDS}
        sender, key = self._sender(stamp)  # 4
        self.sender = sender
        recipient = self.headers["entente-recipient"]
        if recipient != self.own:  # 5
            raise No(Rejection.WRONG_RECIPIENT, f"meant for {recipient[:80]!r}, this is {self.own}")
        self._check_times(stamp, key, sender)  # 6, 7
        authority = self.directory.node(self.own).authority
        if not verify_request(stamp, self.headers, authority, key.key, kind.profile):  # 8
            raise No(Rejection.BAD_SIGNATURE, f"signature by {stamp.keyid} does not hold for {self.own}")
        if self.headers["content-digest"] != content_digest(self.body):  # 9
            raise No(Rejection.DIGEST_MISMATCH, f"content-digest of {sender.id} is not that of the body")
        return Partner(sender, stamp.keyid, f"{stamp.keyid}/{stamp.nonce}", stamp.expires + SKEW, bound)

    def _check_fields(self, kind: MessageKind) -> None:
        if not plain_fields(self.headers, (*kind.profile.fields, "signature-input", "signature")):
            raise No(Rejection.MALFORMED, "a field of the profile is missing or not printable")
        found = self.headers["content-type"]
        if found != kind.content_type:
            raise No(Rejection.MALFORMED, f"content-type {found[:80]!r}, not {kind.content_type}")

    def _stamp(self, profile: Profile) -> Stamp:
        try:
            return parse_stamp(self.headers, profile.covers)
        except ValueError as error:
            raise No(Rejection.MALFORMED, str(error)) from error

    def _sender(self, stamp: Stamp) -> tuple[DirectoryNode, NodeKey]:
        directory = self.directory
        if directory.expired(self.now):
            told = f"directory {directory.version} ended at {directory.expires_at}"
            raise No(Rejection.DIRECTORY_EXPIRED, told)
        found = directory.by_kid.get(stamp.keyid)
        if found is None or found[1].use is not Use.MESSAGE:
            told = f"key {stamp.keyid} is no message key of directory {directory.version}"
            raise No(Rejection.UNKNOWN_SENDER, told)
        return found

    def _check_times(self, stamp: Stamp, key: NodeKey, sender: DirectoryNode) -> None:
        if not key.valid_at(self.now):
            told = f"is valid from {key.not_before} to {key.not_after}, it is {self.now}"
            raise No(Rejection.BAD_SIGNATURE, f"key {key.kid} of {sender.id} {told}")
        if wrong := fresh_at(stamp, self.now):
            told = f"created {stamp.created}, expires {stamp.expires}, it is {self.now}"
            raise No(Rejection(wrong), told)


@dataclass(frozen=True, slots=True)
class Expected:
    """The reply that is waited for: whose, to which request fields, of which type and largest size."""

    to: DirectoryNode
    sent: Headers
    content_type: str
    most_bytes: int

    def check(self, reply: RawReply, now: int) -> None:
        """Raise `FieldRefused` unless the reply's envelope holds in every step.

        1. Size. 2. Status and content type are those of an answer (200) or of a rejection. 3. Fields and
        signature profile. 4. The key is the asked node's message key, valid now. 5. Clock window. 6. The
        signature holds, over this reply and our request. 7. Content digest.
        """
        kind = reply.headers.get("content-type", "")
        if len(reply.body) > self.most_bytes:  # 1
            raise FieldRefused(f"body of {len(reply.body)} bytes, at most {self.most_bytes}")
        wanted = self.content_type if reply.status == _OK else REJECTION
        if kind != wanted:  # 2
            raise FieldRefused(f"HTTP status {reply.status} with content type {kind[:80]!r}")
        if not plain_fields(reply.headers, (*RESPONSE_FIELDS, "signature-input", "signature")):  # 3
            raise FieldRefused(f"HTTP status {reply.status} without the fields of a signed reply")
        stamp = parse_stamp(reply.headers, RESPONSE_COVERS)
        key = self.to.key(stamp.keyid, Use.MESSAGE)  # 4
        if key is None or not key.valid_at(now):
            raise FieldRefused(f"key {stamp.keyid} is no message key of {self.to.id} that is valid now")
        if wrong := fresh_at(stamp, now):  # 5
            raise FieldRefused(f"{wrong}: created {stamp.created}, expires {stamp.expires}, it is {now}")
        if not verify_response(stamp, reply.headers, self.sent, reply.status, key.key):  # 6
            raise FieldRefused(f"signature by {stamp.keyid} does not hold for our request")
        if reply.headers["content-digest"] != content_digest(reply.body):  # 7
            raise FieldRefused("content-digest is not that of the body")
