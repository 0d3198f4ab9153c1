"""When something was, as exactly as its source told: an instant, or the time within which it lies.

A local time without its zone lies within 26 hours, those between the zones furthest ahead (+14) and furthest
behind (-12). A day is all of its hours, a minute all of its seconds.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
_TOLD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?)?)?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_SECOND = timedelta(seconds=1)
_PARTS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """An instant between `earliest` and `latest`, both in UTC and both possible."""

    earliest: datetime
    latest: datetime


def span(texts: Iterable[str], zone: str = "") -> Span | None:
    """Within which all of these times lie; None where there is none, or one does not read."""
    read = [_read(text, _zone(zone)) for text in texts]
    known = [each for each in read if each is not None]
    if not known or len(known) < len(read):
        return None
    return Span(min(each.earliest for each in known), max(each.latest for each in known))


def longest_gap(one: tuple[Span, Span], other: tuple[Span, Span]) -> timedelta:
    """The longest time that can lie between two stays, each from beginning to end; 0 where they meet."""
    after = other[0].latest - one[1].earliest
    before = one[0].latest - other[1].earliest
    return max(after, before, timedelta())


def _read(text: str, zone: tzinfo | None) -> Span | None:
    found = _TOLD.fullmatch(text)
    if found is None:
        return None
    parts = [int(each) for each in found.groups() if each is not None]
    try:
        first = datetime(*(parts + [1, 1, 0, 0, 0][len(parts) - 1 :]))  # type: ignore[arg-type]  # noqa: DTZ001  # local
        last = _next(first, len(parts)) - _SECOND
        return Span(_utc(first, zone, AHEAD, min), _utc(last, zone, -BEHIND, max))
    except (ValueError, OverflowError):
        return None


def _next(first: datetime, told: int) -> datetime:
    """The beginning of what comes after a year, a month, a day, a minute or a second."""
    match told:
        case 1:
            return first.replace(year=first.year + 1)
        case 2:
            return (first + timedelta(days=31)).replace(day=1)
        case 3:
            return first + timedelta(days=1)
        case _:
            return first + (_SECOND if told == _PARTS else timedelta(minutes=1))


def _utc(
    local: datetime, zone: tzinfo | None, without: timedelta, choose: Callable[[list[datetime]], datetime]
) -> datetime:
    """In UTC; an hour that the clocks show twice is its first or its last."""
    if zone is None:
        return (local - without).replace(tzinfo=UTC)
    times = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return choose(times)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    if name in ("UTC", "Z"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        sign = -1 if offset[1] == "-" else 1
        away = sign * timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(away) if -BEHIND <= away <= AHEAD else None
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
