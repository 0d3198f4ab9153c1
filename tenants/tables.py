"""The shelf's tables, the same on SQLite and PostgreSQL; only `View` reads and only `Loader` writes them.

`record` holds the current version of every record and a column for everything that a policy may filter on;
`record_version` the past ones. `identifier`, `name`, `country` and `link` are indexes into it: each entry
names the property it was taken from, so that a masked property is never searched. `name_word` leads from a
word, and from two words, to names; `word_key` from a word to other spellings of it. `properties` and
`identifiers` are JSON texts in the form of the answer: a plan without masks copies them as they are.
`findings` are rulings on the record as evidence that came after it: they outlive its versions.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, text
from sqlmodel import Field, SQLModel

from policy.terms import SubjectCategory

LAYOUT = 5
_Row = BigInteger().with_variant(Integer, "sqlite")
#: Compared by code point everywhere, as Python and SQLite do; a database's own collation would differ.
_Text = Text().with_variant(Text(collation="C"), "postgresql")


# nosemgrep: sql-from-text  # a constant of the vocabulary
_UNCATEGORISED = text(f"subject_category = '{SubjectCategory.UNCATEGORISED}'")
_WITHOUT_CATEGORY: Any = {"sqlite_where": _UNCATEGORISED, "postgresql_where": _UNCATEGORISED}


class Shelf(SQLModel):
    """Base of the shelf's tables: a metadata of its own, apart from other rooms' tables."""

    metadata = MetaData()


class RecordRow(Shelf, table=True):
    """Current version of one record. `recorded_at` is RFC 3339 in UTC, dates are Unix seconds."""

    __tablename__ = "record"
    __table_args__ = (Index("quarantine", "id", **_WITHOUT_CATEGORY),)
    row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    version: int
    recorded_at: str = Field(sa_type=_Text)
    recorded_by: str = Field(sa_type=_Text)
    source: int  # the load that wrote this version, and its line there
    source_line: int = Field(sa_type=BigInteger)
    findings: str | None = Field(sa_type=_Text)  # JSON array of rulings (policy.provenance)
    id: str = Field(unique=True, sa_type=_Text)
    schema_: str = Field(sa_column=Column("schema", _Text, nullable=False))
    is_edge: bool
    dataset: str = Field(sa_type=_Text)
    case_ref: str | None = Field(sa_type=_Text)
    owner: str = Field(sa_type=_Text)
    subject_category: str = Field(sa_type=_Text)
    tlp: str = Field(sa_type=_Text)
    source_evaluation: str = Field(sa_type=_Text)
    information_evaluation: str = Field(sa_type=_Text)
    assessment: str = Field(sa_type=_Text)
    h0: bool
    h1: bool
    h2: bool
    h3: bool
    ongoing: bool
    retain_until: int | None = Field(sa_type=BigInteger)
    review_at: int | None = Field(sa_type=BigInteger)
    handling: str = Field(sa_type=_Text)  # JSON array of codes
    handling_text: str | None = Field(sa_type=_Text)
    instrument: str | None = Field(sa_type=_Text)
    authority: str | None = Field(sa_type=_Text)
    method: str | None = Field(sa_type=_Text)
    provenance_digest: str | None = Field(sa_type=_Text)
    provenance: str | None = Field(sa_type=_Text)  # JSON of all that is stated, those four too
    caption_property: str | None = Field(sa_type=_Text)
    caption: str | None = Field(sa_type=_Text)
    digest: bytes
    properties: str = Field(sa_type=_Text)  # JSON: [{"name": …, "values": […]}, …] sorted by name
    identifiers: str = Field(sa_type=_Text)  # JSON: [{"kind": …, "normal": …, "original": …}, …]


class VersionRow(Shelf, table=True):
    """A past version: `document` is the JSON of the whole record row as it stood."""

    __tablename__ = "record_version"
    id: str = Field(primary_key=True, sa_type=_Text)
    version: int = Field(primary_key=True)
    recorded_at: str = Field(sa_type=_Text)
    superseded_at: str = Field(sa_type=_Text)
    document: str = Field(sa_type=_Text)


class IdentifierRow(Shelf, table=True):
    """Answers an exact lookup."""

    __tablename__ = "identifier"
    __table_args__ = {"sqlite_with_rowid": False}  # SQLAlchemy reads a plain dict
    normal: str = Field(primary_key=True, sa_type=_Text)
    kind: str = Field(primary_key=True, sa_type=_Text)
    record_row: int = Field(sa_column=Column(_Row, primary_key=True, index=True, autoincrement=False))
    ordinal: int = Field(primary_key=True)
    property: str = Field(sa_type=_Text)
    original: str = Field(sa_type=_Text)


class NameRow(Shelf, table=True):
    """A name in its comparable form."""

    __tablename__ = "name"
    row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    record_row: int = Field(sa_column=Column(_Row, index=True, nullable=False))
    property: str = Field(sa_type=_Text)
    latin: str = Field(sa_type=_Text)


class NameWordRow(Shelf, table=True):
    """A word of a name, or two of them (`names.name_keys`); names by their row: shorter ones first."""

    __tablename__ = "name_word"
    __table_args__ = {"sqlite_with_rowid": False}  # SQLAlchemy reads a plain dict
    word: str = Field(primary_key=True, sa_type=_Text)
    name_row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))


class WordKeyRow(Shelf, table=True):
    """A key that a word of a name shares with its other spellings and its parts (`spelling.word_keys`)."""

    __tablename__ = "word_key"
    __table_args__ = {"sqlite_with_rowid": False}  # SQLAlchemy reads a plain dict
    key: str = Field(primary_key=True, sa_type=_Text)
    word: str = Field(primary_key=True, sa_type=_Text)


class CountryRow(Shelf, table=True):
    """A country code that a property of a record gives."""

    __tablename__ = "country"
    __table_args__ = {"sqlite_with_rowid": False}  # SQLAlchemy reads a plain dict
    record_row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    code: str = Field(primary_key=True, sa_type=_Text)
    property: str = Field(primary_key=True, sa_type=_Text)


class LinkRow(Shelf, table=True):
    """A record refers to another by its id; `is_end` for the two ends of an edge."""

    __tablename__ = "link"
    __table_args__ = {"sqlite_with_rowid": False}  # SQLAlchemy reads a plain dict
    end_id: str = Field(primary_key=True, sa_type=_Text)
    record_row: int = Field(sa_column=Column(_Row, primary_key=True, index=True, autoincrement=False))
    property: str = Field(primary_key=True, sa_type=_Text)
    is_end: bool


class ProfileRow(Shelf, table=True):
    """The amounts of a chemical profile, 64-bit floats in the order of its series; series 0: none any more.

    `stamp` rises with every row written, so that whoever keeps them in memory asks for what is newer.
    """

    __tablename__ = "profile"
    record_row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    stamp: int = Field(sa_column=Column(_Row, unique=True, nullable=False))
    series: int
    amounts: bytes


class SeriesRow(Shelf, table=True):
    """Profiles of one method, version, quantity and list of measured compounds; `told` is these as JSON."""

    __tablename__ = "profile_series"
    number: int = Field(primary_key=True)
    told: str = Field(unique=True, sa_type=_Text)


class CalibrationRow(Shelf, table=True):
    """What the scores of one version of a method have meant (`profiles/calibration.py`), the newest only."""

    __tablename__ = "profile_calibration"
    method: str = Field(primary_key=True, sa_type=_Text)
    version: str = Field(primary_key=True, sa_type=_Text)
    document: str = Field(sa_type=_Text)


class SourceRow(Shelf, table=True):
    """One load of one file under one set of settings; `finished_at` is empty while it runs or was killed."""

    __tablename__ = "source"
    number: int = Field(primary_key=True)
    digest: str = Field(sa_type=_Text)  # sha256:<hex> of the file
    settings: str = Field(sa_type=_Text)  # sha256:<hex> of node, defaults and mapping
    lines: int = Field(sa_type=BigInteger)  # rows done, in committed batches
    position: int = Field(sa_type=BigInteger)  # bytes done
    loaded: int
    altered: int
    unchanged: int
    rejected: int
    quarantined: int
    finished_at: str | None = Field(sa_type=_Text)


class SourceFileRow(Shelf, table=True):
    """What the file of a load was called; a table of its own, so that older databases keep their layout."""

    __tablename__ = "source_file"
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(sa_type=_Text)


class RejectRow(Shelf, table=True):
    """A row that was not taken, or (`kept`) a value left out of a row that was."""

    __tablename__ = "reject"
    source: int = Field(primary_key=True)
    line: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    ordinal: int = Field(primary_key=True)
    field: str = Field(sa_type=_Text)
    code: str = Field(sa_type=_Text)
    reason: str = Field(sa_type=_Text)
    kept: bool


class ArrivalRow(Shelf, table=True):
    """A version of a record that arrived; gone when somebody has taken it (`arrivals.py`)."""

    __tablename__ = "arrival"
    record_row: int = Field(sa_column=Column(_Row, primary_key=True, autoincrement=False))
    version: int = Field(primary_key=True)


class RevisionRow(Shelf, table=True):
    """Which state of the shelf this is, one row (`revision.py`); `xact` is the transaction that made it."""

    __tablename__ = "revision"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = Field(sa_type=BigInteger)
    mark: str = Field(sa_type=_Text)
    xact: int = Field(sa_type=BigInteger)


class LayoutRow(Shelf, table=True):
    """The layout that this database has; another version of the program refuses it."""

    __tablename__ = "layout"
    layout: int = Field(primary_key=True)
