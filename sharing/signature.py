"""HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530) in one fixed profile, both ways.

The profile is one label (`entente`), one algorithm (Ed25519), one order of covered components and parameters, and
`tag="entente"`; a message lives 60 s and clocks may differ by 30 s. Anything else, however valid elsewhere, is
refused: the parser is one regular expression. The signature base is composed here because the library's general
path costs eight times as much; `tests/sharing/test_signature.py` holds it to `http-message-signatures` in both
directions and to the RFC's Ed25519 vector.

A response covers the request's signature, its parameters and its digest (`;req`), so an answer to another
request never verifies.
"""

import hashlib
import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from audit.keys import SigningKey, VerifyKey
from sharing.encoding import b64

Headers: TypeAlias = Mapping[str, str]
"""HTTP fields by lower-case name; several lines of one field joined by a comma and a space."""

LABEL = "entente"
TAG = "entente"
LIFE = 60
SKEW = 30
PATH = "/federation/graphql"

REQUEST_FIELDS = ("content-type", "content-digest", "entente-recipient", "entente-mandate")
RESPONSE_FIELDS = ("content-type", "content-digest")
BOUND_FIELDS = ("content-digest", "signature-input", "signature")
REQUEST_COVERS = (
    '("@method" "@authority" "@path" "content-type" "content-digest" "entente-recipient" "entente-mandate")'
)
RESPONSE_COVERS = (
    '("@status" "content-type" "content-digest" "content-digest";req "signature-input";req "signature";req)'
)

_PARAMS = (
    r";created=([0-9]{1,12});keyid=\"([A-Za-z0-9_.:/*-]{1,128})\";alg=\"ed25519\";expires=([0-9]{1,12})"
    r";nonce=\"([A-Za-z0-9_-]{16,64})\";tag=\"entente\""
)
_INPUTS = {
    covers: re.compile(rf"{LABEL}=({re.escape(covers)}{_PARAMS})")
    for covers in (REQUEST_COVERS, RESPONSE_COVERS)
}
_SIGNATURE = re.compile(rf"{LABEL}=:([A-Za-z0-9+/]{{86}}==):")
_FIELD = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The parameters of a signature, parsed but not verified. `line` is the `@signature-params` value."""

    line: str
    keyid: str
    nonce: str
    created: int
    expires: int
    signature: bytes


def content_digest(body: bytes) -> str:
    """The Content-Digest field of `body`, SHA-256 (RFC 9530)."""
    return f"sha-256=:{b64(hashlib.sha256(body).digest())}:"


def sign_request(
    headers: Headers, authority: str, key: SigningKey, keyid: str, *, nonce: str, now: int
) -> dict[str, str]:
    """`Signature-Input` and `Signature` for a POST to `authority`; `headers` hold `REQUEST_FIELDS`."""
    line = _line(REQUEST_COVERS, keyid, nonce, now)
    return _signed(line, key.sign(request_base(headers, authority, line)))


def sign_response(
    headers: Headers, request: Headers, status: int, key: SigningKey, keyid: str, *, nonce: str, now: int
) -> dict[str, str]:
    """The same for a response to the request whose fields are `request`; `headers` hold `RESPONSE_FIELDS`."""
    line = _line(RESPONSE_COVERS, keyid, nonce, now)
    return _signed(line, key.sign(response_base(headers, request, status, line)))


def parse_stamp(headers: Headers, covers: str) -> Stamp:
    """Read `Signature-Input` and `Signature` in this profile only; `ValueError` otherwise."""
    found = _INPUTS[covers].fullmatch(headers.get("signature-input", ""))
    value = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None or value is None:
        raise ValueError("Signature-Input or Signature is not in the agreed profile")
    line, created, keyid, expires, nonce = found.groups()
    try:
        signature = a2b_base64(value[1], strict_mode=True)
    except NotBase64 as error:
        raise ValueError("Signature is not base64") from error
    return Stamp(line, keyid, nonce, int(created), int(expires), signature)


def fresh_at(stamp: Stamp, now: int) -> str | None:
    """None when the stamp's times hold at `now`, else which does not: `CLOCK_SKEW` or `EXPIRED`."""
    if stamp.created > now + SKEW or not 0 < stamp.expires - stamp.created <= LIFE:
        return "CLOCK_SKEW"
    if now >= stamp.expires + SKEW:
        return "EXPIRED"
    return None


def verify_request(stamp: Stamp, headers: Headers, authority: str, key: VerifyKey) -> bool:
    """Whether `key` signed this request to `authority`."""
    return key.verify(stamp.signature, request_base(headers, authority, stamp.line))


def verify_response(stamp: Stamp, headers: Headers, request: Headers, status: int, key: VerifyKey) -> bool:
    """Whether `key` signed this response to exactly that request."""
    return key.verify(stamp.signature, response_base(headers, request, status, stamp.line))


def plain_fields(headers: Headers, names: tuple[str, ...]) -> bool:
    """Whether each named field is there and holds printable ASCII without surrounding space: one line of a base."""
    return all(_FIELD.fullmatch(headers.get(name, "")) for name in names)


def request_base(headers: Headers, authority: str, line: str) -> bytes:
    """The signature base of a request (RFC 9421 section 2.5)."""
    fields = "".join(f'"{name}": {headers[name]}\n' for name in REQUEST_FIELDS)
    return (
        f'"@method": POST\n"@authority": {authority}\n"@path": {PATH}\n{fields}"@signature-params": {line}'
    ).encode("ascii")


def response_base(headers: Headers, request: Headers, status: int, line: str) -> bytes:
    """The signature base of a response, over itself and the request it answers (section 2.4)."""
    fields = "".join(f'"{name}": {headers[name]}\n' for name in RESPONSE_FIELDS)
    bound = "".join(f'"{name}";req: {request[name]}\n' for name in BOUND_FIELDS)
    return f'"@status": {status}\n{fields}{bound}"@signature-params": {line}'.encode("ascii")


def _line(covers: str, keyid: str, nonce: str, now: int) -> str:
    return f'{covers};created={now};keyid="{keyid}";alg="ed25519";expires={now + LIFE};nonce="{nonce}";tag="{TAG}"'


def _signed(line: str, signature: bytes) -> dict[str, str]:
    return {"signature-input": f"{LABEL}={line}", "signature": f"{LABEL}=:{b64(signature)}:"}
