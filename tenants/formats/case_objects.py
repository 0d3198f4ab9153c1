"""A record as CASE/UCO objects: its own, with the whole record in it, and those that it needs beside it.

Devices, cards, numbers, accounts, messages, calls, files, persons and bodies have facets of their own; links
are relationships; everything else is a plain object. What is stated of a record as evidence becomes a
provenance record, its chain of custody actions, each with its digests. Text only stands in a facet where it
has the facet's form; the record keeps all of it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tenants.formats.case_words import STEPS
from tenants.formats.port import Item
from tenants.formats.whole_json import evaluation, named
from tenants.model import EntityModel

Told = dict[str, Any]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_WHOLE = re.compile(r"\d{1,15}")
_PLAIN: Final = {
    "Person": "uco-identity:Person", "Organization": "uco-identity:Organization",
    "Company": "uco-identity:Organization", "PublicBody": "uco-identity:Organization",
    "LegalEntity": "uco-identity:Identity", "Device": "uco-observable:MobileDevice",
    "Sim": "uco-observable:SIMCard", "PhoneNumber": "uco-observable:PhoneAccount",
    "UserAccount": "uco-observable:ApplicationAccount", "ExtractedMessage": "uco-observable:Message",
    "Call": "uco-observable:Call", "Document": "uco-observable:File",
}  # fmt: skip
"""Schemata that CASE has an object for; calls are links here and objects there."""


def key(*parts: str) -> str:
    """The identifier of an object: the same parts, the same one."""
    return f"kb:{named('case', *parts)}"


def objects_of(item: Item, model: EntityModel) -> list[Told]:
    """The object of a record, then those beside it; the same record gives the same ones."""
    row = item.row
    said, envelope = row["properties"], row["envelope"]
    told: Told = {"@id": key("record", item.handle), "@type": _type(row["schema"], model)}
    if name := _first(said, "name"):
        told["uco-core:name"] = name
    kind = model.kinds.get(row["schema"])
    if "Relationship" in told["@type"] and kind is not None:
        ends = ([_ref(key("record", f"{item.node}/{one}")) for one in said.get(end, ())] for end in kind.ends)
        told |= dict(zip(("uco-core:source", "uco-core:target"), ends, strict=True))
        told |= {"uco-core:kindOfRelationship": row["schema"], "uco-core:isDirectional": True}
    parts: dict[str, Told] = {}
    if facets := [
        {"@id": key("facet", item.handle, kind), "@type": f"uco-observable:{kind}", **_kept(facet)}
        for kind, facet in _facets(row["schema"], said, parts)
        if _kept(facet)
    ]:
        told["uco-core:hasFacet"] = facets
    if mark := _marking(envelope, parts):
        told["uco-core:objectMarking"] = [_ref(mark)]
    stated = envelope.get("provenance")
    if isinstance(stated, Mapping) and stated:
        _evidence(item, stated, parts)
    told["entente:record"] = {"@type": "@json", "@value": {"node": item.node, **row}}
    return [told, *parts.values()]


def investigation(about: Mapping[str, str], items: list[str], left_out: list[str]) -> Told:
    """What the whole says of itself, and what of the export is not in it."""
    told = {"@id": key("investigation", *sorted(items)), "@type": "case-investigation:Investigation"}
    told |= {"uco-core:name": about.get("case", "Entente export")}
    words = " ".join(f"{name} {value}" for name, value in about.items())
    told |= {
        "uco-core:description": f"Entente export {words}".strip() + f". Left out: {', '.join(left_out)}."
    }
    return told | {"uco-core:object": [_ref(each) for each in items]}


def _type(schema: str, model: EntityModel) -> str:
    kind = model.kinds.get(schema)
    linking = kind is not None and kind.edge
    return _PLAIN.get(schema) or ("uco-core:Relationship" if linking else "uco-core:UcoObject")


def _facets(
    schema: str, said: Mapping[str, list[str]], parts: dict[str, Told]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The facets of a thing by name, empty ones too; `parts` takes what they point at."""
    first = {name: values[0] for name, values in said.items() if values}

    def at(name: str, form: re.Pattern[str] | None = None) -> str:
        value = first.get(name, "")
        return value if form is None or form.fullmatch(value) else ""

    def body(name: str) -> Told | None:
        return _part(parts, "uco-identity:Organization", ("body", at(name)), {"uco-core:name": at(name)})

    match schema:
        case "Device":
            yield "DeviceFacet", _in("manufacturer", body("make")) | _of("model", at("model"))
            yield "MobileDeviceFacet", _of("IMEI", at("imei"))
        case "Sim":
            told = _of("IMSI", at("imsi")) | _of("ICCID", at("iccid"))
            yield "SIMCardFacet", told | _in("carrier", body("operator"))
        case "PhoneNumber":
            yield "PhoneAccountFacet", _of("phoneNumber", at("number"))
        case "UserAccount":
            yield "AccountFacet", _of("accountIdentifier", at("username"))
            yield "ApplicationAccountFacet", _in("application", _application(parts, at("service")))
        case "ExtractedMessage":
            senders, receivers = (_accounts(parts, said, each) for each in ("sender", "recipient"))
            told = _of("messageText", at("body")) | _time("sentTime", at("sentAt", _MOMENT))
            told |= _in("application", _application(parts, at("service")))
            yield "MessageFacet", told | _in("from", senders[0] if senders else None) | _in("to", receivers)
        case "Call":
            callers, called = (_accounts(parts, said, each) for each in ("caller", "receiver"))
            told = _time("startTime", at("startDate", _MOMENT) or at("date", _MOMENT))
            told |= _time("endTime", at("endDate", _MOMENT)) | _number("duration", at("duration", _WHOLE))
            yield "CallFacet", told | _in("from", callers[0] if callers else None) | _in("to", called)
        case "Document":
            told = _of("fileName", at("fileName")) | _number("sizeInBytes", at("fileSize", _WHOLE))
            yield "FileFacet", told
            yield "ContentDataFacet", _of("mimeType", at("mimeType"))
        case _:
            return


def _accounts(parts: dict[str, Told], said: Mapping[str, list[str]], role: str) -> list[Told]:
    """Who took part in a message or call: the numbers, else the names that the service has for them."""
    numbers, handles = said.get(f"{role}Number", ()), said.get(f"{role}Handle", ())
    facet = ("PhoneAccountFacet", "phoneNumber") if numbers else ("AccountFacet", "accountIdentifier")
    kind = "uco-observable:PhoneAccount" if numbers else "uco-observable:Account"
    found = []
    for value in numbers or handles:
        own = key("facet", "account", value)
        told = {"@id": own, "@type": f"uco-observable:{facet[0]}", f"uco-observable:{facet[1]}": value}
        made = _part(parts, kind, ("account", facet[1], value), {"uco-core:hasFacet": [told]})
        found += [made] if made else []
    return found


def _application(parts: dict[str, Told], service: str) -> Told | None:
    kind = "uco-observable:Application"
    return _part(parts, kind, ("application", service), {"uco-core:name": service})


def _marking(envelope: Mapping[str, Any], parts: dict[str, Told]) -> str:
    """The codes as a statement that people read; nothing is said of what the envelope leaves open."""
    tlp, handling = envelope.get("tlp"), envelope.get("handling") or []
    words = [f"TLP:{tlp}" if tlp else "", *map(str, handling), evaluation(envelope)]
    text = " ".join(filter(None, words))
    statement = {"@id": key("statement", text), "@type": "uco-marking:StatementMarking"}
    statement |= {"uco-marking:definitionType": "statement", "uco-marking:statement": text}
    told: Told = {"uco-marking:definitionType": "statement", "uco-marking:definition": [statement]}
    made = _part(parts, "uco-marking:MarkingDefinition", ("marking", text), told)
    return str(made["@id"]) if made else ""


def _evidence(item: Item, stated: Mapping[str, Any], parts: dict[str, Told]) -> None:
    """What is stated of it as evidence; rulings, objections and notified states have no words in CASE."""
    record, reference = _ref(key("record", item.handle)), _said(stated, "reference")
    own = {"uco-core:object": [record], **_core("description", _said(stated, "method"))}
    own |= {"case-investigation:exhibitNumber": reference} if reference else {}
    provenance = _part(parts, "case-investigation:ProvenanceRecord", ("provenance", item.handle), own)
    instrument, authority = _said(stated, "instrument"), _said(stated, "authority")
    if instrument:
        told = _core("name", authority) | {"case-investigation:authorizationType": instrument}
        _part(parts, "case-investigation:Authorization", ("authorization", item.handle), told)
    tool, chain = stated.get("tool"), stated.get("custody")
    made = _tool(parts, tool) if isinstance(tool, Mapping) else None
    entries = [each for each in chain if isinstance(each, Mapping)] if isinstance(chain, list) else []
    for place, entry in enumerate(entries):
        told = _action(parts, entry, made)
        if place == len(entries) - 1 and provenance:
            told["uco-action:result"] = [*told.get("uco-action:result", []), _ref(provenance["@id"])]
        _part(parts, "case-investigation:InvestigativeAction", ("custody", item.handle, str(place)), told)


def _action(parts: dict[str, Told], entry: Mapping[str, Any], tool: Told | None) -> Told:
    """An entry of custody: who did what when, on which content, with what result."""
    step, name = _said(entry, "step"), _said(entry, "by")
    told = _core("name", STEPS.get(step, "")) | _moment("endTime", _said(entry, "at"))
    by = _part(parts, "uco-identity:Organization", ("body", name), {"uco-core:name": name})
    told |= {"uco-action:performer": _ref(by["@id"])} if by else {}
    told |= {"uco-action:instrument": [_ref(tool["@id"])]} if tool and step in _WITH_TOOL else {}
    for way, end in (("object", "before"), ("result", "after")):
        if content := _content(parts, _said(entry, end)):
            told[f"uco-action:{way}"] = [_ref(content["@id"])]
    return told


_WITH_TOOL: Final = frozenset({"ACQUIRED", "DECRYPTED"})
"""What the tool of a provenance was used for."""


def _tool(parts: dict[str, Told], tool: Mapping[str, Any]) -> Told | None:
    name, version = _said(tool, "name"), _said(tool, "version")
    if not name:
        return None
    told = _core("name", name) | ({"uco-tool:version": version} if version else {})
    return _part(parts, "uco-tool:Tool", ("tool", name, version), told)


def _content(parts: dict[str, Told], digest: str) -> Told | None:
    """The content that has a digest, of which nothing else is known."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        return None
    value = {"@type": "xsd:hexBinary", "@value": found[1]}
    told: Told = {"@id": key("hash", digest), "@type": "uco-types:Hash"}
    told |= {"uco-types:hashMethod": "SHA256", "uco-types:hashValue": value}
    facet: Told = {"@id": key("facet", digest), "@type": "uco-observable:ContentDataFacet"}
    facet |= {"uco-observable:hash": [told]}
    return _part(parts, "uco-observable:ContentData", ("content", digest), {"uco-core:hasFacet": [facet]})


def _part(parts: dict[str, Told], kind: str, name: tuple[str, ...], told: Told) -> Told | None:
    """An object that stands beside a record, once; none when it would be of nothing."""
    if not name[1]:
        return None
    own = key("part", kind, *name)
    return parts.setdefault(own, {"@id": own, "@type": kind, "entente:part": True, **told})


def _ref(own: str) -> Told:
    return {"@id": own}


def _of(name: str, value: str) -> Told:
    return {f"uco-observable:{name}": value} if value else {}


def _core(name: str, value: str) -> Told:
    return {f"uco-core:{name}": value} if value else {}


def _in(name: str, made: Told | list[Told] | None) -> Told:
    if isinstance(made, list):
        return {f"uco-observable:{name}": [_ref(each["@id"]) for each in made]} if made else {}
    return {f"uco-observable:{name}": _ref(made["@id"])} if made else {}


def _time(name: str, value: str) -> Told:
    """A moment as the shelf keeps it, in UTC."""
    zoned = value if not value or value[10:].strip("0123456789:.T") else f"{value}Z"
    return {f"uco-observable:{name}": {"@type": "xsd:dateTime", "@value": zoned}} if value else {}


def _moment(name: str, value: str) -> Told:
    found = _MOMENT.fullmatch(value)
    return {f"uco-action:{name}": {"@type": "xsd:dateTime", "@value": value}} if found else {}


def _number(name: str, value: str) -> Told:
    return {f"uco-observable:{name}": int(value)} if value else {}


def _kept(facet: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in facet.items() if value not in ("", None)}


def _first(said: Mapping[str, list[str]], name: str) -> str:
    return next(iter(said.get(name) or ()), "")


def _said(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
