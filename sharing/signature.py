"""HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530) in one fixed profile, both ways.

The profile is one label (`entente`), one algorithm (Ed25519), one order of covered components and
parameters for each kind of message, and `tag="entente"`; a message lives 60 s and clocks may differ by 30 s.
Anything else, however valid elsewhere, is refused: the parser is one regular expression. The signature base
is composed here because the library's general path costs eight times as much;
`tests/sharing/test_signature.py` holds it to `http-message-signatures` in both directions and to the RFC's
Ed25519 vector.

A response covers the request's signature, its parameters and its digest (`;req`), so an answer to another
request never verifies.
"""

import hashlib
import re
from binascii import a2b_base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from audit.keys import VerifyKey
from audit.signer import Signer
from sharing.encoding import b64, fresh
from sharing.errors import FieldRefused

Headers: TypeAlias = Mapping[str, str]
"""HTTP fields by lower-case name; several lines of one field joined by a comma and a space."""

LABEL = "entente"
TAG = "entente"
LIFE = 60
SKEW = 30
PATH = "/federation/graphql"
NOTICE_PATH = "/federation/notice"

REQUEST_FIELDS = ("content-type", "content-digest", "entente-recipient", "entente-mandate")
NOTICE_FIELDS = ("content-type", "content-digest", "entente-recipient")
RESPONSE_FIELDS = ("content-type", "content-digest")
BOUND_FIELDS = ("content-digest", "signature-input", "signature")
REQUEST_COVERS = (
    '("@method" "@authority" "@path" "content-type" "content-digest" "entente-recipient" "entente-mandate")'
)
NOTICE_COVERS = '("@method" "@authority" "@path" "content-type" "content-digest" "entente-recipient")'
RESPONSE_COVERS = (
    '("@status" "content-type" "content-digest" "content-digest";req "signature-input";req "signature";req)'
)

_PARAMS = (
    r";created=([0-9]{1,12});keyid=\"([A-Za-z0-9_.:/*-]{1,128})\";alg=\"ed25519\";expires=([0-9]{1,12})"
    r";nonce=\"([A-Za-z0-9_-]{16,64})\";tag=\"entente\""
)
_INPUTS = {
    covers: re.compile(rf"{LABEL}=({re.escape(covers)}{_PARAMS})")
    for covers in (REQUEST_COVERS, NOTICE_COVERS, RESPONSE_COVERS)
}
_SIGNATURE = re.compile(rf"{LABEL}=:([A-Za-z0-9+/]{{85}}[AQgw]==):")
_FIELD = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of request: its path, the fields that its signature covers, and how `covers` spells them."""

    path: str
    fields: tuple[str, ...]
    covers: str


QUESTIONS = Profile(PATH, REQUEST_FIELDS, REQUEST_COVERS)
NOTICES = Profile(NOTICE_PATH, NOTICE_FIELDS, NOTICE_COVERS)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The parameters of a signature, parsed but not verified. `line` is the `@signature-params` value."""

    line: str
    keyid: str
    nonce: str
    created: int
    expires: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Pen:
    """What signs one message: key, key id, time (Unix seconds), and a nonce never used again."""

    key: Signer
    keyid: str
    now: int
    nonce: str = field(default_factory=fresh)


def content_digest(body: bytes) -> str:
    """The Content-Digest field of `body`, SHA-256 (RFC 9530)."""
    return f"sha-256=:{b64(hashlib.sha256(body).digest())}:"


def sign_request(headers: Headers, authority: str, pen: Pen, profile: Profile = QUESTIONS) -> dict[str, str]:
    """`Signature-Input` and `Signature` for a POST to `authority`; `headers` hold the profile's fields."""
    line = _line(profile.covers, pen)
    return _signed(line, pen.key.sign(request_base(headers, authority, line, profile)))


def sign_response(headers: Headers, request: Headers, status: int, pen: Pen) -> dict[str, str]:
    """The same for a response to the request whose fields are `request`; `headers` hold `RESPONSE_FIELDS`."""
    line = _line(RESPONSE_COVERS, pen)
    return _signed(line, pen.key.sign(response_base(headers, request, status, line)))


def parse_stamp(headers: Headers, covers: str) -> Stamp:
    """Read `Signature-Input` and `Signature` in this profile only; `ValueError` otherwise."""
    found = _INPUTS[covers].fullmatch(headers.get("signature-input", ""))
    value = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None or value is None:
        raise FieldRefused("Signature-Input or Signature is not in the agreed profile")
    line, created, keyid, expires, nonce = found.groups()
    return Stamp(line, keyid, nonce, int(created), int(expires), a2b_base64(value[1], strict_mode=True))


def fresh_at(stamp: Stamp, now: int) -> str | None:
    """None when the stamp's times hold at `now`, else which does not: `CLOCK_SKEW` or `EXPIRED`."""
    if stamp.created > now + SKEW or not 0 < stamp.expires - stamp.created <= LIFE:
        return "CLOCK_SKEW"
    if now >= stamp.expires + SKEW:
        return "EXPIRED"
    return None


def verify_request(
    stamp: Stamp, headers: Headers, authority: str, key: VerifyKey, profile: Profile = QUESTIONS
) -> bool:
    """Whether `key` signed this request to `authority`."""
    return key.verify(stamp.signature, request_base(headers, authority, stamp.line, profile))


def verify_response(stamp: Stamp, headers: Headers, request: Headers, status: int, key: VerifyKey) -> bool:
    """Whether `key` signed this response to exactly that request."""
    return key.verify(stamp.signature, response_base(headers, request, status, stamp.line))


def plain_fields(headers: Headers, names: tuple[str, ...]) -> bool:
    """Whether each named field is there and is one line of printable ASCII without surrounding space."""
    return all(_FIELD.fullmatch(headers.get(name, "")) for name in names)


def request_base(headers: Headers, authority: str, line: str, profile: Profile = QUESTIONS) -> bytes:
    """The signature base of a request."""
    own = (('"@method"', "POST"), ('"@authority"', authority), ('"@path"', profile.path))
    return compose((*own, *((f'"{name}"', headers[name]) for name in profile.fields)), line)


def response_base(headers: Headers, request: Headers, status: int, line: str) -> bytes:
    """The signature base of a response, over itself and the request it answers (section 2.4)."""
    own = [('"@status"', str(status)), *((f'"{name}"', headers[name]) for name in RESPONSE_FIELDS)]
    return compose((*own, *((f'"{name}";req', request[name]) for name in BOUND_FIELDS)), line)


def compose(components: Iterable[tuple[str, str]], line: str) -> bytes:
    """A signature base (RFC 9421 section 2.5) of component identifiers, as serialised, and their values."""
    lines = [f"{identifier}: {value}" for identifier, value in components]
    return "\n".join((*lines, f'"@signature-params": {line}')).encode("ascii")


def _line(covers: str, pen: Pen) -> str:
    times = f'created={pen.now};keyid="{pen.keyid}";alg="ed25519";expires={pen.now + LIFE}'
    return f'{covers};{times};nonce="{pen.nonce}";tag="{TAG}"'


def _signed(line: str, signature: bytes) -> dict[str, str]:
    return {"signature-input": f"{LABEL}={line}", "signature": f"{LABEL}=:{b64(signature)}:"}
