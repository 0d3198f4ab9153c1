"""MISP event JSON (MISP core format): each record an object, each value an attribute that carries its codes.

An object's attributes are the cells of its record (`cells.py`), a property's values one attribute each. Tags
are TLP as MISP's taxonomy has it, and ours for handling codes and evaluation. Nothing is distributed further
than the organisation that takes it in, unless a person there says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.cells import cells_of, escaped, parted, row_of
from tenants.formats.graph import drawn
from tenants.formats.port import LEFT_OUT, Format, Item, Parcel, Row, Written, behind
from tenants.formats.whole_json import (
    NARROWEST_FIRST,
    document,
    evaluation,
    item_of,
    named,
    narrowest,
    objects,
)
from tenants.model import EntityModel

_START: Final = "1970-01-01"
_TEMPLATE: Final = named("misp", "template")
_OBJECT: Final = "entente-record"
_TYPES: Final = {
    "email": ("email", "Person"),
    "phone": ("phone-number", "Person"),
    "ip": ("ip-dst", "Network activity"),
    "url": ("url", "Network activity"),
}
"""FollowTheMoney's type of a property, and the type and category of its attribute; else a text."""
_TEXT: Final = ("text", "Other")
_TAKEN: Final = {
    "full-name": ("Person", "name"),
    "phone-number": ("PhoneNumber", "number"),
    "btc": ("CryptoWallet", "publicKey"),
    "iban": ("BankAccount", "iban"),
}
"""Attributes of other programs that are taken, and what they become."""
_INHERIT: Final = "5"
_ENDS = re.compile(r"\A\s+|\s+\Z")


class MispEvent:
    """See `Codec`."""

    format = Format.MISP
    left_out = LEFT_OUT

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One event, unpublished, for one organisation only."""
        about, left = parcel.about, f"left out: {', '.join(behind(self.left_out, parcel))}"
        told = {
            "uuid": named("event", about.get("export", ""), *sorted(each.handle for each in parcel.items)),
            "info": " ".join(["Entente export", *(f"{name} {value}" for name, value in about.items()), left]),
            "date": about.get("madeAt", _START)[:10],
            "distribution": "0",
            "threat_level_id": "4",
            "analysis": "0",
            "published": False,
            "Tag": _tags(
                about.get("handling", "").split(), about.get("evaluation", ""), about.get("tlp", "")
            ),
            "Object": [self._object(each) for each in parcel.items],
        }
        text = orjson.dumps({"Event": told}, option=orjson.OPT_INDENT_2).decode()
        return (Written(".misp.json", "application/json", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """The objects of the event, then its own attributes."""
        event = document(content, "EVENT").get("Event")
        if not isinstance(event, dict):
            raise SourceRejected("NOT_EVENT", "Event", f"{event!r:.60} is no event")
        for each in objects(event.get("Object", []), "EVENT"):
            yield each if isinstance(each, Rejected) else self._read(each)
        for each in objects(event.get("Attribute", []), "EVENT"):
            yield each if isinstance(each, Rejected) else _foreign(each, event)

    def _object(self, item: Item) -> dict[str, Any]:
        envelope, key = item.row["envelope"], _key(item.handle)
        tags = _tags(envelope.get("handling") or (), evaluation(envelope), envelope.get("tlp") or "")
        kind = self._model.kinds.get(item.row["schema"])
        types = {f"ftm:{name}": each.type.name for name, each in (kind.properties if kind else {}).items()}
        attributes = [
            {
                "uuid": named("attribute", item.handle, relation, str(number)),
                "object_relation": relation,
                "type": _TYPES.get(types.get(relation, ""), _TEXT)[0],
                "category": _TYPES.get(types.get(relation, ""), _TEXT)[1],
                "value": value,
                "to_ids": False,
                "distribution": _INHERIT,
                "Tag": tags,
            }
            for number, (relation, value) in enumerate(_told(item))
        ]
        return {
            "uuid": key,
            "name": _OBJECT,
            "meta-category": "misc",
            "description": "A record of a police service, its envelope in entente:…",
            "template_uuid": _TEMPLATE,
            "template_version": "1",
            "distribution": _INHERIT,
            "comment": item.handle,
            "Attribute": attributes,
            "ObjectReference": [
                {"object_uuid": key, "referenced_uuid": _key(end), "relationship_type": "links"}
                for end in self._ends(item)
            ],
        }

    def _ends(self, item: Item) -> list[str]:
        """The handles that a link links."""
        ties = drawn(Parcel((item,)), self._model).ties
        return sorted({end for each in ties for end in (each.source, each.target)})

    def _read(self, told: Mapping[str, Any]) -> Row | Rejected:
        name, handle = told.get("name"), told.get("comment")
        if name != _OBJECT or not isinstance(handle, str):
            return RecordRejected("UNKNOWN_TYPE", "name", f"{name!r:.60} is no {_OBJECT}")
        try:
            row = _row(told)
            item = item_of(handle.partition("/")[0], row)
            _held_to(self._object(item), told)
        except Rejected as rejected:
            return rejected
        return row


def _told(item: Item) -> Iterator[tuple[str, str]]:
    for name, value in cells_of({**item.row, "properties": {}}).items():
        yield name, _kept(value)
    for name, values in item.row["properties"].items():
        yield from ((f"ftm:{name}", _kept(escaped(each))) for each in values)


def _kept(cell: str) -> str:
    """The cell with the spaces at its ends spelt, which MISP would take away."""
    return _ENDS.sub(lambda spaces: "".join(f"\\u{{{ord(each):x}}}" for each in spaces[0]), cell)


def _row(told: Mapping[str, Any]) -> Row:
    cells: dict[str, str] = {}
    properties: dict[str, list[str]] = defaultdict(list)
    for each in objects(told.get("Attribute"), "OBJECT"):
        if isinstance(each, Rejected):
            raise each
        relation, value = each.get("object_relation"), each.get("value")
        if not isinstance(relation, str) or not isinstance(value, str):
            raise RecordRejected("NOT_TEXT", "Attribute", f"{relation!r:.60} with {value!r:.60}")
        if relation.startswith("ftm:"):
            properties[relation.removeprefix("ftm:")] += parted(value, relation[:64])
        elif cells.setdefault(relation, value) != value:
            raise RecordRejected("CONTRADICTS", relation[:64], f"{cells[relation]!r:.60} and {value!r:.60}")
    return {**row_of(cells), "properties": dict(properties)}


def _held_to(expected: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Raise `RecordRejected` when tags or references are not those of the record."""
    ours = {_marked(each) for each in expected["Attribute"]}
    theirs = {_marked(each) for each in told["Attribute"]}
    if ours != theirs:
        raise RecordRejected(
            "CONTRADICTS", "Tag", f"tags {sorted(theirs)!r:.120}, the record {sorted(ours)!r:.120}"
        )
    ends = [
        str(each.get("referenced_uuid"))
        for each in objects(told.get("ObjectReference", []), "OBJECT")
        if not isinstance(each, Rejected)
    ]
    known = [each["referenced_uuid"] for each in expected["ObjectReference"]]
    if sorted(ends) != sorted(known) or any(told.get(name) != expected[name] for name in ("uuid", "comment")):
        raise RecordRejected("ENDS", "ObjectReference", f"{ends!r:.120}, the record says {known!r:.120}")


def _marked(attribute: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(_names(attribute)))


def _names(told: Mapping[str, Any]) -> list[str]:
    tags = told.get("Tag", [])
    return (
        [str(each.get("name")) for each in tags if isinstance(each, dict)] if isinstance(tags, list) else []
    )


def _tags(handling: Iterable[str], told: str, tlp: str) -> list[dict[str, str]]:
    names = [f"tlp:{tlp.lower()}"] if tlp else []
    names += [f'entente:handling="{each}"' for each in handling]
    names += [f'entente:evaluation="{told}"'] if told else []
    return [{"name": each} for each in names]


def _foreign(told: Mapping[str, Any], event: Mapping[str, Any]) -> Row | Rejected:
    """An attribute that another program wrote, under the narrowest TLP of it and its event."""
    kind, key, value = told.get("type"), told.get("uuid"), told.get("value")
    if str(kind) not in _TAKEN or not isinstance(value, str) or not isinstance(key, str):
        return RecordRejected(
            "UNKNOWN_TYPE", "type", f"{kind!r:.60} ({key!r:.60}) is none of {', '.join(_TAKEN)}"
        )
    labels = [each[4:].upper() for each in (*_names(told), *_names(event)) if each.startswith("tlp:")]
    if not set(labels) <= {*NARROWEST_FIRST, "WHITE"}:
        return RecordRejected("MARKING_UNKNOWN", "Tag", f"{labels!r:.80} are not all TLP")
    tlp = narrowest("CLEAR" if each == "WHITE" else each for each in labels)
    schema, name = _TAKEN[str(kind)]
    envelope = {"tlp": tlp} if tlp else {}
    return {"id": f"misp-{key}", "schema": schema, "properties": {name: [value]}, "envelope": envelope}


def _key(handle: str) -> str:
    return named("object", handle)
