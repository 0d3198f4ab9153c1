"""What an identity provider says in tokens, held to what was asked: ID tokens and logout tokens.

Nothing here reaches out: a token, the provider's keys and what is expected go in; claims come out, or a
`SignInRefused` with a code of its own for every reason. The rules are those of OpenID Connect Core 1.0
§3.1.3.7 and Back-Channel Logout 1.0 §2.6, the algorithms asymmetric ones that are named here (RFC 8725 §3.1).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ConflictAlgorithmError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    KeyParameterError,
    UnsupportedAlgorithmError,
)
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import KeySet

from gateway.errors import SignInRefused

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519"),  # the same signature: the older name (RFC 8037), and RFC 9864's
)
LEEWAY: Final = 30
"""Seconds by which the provider's clock and ours may differ."""
OLDEST: Final = 600
"""Seconds after which a token that was just asked for, or a logout that was just told, is too old."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_TOKEN: Final = 16_384
LONGEST_NAME: Final = 255
"""Of `sub`, `sid` and `jti`; OpenID Connect Core §2 says so of `sub`."""
_KID = re.compile(r"[\x20-\x7e]{1,256}")


class Reason(StrEnum):
    """Why a token or an answer of the provider is not accepted. Codes are stable."""

    MISSING = "ID_TOKEN_MISSING"
    MALFORMED = "ID_TOKEN_MALFORMED"
    ALGORITHM = "ID_TOKEN_ALGORITHM"
    KEY = "ID_TOKEN_KEY"
    SIGNATURE = "ID_TOKEN_SIGNATURE"
    ISSUER = "ID_TOKEN_ISSUER"
    AUDIENCE = "ID_TOKEN_AUDIENCE"
    PARTY = "ID_TOKEN_PARTY"
    SUBJECT = "ID_TOKEN_SUBJECT"
    EXPIRED = "ID_TOKEN_EXPIRED"
    ISSUED_AT = "ID_TOKEN_ISSUED_AT"
    NONCE = "ID_TOKEN_NONCE"
    AUTH_TIME = "ID_TOKEN_AUTH_TIME"
    ACR = "ID_TOKEN_ACR"
    HASH = "ID_TOKEN_HASH"
    RESPONSE_ISSUER = "RESPONSE_ISSUER"
    PROVIDER_ISSUER = "PROVIDER_ISSUER"
    PROVIDER_REFUSED = "PROVIDER_REFUSED"
    LOGOUT_TYPE = "LOGOUT_TOKEN_TYPE"
    LOGOUT_EVENT = "LOGOUT_TOKEN_EVENT"
    LOGOUT_NONCE = "LOGOUT_TOKEN_NONCE"
    LOGOUT_NOBODY = "LOGOUT_TOKEN_NOBODY"
    LOGOUT_ID = "LOGOUT_TOKEN_ID"
    LOGOUT_REPLAYED = "LOGOUT_TOKEN_REPLAYED"


_OF_CLAIM: Final[Mapping[str, Reason]] = {
    "iss": Reason.ISSUER,
    "aud": Reason.AUDIENCE,
    "azp": Reason.PARTY,
    "sub": Reason.SUBJECT,
    "exp": Reason.EXPIRED,
    "nbf": Reason.ISSUED_AT,
    "iat": Reason.ISSUED_AT,
    "nonce": Reason.NONCE,
    "auth_time": Reason.AUTH_TIME,
    "acr": Reason.ACR,
    "at_hash": Reason.HASH,
    "jti": Reason.LOGOUT_ID,
    "events": Reason.LOGOUT_EVENT,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it and for whom, and what was asked for in the request.

    `max_age` are the seconds since the person was last asked for a proof of who they are; None asks for none.
    Of `acr_values` one must have been reached; none named, none is asked for.
    """

    issuer: str
    client: str
    nonce: str = ""
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    access_token: str | None = None


@dataclass(frozen=True, slots=True)
class Logout:
    """Whose sessions end: all of `subject`, or the one that the provider calls `session`.

    One of the two is not empty; with both, the sessions that fit both. `id` counts once, `until` then.
    """

    subject: str
    session: str
    id: str
    until: int


def refuse(reason: Reason, said: str) -> NoReturn:
    """Raise the reason; `said` names both sides and holds nothing secret."""
    raise SignInRefused(reason.value, f"sign-in: {said}")


def kid_of(token: str) -> str | None:
    """The name of the key that a token says it is signed with; None where it names none.

    `SignInRefused` when it is no signed token, or with an algorithm that is not accepted.
    """
    header = _header(token)
    if (algorithm := header.get("alg")) not in ALGORITHMS:
        refuse(Reason.ALGORITHM, f"the token is signed with {str(algorithm)[:20]!r}, which is not accepted")
    kid = header.get("kid")
    if kid is not None and not (isinstance(kid, str) and _KID.fullmatch(kid)):
        refuse(Reason.MALFORMED, "the token names its key in a way that no provider does")
    return kid


def checked_id_token(token: str, keys: KeySet, expected: Expected, now: int) -> Mapping[str, Any]:
    """The claims of an ID token that is for us and answers our request; `SignInRefused` otherwise.

    1. Signed by one of the keys. 2. Issued by the provider, for us alone or with us as the authorised party,
    about somebody, not expired, with our nonce, for this access token. 3. Issued just now. 4. The person was
    authenticated lately, 5. and as strongly, as was asked.
    """
    claims, header = _opened(token, keys)  # 1
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    asked = {"nonce": expected.nonce, "client_id": expected.client, "access_token": expected.access_token}
    _validated(CodeIDToken(claims, header, options, asked), now)  # 2
    _named(claims, "sub", Reason.SUBJECT)
    _issued_lately(claims, now)  # 3
    _authenticated_lately(claims, expected, now)  # 4
    if expected.acr_values and claims.get("acr") not in expected.acr_values:  # 5
        reached, wanted = str(claims.get("acr"))[:80], ", ".join(expected.acr_values)
        refuse(Reason.ACR, f"the provider authenticated the person as {reached!r}, {wanted} is asked for")
    return claims


def checked_logout(token: str, keys: KeySet, expected: Expected, now: int) -> Logout:
    """Whose sessions a logout token ends; `SignInRefused` unless it is one, and the provider's for us.

    1. Signed. 2. Issued by the provider for us, not expired. 3. Just now. 4. A logout and nothing else: its
    type, where one is told, its event, no nonce. 5. Of somebody. 6. With an id, so that it counts once.
    """
    claims, header = _opened(token, keys)  # 1
    if str(header.get("typ", "JWT")) not in {"JWT", "logout+jwt"}:  # 4
        refuse(Reason.LOGOUT_TYPE, f"the token is a {str(header['typ'])[:40]!r}, not a logout+jwt")
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "jti": {"essential": True},
        "events": {"essential": True},
    }
    registry = jwt.JWTClaimsRegistry(now, LEEWAY, **options)  # type: ignore[arg-type]  # as its own type says
    try:
        registry.validate(claims)  # 2
    except ClaimError as error:
        _refused_claim(error)
    _issued_lately(claims, now)  # 3
    events = claims["events"]
    if not (isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)):  # 4
        refuse(Reason.LOGOUT_EVENT, "the logout token does not tell of a logout")
    if "nonce" in claims:
        refuse(Reason.LOGOUT_NONCE, "the logout token has a nonce, as only ID tokens have")
    subject, session = (
        _named(claims, name, Reason.LOGOUT_NOBODY) if claims.get(name) is not None else ""
        for name in ("sub", "sid")
    )
    if not subject and not session:  # 5
        refuse(Reason.LOGOUT_NOBODY, "the logout token names neither a person nor a session")
    told = _named(claims, "jti", Reason.LOGOUT_ID)  # 6
    return Logout(subject, session, told, min(int(claims["exp"]), now + OLDEST) + LEEWAY + 1)


def checked_response_issuer(told: str | None, metadata: Mapping[str, Any], issuer: str) -> None:
    """RFC 9207: the answer names the provider that gives it, and it is the one that was asked.

    A provider that says it does so must; what another one says all the same must be right.
    """
    if told is None and metadata.get("authorization_response_iss_parameter_supported") is True:
        refuse(Reason.RESPONSE_ISSUER, "the answer does not say which provider gives it, as that one does")
    if told is not None and told != issuer:
        refuse(Reason.RESPONSE_ISSUER, f"the answer is from {told[:200]!r}, {issuer} was asked")


class _Registry(jws.JWSRegistry):
    """The library's, for our algorithms. Its own warns of `EdDSA`, the name by which providers still sign."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not accepted")
        return self.algorithms[name]


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > LONGEST_TOKEN:
        refuse(Reason.MALFORMED, f"the token is longer than {LONGEST_TOKEN} characters")
    try:
        return jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SignInRefused(Reason.MALFORMED.value, "sign-in: the token is not a signed JWT") from error


def _opened(token: str, keys: KeySet) -> tuple[dict[str, Any], dict[str, Any]]:
    """Claims and header of a token whose signature holds."""
    kid = kid_of(token)
    try:
        opened = jwt.decode(token, key=keys, registry=_Registry(strict_check_header=False))
    except InvalidKeyIdError:
        refuse(Reason.KEY, f"the token names the key {str(kid)[:80]!r}, which the provider does not have")
    except BadSignatureError:
        refuse(Reason.SIGNATURE, "the signature of the token does not hold")
    except (UnsupportedAlgorithmError, ConflictAlgorithmError, KeyParameterError):
        refuse(Reason.ALGORITHM, "the token is signed with an algorithm that its key is not for")
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise SignInRefused(Reason.MALFORMED.value, "sign-in: the token cannot be read") from error
    return dict(opened.claims), dict(opened.header)


def _validated(claims: CodeIDToken, now: int) -> None:
    try:
        claims.validate(now=now, leeway=LEEWAY)
    except ClaimError as error:
        _refused_claim(error)
    except JoseError as error:
        raise SignInRefused(Reason.MALFORMED.value, "sign-in: the claims cannot be read") from error


def _refused_claim(error: ClaimError) -> NoReturn:
    claim = error.claim.partition(",")[0]
    why = "has expired" if isinstance(error, ExpiredTokenError) else f"the claim {claim} is missing or wrong"
    reason = _OF_CLAIM.get(claim, Reason.MALFORMED)
    raise SignInRefused(reason.value, f"sign-in: the token is not accepted: {why}") from error


def _issued_lately(claims: Mapping[str, Any], now: int) -> None:
    """`iat` is a number here; one that lies in the future has been refused already."""
    if claims["iat"] < now - OLDEST - LEEWAY:
        refuse(Reason.ISSUED_AT, f"the token is {int(now - claims['iat'])} s old, at most {OLDEST} are taken")


def _authenticated_lately(claims: Mapping[str, Any], expected: Expected, now: int) -> None:
    at = claims.get("auth_time")
    if at is None and expected.max_age is None:
        return
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at) or at > now + LEEWAY:
        refuse(Reason.AUTH_TIME, "the provider does not say when the person was authenticated")
    if expected.max_age is not None and at < now - expected.max_age - LEEWAY:
        refuse(
            Reason.AUTH_TIME,
            f"the person was authenticated {int(now - at)} s ago, at most {expected.max_age} were asked for",
        )


def _named(claims: Mapping[str, Any], claim: str, reason: Reason) -> str:
    """A claim that is a short, plain text."""
    said = claims.get(claim)
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_NAME or not said.isprintable():
        refuse(reason, f"the claim {claim} is not a name of at most {LONGEST_NAME} characters")
    return said
