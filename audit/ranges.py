"""Ranges of leaf indexes as texts, the form of the leaf field `ranges`: `7`, or `12-40` with both ends in it.

One spelling for one set: ascending, disjoint, no two that touch, a single index without a dash.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from audit.canonical import MAX_INTEGER
from audit.errors import FormatRefused

_RANGE = re.compile(r"(0|[1-9][0-9]{0,15})(?:-([1-9][0-9]{0,15}))?", re.ASCII)


def ranges_of(indexes: Iterable[int]) -> list[str]:
    """Return the ranges of these indexes, in whatever order and however often they come."""
    return [_written(first, last) for first, last in _runs(sorted(set(indexes)))]


def _runs(ascending: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for index in ascending:
        if first >= 0 and index == last + 1:
            last = index
            continue
        if first >= 0:
            yield first, last
        first = last = index
    if first >= 0:
        yield first, last


def _written(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def read_ranges(texts: Iterable[str]) -> list[range]:
    """Return the ranges that the texts say; `FormatRefused` unless they are spelled as `ranges_of` does."""
    found: list[range] = []
    for text in texts:
        match = _RANGE.fullmatch(text)
        if match is None:
            raise FormatRefused(f"range {text[:40]!r}: is not an index or two with a dash")
        first = int(match[1])
        last = first if match[2] is None else int(match[2])
        if (match[2] is not None and last <= first) or last > MAX_INTEGER:
            raise FormatRefused(f"range {text}: does not go up, or goes too far")
        if found and first <= found[-1].stop:
            raise FormatRefused(f"range {text}: does not come after a gap behind {found[-1].stop - 1}")
        found.append(range(first, last + 1))
    return found


def joined(texts: Iterable[str], most: int) -> list[str]:
    """Return texts that may touch, overlap or come in any order in the one spelling.

    `FormatRefused` if one is no range, or if all of them together name more than `most` indexes.
    """
    ranges = [each for text in texts for each in read_ranges([text])]
    if count_of(ranges) > most:
        raise FormatRefused(f"ranges: name {count_of(ranges)} indexes, at most {most}")
    return ranges_of(index for each in ranges for index in each)


def count_of(ranges: Iterable[range]) -> int:
    """Return how many indexes the ranges hold."""
    return sum(each.stop - each.start for each in ranges)


def parts_of(indexes: Sequence[int], most: int, most_ranges: int) -> Iterator[list[int]]:
    """Cut ascending indexes into parts of at most `most` indexes and `most_ranges` ranges each."""
    part: list[int] = []
    ranges = 0
    for index in indexes:
        starts = not part or index != part[-1] + 1
        if part and (len(part) == most or (starts and ranges == most_ranges)):
            yield part
            part, ranges, starts = [], 0, True
        part.append(index)
        ranges += starts
    if part:
        yield part
