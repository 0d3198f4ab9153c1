"""What handling codes, evaluation and TLP demand of whoever uses a record, and what is inherited from them.

Sources: SIENA handling codes H0 to H3 and TLP 2.0 as VOCABULARY has them; Europol Regulation (EU) 2016/794
Art. 19(2) (the provider's restrictions bind), Art. 23(7) (onward transfer needs prior authorisation) and
Art. 29 (evaluation; a recipient never changes it). The codes are independent flags: each demands its own.
Nothing here reads or writes anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from policy.terms import Handling, InformationEvaluation, Reason, SourceEvaluation, Tlp


class DataUse(StrEnum):
    """What is done with a record that was answered."""

    INTERNAL = "INTERNAL"
    """Kept and read within the unit that asked."""
    ONWARD = "ONWARD"
    """Given to another unit or service."""
    JUDICIAL = "JUDICIAL"
    """Used as evidence in judicial proceedings."""


class Barred(StrEnum):
    """Why a record is not given to a court, whatever its codes allow (`deploy/docs/provenance.md`)."""

    EVIDENCE_EXCLUDED = "EVIDENCE_EXCLUDED"
    COUNTRY_NOT_STATED = "COUNTRY_NOT_STATED"


LIFTED_FOR: Final[Mapping[DataUse, Handling]] = MappingProxyType(
    {DataUse.ONWARD: Handling.H2, DataUse.JUDICIAL: Handling.H1}
)
"""For each use that a provider may have to permit, the code that its permission lifts."""

_WITHHELD_FOR: Final[Mapping[DataUse, Reason]] = MappingProxyType(
    {DataUse.ONWARD: Reason.THIRD_PARTY_CONSENT, DataUse.JUDICIAL: Reason.JUDICIAL_AUTHORISATION_NEEDED}
)
_Word = TypeVar("_Word", SourceEvaluation, InformationEvaluation, Tlp)
_RESTRICTED: Final = frozenset({Handling.H1, Handling.H2, Handling.H3})
_SOURCES: Final = tuple(SourceEvaluation)
_INFORMATION: Final = tuple(InformationEvaluation)
_TLP: Final = tuple(reversed(Tlp))
_WITHIN_ORGANISATION: Final = frozenset({Tlp.RED, Tlp.AMBER_STRICT})


@dataclass(frozen=True, slots=True)
class Mark:
    """Handling codes, 4x4 and TLP of a record, or of what was made from several.

    Without arguments: the mark of nothing, which is no stricter than any other.
    """

    handling: frozenset[Handling] = frozenset()
    source: SourceEvaluation = SourceEvaluation.A
    information: InformationEvaluation = InformationEvaluation.N1
    tlp: Tlp = Tlp.CLEAR

    @classmethod
    def read(cls, handling: Iterable[str], source: str, information: str, tlp: str) -> "Mark":
        """The mark in a partner's words; a word that we do not know counts as the strictest there is."""
        words = set(handling)
        known = frozenset(each for each in Handling if each.value in words)
        return cls(
            known if len(known) == len(words) else known | _RESTRICTED,
            _word(SourceEvaluation, source, SourceEvaluation.X),
            _word(InformationEvaluation, information, InformationEvaluation.N4),
            _word(Tlp, tlp, Tlp.RED),
        )

    @property
    def evaluation(self) -> str:
        """The 4x4 evaluation, such as `X4`."""
        return f"{self.source}{self.information}"

    def above(self, other: "Mark") -> "Mark":
        """The stricter of both, part by part: all codes, the less reliable evaluation, the narrower TLP."""
        return Mark(
            self.handling | other.handling,
            max(self.source, other.source, key=_SOURCES.index),
            max(self.information, other.information, key=_INFORMATION.index),
            max(self.tlp, other.tlp, key=_TLP.index),
        )


def high_water(marks: Iterable[Mark]) -> Mark:
    """The mark that a note, export or report inherits from all it uses.

    The order does not matter, nor how often a mark stands there; one more mark never makes it less strict.
    """
    highest = Mark()
    for mark in marks:
        highest = highest.above(mark)
    return highest


@dataclass(frozen=True, slots=True)
class Conditions:
    """What stands for one record when it is to be used.

    `permitted` is the provider's valid consent to this very use, `acknowledged` that the texts of H3 were,
    `named` that the persons who receive it are.
    """

    permitted: bool = False
    acknowledged: bool = False
    named: bool = False


def withheld(mark: Mark, use: DataUse, conditions: Conditions) -> Reason | None:
    """Why a record may not be used so, the provider's permission first; None if it may.

    H0 demands a purpose, which the mandate gave before the record was answered. H1 demands a permission for
    judicial proceedings and H2 for another unit or service; AMBER+STRICT and RED reach no other organisation
    without one either. H3 demands that its text is acknowledged, RED that individual recipients are named.
    """
    if _needs_permission(mark, use) and not conditions.permitted:
        return _WITHHELD_FOR[use]
    unread = Handling.H3 in mark.handling and not conditions.acknowledged
    nameless = mark.tlp is Tlp.RED and not conditions.named
    return Reason.HANDLING_CODE if unread or nameless else None


def _needs_permission(mark: Mark, use: DataUse) -> bool:
    if LIFTED_FOR.get(use) in mark.handling:
        return True
    return use is DataUse.ONWARD and mark.tlp in _WITHIN_ORGANISATION


def _word(kind: type[_Word], value: str, strictest: _Word) -> _Word:
    return kind(value) if value in kind.__members__.values() else strictest
