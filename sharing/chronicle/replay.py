"""The network on a day, and what happened in it from one day to another, in the order of time. Pure.

A step whose time was told only roughly, so that it may lie outside, is told as uncertain. Two replays that
meet in a day have together the steps of the one over both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sharing.chronicle.catalogue import Step
from sharing.chronicle.sure import Sure, within
from sharing.chronicle.told import Day, Fact, Lens
from sharing.spans import Span

_ORDER = tuple(Step)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a fact; `appears` are the things that no record with a time tells of before."""

    step: Step
    fact: Fact
    when: Span
    sure: Sure
    appears: tuple[int, ...] = ()


def standing(facts: Iterable[Fact], day: Day, lens: Lens) -> tuple[tuple[Fact, Sure], ...]:
    """What held on the day, surely or perhaps, in the order of the facts."""
    told = ((each, each.held(day, lens)) for each in facts)
    return tuple((fact, sure) for fact, sure in told if sure)


def timeless(facts: Iterable[Fact], lens: Lens) -> tuple[Fact, ...]:
    """What tells no time: it stands on no day and in no replay."""
    return tuple(each for each in facts if each.valid is None and each.seen_through(lens))


def replay(facts: Sequence[Fact], after: Day, until: Day, lens: Lens) -> tuple[Event, ...]:
    """What happened after one day and until another, the other included."""
    told = [event for fact in facts for event in _events(fact, lens)]
    first = _first([fact for fact in facts if fact.seen_through(lens)], told)
    return tuple(
        replace(
            event, sure=sure, appears=tuple(each for each in _both(event) if first.get(each) == _place(event))
        )
        for event in sorted(told, key=_place)
        if (sure := min(event.sure, within(event.when, after.span, until.span)))
    )


def _events(fact: Fact, lens: Lens) -> Iterator[Event]:
    sure, valid = fact.seen_through(lens), fact.valid
    if valid is None or not sure:
        return
    if valid.begin:
        yield Event(Step.OBSERVED if valid.observed else Step.BEGAN, fact, valid.begin, sure)
    if valid.end:
        yield Event(Step.ENDED, fact, valid.end, sure)


def _first(facts: Iterable[Fact], told: Iterable[Event]) -> dict[int, object]:
    """By thing, the first step in which it stands; none for one that a fact without a beginning names."""
    begun: dict[int, object] = {}
    for event in sorted(told, key=_place):
        for each in _both(event):
            begun.setdefault(each, _place(event))
    open_ = {
        place
        for fact in facts
        if fact.valid is None or fact.valid.begin is None
        for place in (fact.subject, fact.object)
    }
    return {place: at for place, at in begun.items() if place not in open_}


def _both(event: Event) -> tuple[int, int]:
    return event.fact.subject, event.fact.object


def _place(event: Event) -> tuple[object, ...]:
    fact = event.fact
    at = (event.when.earliest, event.when.latest, _ORDER.index(event.step))
    return *at, fact.source, fact.subject, fact.object, fact.edge.what
