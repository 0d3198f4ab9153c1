"""Where a record comes from as evidence, as the desk's schema tells it. Codes; words are asked for apart."""

from enum import StrEnum

import strawberry

from gateway.provenance_shown import Told
from policy.provenance import Acquisition, Admissibility, Gap, Ground, Instrument, Step


def _enum(code: type[StrEnum], name: str, description: str) -> None:
    strawberry.enum(code, name=name, description=description)


_enum(
    Told, "ProvenanceTold", "Whether its owner states it; NOT_SHOWN: its owner withholds it, if it is there."
)
_enum(Instrument, "EvidenceInstrument", "Under what it crossed a border; OTHER is told in words.")
_enum(Acquisition, "EvidenceAcquisition", "How it was acquired.")
_enum(Step, "CustodyStep", "What was done with it.")
_enum(Admissibility, "Admissibility", "What a country's courts say of it, the strictest first.")
_enum(Ground, "ObjectionGround", "What an objection rests on.")
_enum(Gap, "ProvenanceGap", "What is wrong with what was stated, or missing from it.")


@strawberry.type(description="With what it was acquired or decrypted; the digest is of the program.")
class EvidenceTool:
    """A program or device."""

    name: str
    version: str | None
    digest: str | None


@strawberry.type(description="An entry of the chain of custody: `by` is an office, digests before and after.")
class CustodyEntry:
    """One step."""

    at: str
    by: str
    step: Step
    before: str | None
    after: str | None


@strawberry.type(description="A state that was notified (Directive 2014/41/EU Art. 31).")
class NotifiedState:
    """ISO 3166 alpha-2."""

    country: str
    on: str
    reference: str | None


@strawberry.type(description="What a court of a country said; `later`: after the record was loaded.")
class EvidenceRuling:
    """One ruling."""

    country: str
    status: Admissibility
    court: str
    reference: str
    decided: str
    later: bool


@strawberry.type(description="An objection; open as long as it is not answered.")
class EvidenceObjection:
    """One objection of a defence."""

    country: str
    ground: Ground
    raised: str
    reference: str | None
    answered: str | None


@strawberry.type(description="A gap, and the entry of custody it is about (from 1; 0: none).")
class EvidenceGap:
    """Worked out at every look."""

    entry: int
    code: Gap


@strawberry.type(description="How it stands in a country; a country that is not named has said nothing.")
class EvidenceStanding:
    """ISO 3166 alpha-2."""

    country: str
    status: Admissibility


@strawberry.type(
    description="Where a record comes from as evidence. `strictest` of what any country says; none is not"
    " admitted."
)
class Provenance:
    """Its owner's word, read and checked here."""

    told: Told
    instrument: Instrument | None
    instrument_says: str | None
    reference: str | None
    authority: str | None
    method: str | None
    acquisition: Acquisition | None
    digest: str | None
    tool: EvidenceTool | None
    custody: list[CustodyEntry]
    notified: list[NotifiedState]
    rulings: list[EvidenceRuling]
    objections: list[EvidenceObjection]
    gaps: list[EvidenceGap]
    standing: list[EvidenceStanding]
    strictest: Admissibility | None
