"""A mapping: a YAML file that says how the rows of a table, a JSON list or a matrix become records.

format: csv | xlsx | json-list | matrix      encoding: utf-8      delimiter: ","
decimal: ","                          of amounts and of a sheet's numbers
sheet: Results                        its first one unless told
header: 3                             line of the headings of csv and xlsx; what stands above is not read
country: fr                           on_bad_value: reject | drop
envelope: {dataset: ports, …}         defaults of every record
only: {hash_of: rec_id, modulo: 2, equals: 0}      rows whose SHA-256 of that column leaves that remainder
records:
  - schema: Port
    from: row                         matrix only: row | column | cell
    when: [UN/LOCODE]                 only rows in which these columns are not blank
    id: "wpi-{World Port Index Number}"            or {prefix: p-, hash: [given_name, surname]}
    envelope: {case: "{case}"}        texts are templates; parts of a provenance that are blank are left out
    properties:
      name: Main Port Name            a column
      country: {constant: fr}
      summary: {template: "{region}, {water}"}     left out when all of its columns are blank
      alias: {column: Alternate Port Name, split: ";"}
      birthDate: {column: date_of_birth, date: "%Y%m%d"}
      startDate: {column: In, date: "%d.%m.%Y %H:%M"}      as told; with %z it becomes UTC
      haulier: {prefix: co-, hash: [Trucker no]}           the id that such a record has
      movement: {column: Event, codes: {GTOUT: GATE_OUT}}  a text that is not listed rejects the row
      amount: {column: Betrag, read: number}     in the mapping's decimal sign, thousands may be grouped
      currency: {column: Valuta, read: currency}           a code of ISO 4217, or the row is rejected
      compounds: {measured: "*", unit: "%"}        amounts of a chemical profile: `measuring.py`

In a JSON list of texts the column is `value`; `index` counts from 0. In a matrix, rows and columns give
`label` (and `index`), cells give `row`, `column` and `value`; cells that are 0 or blank are left out, and
with `symmetric: true` those on and below the diagonal.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from tenants.amounts import read_currency, read_number
from tenants.envelope import Defaults
from tenants.errors import MappingRejected, RecordRejected
from tenants.measuring import Measuring, measuring

LARGEST_MAPPING = 1 << 20  # bytes
DEEPEST_MAPPING = 20
FORMATS = ("csv", "xlsx", "json-list", "matrix")
PARTS = ("row", "column", "cell")
_PLACE = re.compile(r"\{([^{}]+)\}")
_KEYS = {
    "mapping": {
        "format", "encoding", "delimiter", "country", "on_bad_value", "envelope", "only", "records",
        "symmetric", "decimal", "sheet", "header",
    },
    "record": {"schema", "from", "when", "id", "envelope", "properties"},
    "value": {"column", "constant", "template", "split", "date", "codes", "prefix", "hash", "read"},
    "measured": {"measured", "unit", "uncertainty"},
    "only": {"hash_of", "modulo", "equals"},
    "id": {"prefix", "hash"},
}  # fmt: skip
PROVENANCE = "provenance"
MOST_ABOVE = 1_000
"""Line of a table's headings, at most."""
_NOTHING: tuple[object, ...] = ("", {}, [])
#: A row of a source: column name to text.
Row = Map[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """Text with `{column}` in it; blank when every column it names is blank."""

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names."""
        return tuple(_PLACE.findall(self.text))

    def of(self, row: Row) -> str:
        """The text for one row; raises `RecordRejected` (`NO_COLUMN`)."""
        values = {name: cell(row, name) for name in self.columns}
        if values and not any(values.values()):
            return ""
        return _PLACE.sub(lambda place: values[place[1]], self.text).strip()


@dataclass(frozen=True, slots=True)
class Hashed:
    """An id of `prefix` and the first 20 digits of the SHA-256 of some columns."""

    prefix: str
    hash: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is made of."""
        return self.hash

    def of(self, row: Row) -> str:
        """The id for one row."""
        text = "\x1f".join(cell(row, name) for name in self.hash)
        return self.prefix + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Value:
    """Where a property's values come from."""

    source: Template | Hashed
    split: str = ""
    date: str = ""
    codes: Map[str, str] = field(default_factory=dict)
    read: str = ""
    decimal: str = "."

    def of(self, row: Row) -> list[str]:
        """The values for one row, blank ones left out; raises `RecordRejected` (`CODE` …)."""
        named = self.source.columns
        text = self.source.of(row) if not named or any(cell(row, name) for name in named) else ""
        parts = text.split(self.split) if self.split else [text]
        return [self._decoded(self._read(self._dated(part.strip()))) for part in parts if part.strip()]

    def _read(self, text: str) -> str:
        named = ", ".join(self.source.columns)
        match self.read:
            case "number":
                return read_number(text, self.decimal, named)
            case "currency":
                return read_currency(text, named)
            case _:
                return text

    def _decoded(self, text: str) -> str:
        if self.codes and text not in self.codes:
            named = ", ".join(self.source.columns)
            raise RecordRejected("CODE", named, f"{text!r:.80} is none of {', '.join(self.codes)}")
        return self.codes.get(text, text)

    def _dated(self, text: str) -> str:
        if not self.date:
            return text
        try:
            told = datetime.strptime(text, self.date)  # noqa: DTZ007  # a source may tell local time
        except ValueError:
            return text  # the cleaning rejects it by name
        if "%H" not in self.date:
            return told.date().isoformat()
        return (told.astimezone(UTC) if told.tzinfo else told).replace(tzinfo=None).isoformat()


@dataclass(frozen=True, slots=True)
class RecordRule:
    """How one row becomes one record."""

    schema: str
    part: str
    when: tuple[str, ...]
    id: Template | Hashed
    envelope: Map[str, object]
    properties: Map[str, Value | Measuring]

    def of(self, row: Row) -> dict[str, object] | None:
        """The record as a parsed JSON line, `None` when `when` does not hold."""
        if not all(cell(row, name) for name in self.when):
            return None
        said = {name: _filled(value, row) for name, value in self.envelope.items()}
        properties = {name: values for name, value in self.properties.items() if (values := value.of(row))}
        said |= {PROVENANCE: _stated(said[PROVENANCE])} if PROVENANCE in said else {}
        envelope = {name: value for name, value in said.items() if value not in ("", {})}
        return {"id": self.id.of(row), "schema": self.schema, "properties": properties, "envelope": envelope}


@dataclass(frozen=True, slots=True)
class Only:
    """A share of the rows: SHA-256 of one column, modulo, equals."""

    hash_of: str
    modulo: int
    equals: int

    def holds(self, row: Row) -> bool:
        """Whether the row is in the share."""
        digest = hashlib.sha256(cell(row, self.hash_of).encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.modulo == self.equals


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping; `described` is what it was read from, for the digest of a load's settings."""

    format: str
    encoding: str
    delimiter: str
    decimal: str
    sheet: str
    header: int
    symmetric: bool
    defaults: Defaults
    only: Only | None
    records: tuple[RecordRule, ...]
    described: Map[str, object]


def cell(row: Row, name: str) -> str:
    """A cell; raises `RecordRejected` when the source has no such column."""
    value = row.get(name)
    if value is None:
        raise RecordRejected("NO_COLUMN", name, f"the row has columns {sorted(row)!r:.200}")
    return value


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises `MappingRejected` naming the key."""
    try:
        if path.stat().st_size > LARGEST_MAPPING:
            raise MappingRejected("MAPPING_UNREADABLE", path.name, f"is over {LARGEST_MAPPING} bytes")
        text = path.read_text(encoding="utf-8")
        _check_shape(path.name, text)
        described = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, RecursionError, ValueError, yaml.YAMLError) as error:
        raise MappingRejected("MAPPING_UNREADABLE", path.name, str(error)[:300]) from error
    return parse_mapping(described)


def _check_shape(name: str, text: str) -> None:
    """Refuse what unfolds or nests: aliases of aliases fill memory, deep lists take the square of time."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise MappingRejected("MAPPING_UNREADABLE", name, "holds an alias; write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_MAPPING:
            raise MappingRejected("MAPPING_UNREADABLE", name, f"nests deeper than {DEEPEST_MAPPING}")


def parse_mapping(described: object) -> Mapping:
    """A mapping from its parsed YAML."""
    said = _table(described, "mapping")
    rules = said.get("records")
    if not isinstance(rules, list) or not rules:
        raise MappingRejected("MAPPING", "records", "is no list of records")
    bad = _word(said, "on_bad_value", ("reject", "drop"), "reject")
    decimal, named = _word(said, "decimal", (".", ","), "."), tuple(_named(rules))
    country = said.get("country")
    if country is not None and not (isinstance(country, str) and re.fullmatch("[a-z]{2}", country)):
        raise MappingRejected("MAPPING", "country", f"{country!r:.40} is no lower-case two-letter code")
    return Mapping(
        format=_word(said, "format", FORMATS, ""),
        encoding=_text(said, "encoding", "utf-8-sig"),
        delimiter=_text(said, "delimiter", ","),
        decimal=decimal,
        sheet=_optional(said, "sheet"),
        header=_line(said),
        symmetric=said.get("symmetric") is True,
        defaults=Defaults(_plain_table(said.get("envelope", {}), "envelope"), country, bad == "drop"),
        only=_only(said["only"]) if "only" in said else None,
        records=tuple(_rule(rule, named, decimal) for rule in rules),
        described=said,
    )


def _line(said: Map[str, object]) -> int:
    line = said.get("header", 1)
    if not isinstance(line, int) or isinstance(line, bool) or not 1 <= line <= MOST_ABOVE:
        raise MappingRejected("MAPPING", "header", f"{line!r:.40} is no line from 1 to {MOST_ABOVE}")
    return line


def records_of(row: Row, mapping: Mapping, part: str = "row") -> Iterator[dict[str, object]]:
    """The records that one row gives."""
    if mapping.only is not None and part == "row" and not mapping.only.holds(row):
        return
    for rule in mapping.records:
        record = rule.of(row) if rule.part == part else None
        if record is not None:
            yield record


def _named(described: object) -> Iterator[str]:
    """Every column that a mapping may mean, however it names it."""
    if isinstance(described, str):
        yield from (described, *_PLACE.findall(described))
    parts = described.values() if isinstance(described, dict) else described
    for part in parts if isinstance(parts, Iterable) and not isinstance(parts, str) else ():
        yield from _named(part)


def _rule(described: object, named: Sequence[str], decimal: str) -> RecordRule:
    said = _table(described, "record")
    properties = _plain_table(said.get("properties", {}), "properties")
    return RecordRule(
        schema=_text(said, "schema", ""),
        part=_word(said, "from", PARTS, "row"),
        when=_texts(said.get("when", []), "when"),
        id=_id(said.get("id")),
        envelope=_plain_table(said.get("envelope", {}), "envelope"),
        properties={
            name: _measured(value, name, named, decimal)
            if isinstance(value, dict) and "measured" in value
            else _value(value, name, decimal)
            for name, value in properties.items()
        },
    )


def _id(described: object) -> Template | Hashed:
    if isinstance(described, str):
        return Template(described)
    return _hashed(_table(described, "id"))


def _hashed(said: Map[str, object]) -> Hashed:
    return Hashed(_text(said, "prefix", ""), _texts(said.get("hash"), "hash"))


def _measured(described: object, name: str, named: Sequence[str], decimal: str) -> Measuring:
    try:
        return measuring(_table(described, "measured"), named, decimal)
    except ValueError as error:
        raise MappingRejected("MAPPING", name, str(error)) from error


def _value(described: object, name: str, decimal: str) -> Value:
    if isinstance(described, str):
        return Value(Template("{" + described + "}"))
    said = _table(described, "value")
    if "hash" in said:
        return Value(_hashed(said))
    sources = [key for key in ("column", "constant", "template") if key in said]
    if len(sources) != 1:
        raise MappingRejected("MAPPING", name, "needs one of column, constant, template")
    text = _text(said, sources[0], "")
    if sources[0] == "constant" and _PLACE.search(text):
        raise MappingRejected("MAPPING", name, "a constant holds no {column}")
    template = Template("{" + text + "}" if sources[0] == "column" else text)
    codes = _plain_table(said.get("codes", {}), name)
    if not all(isinstance(word, str) and word for word in codes.values()):
        raise MappingRejected("MAPPING", name, f"the codes {list(codes)!r:.80} are not all for texts")
    return Value(
        template,
        _optional(said, "split"),
        _optional(said, "date"),
        {**codes},  # type: ignore[dict-item]  # checked above
        _word(said, "read", ("", "number", "currency"), ""),
        decimal,
    )


def _only(described: object) -> Only:
    said = _table(described, "only")
    modulo, equals = said.get("modulo"), said.get("equals")
    if type(modulo) is not int or type(equals) is not int or not 0 <= equals < modulo:
        raise MappingRejected("MAPPING", "only", f"{equals!r:.20} of {modulo!r:.20} is no share")
    return Only(_text(said, "hash_of", ""), modulo, equals)


def _filled(value: object, row: Row) -> object:
    """An envelope value with the columns of the row put in, however deep."""
    if isinstance(value, str):
        return Template(value).of(row)
    if isinstance(value, dict):
        return {name: _filled(part, row) for name, part in value.items()}
    return [_filled(part, row) for part in value] if isinstance(value, list) else value


def _stated(value: object) -> object:
    """What is left of a provenance when the parts that are blank in a row are left out, however deep."""
    if isinstance(value, dict):
        return {name: told for name, part in value.items() if (told := _stated(part)) not in _NOTHING}
    if isinstance(value, list):
        return [told for part in value if (told := _stated(part)) not in _NOTHING]
    return value


def _table(described: object, kind: str) -> dict[str, object]:
    said = _plain_table(described, kind)
    unknown = said.keys() - _KEYS[kind]
    if unknown:
        raise MappingRejected("MAPPING", kind, f"unknown keys {sorted(unknown)!r:.200}")
    return said


def _plain_table(described: object, name: str) -> dict[str, object]:
    if not isinstance(described, dict) or not all(isinstance(key, str) for key in described):
        raise MappingRejected("MAPPING", name, f"{described!r:.80} is no table")
    return described


def _text(said: Map[str, object], name: str, missing: str) -> str:
    value = said.get(name, missing)
    if not isinstance(value, str) or not value:
        raise MappingRejected("MAPPING", name, f"{value!r:.80} is no text")
    return value


def _optional(said: Map[str, object], name: str) -> str:
    return _text(said, name, "") if name in said else ""


def _word(said: Map[str, object], name: str, words: Sequence[str], missing: str) -> str:
    value = said.get(name, missing)
    if value not in words:
        raise MappingRejected("MAPPING", name, f"{value!r:.80} is none of {', '.join(words)}")
    return str(value)


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise MappingRejected("MAPPING", name, f"{value!r:.80} is no list of columns")
    return tuple(value)
