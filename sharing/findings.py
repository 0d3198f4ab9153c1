"""A contradiction between records, as a value: its rule, its two sides, and the figures it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from sharing.claimed import Source

R = TypeVar("R", bound=StrEnum)
Told = tuple[Source | tuple[Source, ...], str] | tuple[Source | tuple[Source, ...], str, str]
"""The record or records that say so, what they say, and the code or number with which that begins, if any."""


@dataclass(frozen=True, slots=True, order=True)
class Side:
    """One of two sides: the records that say so, whose they are, and what they say.

    `code` is a code or a number that `says` begins with: whoever reads is told its words, as people of that
    language write it.
    """

    handles: tuple[str, ...]
    owners: tuple[str, ...]
    says: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Finding(Generic[R]):
    """Sides are in the order of their handles. `explained_by` are records that would make both sides true.

    `weight` orders the findings of one rule and of the same two sayings: the greatest stands for all of them.
    """

    rule: R
    left: Side
    right: Side
    figures: Mapping[str, float] = field(default_factory=dict)
    explained_by: tuple[str, ...] = ()
    weight: float = 0.0

    @property
    def handles(self) -> tuple[str, ...]:
        """All records of both sides."""
        return (*self.left.handles, *self.right.handles)


def between(  # noqa: PLR0913  # a finding has two sides and three things to say
    rule: R,
    one: Told,
    other: Told,
    figures: Mapping[str, float] | None = None,
    *,
    explained_by: tuple[str, ...] = (),
    weight: float = 0.0,
) -> Finding[R]:
    """The finding between two records, or two groups of them, and what each says."""
    left, right = sorted(_side(each) for each in (one, other))
    return Finding(rule, left, right, figures or {}, explained_by, weight)


def ordered(findings: Iterable[Finding[R]]) -> tuple[Finding[R], ...]:
    """By rule, as its enumeration has them, and handles."""
    return tuple(sorted(findings, key=_place))


def gathered(findings: Iterable[Finding[R]]) -> tuple[Finding[R], ...]:
    """Those of one rule in which the same owners say the same, as one; the weightiest tells the figures.

    What nothing explains comes first.
    """
    together: dict[object, list[Finding[R]]] = {}
    for each in findings:
        together.setdefault(_saying(each), []).append(each)
    one = (_joined(group) for group in together.values())
    return tuple(sorted(one, key=lambda each: (bool(each.explained_by), *_place(each))))


def _side(told: Told) -> Side:
    sources, says, code = told if len(told) == 3 else (*told, "")  # noqa: PLR2004  # the longer form of `Told`
    said = (sources,) if isinstance(sources, Source) else sources
    owners = tuple(dict.fromkeys(each.owner for each in said))
    return Side(tuple(each.handle for each in said), owners, says, code)


def _saying(finding: Finding[R]) -> object:
    sides = sorted((side.owners, side.says) for side in (finding.left, finding.right))
    return finding.rule, tuple(sides), bool(finding.explained_by)


def _joined(group: list[Finding[R]]) -> Finding[R]:
    lead = min(group, key=lambda each: (-each.weight, each.handles))
    first = (lead.left.owners, lead.left.says)
    sides: tuple[set[str], set[str]] = (set(), set())
    for each in group:
        turned = (each.left.owners, each.left.says) != first
        for place, side in enumerate((each.right, each.left) if turned else (each.left, each.right)):
            sides[place].update(side.handles)
    left, right = (
        Side(tuple(sorted(handles)), side.owners, side.says, side.code)
        for handles, side in zip(sides, (lead.left, lead.right), strict=True)
    )
    explained = tuple(sorted({handle for each in group for handle in each.explained_by}))
    return Finding(lead.rule, left, right, lead.figures, explained, lead.weight)


def _place(finding: Finding[R]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return list(type(finding.rule)).index(finding.rule), finding.left.handles, finding.right.handles
