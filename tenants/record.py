"""One record as the shelf keeps it: a clean FollowTheMoney entity in its envelope, with what is indexed.

Cleaning and checking happen here, once, at load; a request never does either.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from followthemoney.exc import FollowTheMoneyException
from followthemoney.model import Model
from followthemoney.property import Property
from followthemoney.proxy import EntityProxy
from followthemoney.types import registry
from rigour.names import pick_name

from tenants.envelope import Defaults, Envelope, parse_envelope
from tenants.errors import IdentifierRejected, RecordRejected, Rejected
from tenants.identifiers import KEPT_AS_TOLD, Identifier, normalise
from tenants.model import EntityModel, Kind
from tenants.names import latinise
from tenants.profiles.compounds import Profile, check_plausible, read_profile

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
MOST_VALUES = 500
PROFILE = "ChemicalProfile"
_OFFSET = re.compile(r"(T\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:?\d\d)$")
MOST_ENVELOPES = 1_000
_DAYS = '; days are read as 2026-03-31, others as a mapping says (`date: "%d/%m/%Y"`)'
LONGEST_VALUE = 65_536
_KEYS = frozenset({"id", "schema", "properties", "envelope"})

#: Property name, comparable name.
Name = tuple[str, str]
Properties = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Record:
    """A checked record; `properties` are sorted by name, values in the order of the source, each once.

    `ends` are the record ids that an edge links (source, target), in pairs of (property, id). `dropped` are
    values left out because their type could not read them (`Defaults.drop_bad_values`).
    """

    id: str
    kind: Kind
    properties: Properties
    envelope: Envelope
    identifiers: tuple[tuple[str, Identifier], ...]
    names: tuple[Name, ...]
    countries: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str], ...]
    caption: tuple[str, str] | None  # property, value
    dropped: tuple[Rejected, ...] = ()
    profile: Profile | None = None

    @property
    def ends(self) -> tuple[tuple[str, str], ...]:
        """The references that make an edge; empty for anything else."""
        return tuple(pair for pair in self.references if pair[0] in self.kind.ends)

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything a source says about the record; equal digests are equal records."""
        originals = [(name, item.kind, item.original) for name, item in self.identifiers]
        body = orjson.dumps([self.id, self.kind.name, list(self.properties.items()), originals])
        return hashlib.sha256(body + b"\0" + self.envelope.said).digest()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows of one load; `node` owns what does not name another owner."""

    model: EntityModel
    node: str
    defaults: Defaults
    envelopes: dict[tuple[str, bool], Envelope] = field(default_factory=dict, compare=False)

    def read(self, row: object) -> Record:
        """The record of a parsed row; raises `RecordRejected` or `IdentifierRejected` naming the field."""
        if not isinstance(row, dict) or not row.keys() <= _KEYS:
            raise RecordRejected("NOT_A_RECORD", "", f"is no object with {', '.join(sorted(_KEYS))} only")
        kind = self._kind(row.get("schema"))
        record_id = _record_id(row.get("id"), "id")
        raw = row.get("properties")
        said = row.get("envelope", {})
        if not isinstance(raw, dict) or not isinstance(said, dict):
            raise RecordRejected("NOT_A_RECORD", "properties", "properties or envelope is no object")
        envelope = self._envelope(said, person=kind.person)
        return _Cleaning(kind, self.model.ftm, record_id, self.defaults).record(raw, envelope)

    def _envelope(self, said: Mapping[str, object], *, person: bool) -> Envelope:
        """Rows of one file say the same few things about themselves: each is parsed once."""
        key = (repr(said), person)
        found = self.envelopes.get(key)
        if found is None:
            if len(self.envelopes) >= MOST_ENVELOPES:
                self.envelopes.clear()
            found = parse_envelope(said, self.defaults.envelope, self.node, person=person)
            self.envelopes[key] = found
        return found

    def _kind(self, name: object) -> Kind:
        kind = self.model.kinds.get(name) if isinstance(name, str) else None
        if kind is None or kind.abstract:
            raise RecordRejected(
                "UNKNOWN_SCHEMA", "schema", f"{name!r:.80} is no schema that records may have"
            )
        return kind


class _Cleaning:
    """The cleaning of one entity, value by value."""

    __slots__ = ("country", "currency", "defaults", "dropped", "found", "kind", "proxy", "record_id")

    def __init__(self, kind: Kind, model: Model, record_id: str, defaults: Defaults) -> None:
        self.kind = kind
        self.record_id = record_id
        self.defaults = defaults
        self.country = defaults.country
        self.currency: str | None = None
        self.dropped: list[Rejected] = []
        self.found: list[tuple[str, Identifier]] = []
        schema = model[kind.name]
        self.proxy = EntityProxy(schema, {"id": record_id})

    def record(self, raw: Mapping[str, object], envelope: Envelope) -> Record:
        self._hints(raw)
        clean = {name: values for name in sorted(raw) if (values := self._values(name, raw[name]))}
        self._required(clean)
        kind = self.kind
        profile = _profile(clean) if kind.name == PROFILE else None
        return Record(
            id=self.record_id,
            kind=kind,
            properties=clean,
            envelope=envelope,
            identifiers=tuple(self.found),
            names=_pairs(clean, kind.names, latin=True),
            countries=_pairs(clean, kind.countries),
            references=self._references(clean),
            caption=_caption(kind, clean),
            dropped=tuple(self.dropped),
            profile=profile,
        )

    def _hints(self, raw: Mapping[str, object]) -> None:
        self.currency = _first(raw.get("currency")) or _first(raw.get("currencySymbol"))
        country = _first(raw.get("country"))
        if country is not None and len(country) == 2:  # noqa: PLR2004  # ISO 3166 alpha-2
            self.country = country

    def _values(self, name: str, raw: object) -> tuple[str, ...]:
        prop = self.kind.properties.get(name)
        if prop is None:
            raise RecordRejected("UNKNOWN_PROPERTY", _safe(name), f"is no property of {self.kind.name}")
        if not isinstance(raw, list) or len(raw) > MOST_VALUES:
            raise RecordRejected("NOT_VALUES", name, f"is no list of at most {MOST_VALUES} texts")
        clean: dict[str, None] = {}
        for value in raw:
            try:
                clean[self._clean(prop, value)] = None
            except Rejected as rejected:
                if not self.defaults.drop_bad_values:
                    raise
                self.dropped.append(rejected)
        return tuple(clean)

    def _clean(self, prop: Property, value: object) -> str:
        if isinstance(value, str) and _undecoded(value):
            reason = f"{value!r:.80} holds bytes that are no text in the encoding that the file was read in"
            raise RecordRejected("NOT_TEXT", prop.name, f"{reason} (a mapping says it: `encoding: cp1252`)")
        if not isinstance(value, str) or len(value) > LONGEST_VALUE or not _storable(value):
            raise RecordRejected(
                "NOT_TEXT", prop.name, f"{value!r:.80} is no text of at most {LONGEST_VALUE}"
            )
        kind = self.kind.identifiers.get(prop.name)
        if kind is not None:
            return self._identifier(kind, prop, value)
        if prop.name in self.kind.references:
            return _record_id(value, prop.name)
        return _cleaned(prop, value, self.proxy)

    def _identifier(self, kind: str, prop: Property, value: str) -> str:
        try:
            found = normalise(kind, value, country=self.country, chain=self.currency)
        except IdentifierRejected as rejected:
            if kind in KEPT_AS_TOLD:
                return _cleaned(prop, value, self.proxy)
            raise IdentifierRejected(rejected.code, prop.name, rejected.reason) from rejected
        self.found.append((prop.name, found))
        return found.normal if kind in ("phone", "email") else _cleaned(prop, value, self.proxy)

    def _required(self, clean: Properties) -> None:
        """FollowTheMoney does not report an absent required property."""
        missing = [name for name in self.kind.required if name not in clean]
        if missing:
            raise RecordRejected("REQUIRED", missing[0], f"{self.kind.name} needs {', '.join(missing)}")
        if self.kind.edge and not all(name in clean for name in self.kind.ends):
            raise RecordRejected("MISSING_END", "", f"{self.kind.name} links {' and '.join(self.kind.ends)}")

    def _references(self, clean: Properties) -> tuple[tuple[str, str], ...]:
        return _pairs(clean, self.kind.references)


def _profile(clean: Properties) -> Profile:
    """A profile is whole or it is none: an amount left out would be another profile."""
    method, version = (
        clean[name][0] if len(clean[name]) == 1 else "" for name in ("method", "methodVersion")
    )
    profile = read_profile(method, version, clean["compounds"])
    check_plausible(profile)
    return profile


def _record_id(value: object, name: str) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise RecordRejected("RECORD_ID", name, f"{value!r:.80} does not match {ID.pattern}")
    return value


def _cleaned(prop: Property, value: str, proxy: EntityProxy) -> str:
    if prop.type is registry.date:
        value = _OFFSET.sub(_whole_time, value)
    try:
        clean = prop.type.clean(value, format=prop.format, proxy=proxy)
    except FollowTheMoneyException as error:
        raise RecordRejected("VALUE", prop.name, f"{value!r:.80}: {error}") from error
    if clean is None or len(clean) > LONGEST_VALUE:
        hint = _DAYS if prop.type is registry.date else ""
        raise RecordRejected("VALUE", prop.name, f"{value!r:.80} is not readable as {prop.type.name}{hint}")
    return str(clean)


def _whole_time(found: re.Match[str]) -> str:
    """A time with its seconds and its offset in digits: of others FollowTheMoney drops a part in silence."""
    time, seconds, offset = found.groups()
    return f"{time}{seconds or ':00'}{'+00:00' if offset == 'Z' else offset}"


def _pairs(clean: Properties, wanted: frozenset[str], *, latin: bool = False) -> tuple[tuple[str, str], ...]:
    pairs = {
        (name, latinise(v) if latin else v): None for name in clean if name in wanted for v in clean[name]
    }
    return tuple(pair for pair in pairs if pair[1])


def _caption(kind: Kind, clean: Properties) -> tuple[str, str] | None:
    for name in kind.caption:
        values = clean.get(name, ())
        if values:
            best = pick_name(sorted(values)) if name in kind.names and len(values) > 1 else None
            return name, best or values[0]
    return None


def _first(values: object) -> str | None:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else None


def _undecoded(text: str) -> bool:
    """Whether bytes that were no text came through in it, as surrogates (`tenants.mapped_source`)."""
    return not text.isascii() and any("\udc80" <= each <= "\udcff" for each in text)


def _storable(text: str) -> bool:
    """Whether every database can hold it: no NUL, no half of a surrogate pair."""
    if text.isascii():
        return "\0" not in text
    try:
        return "\0" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def _safe(name: str) -> str:
    """A foreign property name as it may stand in a message."""
    return name[:64].encode("ascii", "backslashreplace").decode()
