"""Objects of other programs in CASE/UCO, as records of devices, messages, calls and what links them.

What an object is stands in its facets; many programs write no more of a type than `ObservableObject`. Only
what the document itself says is taken: who an account belongs to, or that two of them are one, is nowhere
assumed. An object that is not taken is rejected by name; one that is only pointed at (an application, a
maker, a tool) is read where it is pointed at.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tenants.errors import RecordRejected, Rejected
from tenants.formats.case_values import moments, record_id, short
from tenants.formats.case_words import (
    CALLED,
    DESCRIPTION,
    FACET,
    FRAME,
    KIND_OF,
    MARKING,
    NAME,
    OBJECT,
    PART,
    RECORD,
    SOURCE,
    TARGET,
    word,
)  # fmt: skip
from tenants.formats.json_ld import Graph, Node, texts
from tenants.formats.port import Row
from tenants.formats.whole_json import NARROWEST_FIRST, narrowest

_TLP = re.compile(r"TLP:([A-Z]+(?:\+STRICT)?)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WITHIN: Final = frozenset({"Contained_Within", "Extracted_From"})
"""Relationships (UCO's vocabulary) of a message to the device that it was on."""
_POINTED: Final = frozenset(map(word, (
    "uco-observable:manufacturer", "uco-observable:carrier", "uco-observable:accountIssuer",
    "uco-tool:creator", "uco-action:performer", "uco-action:environment",
)))  # fmt: skip
"""Properties whose identity is read where it is pointed at, and is no record."""
_LINKS: Final = frozenset(map(word, ("uco-core:Relationship", "uco-observable:ObservableRelationship")))
_PERSON, _BODY = word("uco-identity:Person"), word("uco-identity:Organization")
_ACTION, _PROVENANCE = (
    word("case-investigation:InvestigativeAction"),
    word("case-investigation:ProvenanceRecord"),
)

Properties = dict[str, list[str]]


def taken(graph: Graph, ours: frozenset[str]) -> Iterator[Row | Rejected]:
    """The records of all objects but `ours`, or why there is none."""
    yield from _Foreign(graph, ours).rows()


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A graph, and the objects in it that were read already."""

    graph: Graph
    ours: frozenset[str]

    def rows(self) -> Iterator[Row | Rejected]:
        """In the order of the graph; relationships last."""
        stated, amiss = self._stated()
        yield from amiss
        pointed = self._pointed()
        kinds: dict[str, str] = {}
        made: dict[str, Row] = {}
        links = []
        told = set()
        for node in self.graph.nodes:
            if isinstance(node, Rejected) or node.id in self.ours:
                continue
            if node.id in self.graph.twice:
                if node.id not in told and not _is_facet(node):
                    yield RecordRejected("DUPLICATE_ID", "@id", f"{node.id!r:.80} is said in two ways")
                told.add(node.id)
                continue
            if (node.id and node.id in told) or RECORD in node.said:
                continue
            told.add(node.id)
            if _LINKS & set(node.types):
                links.append(node)
                continue
            try:
                row = self._row(node, pointed, stated)
            except RecordRejected as rejected:
                yield rejected
                continue
            if row is not None:
                kinds[node.id], made[node.id] = row["schema"], row
        rejects = list(self._placed(links, kinds, made))
        yield from made.values()
        yield from rejects

    def _row(self, node: Node, pointed: frozenset[str], stated: Mapping[str, dict[str, Any]]) -> Row | None:
        """The record of an object; None for one that is none by itself."""
        if _is_facet(node) or node.id in pointed or FRAME & set(node.types) or _holds_only(node):
            return None
        if PART in node.said:
            raise RecordRejected(
                "NO_RECORD", "@id", f"{node.id!r:.80} stands beside a record that was not read"
            )
        facets = self._facets(node)
        read = _reading(node, facets)
        if read is None and FRAME & facets.keys():
            return None
        if read is None:
            kinds = ", ".join(each.rpartition("/")[2] for each in (*node.types, *facets))
            raise RecordRejected("UNKNOWN_TYPE", "@type", f"{node.id!r:.80} ({kinds:.120}) is not taken")
        if not node.id or node.id.startswith("_:"):
            raise RecordRejected("NO_ID", "@id", f"a {node.types!r:.80} has no identifier that lasts")
        schema, properties = read(self.read(node))
        envelope = self._envelope(node, facets, stated.get(node.id, {}))
        if schema == "Device" and "reference" in envelope.get("provenance", {}):
            properties["exhibit"] = [envelope["provenance"]["reference"]]
        if called := next((properties[each] for each in _CALLS.get(schema, ()) if properties[each]), None):
            properties["name"] = properties.get("name") or called[:1]
        said = {name: values for name, values in properties.items() if values}
        return {"id": record_id(node.id), "schema": schema, "properties": said, "envelope": envelope}

    def _envelope(self, node: Node, facets: Mapping[str, Node], stated: Mapping[str, Any]) -> dict[str, Any]:
        """What its markings and the actions on it say; nothing is said of what they leave open."""
        tlp, provenance = self._tlp(node), {**stated, **_digest(self, facets)}
        return ({"tlp": tlp} if tlp else {}) | ({"provenance": provenance} if provenance else {})

    def _placed(
        self, links: Sequence[Node], kinds: Mapping[str, str], made: dict[str, Row]
    ) -> Iterator[Rejected]:
        """Puts links among the records; a message is told its device. Yields those that link nothing."""
        for node in links:
            try:
                sources, targets = ([each.id for each in self.at(node, name)] for name in (SOURCE, TARGET))
                self._check(node, sources, targets, kinds)
            except RecordRejected as rejected:
                yield rejected
                continue
            role = texts(node.said.get(KIND_OF, ()))
            within = _WITHIN & set(role) and {kinds[each] for each in targets} == {"Device"}
            if within and {kinds[each] for each in sources} == {"ExtractedMessage"}:
                for each in sources:
                    made[each]["properties"]["device"] = [record_id(one) for one in targets]
                continue
            ends = {"subject": list(map(record_id, sources)), "object": list(map(record_id, targets))}
            said = ends | ({"role": role} if role else {})
            made[node.id] = {
                "id": record_id(node.id),
                "schema": "UnknownLink",
                "properties": said,
                "envelope": {},
            }

    def _check(
        self, node: Node, sources: Sequence[str], targets: Sequence[str], kinds: Mapping[str, str]
    ) -> None:
        if not node.id or node.id.startswith("_:"):
            raise RecordRejected("NO_ID", "@id", "a relationship has no identifier that lasts")
        ends = [*sources, *targets]
        gone = [each for each in ends if each not in kinds]
        if gone or not sources or not targets:
            raise RecordRejected(
                "DANGLING", "@id", f"{node.id!r:.80} links {gone or ends!r:.120}, not taken here"
            )
        if set(sources) & set(targets):
            raise RecordRejected("CYCLE", "@id", f"{node.id!r:.80} links {sources[0]!r:.80} with itself")
        if unlinkable := [kinds[each] for each in ends if kinds[each] == "Call"]:
            raise RecordRejected("NO_LINK", "@id", f"{node.id!r:.80} links a {unlinkable[0]}, itself a link")

    def read(self, node: Node) -> "_Object":
        """An object with its facets, to be read."""
        return _Object(self, node, self._facets(node))

    def _facets(self, node: Node) -> dict[str, Node]:
        return {kind: each for each in self.at(node, FACET) for kind in each.types}

    def at(self, node: Node, name: str) -> list[Node]:
        """What a property points at, each with what the document says of it; raises when it says nothing."""
        found = []
        for each in node.said.get(name, ()):
            if isinstance(each, Node):
                whole = self.graph.by_id.get(each.id, each) if each.bare else each
                if each.id in self.graph.twice:
                    raise RecordRejected("DUPLICATE_ID", "@id", f"{each.id!r:.80} is said in two ways")
                found.append(whole)
        return found

    def _pointed(self) -> frozenset[str]:
        """Identities that are read where somebody points at them."""
        return frozenset(
            each.id
            for node in self.graph.nodes
            if isinstance(node, Node)
            for name in _POINTED & node.said.keys()
            for each in node.said[name]
            if isinstance(each, Node) and each.id
        )

    def _tlp(self, node: Node) -> str | None:
        """The narrowest TLP of its markings; raises for any other marking."""
        labels = []
        for mark in self.at(node, MARKING):
            said = [
                text
                for each in self.at(mark, word("uco-marking:definition"))
                for text in texts(each.said.get(word("uco-marking:statement"), ()))
            ]
            found = [label for text in said for label in _TLP.findall(text.upper())]
            if not found or not set(found) <= {*NARROWEST_FIRST, "WHITE"}:
                raise RecordRejected(
                    "MARKING_UNKNOWN", "objectMarking", f"{said or mark.id!r:.120} is no TLP"
                )
            labels += found
        return narrowest("CLEAR" if each == "WHITE" else each for each in labels)

    def _stated(self) -> tuple[dict[str, dict[str, Any]], list[Rejected]]:
        """What provenance records and actions state of objects, by object; and actions that are not taken."""
        found: dict[str, dict[str, Any]] = {}
        amiss: list[Rejected] = []
        listed: dict[str, list[str]] = {}
        nodes = [each for each in self.graph.nodes if isinstance(each, Node) and each.id not in self.ours]
        for node in (each for each in nodes if _PROVENANCE in each.types and PART not in each.said):
            items = [each.id for each in node.said.get(OBJECT, ()) if isinstance(each, Node)]
            listed[node.id] = items
            if number := texts(node.said.get(word("case-investigation:exhibitNumber"), ()))[:1]:
                for each in items:
                    found.setdefault(each, {})["reference"] = number[0][:200]
        actions = []
        for node in (each for each in nodes if _ACTION in each.types and PART not in each.said):
            try:
                actions.append((*self._entry(node), node))
            except RecordRejected as rejected:
                amiss.append(rejected)
        for _, entry, node in sorted(actions, key=lambda each: each[0]):
            results = [
                each.id for each in node.said.get(word("uco-action:result"), ()) if isinstance(each, Node)
            ]
            for each in dict.fromkeys(one for result in results for one in listed.get(result, [result])):
                stated = found.setdefault(each, {})
                stated["acquisition"] = "EXTRACTION"
                stated.setdefault("custody", []).append(entry)
                if tool := self._tool(node):
                    stated.setdefault("tool", tool)
        return found, amiss

    def _entry(self, node: Node) -> tuple[datetime, dict[str, str]]:
        """An action as an entry of custody, with its time; raises for one without a time and its zone."""
        times = [*texts(node.said.get(word("uco-action:endTime"), ()))]
        times += texts(node.said.get(word("uco-action:startTime"), ()))
        try:
            at = datetime.fromisoformat(times[0])
        except (IndexError, ValueError):
            at = datetime.min  # noqa: DTZ901  # rejected below, as it has no zone
        if at.tzinfo is None:
            raise RecordRejected(
                "ACTION_TIME",
                "endTime",
                f"{node.id!r:.80} at {times[:1]!r:.60}: no time with its zone, not in the chain",
            )
        called = " ".join(texts(node.said.get(NAME, ()))[:1]).casefold()
        performers = self.at(node, word("uco-action:performer"))
        person = any(_PERSON in each.types for each in performers)
        names = [name for each in performers for name in self.names(each)]
        by = "a person (not named here)" if person else next(iter(names), "not stated")
        step = CALLED.get(called, "PROCESSED")
        return at.astimezone(UTC), {"at": at.isoformat(), "by": short(by), "step": step}

    def _tool(self, node: Node) -> dict[str, str]:
        for each in self.at(node, word("uco-action:instrument")):
            if name := texts(each.said.get(NAME, ()))[:1]:
                version = texts(each.said.get(word("uco-tool:version"), ()))[:1]
                return {"name": short(name[0])} | ({"version": short(version[0])} if version else {})
        return {}

    def names(self, node: Node) -> list[str]:
        """What something is called: its name, else that of its facets, else its description."""
        facets = self._facets(node)
        simple = facets.get(word("uco-identity:SimpleNameFacet"), Node(""))
        parts = [
            *texts(simple.said.get(word("uco-identity:givenName"), ())),
            *texts(simple.said.get(word("uco-identity:familyName"), ())),
        ]
        application = facets.get(word("uco-observable:ApplicationFacet"), Node(""))
        told = [
            *texts(node.said.get(NAME, ())),
            *([" ".join(parts)] if parts else []),
            *texts(application.said.get(NAME, ())),
            *texts(application.said.get(word("uco-observable:applicationIdentifier"), ())),
            *texts(node.said.get(DESCRIPTION, ())),
        ]
        return told[:1]


@dataclass(frozen=True, slots=True)
class _Object:
    """An object on its way to a record."""

    foreign: _Foreign
    node: Node
    facets: Mapping[str, Node]

    def said(self, facet: str, *names: str) -> list[str]:
        """The plain values of the first of some properties that a facet has."""
        node = self.facets.get(word(f"uco-observable:{facet}"))
        found = (
            (texts(node.said.get(word(f"uco-observable:{name}"), ())) for name in names) if node else iter(())
        )
        return next((each for each in found if each), [])

    def there(self, facet: str, name: str) -> list[Node]:
        """What a property of a facet points at."""
        node = self.facets.get(word(f"uco-observable:{facet}"))
        return self.foreign.at(node, word(f"uco-observable:{name}")) if node else []

    def named(self, facet: str, name: str) -> list[str]:
        """What the things are called that a property of a facet points at."""
        return [name for each in self.there(facet, name) for name in self.foreign.names(each)]

    def accounts(self, facet: str, name: str, role: str) -> Properties:
        """The numbers and handles of the accounts that a property points at; raises when one is not there."""
        numbers: list[str] = []
        handles: list[str] = []
        for each in self.there(facet, name):
            if each.bare:
                raise RecordRejected("DANGLING", name, f"{each.id!r:.80} is not in the document")
            account = self.foreign.read(each)
            told = account.said("PhoneAccountFacet", "phoneNumber") or account.said(
                "MobileAccountFacet", "MSISDN"
            )
            numbers += [one for one in told if one.startswith("+")]
            handles += [one for one in told if not one.startswith("+")]
            handles += account.said("AccountFacet", "accountIdentifier")
            handles += account.said("DigitalAccountFacet", "accountLogin", "displayName")
        return {f"{role}Number": list(dict.fromkeys(numbers)), f"{role}Handle": list(dict.fromkeys(handles))}


def _device(told: _Object) -> tuple[str, Properties]:
    called = texts(told.node.said.get(NAME, ())) or told.said("MobileDeviceFacet", "bluetoothDeviceName")
    make, model = told.named("DeviceFacet", "manufacturer"), told.said("DeviceFacet", "model")
    said = {"name": called, "imei": told.said("MobileDeviceFacet", "IMEI"), "make": make, "model": model}
    return "Device", said | {"serialNumber": told.said("DeviceFacet", "serialNumber")}


def _sim(told: _Object) -> tuple[str, Properties]:
    imsi = told.said("SIMCardFacet", "IMSI") or told.said("MobileAccountFacet", "IMSI")
    said = {"imsi": imsi, "iccid": told.said("SIMCardFacet", "ICCID")}
    return "Sim", said | {"operator": told.named("SIMCardFacet", "carrier")}


def _number(told: _Object) -> tuple[str, Properties]:
    numbers = told.said("PhoneAccountFacet", "phoneNumber") or told.said("MobileAccountFacet", "MSISDN")
    if not numbers:
        return _sim(told)
    said = {"number": numbers, "name": told.said("AccountFacet", "accountIdentifier")}
    return "PhoneNumber", said | {"operator": told.named("AccountFacet", "accountIssuer")}


def _account(told: _Object) -> tuple[str, Properties]:
    service = told.named("ApplicationAccountFacet", "application") or told.named(
        "AccountFacet", "accountIssuer"
    )
    names = told.said("AccountFacet", "accountIdentifier") or told.said("DigitalAccountFacet", "accountLogin")
    shown = told.said("DigitalAccountFacet", "displayName")
    addresses = told.there("EmailAccountFacet", "emailAddress")
    emails = [
        one for each in addresses for one in told.foreign.read(each).said("EmailAddressFacet", "addressValue")
    ]
    names = names or emails
    return "UserAccount", {"username": names or shown, "name": shown, "service": service, "email": emails}


def _message(told: _Object) -> tuple[str, Properties]:
    said = {
        "name": told.said("MessageFacet", "messageID"),
        "body": told.said("MessageFacet", "messageText"),
        "sentAt": moments(told.said("MessageFacet", "sentTime")),
        "service": told.named("MessageFacet", "application"),
    }
    people = (
        told.accounts("MessageFacet", way, role) for way, role in (("from", "sender"), ("to", "recipient"))
    )
    return "ExtractedMessage", said | {name: each for found in people for name, each in found.items()}


def _call(told: _Object) -> tuple[str, Properties]:
    said = {
        "startDate": moments(told.said("CallFacet", "startTime")),
        "endDate": moments(told.said("CallFacet", "endTime")),
        "duration": told.said("CallFacet", "duration"),
        "summary": told.said("CallFacet", "callType"),
    }
    people = [told.accounts("CallFacet", way, role) for way, role in (("from", "caller"), ("to", "receiver"))]
    numbers = {name: each for found in people for name, each in found.items() if name.endswith("Number")}
    handles = [
        one for found in people for name, each in found.items() if name.endswith("Handle") for one in each
    ]
    return "Call", said | numbers | {"description": handles}


def _contact(told: _Object) -> tuple[str, Properties]:
    """A person under the names that a phone book has; of no category, as the book says none."""
    facet = "ContactFacet"
    phones = told.there(facet, "contactPhone")
    numbers = [
        one for each in phones for one in told.foreign.at(each, word("uco-observable:contactPhoneNumber"))
    ]
    numbers += told.there(facet, "phoneNumber")
    found = [told.foreign.read(each) for each in numbers]
    called = [one for each in found for one in each.said("PhoneAccountFacet", "phoneNumber")]
    parts = [*told.said(facet, "firstName"), *told.said(facet, "lastName")]
    names = told.said(facet, "displayName") or ([" ".join(parts)] if parts else [])
    said = {
        "name": names,
        "firstName": told.said(facet, "firstName"),
        "lastName": told.said(facet, "lastName"),
    }
    said |= {"alias": told.said(facet, "nickname"), "phone": [one for one in called if one.startswith("+")]}
    return "Person", said | {
        "notes": [f"Telephone as stored: {one}" for one in called if not one.startswith("+")]
    }


def _file(told: _Object) -> tuple[str, Properties]:
    size = told.said("FileFacet", "sizeInBytes") or told.said("ContentDataFacet", "sizeInBytes")
    return "Document", {
        "fileName": told.said("FileFacet", "fileName", "filePath") or texts(told.node.said.get(NAME, ())),
        "extension": [each.lstrip(".") for each in told.said("FileFacet", "extension")],
        "fileSize": size,
        "mimeType": told.said("ContentDataFacet", "mimeType"),
        "contentHash": [value for method, value in _hashes(told.foreign, told.facets) if method == "SHA1"],
    }


def _person(told: _Object) -> tuple[str, Properties]:
    return "Person", {"name": told.foreign.names(told.node)}


def _body(told: _Object) -> tuple[str, Properties]:
    return "Organization", {"name": told.foreign.names(told.node)}


_READ: Final[Mapping[str, Callable[[_Object], tuple[str, Properties]]]] = {
    word(f"uco-observable:{name}"): read
    for name, read in (
        ("MessageFacet", _message), ("CallFacet", _call), ("ContactFacet", _contact),
        ("MobileDeviceFacet", _device), ("DeviceFacet", _device), ("SIMCardFacet", _sim),
        ("PhoneAccountFacet", _number), ("MobileAccountFacet", _number),
        ("ApplicationAccountFacet", _account), ("DigitalAccountFacet", _account),
        ("EmailAccountFacet", _account), ("AccountFacet", _account),
        ("FileFacet", _file), ("ContentDataFacet", _file),
    )
}  # fmt: skip
"""What makes a record, by facet: the first of these that an object has says what it is."""


_CALLS: Final = {
    "Device": ("model", "imei"), "Sim": ("imsi", "iccid"), "PhoneNumber": ("number",),
    "UserAccount": ("username",), "ExtractedMessage": ("service", "sentAt"), "Document": ("fileName",),
}  # fmt: skip
"""What a thing is called by that the document gives no name: the first of these that it says."""


def _reading(node: Node, facets: Mapping[str, Node]) -> Callable[[_Object], tuple[str, Properties]] | None:
    """How an object is read; None for one of a kind that is not taken."""
    by_type = (read for kind, read in ((_PERSON, _person), (_BODY, _body)) if kind in node.types)
    return next((each for name, each in _READ.items() if name in facets), next(by_type, None))


def _is_facet(node: Node) -> bool:
    return any(each.endswith("Facet") for each in node.types)


def _holds_only(node: Node) -> bool:
    """Whether it is nothing but what holds others: a document that is one object with all others in it."""
    return not node.types and OBJECT in node.said and node.said.keys() <= {OBJECT, NAME, DESCRIPTION}


def _hashes(foreign: _Foreign, facets: Mapping[str, Node]) -> list[tuple[str, str]]:
    """The method and the value in lower case of every hash of a content."""
    facet = facets.get(word("uco-observable:ContentDataFacet"), Node(""))
    found = []
    for each in foreign.at(facet, word("uco-observable:hash")):
        methods, values = (
            texts(each.said.get(word(f"uco-types:{name}"), ())) for name in ("hashMethod", "hashValue")
        )
        found += [(one.upper().replace("-", ""), value.lower()) for one in methods for value in values]
    return found


def _digest(foreign: _Foreign, facets: Mapping[str, Node]) -> dict[str, str]:
    """The digest of a content as a provenance has it."""
    found = [
        value for method, value in _hashes(foreign, facets) if method == "SHA256" and _SHA256.fullmatch(value)
    ]
    return {"digest": f"sha256:{found[0]}"} if found else {}
