"""STIX 2.1 (OASIS Standard, 10 June 2021): a bundle of native objects, each with the whole record beside it.

Persons and bodies are identities, accounts user-accounts, links relationships; everything else is of our own
type. The record stands in an extension (section 7.3). Its codes are markings: TLP 2.0 as OASIS defines them,
and one of ours for handling codes and evaluation. What contradicts its own record is rejected, and so is an
object whose markings are not known here.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from tenants.errors import RecordRejected, Rejected, SourceRejected
from tenants.formats.graph import RECORD, drawn
from tenants.formats.port import LEFT_OUT, Format, Item, Parcel, Row, Written
from tenants.formats.whole_json import document, evaluation, item_of, named, narrowest, objects
from tenants.model import EntityModel

MAKER: Final = f"identity--{named('stix', 'maker')}"
EXTENSION: Final = f"extension-definition--{named('stix', 'record')}"
TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
OWN_TYPE: Final = "x-entente-record"
TLP: Final = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
OLD_TLP: Final = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}
"""TLP 1.0, which STIX 2.1 itself defines."""
_CLASSES: Final = {
    "Person": "individual", "Organization": "organization", "Company": "organization",
    "PublicBody": "organization", "LegalEntity": "unknown",
}  # fmt: skip
_SCHEMATA: Final = {"individual": "Person", "organization": "Organization"}
_FRAME: Final = frozenset({"extension-definition", "marking-definition"})
_UNDATED: Final = frozenset({"user-account"})
_TAKEN: Final = ("identity (individual, organization)", "user-account")
_START: Final = "1970-01-01T00:00:00.000Z"
_TLP_DATE: Final = "2022-10-01T00:00:00.000Z"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class StixBundle:
    """See `Codec`."""

    format = Format.STIX
    left_out = ("ABOUT", *LEFT_OUT)

    def __init__(self, model: EntityModel) -> None:
        self._model = model

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One bundle: the frame, then the things, then the links."""
        made = _moment(parcel.about.get("madeAt", ""))
        items = {each.handle: each for each in parcel.items}
        graph = drawn(parcel, self._model)
        things = [_native(items[each.handle]) for each in graph.vertices if each.cells["row"] == RECORD]
        ids = {handle: _native(item)["id"] for handle, item in items.items()}
        links = [
            _relationship(items[str(each.cells["handle"])])
            | {"id": f"relationship--{named('link', str(each.cells['handle']), each.source, each.target)}"}
            | {"source_ref": _end(each.source, ids), "target_ref": _end(each.target, ids)}
            for each in graph.ties
            if each.cells["row"] == RECORD
        ]
        dated = [each if each["type"] in _UNDATED else each | _dates(made) for each in (*things, *links)]
        marks = [mark for item in parcel.items for mark in _markings(item.row["envelope"])]
        frame = {each["id"]: each for each in (*_FRAME_OBJECTS, *marks)}
        key = named("bundle", parcel.about.get("export", ""), *sorted(ids.values()))
        bundle = {"type": "bundle", "id": f"bundle--{key}", "objects": [*frame.values(), *dated]}
        text = orjson.dumps(bundle, option=orjson.OPT_INDENT_2).decode()
        return (Written(".stix.json", "application/stix+json;version=2.1", f"{text}\n"),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """Things and links in the order of the bundle, each record once."""
        bundle = document(content, "BUNDLE")
        if bundle.get("type") != "bundle":
            raise SourceRejected("NOT_BUNDLE", "type", f"{bundle.get('type')!r:.60} instead of 'bundle'")
        seen: dict[str, Row] = {}
        for each in objects(bundle.get("objects", []), "BUNDLE"):
            found = each if isinstance(each, Rejected) else self._read(each)
            if isinstance(found, Rejected):
                yield found
            elif found is not None:
                before = seen.setdefault(found.handle, found.row)
                if before is found.row:
                    yield found.row
                elif before != found.row:
                    yield RecordRejected("CONTRADICTS", "", f"{found.handle!r:.80} is said in two ways")

    def _read(self, told: Mapping[str, Any]) -> Item | Rejected | None:
        if str(told.get("type")) in _FRAME or told.get("id") == MAKER:
            return None
        extensions = told.get("extensions")
        try:
            if not isinstance(extensions, dict) or EXTENSION not in extensions:
                return _foreign(told)
            item = _said(told, extensions[EXTENSION])
            linking = told.get("type") == "relationship"
            _held_to(_relationship(item) if linking else _native(item), told)
            if linking:
                self._held_to_ends(told, item)
        except RecordRejected as rejected:
            return rejected
        return item

    def _held_to_ends(self, told: Mapping[str, Any], item: Item) -> None:
        kind = self._model.kinds.get(item.row["schema"])
        if kind is None or not kind.edge:
            raise RecordRejected("NO_LINK", "schema", f"{item.row['schema']!r:.60} links nothing")
        for name, end in zip(kind.ends, ("source_ref", "target_ref"), strict=True):
            said = item.row["properties"].get(name) or ()
            keys = {named("record", item.node, str(one)) for one in said}
            if str(told.get(end)).partition("--")[2] not in keys:
                raise RecordRejected("ENDS", end, f"{told.get(end)!r:.80} is none of {said!r:.80}")


def _native(item: Item) -> dict[str, Any]:
    """The object of a thing, without its dates."""
    properties, key = item.row["properties"], named("record", item.node, item.row["id"])
    name, login = (next(iter(properties.get(each) or ()), "") for each in ("name", "username"))
    if (identity := _CLASSES.get(item.row["schema"])) and name:
        told = {"type": "identity", "name": name, "identity_class": identity}
    elif item.row["schema"] == "UserAccount" and login:
        told = {"type": "user-account", "account_login": login}
    else:
        told = {"type": OWN_TYPE, "label": item.row["schema"]}
    return told | {"id": f"{told['type']}--{key}"} | _common(item, own=told["type"] == OWN_TYPE)


def _relationship(item: Item) -> dict[str, Any]:
    """The object of a link, without its dates, its id and its ends."""
    words = _WORDS.sub("-", item.row["schema"]).lower()
    return {"type": "relationship", "relationship_type": words} | _common(item, own=False)


def _common(item: Item, *, own: bool) -> dict[str, Any]:
    record = {"node": item.node, **item.row}
    extension = {"extension_type": "new-sdo"} if own else {"extension_type": "property-extension"}
    told: dict[str, Any] = {"extensions": {EXTENSION: extension if own else extension | {"record": record}}}
    if marks := _markings(item.row["envelope"]):
        told["object_marking_refs"] = [each["id"] for each in marks]
    return {"spec_version": "2.1"} | told | ({"record": record} if own else {})


def _said(told: Mapping[str, Any], extension: object) -> Item:
    holder = told if told.get("type") == OWN_TYPE else extension
    record = holder.get("record") if isinstance(holder, Mapping) else None
    if not isinstance(record, dict):
        raise RecordRejected("NOT_A_RECORD", "record", f"{record!r:.80} is no record")
    return item_of(record.get("node"), {name: value for name, value in record.items() if name != "node"})


def _held_to(expected: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Raise `RecordRejected` when an object says other than its own record, its markings included."""
    for name in sorted({*expected, "object_marking_refs"}):
        if told.get(name) != expected.get(name):
            reason = f"the object says {told.get(name)!r:.80}, its record {expected.get(name)!r:.80}"
            raise RecordRejected("CONTRADICTS", name, reason)


def _markings(envelope: Mapping[str, Any]) -> list[dict[str, Any]]:
    """TLP as OASIS has it, and ours; nothing is said of what the envelope leaves open."""
    found = []
    if (label := envelope.get("tlp")) in TLP:
        tlp = {"extension_type": "property-extension", "tlp_2_0": str(label).lower()}
        found.append(_marking(TLP[str(label)], f"TLP:{label}", _TLP_DATE, {TLP_EXTENSION: tlp}))
    handling, told = envelope.get("handling") or [], evaluation(envelope)
    if handling or told:
        ours = {"extension_type": "property-extension", "handling": handling, "evaluation": told}
        name = " ".join([*map(str, handling), told]).strip()
        key = f"marking-definition--{named('marking', *map(str, handling), '', told)}"
        found.append(_marking(key, f"SIENA {name}", _START, {EXTENSION: ours}))
    return found


def _marking(key: str, name: str, made: str, extensions: Mapping[str, object]) -> dict[str, Any]:
    return {
        "type": "marking-definition", "spec_version": "2.1", "id": key, "created": made, "name": name,
        "extensions": extensions,
    }  # fmt: skip


def _foreign(told: Mapping[str, Any]) -> Item:
    """An identity or account that another program wrote; raises `RecordRejected` for all others."""
    kind, key, name = told.get("type"), told.get("id"), told.get("name")
    schema = _SCHEMATA.get(str(told.get("identity_class", ""))) if kind == "identity" else None
    properties = {"name": [name]} if isinstance(name, str) and name else {}
    if kind == "user-account" and isinstance(told.get("account_login"), str):
        schema, properties = "UserAccount", {"username": [told["account_login"]]}
    if schema is None or not properties:
        raise RecordRejected(
            "UNKNOWN_TYPE", "type", f"{kind!r:.40} ({key!r:.80}) is none of {', '.join(_TAKEN)}"
        )
    refs = told.get("object_marking_refs", [])
    known = {each: label for label, each in TLP.items()} | OLD_TLP
    if not isinstance(refs, list) or not all(isinstance(each, str) and each in known for each in refs):
        raise RecordRejected("MARKING_UNKNOWN", "object_marking_refs", f"{refs!r:.120} are not all TLP")
    tlp = narrowest(known[each] for each in refs)
    return item_of(
        "",
        {"id": key, "schema": schema, "properties": properties} | {"envelope": {"tlp": tlp} if tlp else {}},
    )


def _end(handle: str, ids: Mapping[str, str]) -> str:
    node, _, name = handle.partition("/")
    return ids.get(handle, f"{OWN_TYPE}--{named('record', node, name)}")


def _moment(said: str) -> str:
    """RFC 3339 in UTC with a Z, as the standard asks."""
    return datetime.fromisoformat(said).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if said else _START


def _dates(made: str) -> dict[str, str]:
    return {"created": made, "modified": made}


_FRAME_OBJECTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "type": "identity", "spec_version": "2.1", "id": MAKER, "created": _START, "modified": _START,
        "name": "Entente", "identity_class": "system",
    },
    {
        "type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created": _START,
        "modified": _START, "created_by_ref": MAKER, "name": "Entente record", "version": "1.0",
        "schema": "A record (node, id, schema, properties, envelope) as formats.md says it; in a "
        "marking, SIENA handling codes and 4x4 evaluation.",
        "extension_types": ["new-sdo", "property-extension"],
    },
)  # fmt: skip
