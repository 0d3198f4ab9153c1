"""The shape of an access: what of a decision decides the SQL, apart from its literals.

Every branch is one bit (bit 0 is the first branch). A row's `bits` are the branches whose filter it matches;
what is shown of it is decided by `bits & mask`, one mask per property name. Equal shapes share one plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policy.decision import Access, Branch, Permit
from policy.errors import FilterRejected
from policy.terms import Mode
from tenants.lowering import Literal, Shape, shape_of

MOST_BRANCHES = 50
REST = "*"


@dataclass(frozen=True, slots=True)
class Masks:
    """Property name -> bits of the branches; `rest` is for every name that is not listed."""

    named: tuple[tuple[str, int], ...]
    rest: int

    def of(self, name: str) -> int:
        """Bits of the branches for one property."""
        return dict(self.named).get(name, self.rest)

    def within(self, bits: int) -> "Masks":
        """The same masks for some of the branches only."""
        return Masks(tuple((name, mask & bits) for name, mask in self.named), self.rest & bits)

    @property
    def exceptions(self) -> tuple[tuple[str, int], ...]:
        """The names that differ from the rest."""
        return tuple((name, mask) for name, mask in self.named if mask != self.rest)


@dataclass(frozen=True, slots=True)
class AccessShape:
    """`shown`: which branches show a property. `matched`: through which a question may find a row by it."""

    modes: tuple[Mode, ...]
    filters: tuple[Shape, ...]
    shown: Masks
    matched: Masks

    def bits(self, *modes: Mode) -> int:
        """Bits of the branches that have one of `modes`."""
        return sum(1 << number for number, mode in enumerate(self.modes) if mode in modes)

    @property
    def every(self) -> int:
        """Bits of all branches."""
        return (1 << len(self.modes)) - 1

    @property
    def listing(self) -> int:
        """Bits of the branches whose rows are listed."""
        return self.bits(Mode.CORE, Mode.RECORD)

    @property
    def counting(self) -> int:
        """Bits of the branches whose rows are counted in `contact`."""
        return self.bits(Mode.CONTACT)


@dataclass(frozen=True, slots=True)
class Sightline:
    """An access taken apart: its shape, and the values that belong to the shape's bound parameters."""

    shape: AccessShape
    values: Mapping[str, Literal]


def sightline(access: Access) -> Sightline:
    """Take an access apart; raises `FilterRejected` for a filter or a number of branches out of bounds."""
    branches = access.permit.branches
    if len(branches) > MOST_BRANCHES:
        raise FilterRejected(f"permit {access.permit.id}: {len(branches)} branches, at most {MOST_BRANCHES}")
    values: dict[str, Literal] = {}
    shapes = []
    for number, branch in enumerate(branches):
        literals: list[Literal] = []
        shapes.append(shape_of(branch.filter, literals))
        values |= {f"{prefix(number)}{index}": literal for index, literal in enumerate(literals)}
        values[f"grant{number}"] = f',"{branch.grant}"'
    shape = AccessShape(
        tuple(branch.mode for branch in branches),
        tuple(shapes),
        _shown(access.permit),
        _matched(access.permit),
    )
    return Sightline(shape, values)


def prefix(number: int) -> str:
    """How the literals of one branch are named."""
    return f"b{number}_"


def _shown(permit: Permit) -> Masks:
    """A branch below `core` shows nothing, whatever the decision's document says."""
    showing = {
        branch.grant: 1 << number
        for number, branch in enumerate(permit.branches)
        if branch.mode in (Mode.CORE, Mode.RECORD)
    }
    masks = {name: sum(showing.get(ref, 0) for ref in set(refs)) for name, refs in permit.shows.items()}
    rest = masks.pop(REST, 0)
    return Masks(tuple(sorted(masks.items())), rest)


def _matched(permit: Permit) -> Masks:
    """Through which branches a property finds rows; a masked one finds none, else asking reveals it."""
    names = {*permit.shows, *(name for branch in permit.branches for name in branch.masked)} - {REST}
    return Masks(tuple((name, _finding(permit, name)) for name in sorted(names)), _finding(permit, REST))


def _finding(permit: Permit, name: str) -> int:
    return sum(1 << number for number, branch in enumerate(permit.branches) if finds_by(permit, branch, name))


def finds_by(permit: Permit, branch: Branch, name: str) -> bool:
    """A record branch finds by what it shows; the tiers below show little, and find by what is not masked."""
    if name in branch.masked or REST in branch.masked:
        return False
    return branch.mode is not Mode.RECORD or branch.grant in permit.shows.get(
        name, permit.shows.get(REST, ())
    )
