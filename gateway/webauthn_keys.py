"""What a browser brings from a person's key, read and judged: WebAuthn (W3C Web Authentication Level 3).

Bytes and what was asked for in, a key or its new count out, or a refusal with a code; nothing is kept. The
`webauthn` library does the protocol. What it leaves open is checked before it is called: sizes, spellings,
frames of other origins, the kinds of attestation and of keys. It is loaded when the first key is used.
"""

import hashlib
from typing import Final

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
    parse_cbor,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from audit.approval import SHORTEST, verifiable
from gateway.key_given import Desk, GivenAssertion, GivenKey, KeyRefused, Made, Reason, Signed, refuse
from sharing import reading
from sharing.approval_keys import ApprovalKey
from sharing.encoding import b64url, unb64url

ALGORITHMS: Final = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
"""What every authenticator in use can, the widest spread first; RS256 is for those in Windows."""
_FORMATS: Final = frozenset({"none", "packed"})
"""Attestations that come although none was asked for: none, or the key's own signature."""
_LONGEST: Final = 8192
_LONGEST_ID: Final = 1023
_BROKEN: Final = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError),
)
"""What the library raises on bytes that are not what they should be."""


def made(given: GivenKey, challenge: bytes, desk: Desk) -> Made:
    """The key that a browser brings, made at this desk for this challenge, its person verified.

    1. Bytes of a sensible size. 2. The client data: of a creation, this challenge, this origin, no frame of
    another's. 3. No attestation but the key's own. 4. The protocol, by the library. 5. A key of a kind that
    an approval can be verified with later.
    """
    client_data, attestation = _bytes(given.client_data), _bytes(given.attestation)  # 1
    _check_client_data(client_data, "webauthn.create", challenge, desk)  # 2
    try:
        _check_attestation(attestation)
        parsed = parse_attestation_object(attestation)
        if parsed.fmt not in _FORMATS:  # 3
            refuse(Reason.KIND, f"key: an attestation {str(parsed.fmt)[:40]!r} comes with it, none was asked")
        _check_flags(parsed.auth_data.flags.up, parsed.auth_data.flags.uv)
        found = webauthn.verify_registration_response(  # 4
            credential=RegistrationCredential(
                id=given.credential,
                raw_id=_bytes(given.credential, _LONGEST_ID),
                response=AuthenticatorAttestationResponse(client_data, attestation),
            ),
            expected_challenge=challenge,
            expected_rp_id=desk.rp_id,
            expected_origin=desk.origin,
            require_user_verification=True,
            supported_pub_key_algs=list(ALGORITHMS),
        )
        if b64url(found.credential_id) != given.credential:
            refuse(Reason.MALFORMED, "key: its authenticator calls it otherwise than the browser")
        spki = _spki(found.credential_public_key)  # 5
        return Made(
            id=given.credential,
            cose=b64url(found.credential_public_key),
            spki=spki.hex(),
            aaguid=str(found.aaguid),
            count=int(found.sign_count),
            synced=bool(found.credential_backed_up),
        )
    except _BROKEN as error:
        raise KeyRefused(Reason.MALFORMED, f"key: does not hold: {str(error)[:200]}") from error


def signed(given: GivenAssertion, challenge: bytes, desk: Desk, key: ApprovalKey) -> Signed:
    """What a person's key signed: this challenge, at this desk, the person verified, the count gone up.

    1. Bytes of a sensible size. 2. The client data: of an assertion, this challenge, this origin, no frame of
    another's. 3. The authenticator's data: this desk, a person who was there and verified. 4. The count,
    where the key counts, is above the last one: otherwise there are two of that key. 5. The signature, and
    all of it again, by the library.
    """
    data, client_data = _bytes(given.authenticator_data), _bytes(given.client_data)  # 1
    signature = _bytes(given.signature)
    _check_client_data(client_data, "webauthn.get", challenge, desk)  # 2
    count = _check_data(data, desk)  # 3
    if max(count, key.count) > 0 and count <= key.count:  # 4
        refuse(Reason.COUNT, f"key: counts {count} uses, {key.count} were seen; there may be a copy of it")
    try:
        webauthn.verify_authentication_response(  # 5
            credential=AuthenticationCredential(
                id=given.credential,
                raw_id=_bytes(given.credential, _LONGEST_ID),
                response=AuthenticatorAssertionResponse(client_data, data, signature),
            ),
            expected_challenge=challenge,
            expected_rp_id=desk.rp_id,
            expected_origin=desk.origin,
            credential_public_key=unb64url(key.cose),
            credential_current_sign_count=key.count,
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise KeyRefused(Reason.SIGNATURE, f"assertion: does not hold: {str(error)[:200]}") from error
    return Signed(data, client_data, signature, count)


def _bytes(text: str, most: int = _LONGEST) -> bytes:
    try:
        data = unb64url(text) if len(text) <= 2 * most else b""
    except ValueError as error:
        raise KeyRefused(Reason.MALFORMED, f"what the browser brought: {error}") from error
    if not 0 < len(data) <= most:
        refuse(Reason.MALFORMED, f"what the browser brought: a part has not 1 to {most} bytes")
    return data


def _check_attestation(data: bytes) -> None:
    """A map of a name, a map and bytes (Web Authentication Level 3, section 6.5.4), before the library looks.

    It would make a number that stands for the authenticator's data into as many bytes.
    """
    said = parse_cbor(data)
    kinds = {"fmt": str, "attStmt": dict, "authData": bytes}
    if not isinstance(said, dict) or not all(
        isinstance(said.get(name), kind) for name, kind in kinds.items()
    ):
        refuse(Reason.MALFORMED, f"key: its attestation has not {', '.join(kinds)} as they are expected")


def _check_client_data(data: bytes, kind: str, challenge: bytes, desk: Desk) -> None:
    try:
        said = reading.json_object(data, _LONGEST)
    except ValueError as error:
        raise KeyRefused(Reason.MALFORMED, f"client data: {error}") from error
    for name, wanted, reason in (
        ("type", kind, Reason.TYPE),
        ("challenge", b64url(challenge), Reason.CHALLENGE),
        ("origin", desk.origin, Reason.ORIGIN),
    ):
        if said.get(name) != wanted:
            refuse(reason, f"client data: {name} is {str(said.get(name))[:100]!r}, {wanted!r} was asked for")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        refuse(Reason.ORIGIN, "client data: made in a frame of another origin's page")


def _check_data(data: bytes, desk: Desk) -> int:
    """The count that authenticator data hold (Web Authentication Level 3, section 6.1)."""
    if len(data) < SHORTEST:
        refuse(Reason.MALFORMED, f"authenticator data: {len(data)} bytes, {SHORTEST} at least are expected")
    if data[:32] != hashlib.sha256(desk.rp_id.encode()).digest():
        refuse(Reason.ORIGIN, f"authenticator data: are not for {desk.rp_id}")
    _check_flags(data[32] & 0x01, data[32] & 0x04)
    return int.from_bytes(data[33:37], "big")


def _check_flags(present: object, verified: object) -> None:
    if not present or not verified:
        refuse(Reason.NOT_VERIFIED, "authenticator data: the person was not there, or was not verified")


def _spki(cose: bytes) -> bytes:
    """The key as DER SubjectPublicKeyInfo; refused unless it is of a kind that `audit.approval` verifies."""
    public = decoded_public_key_to_cryptography(decode_credential_public_key(cose))
    der = bytes(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    if not verifiable(der):
        refuse(Reason.KIND, "key: P-256, Ed25519 or RSA of 2048 bits and more are taken")
    return der
