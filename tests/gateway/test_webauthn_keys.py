"""What a browser brings from a person's key: honest ones are taken, and each lie is refused with its code."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
)

from audit.approval import Approved, Paper, digest, signed_by
from audit.errors import AuditError
from gateway.key_given import Desk, GivenAssertion, GivenKey, KeyRefused
from gateway.webauthn_keys import made, signed
from sharing.approval_keys import ApprovalKey, Person
from sharing.encoding import b64url, unb64url
from tests.authenticator import AT, BE, BS, ED, KINDS, UP, UV, Authenticator, flipped

ORIGIN = "https://desk.example:8443"
DESK = Desk(ORIGIN, "desk.example")
ABOUT = Approved("fr.ofast", "GRANT_APPROVED", "p-1", "sha256:" + "0" * 64, "1.n.m")
ASKED = {"nonce": ABOUT.nonce, "challenge": b64url(ABOUT.challenge)}
PERSON = Person("https://idp.example", "fr-1")
HONEST = Authenticator(ORIGIN)
CREATED = HONEST.create(ASKED)


def key_of(device: Authenticator, **other: Any) -> ApprovalKey:
    found = made(device.create(ASKED), ABOUT.challenge, DESK)
    key = ApprovalKey(
        id=found.id,
        person=PERSON,
        label="blue",
        cose=found.cose,
        spki=found.spki,
        aaguid=found.aaguid,
        transports=(),
        synced=found.synced,
        count=found.count,
        added_at=1,
    )
    return replace(key, **other)


KEY = key_of(HONEST)
SAID = HONEST.get(ASKED)


def _attestation(data: object) -> bytes:
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})


def paper(given_: GivenAssertion, key: ApprovalKey) -> Paper:
    parts = (given_.authenticator_data, given_.client_data, given_.signature)
    return Paper(ABOUT, "fr-1", key.id, bytes.fromhex(key.spki), ORIGIN, DESK.rp_id, *map(unb64url, parts))


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_key_is_taken_and_its_word_convinces_a_stranger(kind: str, counts: bool) -> None:
    device = Authenticator(ORIGIN, kind, counts=counts)
    key = key_of(device)
    assert (key.id, key.count, key.synced) == (device.handle, 0, False)
    assertion = device.get(ASKED)
    held = signed(assertion, ABOUT.challenge, DESK, key)
    assert held.count == (1 if counts else 0)
    kept = paper(assertion, key)
    kept.check()
    assert Paper.read(dict(kept.written)) == kept
    assert kept.key_digest == digest(bytes.fromhex(key.spki))


def test_a_passkey_that_is_copied_by_its_maker_is_taken_and_known_as_such() -> None:
    passkey = Authenticator(ORIGIN, counts=False, flags=UP | UV | BE | BS)
    assert key_of(passkey).synced
    assert signed(passkey.get(ASKED), ABOUT.challenge, DESK, key_of(passkey)).count == 0


LIES: list[tuple[dict[str, Any], str]] = [
    ({"said": {"type": "webauthn.create"}}, "ASSERTION_TYPE"),
    ({"said": {"challenge": b64url(b"x" * 32)}}, "ASSERTION_CHALLENGE"),
    ({"said": {"challenge": ASKED["challenge"] + "="}}, "ASSERTION_CHALLENGE"),
    ({"said": {"origin": "https://desk.example"}}, "ASSERTION_ORIGIN"),
    ({"said": {"origin": "https://desk.example.evil:8443"}}, "ASSERTION_ORIGIN"),
    ({"said": {"crossOrigin": True}}, "ASSERTION_ORIGIN"),
    ({"said": {"crossOrigin": "false"}}, "ASSERTION_ORIGIN"),
    ({"said": {"topOrigin": "https://evil.example"}}, "ASSERTION_ORIGIN"),
    ({"rp_id": "evil.example"}, "ASSERTION_ORIGIN"),
    ({"flags": UP}, "ASSERTION_NOT_VERIFIED"),
    ({"flags": UV}, "ASSERTION_NOT_VERIFIED"),
    ({"flags": UP | UV | BS}, "ASSERTION_SIGNATURE"),  # copied, although it cannot be
    ({"flags": UP | UV | AT}, "ASSERTION_SIGNATURE"),  # a credential announced, none there
    ({"flags": UP | UV | ED}, "ASSERTION_SIGNATURE"),
    ({"data": b"\x00" * 36}, "ASSERTION_MALFORMED"),
    ({"data": b""}, "ASSERTION_MALFORMED"),
    ({"client": b"[]"}, "ASSERTION_MALFORMED"),
    ({"client": b"\xff{}"}, "ASSERTION_MALFORMED"),
    ({"client": b"{}" + b" " * 9000}, "ASSERTION_MALFORMED"),
    ({"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"}, "ASSERTION_SIGNATURE"),
]


@pytest.mark.parametrize(("lies", "code"), LIES)
def test_each_lie_of_an_assertion_is_refused_with_its_code(lies: dict[str, Any], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        signed(HONEST.get(ASKED, **lies), ABOUT.challenge, DESK, KEY)
    assert refused.value.code == code


def test_another_key_another_challenge_and_a_count_that_goes_back_are_refused() -> None:
    stranger = Authenticator(ORIGIN, id=HONEST.id)
    with pytest.raises(KeyRefused, match="does not hold") as refused:
        signed(stranger.get(ASKED), ABOUT.challenge, DESK, KEY)
    assert refused.value.code == "ASSERTION_SIGNATURE"
    other = replace(ABOUT, digest="sha256:" + "1" * 64)
    with pytest.raises(KeyRefused) as refused:
        signed(HONEST.get(ASKED), other.challenge, DESK, KEY)
    assert refused.value.code == "ASSERTION_CHALLENGE"
    for count, stored in ((7, 7), (6, 7), (0, 7)):
        with pytest.raises(KeyRefused, match=f"counts {count} uses, {stored} were seen") as refused:
            signed(HONEST.get(ASKED, count=count), ABOUT.challenge, DESK, replace(KEY, count=stored))
        assert refused.value.code == "ASSERTION_COUNT"


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        ({"said": {"type": "webauthn.get"}}, "ASSERTION_TYPE"),
        ({"said": {"origin": "http://desk.example:8443"}}, "ASSERTION_ORIGIN"),
        ({"rp_id": "evil.example"}, "ASSERTION_MALFORMED"),
        ({"flags": UP | AT}, "ASSERTION_NOT_VERIFIED"),
        ({"flags": UV | AT}, "ASSERTION_NOT_VERIFIED"),
        ({"flags": UP | UV}, "ASSERTION_MALFORMED"),
        ({"fmt": "tpm"}, "APPROVAL_KEY_KIND"),
        ({"fmt": ["none"]}, "ASSERTION_MALFORMED"),
        ({"fmt": "packed", "statement": {"alg": -7, "sig": b"no"}}, "ASSERTION_MALFORMED"),
        ({"statement": {"sig": b"x"}}, "ASSERTION_MALFORMED"),
        ({"statement": 7}, "ASSERTION_MALFORMED"),
        ({"cose": {1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x01" * 32}}, "ASSERTION_MALFORMED"),
        ({"cose": {1: 2, 3: -7}}, "ASSERTION_MALFORMED"),
        ({"cose": {1: 2, 3: -65535, -1: 1}}, "ASSERTION_MALFORMED"),
        ({"cose": [1, 2]}, "ASSERTION_MALFORMED"),
        ({"attestation": b"\xa0"}, "ASSERTION_MALFORMED"),
        ({"attestation": cbor2.dumps([1])}, "ASSERTION_MALFORMED"),
        ({"attestation": _attestation(2**40)}, "ASSERTION_MALFORMED"),
        ({"attestation": _attestation("x" * 200)}, "ASSERTION_MALFORMED"),
        ({"attestation": b"\x81" * 5000}, "ASSERTION_MALFORMED"),
    ],
)
def test_each_lie_of_a_new_key_is_refused_with_its_code(lies: dict[str, Any], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        made(HONEST.create(ASKED, **lies), ABOUT.challenge, DESK)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["p384", "rsa1024"])
def test_a_key_that_could_not_be_verified_later_is_not_taken(kind: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        made(Authenticator(ORIGIN, kind).create(ASKED), ABOUT.challenge, DESK)
    assert refused.value.code == "APPROVAL_KEY_KIND"


def test_a_key_called_otherwise_by_its_browser_is_not_taken() -> None:
    with pytest.raises(KeyRefused):
        made(replace(CREATED, credential=b64url(b"another")), ABOUT.challenge, DESK)


PARTS = ("client_data", "attestation", "credential")
TEXTS = st.text(max_size=40) | st.binary(max_size=300).map(b64url)


@settings(max_examples=150)
@given(st.sampled_from(PARTS), st.data())
def test_any_bytes_of_a_new_key_are_taken_or_refused(part: str, data: st.DataObject) -> None:
    whole = getattr(CREATED, part)
    cut = st.integers(0, len(whole) - 1).map(lambda at: whole[:at])
    turned = st.integers(0, 8 * len(unb64url(whole)) - 1).map(lambda at: flipped(whole, at))
    given_ = replace(CREATED, **{part: data.draw(TEXTS | cut | turned)})
    try:
        found = made(given_, ABOUT.challenge, DESK)
    except KeyRefused:
        return
    assert found.id == given_.credential


@settings(max_examples=150)
@given(st.sampled_from(("authenticator_data", "client_data", "signature")), st.data())
def test_nothing_but_what_the_key_signed_is_taken_and_a_stranger_judges_alike(
    part: str, data: st.DataObject
) -> None:
    whole = getattr(SAID, part)
    cut = st.integers(0, len(whole) - 1).map(lambda at: whole[:at])
    turned = st.integers(0, 8 * len(unb64url(whole)) - 1).map(lambda at: flipped(whole, at))
    given_ = replace(SAID, **{part: data.draw(TEXTS | cut | turned)})
    with pytest.raises(KeyRefused):
        signed(given_, ABOUT.challenge, DESK, KEY)
    if all(_reads(getattr(given_, each.name)) for each in fields(given_)[2:]):
        with pytest.raises(AuditError):
            paper(given_, KEY).check()


def _reads(text: str) -> bool:
    try:
        return bool(unb64url(text))
    except ValueError:
        return False


VECTORS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("webauthn_vectors.json").read_text("utf-8")
)
"""Of the standard itself: Web Authentication Level 3, section "Test Vectors"."""
STANDARD = Desk("https://example.org", "example.org")


@pytest.mark.parametrize(
    ("name", "creation", "assertion"),
    [
        ("packed-self.ES256", "", "ASSERTION_NOT_VERIFIED"),
        ("packed.RS256", "", "ASSERTION_NOT_VERIFIED"),
        ("none.ES256.long-credential-id", "ASSERTION_NOT_VERIFIED", ""),
        ("none.ES256", "ASSERTION_NOT_VERIFIED", "ASSERTION_NOT_VERIFIED"),
        ("packed.EdDSA", "ASSERTION_NOT_VERIFIED", "ASSERTION_NOT_VERIFIED"),
        ("none.ES256.crossOrigin", "ASSERTION_ORIGIN", "ASSERTION_ORIGIN"),
        ("none.ES256.topOrigin", "ASSERTION_ORIGIN", "ASSERTION_ORIGIN"),
    ],
)
def test_the_standards_own_vectors_are_taken_where_a_person_was_verified_and_all_their_signatures_hold(
    name: str, creation: str, assertion: str
) -> None:
    raw = {key: bytes.fromhex(value) for key, value in VECTORS[name].items()}
    text = {key: b64url(value) for key, value in raw.items()}
    new = GivenKey("n", text["id"], text["created_client"], text["attestation"])
    assert _code(lambda: made(new, raw["created_challenge"], STANDARD)) == creation
    cose = parse_attestation_object(raw["attestation"]).auth_data.attested_credential_data
    assert cose is not None
    public = cose.credential_public_key
    key = replace(KEY, id=text["id"], cose=b64url(public), count=0)
    said = GivenAssertion("n", text["id"], text["data"], text["client"], text["signature"])
    assert _code(lambda: signed(said, raw["challenge"], STANDARD, key)) == assertion
    spki = decoded_public_key_to_cryptography(decode_credential_public_key(public)).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    data = raw["data"] + hashlib.sha256(raw["client"]).digest()
    assert signed_by(spki, raw["signature"], data)
    assert not signed_by(spki, raw["signature"], data + b"\0")


def _code(act: Callable[[], object]) -> str:
    try:
        act()
    except KeyRefused as refused:
        return refused.code
    return ""


def test_nothing_of_a_key_is_told_where_it_is_printed() -> None:
    assert CREATED.attestation not in repr(CREATED)
    assert KEY.cose not in repr(KEY)
    assert isinstance(CREATED, GivenKey)
