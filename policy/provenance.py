"""Where evidence comes from: instrument, acquisition, chain of custody, and what courts have said of it.

Whatever states it, a file or a partner, is hostile until read here: exact keys, exact types, capped sizes.
A chain of custody is kept as it was told; where it breaks is worked out anew at every look and told by codes.
What nobody stated is not stated, and never admissible. Sources: Directive 2014/41/EU (EIO; Art. 31:
interception without technical assistance), Council Framework Decision 2002/465/JHA (JIT), the Convention of
29 May 2000 (MLA), ISO/IEC 27037 (identification, collection, acquisition and preservation).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import orjson
from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from policy.errors import ProvenanceRejected

MOST_BYTES: Final = 16_384
MOST_ENTRIES: Final = 32
MOST_FINDINGS: Final = 64
_T = TypeVar("_T")
_CLOSED = ConfigDict(extra="forbid", strict=True)
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}\z")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}\z")]
"""ISO 3166-1 alpha-2."""
Short = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\z")]
Long = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+\z")]


class Instrument(StrEnum):
    """Under what evidence crossed a border; OTHER is an instrument told in words."""

    EIO = "EIO"
    JIT = "JIT"
    MLA = "MLA"
    SIENA = "SIENA"
    OTHER = "OTHER"


class Acquisition(StrEnum):
    """How it was acquired."""

    INTERCEPTION = "INTERCEPTION"
    REMOTE_ACCESS = "REMOTE_ACCESS"
    EXTRACTION = "EXTRACTION"
    SEIZURE = "SEIZURE"
    PRODUCTION = "PRODUCTION"
    OBSERVATION = "OBSERVATION"
    PUBLIC = "PUBLIC"


class Step(StrEnum):
    """What was done with it while somebody held it."""

    ACQUIRED = "ACQUIRED"
    COPIED = "COPIED"
    DECRYPTED = "DECRYPTED"
    PROCESSED = "PROCESSED"
    TRANSFERRED = "TRANSFERRED"
    SEALED = "SEALED"


class Admissibility(StrEnum):
    """What a country's courts say of it, the strictest first."""

    EXCLUDED = "EXCLUDED"
    CONTESTED = "CONTESTED"
    UNDECIDED = "UNDECIDED"
    ADMITTED = "ADMITTED"


class Ground(StrEnum):
    """What an objection rests on."""

    JURISDICTION = "JURISDICTION"
    NOT_NOTIFIED = "NOT_NOTIFIED"
    DEFENCE_RIGHTS = "DEFENCE_RIGHTS"
    INTEGRITY = "INTEGRITY"
    PROPORTIONALITY = "PROPORTIONALITY"


class Gap(StrEnum):
    """What is wrong with what was stated, or missing from it."""

    CUSTODY_NOT_STATED = "CUSTODY_NOT_STATED"
    CUSTODY_TIME = "CUSTODY_TIME"
    CUSTODY_DIGEST_MISSING = "CUSTODY_DIGEST_MISSING"
    CUSTODY_BREAK = "CUSTODY_BREAK"
    CUSTODY_OTHER_ITEM = "CUSTODY_OTHER_ITEM"
    NOTIFICATION_NOT_STATED = "NOTIFICATION_NOT_STATED"


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Tool:
    """What it was acquired or decrypted with; the digest is of the program."""

    name: Short
    version: Short | None = None
    digest: Digest | None = None


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Custody:
    """One entry of the chain: when, who (an office, never a person), what, digests before and after."""

    at: AwareDatetime
    by: Short
    step: Step
    before: Digest | None = None
    after: Digest | None = None


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Notified:
    """A state that was told of an interception on its territory (Directive 2014/41/EU Art. 31)."""

    country: Country
    on: date
    reference: Short | None = None


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Ruling:
    """What a court or authority of a country decided, or that it has not decided yet."""

    country: Country
    status: Admissibility
    court: Short
    reference: Short
    decided: date


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Objection:
    """An objection of the defence in a country; open as long as nobody answered it."""

    country: Country
    ground: Ground
    raised: date
    reference: Short | None = None
    answered: date | None = None


@dataclass(frozen=True, slots=True, config=_CLOSED)
class Provenance:
    """Everything that is stated; an empty one states nothing. `digest` is that of the source item."""

    instrument: Long | None = None
    authority: Long | None = None
    method: Long | None = None
    digest: Digest | None = None
    reference: Short | None = None
    acquisition: Acquisition | None = None
    tool: Tool | None = None
    custody: Annotated[tuple[Custody, ...], Field(max_length=MOST_ENTRIES)] = ()
    notified: Annotated[tuple[Notified, ...], Field(max_length=MOST_ENTRIES)] = ()
    rulings: Annotated[tuple[Ruling, ...], Field(max_length=MOST_ENTRIES)] = ()
    objections: Annotated[tuple[Objection, ...], Field(max_length=MOST_ENTRIES)] = ()

    @property
    def code(self) -> Instrument | None:
        """The instrument as a code; None when none is stated."""
        if self.instrument is None:
            return None
        known = self.instrument in Instrument.__members__
        return Instrument[self.instrument] if known else Instrument.OTHER

    @property
    def text(self) -> str | None:
        """What is stated as JSON, nothing of what is not; None when nothing is."""
        told = plain(self)
        return orjson.dumps(told).decode() if told else None


_PROVENANCE: Final = TypeAdapter(Provenance)
_RULINGS: Final = TypeAdapter(Annotated[tuple[Ruling, ...], Field(max_length=MOST_FINDINGS)])


def read_provenance(text: str | bytes) -> Provenance:
    """The provenance that JSON states; `ProvenanceRejected` names the part that is wrong."""
    return _read(_PROVENANCE, text)


def read_rulings(text: str | bytes) -> tuple[Ruling, ...]:
    """The rulings in a JSON list; `ProvenanceRejected` names the part that is wrong."""
    return _read(_RULINGS, text)


def written(rulings: Sequence[Ruling]) -> str:
    """Rulings as `read_rulings` reads them."""
    return orjson.dumps([asdict(each) for each in rulings]).decode()


def plain(provenance: Provenance) -> dict[str, object]:
    """What is stated as JSON values (dates as dates), nothing of what is not."""
    return {name: _stated(value) for name, value in asdict(provenance).items() if value}


def _stated(value: object) -> object:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if part is not None}
    return [_stated(part) for part in value] if isinstance(value, tuple) else value


def _read(adapter: TypeAdapter[_T], text: str | bytes) -> _T:
    size = len(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    if size > MOST_BYTES:
        raise ProvenanceRejected("", f"{size} bytes, at most {MOST_BYTES}")
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        part = ".".join(str(each)[:40] for each in first["loc"])
        raise ProvenanceRejected(part, first["msg"][:200]) from error


def gaps(provenance: Provenance) -> tuple[tuple[int, Gap], ...]:
    """What is wrong or missing, each with the place of the entry of custody it is about (from 1; 0: none).

    1. Somebody acquired it, and no chain is stated. 2. Each entry is later than the one before or at its
    time. 3. It has the digest after it, and but for the first the one before it. 4. It begins with what the
    one before ended with. 5. The last ends with the item that the record was made from. 6. An interception
    names the states that were notified (Art. 31).
    """
    found = []
    if provenance.acquisition and not provenance.custody:  # 1
        found.append((0, Gap.CUSTODY_NOT_STATED))
    for place, entry in enumerate(provenance.custody, start=1):
        last = provenance.custody[place - 2] if place > 1 else None
        if last is not None and entry.at < last.at:  # 2
            found.append((place, Gap.CUSTODY_TIME))
        if entry.after is None or (last is not None and entry.before is None):  # 3
            found.append((place, Gap.CUSTODY_DIGEST_MISSING))
        elif last is not None and last.after is not None and entry.before != last.after:  # 4
            found.append((place, Gap.CUSTODY_BREAK))
    end = provenance.custody[-1].after if provenance.custody else None
    if end is not None and provenance.digest is not None and end != provenance.digest:  # 5
        found.append((len(provenance.custody), Gap.CUSTODY_OTHER_ITEM))
    if provenance.acquisition is Acquisition.INTERCEPTION and not provenance.notified:  # 6
        found.append((0, Gap.NOTIFICATION_NOT_STATED))
    return tuple(found)


def standing(provenance: Provenance, findings: Sequence[Ruling] = ()) -> dict[str, Admissibility]:
    """How it stands in each country that anything is said of, by country.

    1. The latest ruling counts, of those of one day the strictest. 2. An open objection contests whatever a
    court has not excluded. A country that is not in it has said nothing: that is not admitted.
    """
    latest: dict[str, Ruling] = {}
    for each in (*provenance.rulings, *findings):
        before = latest.get(each.country)
        if before is None or (each.decided, -strictness(each.status)) > (
            before.decided,
            -strictness(before.status),
        ):
            latest[each.country] = each
    found = {country: each.status for country, each in latest.items()}  # 1
    for objection in provenance.objections:
        if objection.answered is None and found.get(objection.country) is not Admissibility.EXCLUDED:
            found[objection.country] = Admissibility.CONTESTED  # 2
    return dict(sorted(found.items()))


def strictness(status: Admissibility) -> int:
    """From 0, the strictest."""
    return list(Admissibility).index(status)


def strictest(told: dict[str, Admissibility]) -> Admissibility | None:
    """The strictest that any country says."""
    return min(told.values(), key=strictness, default=None)
