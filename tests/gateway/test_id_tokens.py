"""Tokens of an identity provider: one that is right, and everything about it that may be wrong."""

import base64
import json
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, KeyParameters, KeySet, OctKey, OKPKey, RSAKey

from gateway.errors import ProviderSilent, SignInRefused
from gateway.id_tokens import (
    ALGORITHMS,
    LOGOUT_EVENT,
    LONGEST_TOKEN,
    Expected,
    Logout,
    Reason,
    checked_id_token,
    checked_logout,
    checked_response_issuer,
    kid_of,
)
from gateway.provider import usable_keys

NOW = 1_800_000_000
ISSUER = "https://idp.example"
KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "k2"})
OTHER_ED = OKPKey.generate_key("Ed25519", {"kid": "k3"})
KEYS = KeySet([ECKey.import_key(KEY.as_dict(private=False))])
ASKED = Expected(ISSUER, "entente", "n-1", max_age=300, acr_values=("urn:mfa", "urn:card"))
GOOD = {
    "iss": ISSUER,
    "aud": "entente",
    "sub": "idp|1",
    "exp": NOW + 300,
    "iat": NOW - 1,
    "nonce": "n-1",
    "auth_time": NOW - 20,
    "acr": "urn:card",
}
GONE = object()
LOGOUT = {
    "iss": ISSUER,
    "aud": ["entente"],
    "sub": "idp|1",
    "sid": "s-1",
    "exp": NOW + 100,
    "iat": NOW - 1,
    "jti": "j-1",
    "events": {LOGOUT_EVENT: {}},
}


def signed(claims: dict[str, Any], key: ECKey = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": key.kid} | header, claims, key)


def changed(good: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: said for name, said in (good | changes).items() if said is not GONE}


def code_of(token: str, asked: Expected = ASKED) -> str:
    with pytest.raises(SignInRefused) as refused:
        checked_id_token(token, KEYS, asked, NOW)
    return refused.value.code


def test_a_right_token_tells_who_it_is() -> None:
    assert checked_id_token(signed(GOOD), KEYS, ASKED, NOW) == GOOD
    several = changed(GOOD, aud=["entente", "other"], azp="entente")
    assert checked_id_token(signed(several), KEYS, ASKED, NOW) == several
    plain = changed(GOOD, auth_time=GONE, acr=GONE)
    assert checked_id_token(signed(plain), KEYS, Expected(ISSUER, "entente", "n-1"), NOW) == plain


def key_for(algorithm: str) -> Key:
    """A key of a provider that signs so."""
    told: KeyParameters = {"kid": "k-1", "use": "sig"}
    if algorithm.startswith("Ed"):
        return OKPKey.generate_key("Ed25519", told)
    curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
    if algorithm in curves:
        return ECKey.generate_key(curves[algorithm], told)
    return RSAKey.generate_key(2048, told)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_that_is_promised_is_taken_without_a_word(algorithm: str) -> None:
    key = key_for(algorithm)
    public = usable_keys({"keys": [key.as_dict(private=False)]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # who signs is not us
        token = jwt.encode({"alg": algorithm, "kid": "k-1"}, GOOD, key, algorithms=[algorithm])
    assert checked_id_token(token, public, ASKED, NOW) == GOOD
    with pytest.raises(SignInRefused) as refused:
        checked_id_token(token, usable_keys({"keys": [OTHER_ED.as_dict(private=False)]}), ASKED, NOW)
    assert refused.value.code == "ID_TOKEN_KEY"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": f"{ISSUER}/"}, "ID_TOKEN_ISSUER"),
        ({"iss": [ISSUER]}, "ID_TOKEN_ISSUER"),
        ({"iss": GONE}, "ID_TOKEN_ISSUER"),
        ({"aud": "other"}, "ID_TOKEN_AUDIENCE"),
        ({"aud": ["other"]}, "ID_TOKEN_AUDIENCE"),
        ({"aud": []}, "ID_TOKEN_AUDIENCE"),
        ({"aud": GONE}, "ID_TOKEN_AUDIENCE"),
        ({"aud": ["entente", "other"]}, "ID_TOKEN_PARTY"),
        ({"aud": ["entente", "other"], "azp": "other"}, "ID_TOKEN_PARTY"),
        ({"azp": "other"}, "ID_TOKEN_PARTY"),
        ({"sub": GONE}, "ID_TOKEN_SUBJECT"),
        ({"sub": ""}, "ID_TOKEN_SUBJECT"),
        ({"sub": "x" * 256}, "ID_TOKEN_SUBJECT"),
        ({"sub": "a\nb"}, "ID_TOKEN_SUBJECT"),
        ({"sub": 7}, "ID_TOKEN_SUBJECT"),
        ({"exp": NOW - 30}, "ID_TOKEN_EXPIRED"),
        ({"exp": GONE}, "ID_TOKEN_EXPIRED"),
        ({"exp": "tomorrow"}, "ID_TOKEN_EXPIRED"),
        ({"exp": True}, "ID_TOKEN_EXPIRED"),
        ({"nbf": NOW + 31}, "ID_TOKEN_ISSUED_AT"),
        ({"iat": NOW + 31}, "ID_TOKEN_ISSUED_AT"),
        ({"iat": NOW - 631}, "ID_TOKEN_ISSUED_AT"),
        ({"iat": GONE}, "ID_TOKEN_ISSUED_AT"),
        ({"nonce": "n-2"}, "ID_TOKEN_NONCE"),
        ({"nonce": GONE}, "ID_TOKEN_NONCE"),
        ({"auth_time": GONE}, "ID_TOKEN_AUTH_TIME"),
        ({"auth_time": NOW - 331}, "ID_TOKEN_AUTH_TIME"),
        ({"auth_time": NOW + 31}, "ID_TOKEN_AUTH_TIME"),
        ({"auth_time": "now"}, "ID_TOKEN_AUTH_TIME"),
        ({"auth_time": 1e400}, "ID_TOKEN_AUTH_TIME"),
        ({"acr": "0"}, "ID_TOKEN_ACR"),
        ({"acr": GONE}, "ID_TOKEN_ACR"),
        ({"acr": ["urn:card"]}, "ID_TOKEN_ACR"),
        ({"at_hash": "AAAA"}, "ID_TOKEN_HASH"),
    ],
)
def test_every_claim_that_is_wrong_has_its_own_code(changes: dict[str, Any], code: str) -> None:
    asked = Expected(ISSUER, "entente", "n-1", 300, ASKED.acr_values, access_token="t")
    assert code_of(signed(changed(GOOD, **changes)), asked) == code


def test_a_nonce_is_never_taken_for_none() -> None:
    assert code_of(signed(GOOD), Expected(ISSUER, "entente", "")) == "ID_TOKEN_NONCE"


def test_signatures_that_do_not_count() -> None:
    forged = signed(GOOD, OTHER, kid="k1")
    assert code_of(forged) == "ID_TOKEN_SIGNATURE"
    assert code_of(signed(GOOD, OTHER)) == "ID_TOKEN_KEY"
    head, body, signature = signed(GOOD).split(".")
    assert code_of(f"{head}.{body}x.{signature}") in {"ID_TOKEN_SIGNATURE", "ID_TOKEN_MALFORMED"}
    public = json.dumps(KEY.as_dict(private=False)).encode()
    confused = jwt.encode({"alg": "HS256", "kid": "k1"}, GOOD, OctKey.import_key(public))
    assert code_of(confused) == "ID_TOKEN_ALGORITHM"
    nothing = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert code_of(f"{nothing}.{body}.") == "ID_TOKEN_ALGORITHM"
    rs256 = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k1"}').decode().rstrip("=")
    assert code_of(f"{rs256}.{body}.{signature}") == "ID_TOKEN_ALGORITHM"


@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode() + ".e30.x")
)
def test_what_is_no_token_is_malformed_and_nothing_else(text: str) -> None:
    assert code_of(text) in {"ID_TOKEN_MALFORMED", "ID_TOKEN_ALGORITHM"}


def test_a_token_too_long_and_a_key_name_too_odd_are_malformed() -> None:
    assert code_of("a" * (LONGEST_TOKEN + 1)) == "ID_TOKEN_MALFORMED"
    with pytest.raises(SignInRefused, match="names its key"):
        kid_of(signed(GOOD, kid="\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*GOOD, "azp", "nbf", "at_hash", "amr"]), JSON)
def test_whatever_a_claim_says_the_token_is_taken_whole_or_refused_by_a_code(claim: str, said: Any) -> None:
    try:
        told = checked_id_token(signed(GOOD | {claim: said}), KEYS, ASKED, NOW)
    except SignInRefused as refused:
        code = refused.code
    else:
        code = ""
        wanted = {"iss": ISSUER, "nonce": "n-1", "azp": "entente"}
        assert claim not in wanted or not said or said == wanted[claim]
        assert told["aud"] in ("entente", ["entente"])
    assert code in {"", *Reason}


def test_a_logout_token_tells_whose_sessions_end() -> None:
    assert checked_logout(signed(LOGOUT, typ="logout+jwt"), KEYS, ASKED, NOW) == Logout(
        "idp|1", "s-1", "j-1", NOW + 131
    )
    for gone, told in (("sub", ("", "s-1")), ("sid", ("idp|1", ""))):
        found = checked_logout(signed(changed(LOGOUT, **{gone: GONE})), KEYS, ASKED, NOW)
        assert (found.subject, found.session) == told


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil"}, "ID_TOKEN_ISSUER"),
        ({"aud": "other"}, "ID_TOKEN_AUDIENCE"),
        ({"exp": NOW - 31}, "ID_TOKEN_EXPIRED"),
        ({"iat": NOW - 631}, "ID_TOKEN_ISSUED_AT"),
        ({"iat": GONE}, "ID_TOKEN_ISSUED_AT"),
        ({"jti": GONE}, "LOGOUT_TOKEN_ID"),
        ({"jti": ""}, "LOGOUT_TOKEN_ID"),
        ({"events": GONE}, "LOGOUT_TOKEN_EVENT"),
        ({"events": {}}, "LOGOUT_TOKEN_EVENT"),
        ({"events": [LOGOUT_EVENT]}, "LOGOUT_TOKEN_EVENT"),
        ({"events": {LOGOUT_EVENT: True}}, "LOGOUT_TOKEN_EVENT"),
        ({"nonce": "n-1"}, "LOGOUT_TOKEN_NONCE"),
        ({"sub": GONE, "sid": GONE}, "LOGOUT_TOKEN_NOBODY"),
        ({"sub": 7}, "ID_TOKEN_SUBJECT"),
        ({"sid": ""}, "LOGOUT_TOKEN_NOBODY"),
    ],
)
def test_a_logout_token_that_is_wrong_ends_nothing(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        checked_logout(signed(changed(LOGOUT, **changes)), KEYS, ASKED, NOW)
    assert refused.value.code == code


def test_an_id_token_is_no_logout_token_and_the_other_way_round() -> None:
    with pytest.raises(SignInRefused):
        checked_logout(signed(GOOD), KEYS, ASKED, NOW)
    with pytest.raises(SignInRefused, match="not a logout"):
        checked_logout(signed(LOGOUT, typ="at+jwt"), KEYS, ASKED, NOW)
    assert code_of(signed(LOGOUT)) == "ID_TOKEN_NONCE"


@pytest.mark.parametrize(
    ("told", "says_so", "taken"),
    [
        (ISSUER, True, True),
        (ISSUER, None, True),
        (None, None, True),
        (None, False, True),
        (None, True, False),
        ("https://evil", True, False),
        ("https://evil", None, False),
        ("", None, False),
    ],
)
def test_an_answer_comes_from_the_provider_that_was_asked(
    told: str | None, says_so: Any, taken: bool
) -> None:
    metadata = {"authorization_response_iss_parameter_supported": says_so}
    if taken:
        checked_response_issuer(told, metadata, ISSUER)
        return
    with pytest.raises(SignInRefused) as refused:
        checked_response_issuer(told, metadata, ISSUER)
    assert refused.value.code == "RESPONSE_ISSUER"


def test_only_keys_that_can_sign_for_the_provider_are_kept() -> None:
    weak = {"kty": "RSA", "kid": "weak", "e": "AQAB", "n": "x" * 171}
    listed = [
        KEY.as_dict(private=True),
        weak,
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        OTHER.as_dict(private=False) | {"use": "enc"},
        {"kty": "AKP", "kid": "of-tomorrow"},
        {"kty": "EC", "crv": "P-256", "x": "?", "y": "?", "kid": "broken"},
        "nonsense",
    ]
    kept = usable_keys({"keys": listed})
    assert [each.kid for each in kept] == ["k1"]
    assert not next(iter(kept)).is_private


@given(JSON)
def test_what_is_no_set_of_keys_is_refused_or_holds_none(said: Any) -> None:
    try:
        assert not usable_keys({"keys": said})
    except ProviderSilent:
        assert not isinstance(said, list)
