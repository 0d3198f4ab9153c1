"""Signed statements as compact JWS (RFC 7515), `alg: Ed25519` (RFC 9864): directories, grants, mandates.

Signing is composed here, so that no private key leaves its `audit.signer.Signer`; verifying is joserfc's, off
the hot path. `verified_payload` is the same check for the hot path, on one fixed header. A differential
test holds all of it to joserfc in both directions.
"""

from collections.abc import Mapping

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from audit.keys import VerifyKey
from audit.signer import Signer
from sharing.encoding import b64url, unb64url
from sharing.errors import FieldRefused
from sharing.keys import kid

ALG = "Ed25519"
MAX_STATEMENT = 1_048_576
_MAX_COMPACT = 2 * MAX_STATEMENT


class _Registry(jws.JWSRegistry):
    """joserfc's registry with room for a directory."""

    max_payload_length = MAX_STATEMENT


_REGISTRY = _Registry(algorithms=[ALG])


class StatementRefused(FieldRefused):
    """A compact JWS is not what it should be; the caller says of what and whose."""


def header(kid_: str, typ: str) -> str:
    """The protected header as its base64url segment: `alg`, `kid`, `typ` and nothing else."""
    return b64url(orjson.dumps({"alg": ALG, "kid": kid_, "typ": typ}))


def sign_statement(payload: bytes, key: Signer, typ: str) -> str:
    """The compact JWS of `payload` under header `alg`, `kid`, `typ`."""
    return compact(header(kid(key.public), typ), payload, key)


def compact(header_segment: str, payload: bytes, key: Signer) -> str:
    """The compact JWS of `payload` under a header made by `header` for this key."""
    signing_input = f"{header_segment}.{b64url(payload)}"
    return f"{signing_input}.{b64url(key.sign(signing_input.encode()))}"


def verified_payload(text: str, header_segment: str, key: VerifyKey) -> bytes:
    """The payload, once `key` has signed it under exactly this header; `StatementRefused` otherwise."""
    signing_input, _, signature = text.rpartition(".")
    head, _, payload = signing_input.partition(".")
    if head != header_segment:
        raise StatementRefused("another header than alg, kid and typ as agreed")
    try:
        sealed, content = unb64url(signature), unb64url(payload)
    except ValueError as error:
        raise StatementRefused("payload or signature is not base64url without padding") from error
    if not key.verify(sealed, signing_input.encode()):
        raise StatementRefused(f"signature by {kid(key)} does not hold")
    return content


def open_statement(text: str, keys: Mapping[str, VerifyKey], typ: str) -> bytes:
    """The payload of `text`, once one of `keys` (by kid) has signed it with header `typ`.

    Raises `StatementRefused`.
    """
    if len(text) > _MAX_COMPACT or not text.isascii():
        raise StatementRefused(f"{len(text)} characters, or not ASCII")
    try:
        for segment in text.split("."):
            unb64url(segment)
        statement = jws.extract_compact(text.encode(), registry=_REGISTRY)
        key = _expected(statement.headers(), keys, typ)
        valid = jws.validate_compact(statement, _public(key), registry=_REGISTRY)
    except StatementRefused:
        raise
    except (JoseError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise StatementRefused(f"not a compact JWS: {type(error).__name__}") from error
    if not valid:
        raise StatementRefused(f"signature by {kid(key)} does not hold")
    return statement.payload


def _expected(head: Mapping[str, object], keys: Mapping[str, VerifyKey], typ: str) -> VerifyKey:
    if head.keys() != {"alg", "kid", "typ"} or head["alg"] != ALG or head["typ"] != typ:
        raise StatementRefused(f"header is not alg {ALG}, a kid and typ {typ}")
    name = head["kid"]
    if not isinstance(name, str) or name not in keys:
        raise StatementRefused(f"key {str(name)[:80]!r} is not among {sorted(keys)}")
    return keys[name]


def _public(key: VerifyKey) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64url(key.raw)})
