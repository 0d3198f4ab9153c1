"""At a terminal without a browser: sign-in by a code that is typed in on another machine (RFC 8628)."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import click
import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, Field, ValidationError, field_validator

from gateway.cli.browser_signin import metadata_of
from gateway.visible import visible
from sharing.signin_words import signin_words
from sharing.wording import Language

GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER: Final = 5.0
"""Seconds that are added to the pace each time the provider asks for less (RFC 8628 §3.5)."""
SLOWEST: Final = 60.0
_SECONDS = 20.0
_Text = Annotated[str, Field(min_length=1, max_length=4096)]


class _Offer(BaseModel):
    """What the provider answers to who asks for a code (RFC 8628 §3.2)."""

    device_code: _Text
    user_code: Annotated[str, Field(min_length=1, max_length=64)]
    verification_uri: _Text
    expires_in: Annotated[int, Field(gt=0, le=86_400)]
    interval: Annotated[float, Field(ge=0, le=SLOWEST)] = 5

    @field_validator("verification_uri")
    @classmethod
    def _is_a_page(cls, address: str) -> str:
        if urlsplit(address).scheme not in {"https", "http"} or not urlsplit(address).hostname:
            raise ValueError(f"{address[:200]!r} is no address of a page")
        return address


def id_token_by_code(
    told: Mapping[str, Any],
    language: Language,
    show: Callable[[str], object],
    wait: Callable[[float], object] = time.sleep,
) -> str:
    """An ID token of the provider in `told` (a node's `/auth/native?device`), by a code that `show` is given.

    `click.ClickException` says what went wrong.

    1. The provider is who it says, and gives codes. 2. Ask for one, with our nonce and PKCE. 3. Show it.
    4. Ask at the provider's pace until it is confirmed, refused or over.
    """
    metadata = metadata_of(str(told["issuer"]))  # 1
    places = [metadata.get(name) for name in ("device_authorization_endpoint", "token_endpoint")]
    if not all(isinstance(each, str) for each in places):
        raise click.ClickException(f"{told['issuer']}: gives no codes (device authorization grant)")
    verifier = secrets.token_urlsafe(48)
    with httpx2.Client(timeout=_SECONDS) as http:
        asked = {
            "client_id": told["clientId"],
            "scope": told["scope"],
            "nonce": told["nonce"],
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        offer = _offer(http, metadata["device_authorization_endpoint"], asked)  # 2
        seconds = min(offer.expires_in, int(told["seconds"]))
        words = signin_words()
        code, address = visible(offer.user_code), visible(offer.verification_uri)
        begin = words.begin[language].format(address=address, code=code, minutes=max(1, seconds // 60))
        show(f"{begin}\n\n{words.check[language]}")  # 3
        proof = {"client_id": told["clientId"], "device_code": offer.device_code, "code_verifier": verifier}
        ends, pace = time.monotonic() + seconds, max(1.0, offer.interval)
        while True:  # 4
            wait(pace)
            if time.monotonic() > ends:
                raise click.ClickException(words.over[language])
            token, pace = _asked(http, metadata["token_endpoint"], proof, pace, language)
            if token is not None:
                return token


def _offer(http: httpx2.Client, address: str, asked: Mapping[str, Any]) -> _Offer:
    try:
        answer = http.post(address, data=dict(asked))
        if not answer.is_success:
            raise click.ClickException(f"{address}: gives no code ({_error(answer)})")
        return _Offer.model_validate_json(answer.content)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise click.ClickException(f"{address}: cannot be reached ({error})") from error
    except ValidationError as error:
        fields = ", ".join(sorted({str(each["loc"][0]) if each["loc"] else "all" for each in error.errors()}))
        raise click.ClickException(f"{address}: its answer is no code to type in ({fields})") from error


def _asked(
    http: httpx2.Client, address: str, proof: Mapping[str, Any], pace: float, language: Language
) -> tuple[str | None, float]:
    """The ID token, or None while the code is not confirmed yet, and the seconds until the next time."""
    try:
        answer = http.post(address, data={"grant_type": GRANT, **proof})
    except httpx2.InvalidURL as error:
        raise click.ClickException(f"{address}: is no address to get a token at ({error})") from error
    except httpx2.HTTPError:
        return None, min(SLOWEST, pace * 2)
    if answer.is_success:
        return _id_token(answer, address), pace
    match _error(answer):
        case "authorization_pending":
            return None, pace
        case "slow_down":
            return None, min(SLOWEST, pace + SLOWER)
        case "access_denied":
            raise click.ClickException(signin_words().refused[language])
        case "expired_token":
            raise click.ClickException(signin_words().over[language])
        case other:
            raise click.ClickException(f"{address}: gave no token ({other})")


def _id_token(answer: httpx2.Response, address: str) -> str:
    try:
        token = answer.json().get("id_token")
    except (ValueError, AttributeError) as error:
        raise click.ClickException(f"{address}: answered, but not as a provider does") from error
    if not isinstance(token, str):
        raise click.ClickException(f"{address}: gave no ID token; the scope must hold openid")
    return token


def _error(answer: httpx2.Response) -> str:
    """The provider's error code, or the status where it told none."""
    try:
        told = answer.json().get("error")
    except (ValueError, AttributeError):
        told = None
    return visible(told)[:80] if isinstance(told, str) else str(answer.status_code)
