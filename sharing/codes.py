"""Why a request from another node is rejected before its content is looked at: stable codes, safe to show."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

ID = re.compile(r"[A-Za-z0-9_.:/*-]{1,128}")
"""The form of every id and code (policy's input alphabet)."""

OFFENCE = re.compile(r"[A-Z0-9][A-Z0-9_+]{0,63}")
"""The form of an offence: a code, as the log takes it."""

GRANT_REF = re.compile(r"[A-Za-z0-9_.:/*-]{1,128}@[0-9]{1,9}")
"""`<id>@<version>` of a grant."""

NODE_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])")
"""The form of a node id: like a DNS name, two to sixty-three characters."""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""The form of a digest in text."""


class Rejection(StrEnum):
    """One per step of `open_request` that can fail, and what the gateway adds."""

    TOO_LARGE = "TOO_LARGE"
    MALFORMED = "MALFORMED"
    UNKNOWN_SENDER = "UNKNOWN_SENDER"
    DIRECTORY_EXPIRED = "DIRECTORY_EXPIRED"
    WRONG_RECIPIENT = "WRONG_RECIPIENT"
    CLOCK_SKEW = "CLOCK_SKEW"
    EXPIRED = "EXPIRED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    DIGEST_MISMATCH = "DIGEST_MISMATCH"
    BAD_MANDATE = "BAD_MANDATE"
    BAD_RECEIPT = "BAD_RECEIPT"
    REPLAYED = "REPLAYED"
    UNKNOWN_DOCUMENT = "UNKNOWN_DOCUMENT"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    AUDIT_UNAVAILABLE = "AUDIT_UNAVAILABLE"
    OVER_QUOTA = "OVER_QUOTA"

    @property
    def http_status(self) -> int:
        """The HTTP status that goes with the code."""
        return _HTTP.get(self, 401)


_HTTP: Mapping[Rejection, int] = MappingProxyType(
    {
        Rejection.TOO_LARGE: 413,
        Rejection.MALFORMED: 400,
        Rejection.UNKNOWN_DOCUMENT: 400,
        Rejection.UNKNOWN_TYPE: 400,
        Rejection.WRONG_RECIPIENT: 421,
        Rejection.REPLAYED: 409,
        Rejection.OVER_QUOTA: 429,
        Rejection.DIRECTORY_EXPIRED: 503,
        Rejection.AUDIT_UNAVAILABLE: 503,
    }
)
