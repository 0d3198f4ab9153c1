"""What records add up to, per service and joint. Pure; the order of records and groups does not matter.

1 A record counts by its own numbers or not at all. 2 In a period count those whose own date lies in it as a
whole. 3 What people hold to be the same counts once: within a service and over all. Where such records tell
different numbers, the figure is a range. 4 What may be the same (another service, the same thing, dates that
meet) is told, and counts as often as it is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import networkx as nx

from sharing.reports.amounts import NOTHING, Range, based, number, widest
from sharing.reports.catalogue import substance
from sharing.reports.terms import Aside, Goods, Matter
from sharing.spans import Span, span

SEIZURE, ARREST, GOODS = "Seizure", "Arrest", "SeizedGoods"
COUNTED = frozenset({SEIZURE, ARREST, GOODS})
PIECES, PERSONS = "piece", "person"
_CIVIL = "UTC"
"""Dates are compared as they are written: the day of a record is its owner's day."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record as it counts: whose it is, and what it says."""

    handle: str
    service: str
    schema: str
    properties: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """What is added up: only what is alike in all three is."""

    matter: Matter
    what: str
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """So much of a line, from these records; `service` is empty for the joint figure."""

    line: Line
    service: str
    amount: Range
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures by line, services in order and the joint one last; what is in none of them, and why."""

    figures: tuple[Figure, ...]
    asides: Mapping[str, Aside]
    once: tuple[tuple[str, ...], ...]
    """Records that were counted once."""
    maybe: tuple[tuple[str, str], ...]
    """Records of two services that may be the same and were counted twice."""


@dataclass(frozen=True, slots=True)
class _Part:
    item: Item
    line: Line
    amount: Decimal
    when: Span | None
    group: int


def count(items: Iterable[Item], same: Iterable[Sequence[str]] = (), period: str = "") -> Counted:
    """The figures of these records; `same` are handles of one thing each, `period` a year or a month."""
    known = {each.handle: each for each in items if each.schema in COUNTED}
    groups = _groups(known, same)
    asides: dict[str, Aside] = {}
    parts: list[_Part] = []
    for handle, item in sorted(known.items()):
        told = _told(item)  # 1
        when = _when(item)
        aside = told if isinstance(told, Aside) else _outside(when, period)  # 2
        if aside is not None:
            asides[handle] = aside
        elif not isinstance(told, Aside):
            parts.append(_Part(item, told[0], told[1], when, groups[handle]))
    lines: dict[Line, list[_Part]] = defaultdict(list)
    for part in parts:
        lines[part.line].append(part)
    figures = [figure for _, told in sorted(lines.items()) for figure in _figures(told)]  # 3
    return Counted(tuple(figures), asides, _once(parts), _maybe(lines.values()))


def _groups(known: Iterable[str], same: Iterable[Sequence[str]]) -> Mapping[str, int]:
    """Of which thing each record is; groups of several cases that share a record are one."""
    graph = nx.Graph()
    graph.add_nodes_from(known)
    for group in same:
        nx.add_path(graph, group)
    return {handle: place for place, found in enumerate(nx.connected_components(graph)) for handle in found}


def _told(item: Item) -> tuple[Line, Decimal] | Aside:
    """What the record counts for, or why it counts for nothing."""
    if item.schema == SEIZURE and _said(item, "eventCount"):
        return Aside.STATISTIC
    kind = item.schema if item.schema != GOODS else _goods(item)
    told = [_said(item, name) for name in _FIELDS[kind]]
    if any(len(values) > 1 for values in told):
        return Aside.SEVERAL
    what, amount, unit = ("".join(values) for values in told)
    many = number(amount)
    return Aside.UNREADABLE if many is None else _line(kind, what, many, unit)


def _line(kind: str, what: str, amount: Decimal, unit: str) -> tuple[Line, Decimal] | Aside:
    """What so much of it is counted as; a drug and cash need their unit, a drug needs its name."""
    if (kind == SEIZURE and not what) or (kind in (SEIZURE, Goods.CASH) and not unit):
        return Aside.UNREADABLE
    if kind == ARREST:
        return Line(Matter.ARREST, "", PERSONS), amount
    if kind == Goods.CASH:
        return Line(Matter.CASH, "", unit.upper()), amount
    base, code = based(amount, unit or PIECES)
    matter = Line(Matter.DRUG, substance(what), code) if kind == SEIZURE else Line(Matter.GOODS, kind, code)
    return matter, base


_FIELDS: Mapping[str, tuple[str, str, str]] = {
    SEIZURE: ("drug", "quantity", "unit"),
    ARREST: ("", "persons", ""),
    Goods.CASH: ("", "amount", "currency"),
} | {each: ("", "quantity", "unit") for each in Goods if each is not Goods.CASH}
"""Of each kind: the properties that tell what, how much, and in which unit."""


def _goods(item: Item) -> Goods:
    said = [each.strip().upper() for each in _said(item, "goodsKind")]
    return Goods(said[0]) if len(said) == 1 and said[0] in set(Goods) else Goods.OTHER


def _said(item: Item, name: str) -> Sequence[str]:
    return [each for each in item.properties.get(name, ()) if each.strip()]


def _when(item: Item) -> Span | None:
    texts = _said(item, "date") or [*_said(item, "startDate"), *_said(item, "endDate")]
    return span(texts, _CIVIL)


def _outside(when: Span | None, period: str) -> Aside | None:
    """Why a record of that time is not counted in the period; None if it is."""
    if not period:
        return None
    within = span([period], _CIVIL)
    if when is None or within is None:
        return Aside.UNDATED
    if when.latest < within.earliest or within.latest < when.earliest:
        return Aside.ELSEWHEN
    inside = within.earliest <= when.earliest and when.latest <= within.latest
    return None if inside else Aside.UNDATED


def _figures(parts: Sequence[_Part]) -> list[Figure]:
    """Of one line: each service's figure, then the joint one."""
    line, services = parts[0].line, sorted({each.item.service for each in parts})
    own = [
        _figure(line, service, [each for each in parts if each.item.service == service])
        for service in services
    ]
    return [*own, _figure(line, "", parts)]


def _figure(line: Line, service: str, parts: Sequence[_Part]) -> Figure:
    things: dict[int, list[Decimal]] = defaultdict(list)
    for part in parts:
        things[part.group].append(part.amount)
    amount = sum((widest(each) for each in things.values()), NOTHING)
    return Figure(line, service, amount, tuple(sorted(part.item.handle for part in parts)))


def _once(parts: Iterable[_Part]) -> tuple[tuple[str, ...], ...]:
    things: dict[tuple[int, Line], set[str]] = defaultdict(set)
    for part in parts:
        things[part.group, part.line].add(part.item.handle)
    return tuple(sorted(tuple(sorted(each)) for each in things.values() if len(each) > 1))


def _maybe(lines: Iterable[Sequence[_Part]]) -> tuple[tuple[str, str], ...]:
    found = [
        (one.item.handle, other.item.handle)
        for parts in lines
        for one, other in combinations(sorted(parts, key=lambda each: each.item.handle), 2)
        if one.item.service != other.item.service and one.group != other.group and _meet(one.when, other.when)
    ]
    return tuple(sorted(found))


def _meet(one: Span | None, other: Span | None) -> bool:
    """Whether both can have been at one time; what tells no time may have been at any."""
    if one is None or other is None:
        return True
    return one.earliest <= other.latest and other.earliest <= one.latest
