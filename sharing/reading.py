"""Reading foreign JSON objects strictly: exact keys, exact types, capped sizes.

Every function raises `FieldRefused` that names the field; the caller turns it into its own error or value.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

import orjson

from audit.canonical import JSON
from sharing.errors import FieldRefused

Object: TypeAlias = Mapping[str, object]

JsonObject: TypeAlias = Mapping[str, JSON]

MAX_INT = 2**53 - 1


def json_object(data: bytes, cap: int) -> Object:
    """The JSON object in `data`, at most `cap` bytes."""
    if len(data) > cap:
        raise FieldRefused(f"{len(data)} bytes, at most {cap}")
    value = orjson.loads(data)
    if not isinstance(value, dict):
        raise FieldRefused(f"a JSON {type(value).__name__}, not an object")
    return value


def exact(value: object, required: frozenset[str], optional: frozenset[str] = frozenset()) -> Object:
    """`value` as an object with all `required` keys and no others than `optional`."""
    if not isinstance(value, dict):
        raise FieldRefused(f"a {type(value).__name__}, not an object")
    if missing := required - value.keys():
        raise FieldRefused(f"{min(missing)} is missing")
    if unknown := value.keys() - required - optional:
        raise FieldRefused(f"{min(unknown)[:40]!r} is unknown")
    return value


def text(value: Object, key: str, cap: int) -> str:
    """A string of at most `cap` characters, as it is (control characters included)."""
    found = value[key]
    if not isinstance(found, str) or len(found) > cap:
        raise FieldRefused(f"{key} is not a text of at most {cap} characters")
    return found


def matching(value: Object, key: str, form: re.Pattern[str]) -> str:
    """A string that `form` matches as a whole."""
    found = value[key]
    if not isinstance(found, str) or not form.fullmatch(found):
        raise FieldRefused(f"{key} is not of the form {form.pattern}")
    return found


def whole(value: Object, key: str, low: int = 0, high: int = MAX_INT) -> int:
    """An integer (no boolean, no float) from `low` to `high`."""
    found = value[key]
    if type(found) is not int or not low <= found <= high:
        raise FieldRefused(f"{key} is not a whole number from {low} to {high}")
    return found


def items(value: Object, key: str, cap: int) -> list[object]:
    """A list of at most `cap` items."""
    found = value[key]
    if not isinstance(found, list) or len(found) > cap:
        raise FieldRefused(f"{key} is not a list of at most {cap} items")
    return found


def words(value: Object, key: str, cap: int, form: re.Pattern[str]) -> tuple[str, ...]:
    """A list of strings, each of which `form` matches as a whole."""
    found = items(value, key, cap)
    if not all(isinstance(item, str) and form.fullmatch(item) for item in found):
        raise FieldRefused(f"{key} holds something not of the form {form.pattern}")
    return tuple(str(item) for item in found)


def texts(value: Object, key: str, cap: int, longest: int) -> tuple[str, ...]:
    """A list of at most `cap` strings of at most `longest` characters, as they are."""
    found = items(value, key, cap)
    if not all(isinstance(item, str) and len(item) <= longest for item in found):
        raise FieldRefused(f"{key} holds something that is no text of at most {longest} characters")
    return tuple(str(item) for item in found)


def flag(value: Object, key: str) -> bool:
    """A boolean."""
    found = value[key]
    if not isinstance(found, bool):
        raise FieldRefused(f"{key} is not true or false")
    return found


def mapping(value: Object, key: str) -> Mapping[str, JSON]:
    """A JSON object, as canonical JSON was parsed."""
    found = value[key]
    if not isinstance(found, dict):
        raise FieldRefused(f"{key} is not an object")
    return found


def the(value: Object, key: str, wanted: str) -> None:
    """Refuse anything but `wanted`."""
    if value[key] != wanted:
        raise FieldRefused(f"{key} is {str(value[key])[:80]!r}, not {wanted!r}")


def same(written: bytes, read: bytes) -> None:
    """Refuse a document that is not spelt as we would write it."""
    if written != read:
        raise FieldRefused("valid JSON in another spelling than the canonical one, or of another shape")
