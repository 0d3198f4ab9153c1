"""How a network differs between two days: roles, territories, financial channels, other ties. Pure.

What several records say of the same two in one role is one matter. One that surely was not and then surely
was, or the other way round, began or ended; where either day is uncertain, so is the change. Where just one
ended and just one began of one kind, and nothing of it is uncertain, both are told as one: 1 another role of
the same two, 2 another holder of the same role, another place or channel of the same party.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sharing.chronicle.catalogue import Aspect, Turn
from sharing.chronicle.sure import Sure
from sharing.chronicle.told import Day, Fact, Lens
from sharing.claimed import plain

_Key = tuple[Aspect, int, int, str]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is told of two in one role on a day, by which facts; with state NO there are none."""

    key: _Key
    state: Sure
    facts: tuple[Fact, ...]

    @property
    def aspect(self) -> Aspect:
        """What it is about."""
        return self.key[0]

    @property
    def says(self) -> tuple[str, ...]:
        """The role, in each spelling."""
        return tuple(sorted({fact.says for fact in self.facts if fact.says}))


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is of the first day, `after` of the second: one matter, or two that go together."""

    turn: Turn
    before: Matter
    after: Matter

    @property
    def lead(self) -> Matter:
        """What is named first: what was, or else what began."""
        return self.before if self.before.state else self.after


def compared(facts: Iterable[Fact], one: Day, other: Day, lens: Lens) -> tuple[Change, ...]:
    """How the second day differs from the first; a day does not differ from itself."""
    if one.span == other.span:
        return ()
    matters: dict[_Key, list[Fact]] = defaultdict(list)
    for fact in facts:
        matters[fact.aspect, fact.subject, fact.object, plain(fact.says)].append(fact)
    found = [
        change
        for key, told in matters.items()
        if (change := _change(_matter(key, told, one, lens), _matter(key, told, other, lens)))
    ]
    together = _paired(_paired(found, _of_two, dict.fromkeys(Aspect, Turn.CHANGED)), _of_kind, _FOLLOWED)
    return tuple(sorted(together, key=_place))


def _matter(key: _Key, facts: Iterable[Fact], day: Day, lens: Lens) -> Matter:
    held = [(fact, sure) for fact in facts if (sure := fact.held(day, lens))]
    state = max((sure for _, sure in held), default=Sure.NO)
    return Matter(key, state, tuple(fact for fact, _ in held))


def _change(before: Matter, after: Matter) -> Change | None:
    match before.state, after.state:
        case (Sure.NO, Sure.YES):
            return Change(Turn.BEGAN, before, after)
        case (Sure.YES, Sure.NO):
            return Change(Turn.ENDED, before, after)
        case (Sure.NO, Sure.NO) | (Sure.YES, Sure.YES):
            return None
        case _:
            return Change(Turn.UNCERTAIN, before, after)


def _paired(
    found: Iterable[Change], kind: Callable[[Matter], object], turn: Mapping[Aspect, Turn]
) -> Iterator[Change]:
    """What ended and what began of one kind as one change, where nothing else is of that kind."""
    kinds: dict[object, list[Change]] = defaultdict(list)
    for change in found:
        alone = change.turn not in _SINGLE or kind(change.lead) is None
        kinds[change if alone else kind(change.lead)].append(change)
    for changes in kinds.values():
        by_turn = {change.turn: change for change in changes}
        if len(changes) == len(by_turn) and by_turn.keys() == {Turn.BEGAN, Turn.ENDED}:
            ended, began = by_turn[Turn.ENDED].before, by_turn[Turn.BEGAN].after
            yield Change(turn[ended.aspect], ended, began)
        else:
            yield from changes


def _of_two(matter: Matter) -> object:
    """One aspect of the same two, where their roles have names."""
    return matter.key[:3] if matter.key[3] else None


def _of_kind(matter: Matter) -> object:
    """One role at one body, if it has a name; one kind of place or channel of one party."""
    aspect, subject, other, says = matter.key
    match aspect:
        case Aspect.ROLE:
            return (aspect, other, says) if says else None
        case Aspect.TIE:
            return None
        case _:
            return aspect, subject, frozenset(fact.kind for fact in matter.facts)


_SINGLE = frozenset({Turn.BEGAN, Turn.ENDED, Turn.UNCERTAIN})
_FOLLOWED = {
    Aspect.ROLE: Turn.HANDED_OVER, Aspect.TERRITORY: Turn.MOVED, Aspect.CHANNEL: Turn.SUCCEEDED,
}  # fmt: skip


def _place(change: Change) -> tuple[object, ...]:
    aspect, *rest = change.lead.key
    uncertain = change.turn is Turn.UNCERTAIN
    return uncertain, tuple(Aspect).index(aspect), tuple(Turn).index(change.turn), *rest
