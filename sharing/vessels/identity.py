"""Names, flags and numbers that one vessel cannot have at one time."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from sharing.claimed import plain
from sharing.findings import Finding, between
from sharing.vessels.codes import flag_fits, ship_name, sign_fits
from sharing.vessels.rules import Rule
from sharing.vessels.told import Named, Told

_Saying = Callable[[Named], tuple[str, str]]
"""As it is compared, and as it is said."""


def identities(told: Told) -> Iterator[Finding[Rule]]:
    """Every two records of one vessel that tell different names, flags, call signs or numbers at one time."""
    for one, other in combinations(told.named, 2):
        if _together(one, other):
            for rule, saying in _COMPARED:
                yield from _differ(rule, one, other, saying)
            yield from _numbers(one, other)


def flags(told: Told) -> Iterator[Finding[Rule]]:
    """Every record whose flag is not that of its MMSI or call sign, and every two at one time so."""
    for one in told.named:
        yield from _unfit(one, one)
    for one, other in combinations(told.named, 2):
        if _together(one, other):
            yield from _unfit(one, other)
            yield from _unfit(other, one)


def _together(one: Named, other: Named) -> bool:
    """Whether both are about one vessel at a time that surely is the same."""
    if one.stay is None or other.stay is None or not one.marks.meet(other.marks):
        return False
    begin = max(one.stay[0].latest, other.stay[0].latest)
    return begin <= min(one.stay[1].earliest, other.stay[1].earliest)


def _differ(rule: Rule, one: Named, other: Named, saying: _Saying) -> Iterator[Finding[Rule]]:
    (left, left_said), (right, right_said) = saying(one), saying(other)
    if left and right and left != right:
        yield between(rule, (one.source, left_said), (other.source, right_said))


def _numbers(one: Named, other: Named) -> Iterator[Finding[Rule]]:
    for rule, same, left, right in (
        (Rule.TWO_MMSI, one.marks.imos & other.marks.imos, one.own.mmsis, other.own.mmsis),
        (Rule.TWO_IMO, one.marks.mmsis & other.marks.mmsis, one.own.imos, other.own.imos),
    ):
        if same and left and right and not left & right:
            yield between(rule, (one.source, _listed(left)), (other.source, _listed(right)))


def _unfit(flagged: Named, numbered: Named) -> Iterator[Finding[Rule]]:
    """The flag of the one beside MMSI and call sign of the other, unless that has a flag of its own."""
    if not flagged.flag or (flagged is not numbered and numbered.flag):
        return
    left, mmsis, sign = (flagged.source, flagged.flag.upper()), numbered.own.mmsis, numbered.call_sign
    if mmsis and not any(flag_fits(each, flagged.flag) for each in mmsis):
        yield between(Rule.MMSI_FLAG, left, (numbered.source, f"MMSI {_listed(mmsis)}"))
    if not sign_fits(sign, flagged.flag):
        yield between(Rule.CALL_SIGN_FLAG, left, (numbered.source, sign))


def _listed(numbers: Iterable[str]) -> str:
    return ", ".join(sorted(numbers))


_COMPARED: tuple[tuple[Rule, _Saying], ...] = (
    (Rule.TWO_NAMES, lambda each: (plain(ship_name(each.name)), each.name)),
    (Rule.TWO_FLAGS, lambda each: (each.flag, each.flag.upper())),
    (Rule.TWO_CALL_SIGNS, lambda each: (each.call_sign, each.call_sign)),
)
