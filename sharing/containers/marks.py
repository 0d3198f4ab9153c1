"""What a box bears: its size and type, which no box changes, and its seal, which only an opening changes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations

from sharing.claimed import Source
from sharing.containers.finding import Limits, Rule
from sharing.containers.size_types import compatible, read_size_type
from sharing.containers.told import Box, Movement, Told
from sharing.findings import Finding, between
from sharing.spans import Span

CHANGED = "SEAL_CHANGED"
Stay = tuple[Span, Span]


def size_types(told: Told) -> Iterator[Finding[Rule]]:
    """Every two records that tell sizes and types which no one box has; a code that does not read is left."""
    records: list[Box | Movement] = [*told.boxes, *told.movements]
    read = [(each.source, code) for each in records if (code := read_size_type(each.size_type))]
    for (one, left), (other, right) in combinations(read, 2):
        if not compatible(left, right):
            yield between(Rule.SIZE_TYPE, (one, left.code), (other, right.code))


def seals(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """Every two records that tell different seals: of movements not too far apart, or of records of the box.

    A shown change of the seal between the two explains them.
    """
    boxes = [each for each in told.boxes if each.seal]
    for one, other in combinations(boxes, 2):
        if one.seal != other.seal:
            yield _seals(one, other, ())
    moved = [each for each in told.movements if each.seal and each.stay]
    changes = [each for each in moved if each.kind == CHANGED]
    for first, second in combinations(moved, 2):
        if first.seal != second.seal and _near(first.stay, second.stay, timedelta(days=limits.seal_days)):
            yield _seals(first, second, _explaining(first, second, changes))


def _seals(one: Box | Movement, other: Box | Movement, explained_by: tuple[str, ...]) -> Finding[Rule]:
    left, right = ((each.source, each.seal) for each in (one, other))
    return between(Rule.SEAL, left, right, explained_by=explained_by)


def _near(one: Stay | None, other: Stay | None, most: timedelta) -> bool:
    """Whether at most so long lies between them, however late the one and early the other was."""
    return one is not None and other is not None and _apart(one, other) <= most


def _apart(one: Stay, other: Stay) -> timedelta:
    """The least time that can lie between two stays."""
    return max(other[0].earliest - one[1].latest, one[0].earliest - other[1].latest, timedelta())


def _explaining(one: Movement, other: Movement, changes: Iterable[Movement]) -> tuple[str, ...]:
    """Changes to the seal of one of the two that may have been between them."""
    if one.stay is None or other.stay is None:
        return ()
    begin = min(one.stay[0].earliest, other.stay[0].earliest)
    end = max(one.stay[1].latest, other.stay[1].latest)
    found: list[Source] = [
        each.source
        for each in changes
        if each.stay
        and each.seal in (one.seal, other.seal)
        and begin <= each.stay[1].latest
        and each.stay[0].earliest <= end
    ]
    return tuple(sorted(each.handle for each in found))
