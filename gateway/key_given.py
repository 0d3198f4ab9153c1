"""What a browser brings from a person's key, what is made of it, and why it may be refused."""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import NoReturn, Self
from urllib.parse import urlsplit

from gateway.errors import GatewayError
from gateway.settings import Settings


class Reason(StrEnum):
    """Why a person's key, or what it signed, is not accepted (`deploy/docs/identity.md`)."""

    NEEDED = "APPROVAL_KEY_NEEDED"
    MISSING = "APPROVAL_KEY_MISSING"
    CLOSED = "APPROVAL_KEY_RESET_NEEDED"
    OFF = "APPROVAL_KEYS_OFF"
    MOST = "APPROVAL_KEYS_TOO_MANY"
    TAKEN = "APPROVAL_KEY_KNOWN"
    KIND = "APPROVAL_KEY_KIND"
    UNKNOWN = "APPROVAL_KEY_UNKNOWN"
    OTHERS = "APPROVAL_KEY_OF_ANOTHER"
    ENDED = "APPROVAL_KEY_ENDED"
    MALFORMED = "ASSERTION_MALFORMED"
    TYPE = "ASSERTION_TYPE"
    CHALLENGE = "ASSERTION_CHALLENGE"
    STALE = "ASSERTION_STALE"
    REPLAYED = "ASSERTION_REPLAYED"
    ORIGIN = "ASSERTION_ORIGIN"
    NOT_VERIFIED = "ASSERTION_NOT_VERIFIED"
    COUNT = "ASSERTION_COUNT"
    SIGNATURE = "ASSERTION_SIGNATURE"


class KeyRefused(GatewayError):
    """An approval without the key that it takes, or a key or signature that is not accepted."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.code = reason.value


def refuse(reason: Reason, message: str) -> NoReturn:
    """Raise `KeyRefused`."""
    raise KeyRefused(reason, message)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the node's people sit: the origin that their browsers show, and its host, the RP ID."""

    origin: str
    rp_id: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The desk at the node's address for browsers."""
        parts = urlsplit(settings.listen.desk or settings.listen.address)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.hostname or "")


@dataclass(frozen=True, slots=True)
class GivenAssertion:
    """What `navigator.credentials.get` gave, each in base64url; `nonce` is the node's own, given back."""

    nonce: str
    credential: str
    authenticator_data: str = field(repr=False)
    client_data: str = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenKey:
    """What `navigator.credentials.create` gave, each in base64url; `nonce` is the node's own, given back."""

    nonce: str
    credential: str
    client_data: str = field(repr=False)
    attestation: str = field(repr=False)
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A new key as its authenticator described it: see `sharing.approval_keys.ApprovalKey`."""

    id: str
    cose: str
    spki: str
    aaguid: str
    count: int
    synced: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """An assertion that holds: its bytes, and the count that came with it."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    count: int
