"""Canonical JSON (RFC 8785) for null, booleans, integers within ±(2^53-1), strings, lists and objects.

Floats do not exist here, so no two implementations can disagree on a digit. Keys are ordered by UTF-16 code
units. `parse` accepts canonical bytes only: whatever it returns, `encode` gives the same bytes back.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from audit.errors import FormatRefused

JSON: TypeAlias = bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
MAX_SIZE = 65536
_MAX_DIGITS = 17


def encode(value: JSON) -> bytes:
    """Return the canonical bytes; `FormatRefused` for a float, a foreign type or broken Unicode."""
    try:
        return _ENCODER.encode(_ordered(value, MAX_DEPTH)).encode()
    except UnicodeEncodeError as error:
        raise FormatRefused("canonical JSON: a string holds half a surrogate pair") from error


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"))


def _ordered(value: JSON, depth: int) -> JSON:
    """Return `value` in plain types with ordered keys, or refuse it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value)
    if depth == 0:
        raise FormatRefused(f"canonical JSON: nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        return {
            key: item if type(item := value[key]) is str else _ordered(item, depth - 1)
            for key in _sorted_keys(value)
        }
    if isinstance(value, list | tuple):
        return [_ordered(item, depth - 1) for item in value]
    raise FormatRefused(f"canonical JSON: a {type(value).__name__} has no place in it")


def _integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise FormatRefused("canonical JSON: an integer is beyond 2^53-1")
    return int(value)


def _sorted_keys(value: Mapping[str, JSON]) -> list[str]:
    """Return the keys by UTF-16 code units; for ASCII that is the order Python has."""
    for key in value:
        if not isinstance(key, str):
            raise FormatRefused(f"canonical JSON: a key is a {type(key).__name__}, not a string")
    if "".join(value).isascii():
        return sorted(value)
    return sorted(value, key=_utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def parse(data: bytes) -> JSON:
    """Return the value of canonical bytes; `FormatRefused` for any other bytes, even if they are JSON."""
    if len(data) > MAX_SIZE:
        raise FormatRefused(f"canonical JSON: {len(data)} bytes, at most {MAX_SIZE} are read")
    try:
        value: JSON = _DECODER.decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise FormatRefused("canonical JSON: not JSON, or nested too deeply") from error
    if encode(value) != data:
        raise FormatRefused("canonical JSON: valid JSON in another spelling")
    return value


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the object that the canonical bytes hold; `FormatRefused` if they hold something else."""
    value = parse(data)
    if not isinstance(value, dict):
        raise FormatRefused(f"canonical JSON: a {type(value).__name__}, an object is needed")
    return value


def _pairs(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FormatRefused("canonical JSON: an object has the same key twice")
    return found


def _parse_integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise FormatRefused("canonical JSON: an integer is beyond 2^53-1")
    return int(digits)


def _no_float(digits: str) -> JSON:
    raise FormatRefused(f"canonical JSON: {digits[:40]} is not an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_parse_integer, parse_float=_no_float, parse_constant=_no_float
)
