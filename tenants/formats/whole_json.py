"""A JSON document read as a whole, as hostile input; and the marks that both formats of cyber units write."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.port import Item, Row
from tenants.jsonl_source import parse

SPACE: Final = uuid.UUID("8d1f0f3e-6d0e-5d39-9b0e-4f0b7a1c2e55")
"""Of the names that our identifiers are made of (RFC 9562, version 5); chosen once."""
NARROWEST_FIRST: Final = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
MOST_OBJECTS: Final = 100_000


def named(*parts: str) -> str:
    """The identifier of something: the same parts, the same identifier."""
    return str(uuid.uuid5(SPACE, "\x1f".join(parts)))


def document(content: bytes, what: str) -> Mapping[str, Any]:
    """The object that a file is; raises `SourceRejected`."""
    try:
        found = parse(content)
    except RecordRejected as rejected:
        raise SourceRejected(rejected.code, "", f"{what}: {rejected.reason}") from rejected
    if not isinstance(found, dict):
        raise SourceRejected(f"NOT_{what}", "", f"a {type(found).__name__}, no object")
    try:
        orjson.dumps(found)  # which no half of a surrogate pair and no depth over 254 goes through
    except orjson.JSONEncodeError as error:
        raise SourceRejected("ENCODING", "", f"{what}: {error}"[:200]) from error
    return found


def objects(value: object, what: str) -> list[Mapping[str, Any] | Rejected]:
    """The objects of a list, each or why it is none; raises `SourceRejected`."""
    if not isinstance(value, list) or len(value) > MOST_OBJECTS:
        raise SourceRejected(f"NOT_{what}", "", f"{what} holds no list of at most {MOST_OBJECTS} objects")
    return [
        each if isinstance(each, dict) else RecordRejected("NOT_A_RECORD", "", f"{each!r:.60} is no object")
        for each in value
    ]


def narrowest(words: Iterable[str]) -> str | None:
    """The narrowest of some TLP 2.0 labels."""
    told = set(words)
    return next((each for each in NARROWEST_FIRST if each in told), None)


def evaluation(envelope: Mapping[str, Any]) -> str:
    """4x4 in one word, as far as it is told."""
    return f"{envelope.get('source', '')}{envelope.get('information', '')}"


def item_of(node: object, row: object) -> Item:
    """A record that came in a field of its own; raises `RecordRejected`. The loader checks its words."""
    shape = {"id": str, "schema": str, "properties": dict, "envelope": dict}
    if not isinstance(node, str) or not isinstance(row, dict) or row.keys() != shape.keys():
        raise RecordRejected("NOT_A_RECORD", "", f"{row!r:.80} is no record of {node!r:.40}")
    for name, kind in shape.items():
        if not isinstance(row[name], kind):
            raise RecordRejected("NOT_A_RECORD", name, f"{row[name]!r:.60} is no {kind.__name__}")
    envelope = row["envelope"]
    lists = {**row["properties"], "envelope.handling": envelope.get("handling") or []}
    for name, values in lists.items():
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise RecordRejected("NOT_VALUES", str(name)[:64], f"{values!r:.60} is no list of texts")
    for name in ("tlp", "source", "information"):
        if not isinstance(envelope.get(name) or "", str):
            raise RecordRejected("NOT_TEXT", f"envelope.{name}", f"{envelope[name]!r:.60} is no text")
    found: Row = row
    return Item(node, found)
