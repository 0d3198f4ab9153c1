"""The envelope: who owns a record, why it is held, who may see it; ours, never FollowTheMoney's.

Strict: unknown keys, wrong types and words outside of the vocabulary are rejected, each with a code. What is
missing comes from the defaults of the load; what is still missing gets the most careful value (X4, AMBER,
`UNCATEGORISED` for a person).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import orjson

from policy.errors import ProvenanceRejected
from policy.provenance import Provenance, read_provenance
from policy.terms import Assessment, Handling, InformationEvaluation, SourceEvaluation, SubjectCategory, Tlp
from tenants.errors import RecordRejected

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}")
NODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
LONGEST_TEXT = 2_000
_KEYS = frozenset({
    "dataset", "case", "owner", "subject_category", "handling", "handling_text", "source", "information",
    "tlp", "assessment", "ongoing", "provenance", "retain_until", "review_at", "withdrawn",
})  # fmt: skip
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True)  # no slots: what is worked out once is kept, thousands of records share an envelope
class Envelope:
    """Dates are Unix seconds at midnight UTC, `None` when open; `handling` is sorted.

    What its source has withdrawn (`withdrawn`) was to be kept until 0: it is shown to nobody from then on.
    """

    owner: str
    dataset: str
    case: str | None
    subject_category: SubjectCategory
    handling: tuple[Handling, ...] = ()
    handling_text: str | None = None
    source: SourceEvaluation = SourceEvaluation.X
    information: InformationEvaluation = InformationEvaluation.N4
    tlp: Tlp = Tlp.AMBER
    assessment: Assessment = Assessment.ASSESSMENT
    ongoing: bool = False
    provenance: Provenance = field(default_factory=Provenance)
    retain_until: int | None = None
    review_at: int | None = None

    @cached_property
    def said(self) -> bytes:
        """Everything it says, as JSON with sorted keys: for digests."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    @cached_property
    def flags(self) -> tuple[bool, ...]:
        """Whether each of H0 to H3 is set."""
        return tuple(code in self.handling for code in Handling)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What one load says of every row that does not say otherwise.

    `envelope` has the keys of a row's own envelope; `country` is where national numbers are dialled.
    `drop_bad_values`: a value that its type cannot read is left out and listed in the rejects file; otherwise
    its whole row is rejected.
    """

    envelope: Mapping[str, object] = field(default_factory=dict)
    country: str | None = None
    drop_bad_values: bool = False


def parse_envelope(
    raw: Mapping[str, object], defaults: Mapping[str, object], node: str, *, person: bool
) -> Envelope:
    """The envelope of one row of `node`; raises `RecordRejected` (`ENVELOPE_*`)."""
    said = {**defaults, **raw}
    unknown = said.keys() - _KEYS
    if unknown:
        raise RecordRejected("ENVELOPE_KEY", "envelope", f"unknown keys {sorted(unknown)}")
    dataset = _code(said, "dataset")
    if dataset is None:
        raise RecordRejected("ENVELOPE_DATASET", "envelope.dataset", "neither the row nor the load names one")
    return Envelope(
        owner=_matching(said, "owner", NODE) or node,
        dataset=dataset,
        case=_code(said, "case"),
        subject_category=_category(raw, defaults, person=person),
        handling=_handling(said.get("handling")),
        handling_text=_text(said, "handling_text"),
        source=_word(said, "source", SourceEvaluation.X),
        information=_word(said, "information", InformationEvaluation.N4),
        tlp=_word(said, "tlp", Tlp.AMBER),
        assessment=_word(said, "assessment", Assessment.ASSESSMENT),
        ongoing=_flag(said, "ongoing"),
        provenance=_provenance(said.get("provenance")),
        retain_until=0 if _flag(said, "withdrawn") else _day(said, "retain_until"),
        review_at=_day(said, "review_at"),
    )


def check_defaults(defaults: Defaults, node: str) -> None:
    """Raise `RecordRejected` for defaults that no row could use, before a load begins."""
    parse_envelope({}, {"dataset": "unnamed", **defaults.envelope}, node, person=True)


def _category(raw: Mapping[str, object], defaults: Mapping[str, object], *, person: bool) -> SubjectCategory:
    """The row's own word; else, for a person, that of the load: a load's default says nothing of things."""
    if not person:
        return _word(raw, "subject_category", SubjectCategory.NOT_A_PERSON)
    of_load = _word(defaults, "subject_category", SubjectCategory.UNCATEGORISED)
    of_things = of_load is SubjectCategory.NOT_A_PERSON
    category = _word(raw, "subject_category", SubjectCategory.UNCATEGORISED if of_things else of_load)
    if category is SubjectCategory.NOT_A_PERSON:
        raise RecordRejected("ENVELOPE_CATEGORY", "envelope.subject_category", "a person is no NOT_A_PERSON")
    return category


def _word(said: Mapping[str, object], key: str, missing: _Word) -> _Word:
    value = said.get(key)
    if value is None:
        return missing
    words = type(missing)
    if not isinstance(value, str) or value not in words._value2member_map_:
        raise RecordRejected(
            "ENVELOPE_WORD", f"envelope.{key}", f"{value!r:.80} is none of {', '.join(words)}"
        )
    return words(value)


def _matching(said: Mapping[str, object], key: str, pattern: re.Pattern[str]) -> str | None:
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise RecordRejected(
            "ENVELOPE_CODE", f"envelope.{key}", f"{value!r:.80} does not match {pattern.pattern}"
        )
    return value


def _code(said: Mapping[str, object], key: str) -> str | None:
    return _matching(said, key, CODE)


def _text(said: Mapping[str, object], key: str) -> str | None:
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or "\0" in value:
        raise RecordRejected(
            "ENVELOPE_TEXT", f"envelope.{key}", f"is no text of 1 to {LONGEST_TEXT} characters"
        )
    return value


def _flag(said: Mapping[str, object], key: str) -> bool:
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise RecordRejected("ENVELOPE_FLAG", f"envelope.{key}", f"{value!r:.80} is neither true nor false")
    return value


def _handling(value: object) -> tuple[Handling, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise RecordRejected("ENVELOPE_HANDLING", "envelope.handling", f"{value!r:.80} is no list of codes")
    if not set(value) <= set(Handling):
        raise RecordRejected(
            "ENVELOPE_HANDLING", "envelope.handling", f"{value!r:.80} is not within H0 to H3"
        )
    return tuple(sorted({Handling(code) for code in value}))


def _day(said: Mapping[str, object], key: str) -> int | None:
    value = said.get(key)
    if value is None:
        return None
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise RecordRejected("ENVELOPE_DATE", f"envelope.{key}", f"{value!r:.80} is no day like 2029-01-31")
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _provenance(value: object) -> Provenance:
    if value is None:
        return Provenance()
    try:
        return read_provenance(orjson.dumps(value))
    except ProvenanceRejected as error:
        part = f"envelope.provenance.{error.rule}".rstrip(".")
        raise RecordRejected("ENVELOPE_PROVENANCE", part, str(error)) from error
    except TypeError as error:  # half of a surrogate pair, or nothing that JSON knows
        raise RecordRejected("ENVELOPE_PROVENANCE", "envelope.provenance", str(error)) from error
