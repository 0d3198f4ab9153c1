"""What a laboratory measured of one sample, compound by compound, as texts that anybody can read.

One value of `ChemicalProfile.compounds` is one compound:

    tropacocaine: 0.8125 ± 0.02 %      an amount, with its expanded uncertainty where the laboratory gives one
    norcocaine: < 0.05 %               below the limit of detection
    truxilline: < LOD                  the same, the limit not told
    levamisole: -                      not measured

Amounts are shares of mass or areas of peaks; one profile is all of the one or all of the other. Nothing here
is rounded or filled in: what a comparison takes for a compound below its limit is `scoring.py`'s to say.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from tenants.errors import RecordRejected

MOST_COMPOUNDS = 200
LEAST_COMPOUNDS = 3
LONGEST_NAME = 80
LARGEST = 1e12
ROUNDING = 0.02
"""By how much parts may sum to more than the whole where less uncertainty, or none, is told: ours."""
FIELD = "compounds"
_NAME = re.compile(rf"[^\W_][^\x00-\x1f\x7f:;<>=]{{0,{LONGEST_NAME - 1}}}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,16})?(?:[eE][+-]?[0-9]{1,3})?"
_TOLD = re.compile(
    rf"(?P<below>< )?(?P<amount>{_NUMBER})(?: ± (?P<uncertainty>{_NUMBER}))? (?P<unit>[^\s\d]{{1,6}})"
)
NOT_MEASURED = "-"
BELOW = "< LOD"


class Quantity(StrEnum):
    """What the amounts of a profile are amounts of; the two are never compared."""

    MASS = "MASS"
    AREA = "AREA"


UNITS: Mapping[str, tuple[Quantity, float]] = MappingProxyType(
    {
        "%": (Quantity.MASS, 1e-2), "g/g": (Quantity.MASS, 1.0), "g/kg": (Quantity.MASS, 1e-3),
        "mg/g": (Quantity.MASS, 1e-3), "mg/kg": (Quantity.MASS, 1e-6), "ppm": (Quantity.MASS, 1e-6),
        "µg/g": (Quantity.MASS, 1e-6), "ug/g": (Quantity.MASS, 1e-6), "ng/g": (Quantity.MASS, 1e-9),
        "ppb": (Quantity.MASS, 1e-9), "area": (Quantity.AREA, 1.0), "area%": (Quantity.AREA, 1e-2),
    }
)  # fmt: skip
"""Units that laboratories write, as a share of 1."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One compound. `amount` and `uncertainty` are in `unit`.

    `below`: under the limit of detection, which `amount` then is, or None. Neither `below` nor an amount: the
    compound was not measured.
    """

    name: str
    amount: float | None = None
    uncertainty: float | None = None
    unit: str = ""
    below: bool = False

    @property
    def measured(self) -> bool:
        """Whether the laboratory looked for it."""
        return self.below or self.amount is not None

    @property
    def share(self) -> float:
        """The amount as a share of 1; 0 below the limit of detection, NaN when not measured."""
        if self.below:
            return 0.0
        return math.nan if self.amount is None else self.amount * UNITS[self.unit][1]

    @property
    def spread(self) -> float:
        """The uncertainty as a share of 1: below the limit, the limit itself; 0 where none is told."""
        told = self.amount if self.below else self.uncertainty
        return told * UNITS[self.unit][1] if told is not None and self.unit else 0.0

    def __str__(self) -> str:
        if self.amount is None:
            return f"{self.name}: {BELOW if self.below else NOT_MEASURED}"
        uncertain = "" if self.uncertainty is None else f" ± {self.uncertainty:.12g}"
        return f"{self.name}: {'< ' if self.below else ''}{self.amount:.12g}{uncertain} {self.unit}"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as it was measured: `compounds` sorted by name, each once.

    Profiles compare when method, version and quantity are the same and each measured what is compared.
    """

    method: str
    version: str
    compounds: tuple[Measured, ...]

    @property
    def quantity(self) -> Quantity:
        """Whether amounts are masses or areas; masses where every compound is below its limit."""
        return next((UNITS[each.unit][0] for each in self.compounds if each.unit), Quantity.MASS)

    @property
    def measured(self) -> tuple[Measured, ...]:
        """The compounds that were looked for."""
        return tuple(each for each in self.compounds if each.measured)


def read_profile(method: str, version: str, compounds: Iterable[str]) -> Profile:
    """The profile that the texts say; raises `RecordRejected` naming the compound and what is wrong."""
    for field, value in (("method", method), ("methodVersion", version)):
        if not _CODE.fullmatch(value):
            raise RecordRejected("METHOD", field, f"{value!r:.80} does not match {_CODE.pattern}")
    return profile_of(method, version, [read_compound(text) for text in compounds])


def profile_of(method: str, version: str, compounds: Sequence[Measured]) -> Profile:
    """The profile of the compounds; raises `RecordRejected` where they cannot be one."""
    if not LEAST_COMPOUNDS <= len(compounds) <= MOST_COMPOUNDS:
        reason = f"{len(compounds)} compounds, a profile has {LEAST_COMPOUNDS} to {MOST_COMPOUNDS}"
        raise RecordRejected("COMPOUNDS", FIELD, reason)
    names = sorted(each.name for each in compounds)
    twice = [name for name, after in pairwise(names) if name == after]
    if twice:
        raise RecordRejected("COMPOUND_TWICE", FIELD, f"{twice[0]!r:.80} stands twice in one profile")
    kinds = {UNITS[each.unit][0]: each.unit for each in compounds if each.unit}
    if len(kinds) > 1:
        told = " and ".join(sorted(kinds.values()))
        raise RecordRejected("UNITS_MIXED", FIELD, f"{told} in one profile: masses and areas do not mix")
    return Profile(method, version, tuple(sorted(compounds, key=lambda each: each.name)))


def check_plausible(profile: Profile) -> None:
    """Raise `RecordRejected` for what no sample can have: nothing measured, or parts above the whole.

    Shares of mass sum to at most 1. What is measured apart sums to more by its uncertainty only: the root of
    the sum of squares of the expanded ones (JCGM 100:2008, 5.1.2). `ROUNDING` is allowed where that is less.
    Areas have no whole: detectors answer compounds differently.
    """
    if not profile.measured:
        raise RecordRejected("NOTHING_MEASURED", FIELD, "no compound was measured, so nothing compares")
    if profile.quantity is not Quantity.MASS:
        return
    amounts = [each for each in profile.measured if not each.below]
    total = math.fsum(each.share for each in amounts)
    allowed = max(ROUNDING, math.hypot(*(each.spread for each in amounts)))
    if total > 1 + allowed:
        reason = f"the parts sum to {total:.1%} of the sample, at most {1 + allowed:.1%} by their uncertainty"
        raise RecordRejected("SUM", FIELD, reason)


def read_compound(text: str) -> Measured:
    """One value of `compounds`; raises `RecordRejected`."""
    name, colon, told = text.rpartition(": ")
    if not colon:
        raise RecordRejected("COMPOUND", FIELD, f"{text!r:.120} is not of the form <name>: <amount> <unit>")
    check_name(name)
    if told in (NOT_MEASURED, BELOW):
        return Measured(name, below=told == BELOW)
    found = _TOLD.fullmatch(told)
    if found is None or (found["below"] and found["uncertainty"]):
        raise RecordRejected("AMOUNT", FIELD, f"{name!r:.80}: {told!r:.80} is no amount with a unit")
    uncertainty = None if found["uncertainty"] is None else float(found["uncertainty"])
    return measured(name, float(found["amount"]), uncertainty, found["unit"], below=bool(found["below"]))


def measured(
    name: str, amount: float, uncertainty: float | None, unit: str, *, below: bool = False
) -> Measured:
    """A compound with an amount, checked; raises `RecordRejected`."""
    for value in (amount, 0.0 if uncertainty is None else uncertainty):
        if not 0 <= value <= LARGEST:  # NaN is not either
            raise RecordRejected("AMOUNT", FIELD, f"{name!r:.80}: {value} is not within 0 and {LARGEST:g}")
    if unit not in UNITS:
        raise RecordRejected("UNIT", FIELD, f"{name!r:.80}: {unit!r:.20} is none of {', '.join(UNITS)}")
    return Measured(name, amount, uncertainty, unit, below)


def check_name(name: str) -> None:
    """Raise `RecordRejected` for what cannot be a compound's name."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise RecordRejected("COMPOUND_NAME", FIELD, f"{name!r:.120} is no name of a compound")
