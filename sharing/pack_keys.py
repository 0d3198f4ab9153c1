"""The keys of a case: the federation's directory, read with nothing but the standard library.

`sharing.directory` reads it for a node; this is the same check for who has only an evidence pack.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.errors import AuditError
from audit.keys import VerifyKey
from sharing.encoding import unb64url
from sharing.errors import FieldRefused

DIRECTORY_TYPE = "entente-directory+jwt"
MANDATE_TYPE = "entente-mandate+jwt"
_MAX_STATEMENT = 2_000_000


@dataclass(frozen=True, slots=True)
class DatedKey:
    """A node's key, what it is for, and from when to when (Unix seconds) its signatures count."""

    node: str
    use: str
    key: VerifyKey
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True)
class Keys:
    """What the directory says: version, life, keys by key id, and the log keys of each node."""

    version: int
    issued_at: int
    expires_at: int
    by_kid: Mapping[str, DatedKey]
    logs: Mapping[str, tuple[VerifyKey, ...]]

    def key(self, kid: str, node: str, use: str, at: int) -> VerifyKey:
        """The key of that id, if it is the node's for that use at that second; `FieldRefused` otherwise."""
        found = self.by_kid.get(kid)
        if found is None or (found.node, found.use) != (node, use):
            raise FieldRefused(f"key {kid[:80]} is no {use} key of {node} in directory {self.version}")
        if not found.not_before <= at < found.not_after:
            raise FieldRefused(f"key {kid} counts from {found.not_before} to {found.not_after}, not at {at}")
        return found.key


def read_keys(text: str, federation: VerifyKey) -> Keys:
    """The directory `text` (a compact JWS), once the federation's key signed it; else `FieldRefused`."""
    value = json_object(jws_payload(text, kid_of(federation), DIRECTORY_TYPE, federation))
    try:
        keys = [_dated(str(node["id"]), key) for node in value["nodes"] for key in node["keys"]]
        logs = {str(node["id"]): _log_keys(node) for node in value["nodes"]}
        life = (int(value["version"]), int(value["issued_at"]), int(value["expires_at"]))
    except (AuditError, KeyError, TypeError, ValueError) as error:
        raise FieldRefused(f"directory: is not in its form ({error})") from error
    return Keys(*life, {kid_of(each.key): each for each in keys}, logs)


def kid_of(key: VerifyKey) -> str:
    """The key's id as it stands in signatures."""
    return f"{key.name}:{key.key_id.hex()}"


def jws_payload(text: str, kid: str, typ: str, key: VerifyKey) -> bytes:
    """The payload of a compact JWS that `key` signed under exactly our header; `FieldRefused` otherwise."""
    signing_input, _, signature = text.rpartition(".")
    head, _, payload = signing_input.partition(".")
    if json_object(unb64url(head)) != {"alg": "Ed25519", "kid": kid, "typ": typ}:
        raise FieldRefused(f"JWS: the header is not alg Ed25519, kid {kid}, typ {typ}")
    if not key.verify(unb64url(signature), signing_input.encode()):
        raise FieldRefused(f"JWS: the signature is not of {kid}")
    return unb64url(payload)


def jws_kid(text: str) -> str:
    """The key id that a compact JWS names, not verified."""
    return str(json_object(unb64url(text.partition(".")[0])).get("kid", ""))


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object in bytes; `FieldRefused` if there is none."""
    if len(data) > _MAX_STATEMENT:
        raise FieldRefused(f"JSON: {len(data)} bytes, at most {_MAX_STATEMENT} are read")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FieldRefused("JSON: cannot be read") from error
    if not isinstance(value, dict):
        raise FieldRefused(f"JSON: a {type(value).__name__}, an object is needed")
    return value


def _dated(node: str, key: Mapping[str, Any]) -> DatedKey:
    dates = (int(key["not_before"]), int(key["not_after"]))
    return DatedKey(node, str(key["use"]), VerifyKey.parse(key["vkey"]), *dates)


def _log_keys(node: Mapping[str, Any]) -> tuple[VerifyKey, ...]:
    found = [node["log_vkey"], *(key["vkey"] for key in node["keys"] if key["use"] == "log")]
    return tuple(VerifyKey.parse(vkey) for vkey in dict.fromkeys(found))
