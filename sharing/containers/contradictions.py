"""Where records that were shown contradict each other about one container, two at a time.

Each finding follows from its two records alone (and a change of seal that explains it). So the order of
records and nodes changes nothing, a record that is not shown takes away what it would show and adds nothing,
and no record contradicts itself.
"""

from collections.abc import Iterable
from itertools import chain

from sharing.containers.declared import mirrors, phantoms
from sharing.containers.finding import Finding, Limits, Rule, Side
from sharing.containers.marks import seals, size_types
from sharing.containers.pickup import pickups
from sharing.containers.told import Told
from sharing.containers.travel import travel

_ORDER = tuple(Rule)


def contradictions(told: Told, limits: Limits | None = None) -> tuple[Finding, ...]:
    """Every pair that contradicts, by rule and handles."""
    held = limits or Limits()
    found = chain(
        travel(told, held),
        size_types(told),
        seals(told, held),
        pickups(told),
        phantoms(told, held),
        mirrors(told, held),
    )
    return tuple(sorted(found, key=_place))


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of one rule in which the same owners say the same, as one; the weightiest tells the figures.

    What nothing explains comes first.
    """
    together: dict[object, list[Finding]] = {}
    for each in findings:
        together.setdefault(_saying(each), []).append(each)
    one = (_joined(group) for group in together.values())
    return tuple(sorted(one, key=lambda each: (bool(each.explained_by), *_place(each))))


def _saying(finding: Finding) -> object:
    sides = sorted((side.owners, side.says) for side in (finding.left, finding.right))
    return finding.rule, tuple(sides), bool(finding.explained_by)


def _joined(group: list[Finding]) -> Finding:
    lead = min(group, key=lambda each: (-each.weight, each.handles))
    first = (lead.left.owners, lead.left.says)
    sides: tuple[set[str], set[str]] = (set(), set())
    for each in group:
        turned = (each.left.owners, each.left.says) != first
        for place, side in enumerate((each.right, each.left) if turned else (each.left, each.right)):
            sides[place].update(side.handles)
    left, right = (
        Side(tuple(sorted(handles)), side.owners, side.says)
        for handles, side in zip(sides, (lead.left, lead.right), strict=True)
    )
    explained = tuple(sorted({handle for each in group for handle in each.explained_by}))
    return Finding(lead.rule, left, right, lead.figures, explained, lead.weight)


def _place(finding: Finding) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return _ORDER.index(finding.rule), finding.left.handles, finding.right.handles
