"""The service's identity provider, as the desk reaches it: its metadata, its keys, its tokens.

authlib speaks the protocol; what the tokens must say is `gateway.id_tokens`. Keys are fetched anew when they
are ten minutes old, so a key that the provider has given up is no longer accepted, and once for a key that is
not known yet, but not more often than every thirty seconds whatever strangers send.
"""

import asyncio
import base64
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import orjson
from authlib.common.urls import add_params_to_uri
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from gateway.errors import ProviderSilent
from gateway.id_tokens import (
    Expected,
    Logout,
    Reason,
    checked_id_token,
    checked_logout,
    kid_of,
    refuse,
)
from gateway.settings import SignInPart

KEYS_LIVE: Final = 600.0
KEYS_PAUSE: Final = 30.0
METADATA_LIVES: Final = 3600.0
MOST_BYTES: Final = 262_144
MOST_KEYS: Final = 50
_KINDS = frozenset({"RSA", "EC", "OKP"})
_SMALLEST_RSA = 2048
_SECONDS = 10.0

Fetch = Callable[[], Awaitable[Mapping[str, Any]]]


class ProviderKeys:
    """The provider's keys for signatures, by name; `fetch` gives its JWK set (RFC 7517) as it is now."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys = KeySet([])
        self._fetched_at = -math.inf
        self._turn = asyncio.Lock()

    async def with_key(self, kid: str | None) -> KeySet:
        """The keys in force, fetched anew where they are old or `kid` is not among them.

        `ProviderSilent` when they are old and cannot be fetched: what cannot be checked is not accepted.
        """
        async with self._turn:
            age = self._clock() - self._fetched_at
            unknown = kid is not None and all(each.kid != kid for each in self._keys)
            if age >= KEYS_LIVE or age < 0 or (unknown and age >= KEYS_PAUSE):
                self._keys = usable_keys(await self._fetch())
                self._fetched_at = self._clock()
            return self._keys


def usable_keys(told: Mapping[str, Any]) -> KeySet:
    """The keys of a JWK set that sign: public, asymmetric, strong enough; `ProviderSilent` if it is none.

    A key of a kind that is not known is passed over (RFC 7517 §5), and so is one that is for encryption.
    """
    listed = told.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise ProviderSilent("identity provider: what it gives as its keys is no set of keys")
    found = []
    for each in listed:
        if not isinstance(each, dict) or str(each.get("kty")) not in _KINDS:
            continue
        if each.get("use", "sig") != "sig":
            continue
        if not isinstance(each.get("kid", ""), str):
            continue
        try:
            if each["kty"] == "RSA" and _is_small(each.get("n")):
                continue
            key = JWKRegistry.import_key({name: said for name, said in each.items() if name not in _PRIVATE})
            key.ensure_kid()
        except (JoseError, ValueError, TypeError, AttributeError, LookupError):
            continue
        found.append(key)
    return KeySet(found)


def _is_small(modulus: object) -> bool:
    """Whether a modulus in base64url has fewer bits than a key of our time."""
    if not isinstance(modulus, str):
        return True
    raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(raw).bit_length() < _SMALLEST_RSA


_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "key_ops"})


class Provider:
    """The identity provider of one node."""

    def __init__(
        self, settings: SignInPart, secret: str | None, clock: Callable[[], float] = time.time
    ) -> None:
        """No `secret` means a public client."""
        self._settings, self._clock = settings, clock
        registry = OAuth()
        registry.register(
            "idp",
            client_id=settings.client_id,
            client_secret=secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": _SECONDS,
            },
        )
        self.app: StarletteOAuth2App = registry.idp
        self.keys = ProviderKeys(self._jwks, clock)

    async def metadata(self) -> Mapping[str, Any]:
        """What the provider says of itself, an hour old at most; `ProviderSilent` when it says nothing."""
        loaded = self.app.server_metadata.get("_loaded_at")
        if loaded is not None and not 0 <= time.time() - loaded < METADATA_LIVES:
            del self.app.server_metadata["_loaded_at"]
        try:
            told: Mapping[str, Any] = await self.app.load_server_metadata()
        except (httpx2.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise ProviderSilent(f"identity provider {self._settings.issuer}: does not answer") from error
        return told

    async def must_be_the_issuer(self) -> Mapping[str, Any]:
        """The metadata of the provider that the settings name; OpenID Connect Discovery 1.0 §4.3."""
        metadata = await self.metadata()
        if metadata.get("issuer") != self._settings.issuer:
            told = str(metadata.get("issuer"))[:200]
            refuse(Reason.PROVIDER_ISSUER, f"the provider calls itself {told!r}, not {self._settings.issuer}")
        return metadata

    async def end_address(self, back: str) -> str | None:
        """Where a person ends the session there too, and is led `back`; None where there is no such place.

        OpenID Connect RP-Initiated Logout 1.0 §2. The node keeps no ID token, so none is sent as a hint: the
        provider knows by its own cookie who is there, and asks them.
        """
        place = (await self.must_be_the_issuer()).get("end_session_endpoint")
        told = [("client_id", self._settings.client_id), ("post_logout_redirect_uri", back)]
        try:
            address: str = add_params_to_uri(place, told) if isinstance(place, str) else ""
            return address if urlsplit(address).scheme in {"https", "http"} else None
        except ValueError:
            return None

    async def claims(self, id_token: object, expected: Expected) -> Mapping[str, Any]:
        """The claims of an ID token that answers what was asked; `SignInRefused` says why not."""
        if not isinstance(id_token, str):
            refuse(Reason.MISSING, "the identity provider sent no ID token")
        keys = await self.keys.with_key(kid_of(id_token))
        return checked_id_token(id_token, keys, expected, int(self._clock()))

    async def logout(self, token: str) -> Logout:
        """Whose sessions a logout token ends; `SignInRefused` says why not."""
        expected = Expected(self._settings.issuer, self._settings.client_id)
        keys = await self.keys.with_key(kid_of(token))
        return checked_logout(token, keys, expected, int(self._clock()))

    async def _jwks(self) -> Mapping[str, Any]:
        address = (await self.metadata()).get("jwks_uri")
        try:
            async with (
                httpx2.AsyncClient(timeout=_SECONDS) as client,
                client.stream("GET", str(address)) as got,
            ):
                got.raise_for_status()
                body = bytearray()
                async for part in got.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise ProviderSilent(f"identity provider: its keys are over {MOST_BYTES} bytes")
            told = orjson.loads(bytes(body))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ProviderSilent(f"identity provider: its keys at {address} cannot be read") from error
        if not isinstance(told, dict):
            raise ProviderSilent(f"identity provider: what is at {address} is no set of keys")
        return told
