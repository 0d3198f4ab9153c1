"""Our compact JWS against joserfc in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from audit.keys import SigningKey
from sharing.encoding import b64url, unb64url
from sharing.jws import StatementRefused, header, open_statement, sign_statement, verified_payload
from sharing.keys import kid

SEED = b"\5" * 32
KEY = SigningKey.from_seed("fr.ofast/mandate", SEED)
KID = kid(KEY.public)
TYP = "entente-test+jwt"
JWK = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": b64url(SEED), "x": b64url(KEY.public.raw)})
KEYS = {KID: KEY.public}


@given(st.binary(max_size=500))
def test_joserfc_writes_the_same_bytes_and_reads_ours(payload: bytes) -> None:
    head = {"alg": "Ed25519", "kid": KID, "typ": TYP}
    ours = sign_statement(payload, KEY, TYP)
    assert ours == jws.serialize_compact(head, payload, JWK, algorithms=["Ed25519"])
    assert jws.deserialize_compact(ours, JWK, algorithms=["Ed25519"]).payload == payload
    assert open_statement(ours, KEYS, TYP) == payload
    assert verified_payload(ours, header(KID, TYP), KEY.public) == payload


@given(st.data())
def test_a_changed_character_opens_nowhere(data: st.DataObject) -> None:
    text = sign_statement(b'{"a":1}', KEY, TYP)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    with pytest.raises(StatementRefused):
        open_statement(changed, KEYS, TYP)
    with pytest.raises(StatementRefused):
        verified_payload(changed, header(KID, TYP), KEY.public)


@given(st.text(max_size=300))
def test_any_text_is_refused_as_a_statement(text: str) -> None:
    for read in (
        lambda: open_statement(text, KEYS, TYP),
        lambda: verified_payload(text, header(KID, TYP), KEY.public),
    ):
        with pytest.raises(StatementRefused):
            read()


@pytest.mark.parametrize(
    "head",
    [
        '{"alg":"none","kid":"KID","typ":"TYP"}',
        '{"alg":"EdDSA","kid":"KID","typ":"TYP"}',
        '{"alg":"HS256","kid":"KID","typ":"TYP"}',
        '{"alg":"Ed25519","kid":"KID"}',
        '{"alg":"Ed25519","kid":"other","typ":"TYP"}',
        '{"alg":"Ed25519","kid":"KID","typ":"other"}',
        '{"alg":"Ed25519","kid":"KID","typ":"TYP","jwk":{}}',
        '{"alg":"Ed25519","kid":["KID"],"typ":"TYP"}',
        '{"alg":"Ed25519","kid":"KID","typ":"TYP","crit":["b64"],"b64":false}',
        "[]",
        "1",
        '"x"',
        "null",
    ],
)
def test_headers_that_are_not_agreed(head: str) -> None:
    segment = b64url(head.replace("KID", KID).replace("TYP", TYP).encode())
    signing_input = f"{segment}.{b64url(b'{}')}"
    text = f"{signing_input}.{b64url(KEY.sign(signing_input.encode()))}"
    with pytest.raises(StatementRefused):
        open_statement(text, KEYS, TYP)
    with pytest.raises(StatementRefused):
        verified_payload(text, header(KID, TYP), KEY.public)


def test_sizes_are_capped() -> None:
    with pytest.raises(StatementRefused, match="characters"):
        open_statement("a" * 3_000_000, KEYS, TYP)


@given(st.binary(max_size=64))
def test_base64url_round_trip_is_exact(data: bytes) -> None:
    assert unb64url(b64url(data)) == data


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "AA AA", "é", "AA\n", "A+AA", "A/AA"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # any of the three causes
        unb64url(text)


def test_a_signature_has_one_spelling() -> None:
    text = sign_statement(b"{}", KEY, TYP)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]
    with pytest.raises(StatementRefused):
        open_statement(stray, KEYS, TYP)
