"""Our composed profile against `http-message-signatures` in both directions, and the RFC's own vectors."""

import datetime as dt
import time
from dataclasses import dataclass

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)
from hypothesis import given
from hypothesis import strategies as st

from audit.keys import SigningKey
from sharing import signature
from sharing.encoding import unb64url
from sharing.keys import kid
from sharing.signature import (
    LABEL,
    NOTICE_COVERS,
    NOTICE_PATH,
    NOTICES,
    PATH,
    REQUEST_COVERS,
    RESPONSE_COVERS,
    SKEW,
    Pen,
    Stamp,
    compose,
    content_digest,
    fresh_at,
    parse_stamp,
    sign_request,
    sign_response,
    verify_request,
    verify_response,
)

KEY = SigningKey.from_seed("fr.ofast/message", b"\7" * 32)
KID = kid(KEY.public)
NOW = 1_795_000_000
AUTHORITY = "127.0.0.1:8443"
TEXT = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", min_size=1, max_size=300)
REQUEST_IDS = tuple(part.strip('"') for part in REQUEST_COVERS.strip("()").split(" "))
NOTICE_IDS = tuple(part.strip('"') for part in NOTICE_COVERS.strip("()").split(" "))
RESPONSE_IDS = tuple(
    part if ";" in part else part.strip('"') for part in RESPONSE_COVERS.strip("()").split(" ")
)


@dataclass
class Request:
    method: str
    url: str
    headers: dict[str, str]


@dataclass
class Response:
    status_code: int
    headers: dict[str, str]
    request: Request


def _resolver() -> MappingKeyResolver:
    return MappingKeyResolver(public_keys={KID: KEY.public._public}, private_keys={KID: KEY._private})


def _signer() -> HTTPMessageSigner:
    return HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_resolver())


def _verifier() -> HTTPMessageVerifier:
    return HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_resolver())


def _request_headers(mandate: str = "a.b.c", body: bytes = b"{}") -> dict[str, str]:
    return {
        "content-type": "application/json",
        "content-digest": content_digest(body),
        "entente-recipient": "se.polisen",
        "entente-mandate": mandate,
    }


def _response_headers(body: bytes = b"answer") -> dict[str, str]:
    return {"content-type": "application/vnd.entente.answer", "content-digest": content_digest(body)}


def _pen() -> Pen:
    """A pen of this very second: the library holds messages to its own clock."""
    return Pen(KEY, KID, int(time.time()))


def _signed_request() -> dict[str, str]:
    headers = _request_headers()
    return headers | sign_request(headers, AUTHORITY, _pen())


def _by_library(message: Request | Response, ids: tuple[str, ...], pen: Pen) -> None:
    at = dt.datetime.fromtimestamp(pen.now, dt.UTC)
    _signer().sign(
        message,
        key_id=KID,
        created=at,
        expires=at + dt.timedelta(seconds=60),
        nonce=pen.nonce,
        label=LABEL,
        tag="entente",
        covered_component_ids=ids,
        use_existing_digest=True,
    )


@given(mandate=TEXT, body=st.binary(max_size=200))
def test_the_library_verifies_our_requests(mandate: str, body: bytes) -> None:
    headers = _request_headers(mandate, body)
    headers |= sign_request(headers, AUTHORITY, _pen())
    message = Request("POST", f"https://{AUTHORITY}{PATH}", headers)
    (result,) = _verifier().verify(message, expect_tag="entente", body=body, require_components=REQUEST_IDS)
    assert result.label == LABEL


@given(mandate=TEXT, body=st.binary(max_size=200))
def test_the_library_writes_the_very_same_request_signature(mandate: str, body: bytes) -> None:
    headers = _request_headers(mandate, body)
    pen = _pen()
    message = Request("POST", f"https://{AUTHORITY}{PATH}", dict(headers))
    _by_library(message, REQUEST_IDS, pen)
    theirs = {name.lower(): value for name, value in message.headers.items()}
    assert theirs == headers | sign_request(headers, AUTHORITY, pen)
    assert verify_request(parse_stamp(theirs, REQUEST_COVERS), theirs, AUTHORITY, KEY.public)


@given(status=st.sampled_from([200, 400, 401, 409, 503]), body=st.binary(max_size=200))
def test_responses_agree_in_both_directions(status: int, body: bytes) -> None:
    request = _signed_request()
    asked = Request("POST", f"https://{AUTHORITY}{PATH}", request)
    headers, pen = _response_headers(body), _pen()
    ours = headers | sign_response(headers, request, status, pen)
    (result,) = _verifier().verify(Response(status, ours, asked), expect_tag="entente", body=body)
    assert '"signature";req' in result.covered_components
    message = Response(status, dict(headers), asked)
    _by_library(message, RESPONSE_IDS, pen)
    theirs = {name.lower(): value for name, value in message.headers.items()}
    assert theirs == ours
    assert verify_response(parse_stamp(theirs, RESPONSE_COVERS), theirs, request, status, KEY.public)


@given(recipient=TEXT, body=st.binary(max_size=200))
def test_notices_agree_in_both_directions(recipient: str, body: bytes) -> None:
    headers = {
        "content-type": "application/vnd.entente.notice+json",
        "content-digest": content_digest(body),
        "entente-recipient": recipient,
    }
    pen = _pen()
    ours = headers | sign_request(headers, AUTHORITY, pen, NOTICES)
    asked = Request("POST", f"https://{AUTHORITY}{NOTICE_PATH}", ours)
    (result,) = _verifier().verify(asked, expect_tag="entente", body=body, require_components=NOTICE_IDS)
    assert result.label == LABEL
    message = Request("POST", f"https://{AUTHORITY}{NOTICE_PATH}", dict(headers))
    _by_library(message, NOTICE_IDS, pen)
    theirs = {name.lower(): value for name, value in message.headers.items()}
    assert theirs == ours
    stamp = parse_stamp(theirs, NOTICE_COVERS)
    assert verify_request(stamp, theirs, AUTHORITY, KEY.public, NOTICES)
    with_mandate = theirs | {"entente-mandate": "a.b.c"}
    assert not verify_request(stamp, with_mandate, AUTHORITY, KEY.public)
    with pytest.raises(ValueError, match="profile"):
        parse_stamp(theirs, REQUEST_COVERS)


def test_both_refuse_a_response_to_another_request() -> None:
    request, other = _signed_request(), _signed_request()
    headers = _response_headers()
    ours = headers | sign_response(headers, request, 200, _pen())
    assert not verify_response(parse_stamp(ours, RESPONSE_COVERS), ours, other, 200, KEY.public)
    asked = Request("POST", f"https://{AUTHORITY}{PATH}", other)
    with pytest.raises(InvalidSignature):
        _verifier().verify(Response(200, ours, asked), expect_tag="entente")


@pytest.mark.parametrize("name", ["content-type", "content-digest", "entente-recipient", "entente-mandate"])
def test_every_covered_field_is_covered(name: str) -> None:
    headers = _signed_request()
    changed = headers | {name: headers[name] + "x"}
    assert verify_request(parse_stamp(headers, REQUEST_COVERS), headers, AUTHORITY, KEY.public)
    assert not verify_request(parse_stamp(changed, REQUEST_COVERS), changed, AUTHORITY, KEY.public)
    assert not verify_request(parse_stamp(headers, REQUEST_COVERS), headers, "127.0.0.1:1", KEY.public)


def test_ed25519_vector_of_rfc_9421_b_2_6() -> None:
    key = SigningKey.from_seed("test-key-ed25519", unb64url("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"))
    assert key.public.raw == unb64url("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
    line = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    base = compose(
        (
            ('"date"', "Tue, 20 Apr 2021 02:07:55 GMT"),
            ('"@method"', "POST"),
            ('"@path"', "/foo"),
            ('"@authority"', "example.com"),
            ('"content-type"', "application/json"),
            ('"content-length"', "18"),
        ),
        line,
    )
    expected = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert signature._signed(line, key.sign(base))["signature"] == f"entente=:{expected}:"


def test_content_digest_vector_of_rfc_9530() -> None:
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_golden_request_signature() -> None:
    pen = Pen(KEY, KID, 1_795_000_000, "AAAAAAAAAAAAAAAAAAAAAA")
    signed = sign_request(_request_headers(), "fr.example:8443", pen)
    assert signed == {
        "signature-input": (
            'entente=("@method" "@authority" "@path" "content-type" "content-digest" "entente-recipient" '
            '"entente-mandate");created=1795000000;keyid="fr.ofast/message:1cb10950";alg="ed25519"'
            ';expires=1795000060;nonce="AAAAAAAAAAAAAAAAAAAAAA";tag="entente"'
        ),
        "signature": (
            "entente=:rHDwwNUk3L9EXKlONTZEvEzfy4cORY88nYhhLQVWKqsEZKT7IJGyw82Y9n3VqI6DLGJPtXBfRRn8gSPaDzhRAA==:"
        ),
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"@method" ', ""),
        ('alg="ed25519"', 'alg="hmac-sha256"'),
        (';tag="entente"', ""),
        (';tag="entente"', ';tag="other"'),
        ("entente=(", "sig1=("),
        (";created=", ";created= "),
        ("created=", "created=-"),
        (';nonce="', ';nonce="!'),
        ('"@path"', '"@path";req'),
        ("entente=", "entente=(), entente="),
    ],
)
def test_only_the_agreed_profile_is_read(old: str, new: str) -> None:
    headers = _signed_request()
    assert old in headers["signature-input"]
    with pytest.raises(ValueError, match="profile"):
        parse_stamp(
            headers | {"signature-input": headers["signature-input"].replace(old, new, 1)}, REQUEST_COVERS
        )


@given(st.text(max_size=400), st.text(max_size=200))
def test_any_text_is_refused_as_a_value_error(line: str, value: str) -> None:
    with pytest.raises(ValueError, match="profile"):
        parse_stamp({"signature-input": line, "signature": value}, REQUEST_COVERS)


@pytest.mark.parametrize(
    ("created", "life", "at", "wrong"),
    [
        (0, 60, 0, None),
        (SKEW, 60, 0, None),
        (SKEW + 1, 60, 0, "CLOCK_SKEW"),
        (0, 61, 0, "CLOCK_SKEW"),
        (0, 0, 0, "CLOCK_SKEW"),
        (0, -5, 0, "CLOCK_SKEW"),
        (0, 60, 60 + SKEW - 1, None),
        (0, 60, 60 + SKEW, "EXPIRED"),
        (-86_400, 60, 0, "EXPIRED"),
    ],
)
def test_clock_window(created: int, life: int, at: int, wrong: str | None) -> None:
    stamp = Stamp("", KID, "n", NOW + created, NOW + created + life, b"")
    assert fresh_at(stamp, NOW + at) == wrong


def test_a_signature_has_one_spelling() -> None:
    headers = _signed_request()
    value = headers["signature"]
    stray = value[:-4] + chr(ord(value[-4]) + 1) + value[-3:]
    with pytest.raises(ValueError, match="profile"):
        parse_stamp(headers | {"signature": stray}, REQUEST_COVERS)
