"""The payload of an answer, read as the hostile text it may be: exact keys, exact types, capped sizes.

The shape is the partner schema's `Answer`, whole or as far as the trusted document selects it: `hit` and,
of each record, `id` and `schema` are always there, everything else may be absent. Text is kept exactly as
the partner wrote it, control characters and writing direction marks included: it is data, never markup, and
whoever shows it must escape it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from policy.errors import ProvenanceRejected
from policy.provenance import Provenance, Ruling, read_provenance, read_rulings
from policy.terms import Operation
from sharing import reading
from sharing.codes import GRANT_REF, ID, NODE_ID
from sharing.errors import FieldRefused, ShapeRefused
from sharing.profile_shape import ProfileMatching, read_matching
from sharing.sealed import MAX_REPLY

RECORD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
MAX_RECORDS = 10_000
_MAX_TEXT = 65_536
_MAX_SHORT = 1_024
_MAX_PROPERTIES = 200
_MAX_VALUES = 1_000
_MAX_IDENTIFIERS = 200
_MAX_CODES = 64
_PROPERTY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_MASKED = re.compile(rf"\*|{_PROPERTY.pattern}")  # `*`: every property that is not named
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_CODE = re.compile(r"[A-Za-z0-9_.:/*+-]{1,128}")
_ANSWER = frozenset({"hit"}), frozenset({"contact", "records", "more", "neighbours", "profile"})
_NEIGHBOURS = frozenset({"id", "schema", "count", "tooCommon"})
_CONTACT = frozenset({"count", "categories", "spoc", "reference"})
_RECORD_TEXTS = ("caption", "caseRef", "handlingText", "authority", "provenance", "findings")
"""`provenance` and `findings` are JSON in themselves, and are read as such."""
_RECORD_CODES = ("dataset", "subjectCategory", "source", "information", "tlp", "assessment", "mode")
_RECORD = (
    frozenset({"id", "schema"}),
    frozenset(
        {*_RECORD_TEXTS, *_RECORD_CODES, "owner", "handling", "version", "recordedAt", "grants", "masked"}
        | {"properties", "identifiers"}
    ),
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A strong or weak identifier of a record: kind, normal spelling, and the spelling of the source."""

    kind: str
    normal: str
    original: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a partner gave it; a field that was not selected is empty (`version` 0).

    `texts` holds caption, caseRef, handlingText, authority, and provenance and findings as JSON, `codes`
    dataset, subjectCategory, source, information, tlp, assessment and mode, both by the schema's names.
    """

    id: str
    schema: str
    owner: str
    version: int
    recorded_at: str
    handling: tuple[str, ...]
    grants: tuple[str, ...]
    masked: tuple[str, ...]
    texts: Mapping[str, str | None]
    codes: Mapping[str, str]
    properties: Mapping[str, tuple[str, ...]]
    identifiers: tuple[Identifier, ...]
    provenance: Provenance = field(default_factory=Provenance)
    findings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Tier T1: how many, of which categories, and whom to call under which reference."""

    count: int
    categories: tuple[str, ...]
    spoc: str
    reference: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How many records of a schema lie around the record `id`; `too_common`: more than `count`."""

    id: str
    schema: str
    count: int
    too_common: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A payload that was read."""

    hit: bool
    contact: Contact | None
    records: tuple[Record, ...]
    more: bool
    neighbours: tuple[Neighbours, ...] = ()
    profile: ProfileMatching | None = None


def read_content(payload: bytes) -> Content:
    """The content of `payload`: an `Answer` object, or GraphQL's `data` with it under the operation's name.

    Raises `ShapeRefused` that names the field.
    """
    try:
        value = reading.json_object(payload, MAX_REPLY)
        if len(value) == 1 and (name := next(iter(value))) in Operation.__members__.values():
            return _content(value[name])
        return _content(value)
    except ValueError as error:
        raise ShapeRefused(f"payload: {error}") from error


def _content(value: object) -> Content:
    answer = reading.exact(value, *_ANSWER)
    records = (
        tuple(_record(item) for item in reading.items(answer, "records", MAX_RECORDS))
        if "records" in answer
        else ()
    )
    if len({record.id for record in records}) != len(records):
        raise FieldRefused("records: an id stands twice")
    contact = None if answer.get("contact") is None else _contact(answer["contact"])
    hit, neighbours = reading.flag(answer, "hit"), _neighbours(answer)
    if not hit and (records or contact or neighbours):
        raise FieldRefused("no hit, but records, a contact or neighbours")
    more = reading.flag(answer, "more") if "more" in answer else False
    profile = None if answer.get("profile") is None else read_matching(answer["profile"])
    if profile is not None and {each.id for each in profile.scores} != {record.id for record in records}:
        raise FieldRefused("profile: the scores are not those of the records")
    return Content(hit, contact, records, more, neighbours, profile)


def _neighbours(answer: reading.Object) -> tuple[Neighbours, ...]:
    if answer.get("neighbours") is None:
        return ()
    found = [
        Neighbours(
            reading.matching(entry, "id", RECORD_ID),
            reading.matching(entry, "schema", _PROPERTY),
            reading.whole(entry, "count"),
            reading.flag(entry, "tooCommon"),
        )
        for item in reading.items(answer, "neighbours", MAX_RECORDS)
        if (entry := reading.exact(item, _NEIGHBOURS))
    ]
    if len({(each.id, each.schema) for each in found}) != len(found):
        raise FieldRefused("neighbours: an id stands twice with one schema")
    return tuple(found)


def _contact(value: object) -> Contact:
    contact = reading.exact(value, _CONTACT)
    return Contact(
        reading.whole(contact, "count"),
        reading.words(contact, "categories", _MAX_CODES, ID),
        reading.text(contact, "spoc", _MAX_SHORT),
        reading.text(contact, "reference", _MAX_SHORT),
    )


def _record(value: object) -> Record:
    record = reading.exact(value, *_RECORD)
    texts = {name: _nullable(record, name) for name in _RECORD_TEXTS if name in record}
    provenance, findings = _evidence(texts)
    return Record(
        id=reading.matching(record, "id", RECORD_ID),
        schema=reading.matching(record, "schema", _PROPERTY),
        owner=reading.matching(record, "owner", NODE_ID) if "owner" in record else "",
        version=reading.whole(record, "version") if "version" in record else 0,
        recorded_at=reading.matching(record, "recordedAt", _TIME) if "recordedAt" in record else "",
        handling=_words(record, "handling", _CODE),
        grants=_words(record, "grants", GRANT_REF),
        masked=_words(record, "masked", _MASKED),
        texts=texts,
        codes={name: reading.matching(record, name, _CODE) for name in _RECORD_CODES if name in record},
        properties=_properties(record) if "properties" in record else {},
        identifiers=_identifiers(record) if "identifiers" in record else (),
        provenance=provenance,
        findings=findings,
    )


def _evidence(texts: Mapping[str, str | None]) -> tuple[Provenance, tuple[Ruling, ...]]:
    try:
        return read_provenance(texts.get("provenance") or "{}"), read_rulings(texts.get("findings") or "[]")
    except ProvenanceRejected as error:
        raise FieldRefused(f"provenance: {error}") from error


def _words(record: reading.Object, key: str, form: re.Pattern[str]) -> tuple[str, ...]:
    return reading.words(record, key, _MAX_PROPERTIES, form) if key in record else ()


def _nullable(record: reading.Object, key: str) -> str | None:
    return None if record[key] is None else reading.text(record, key, _MAX_TEXT)


def _properties(record: reading.Object) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in reading.items(record, "properties", _MAX_PROPERTIES):
        entry = reading.exact(item, frozenset({"name", "values"}))
        name = reading.matching(entry, "name", _PROPERTY)
        if name in found:
            raise FieldRefused(f"property {name} stands twice")
        found[name] = reading.texts(entry, "values", _MAX_VALUES, _MAX_TEXT)
    return found


def _identifiers(record: reading.Object) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(
            reading.matching(entry, "kind", _KIND),
            reading.text(entry, "normal", _MAX_SHORT),
            reading.text(entry, "original", _MAX_SHORT),
        )
        for item in reading.items(record, "identifiers", _MAX_IDENTIFIERS)
        if (entry := reading.exact(item, frozenset({"kind", "normal", "original"})))
    )
