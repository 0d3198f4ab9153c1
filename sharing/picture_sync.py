"""Comparing what two nodes hold of one picture, and bringing what is missing: pure but for two callables.

A set of ids is told as the digests of 256 buckets. `pull` asks for the ids of buckets that differ, a page at
a time, then for the contributions themselves, and takes them. It only ever adds to its own side; the other
side does the same when its turn comes. Whatever the partner says, the work is bounded: so many pages, so many
questions, and the end as soon as one brings nothing that was asked for.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from audit.canonical import JSON
from sharing import reading
from sharing.codes import DIGEST
from sharing.contributions import MAX_STATEMENT, Contribution
from sharing.errors import FieldRefused
from sharing.pictures import PAPERS

BUCKETS = 256
MOST_IDS = 4_000
"""Ids in one page."""
MOST_WANTED = 300
"""Contributions asked for at once."""
MOST_TOLD = 512 * 1024
"""Characters of the statements in one reply."""
MOST_PAGES = 64
MOST_QUESTIONS = 500
"""What one comparison may ask for, so that a partner who lies costs no more than that."""

_PREFIX = len("sha256:")
Summary: TypeAlias = tuple[str, ...]
"""One digest for each bucket, empty for an empty one."""


def bucket(contribution_id: str) -> int:
    """The bucket of an id: its first byte."""
    return int(contribution_id[_PREFIX : _PREFIX + 2], 16)


def summary(ids: Iterable[str]) -> Summary:
    """What a set of ids is told as; neither order nor repetition matters."""
    sorted_in: list[list[str]] = [[] for _ in range(BUCKETS)]
    for each in sorted(set(ids)):
        sorted_in[bucket(each)].append(each)
    return tuple(_digest(each) for each in sorted_in)


def root(told: Summary) -> str:
    """One digest over all buckets."""
    return f"sha256:{sha256(','.join(told).encode()).hexdigest()}"


def differing(mine: Summary, theirs: Summary) -> tuple[int, ...]:
    """The buckets in which the two sets differ."""
    return tuple(place for place in range(BUCKETS) if mine[place] != theirs[place])


def missing(told: Sequence[str], here: frozenset[str]) -> tuple[str, ...]:
    """Those that were told of and are not here, each once, in the order told."""
    return tuple(each for each in dict.fromkeys(told) if each not in here)


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of buckets that differ, up to the bucket before `onward`; 256: there are no more."""

    ids: tuple[str, ...]
    onward: int


def page_of(offered: Sequence[Contribution], theirs: Summary, start: int) -> Page:
    """The next page for one whose summary is `theirs`; the first begins with who belongs to the picture.

    It holds whole buckets, so many that it stays within `MOST_IDS`, but one at least.
    """
    mine = summary(each.id for each in offered)
    ahead = [place for place in differing(mine, theirs) if place >= start]
    by_bucket: dict[int, list[str]] = {}
    for each in sorted(one.id for one in offered):
        by_bucket.setdefault(bucket(each), []).append(each)
    papers = sorted(each.id for each in offered if each.content.act in PAPERS) if start == 0 else []
    found = papers[:MOST_IDS]
    for place in ahead:
        ids = by_bucket.get(place, [])
        if found and place != ahead[0] and len(found) + len(ids) > MOST_IDS:
            return Page(tuple(found), place)
        found += ids[: MOST_IDS - min(len(found), MOST_IDS)]
    return Page(tuple(found), BUCKETS)


def statements_of(found: Sequence[Contribution]) -> list[str]:
    """As many statements as one reply carries, one at least; who belongs to the picture comes first."""
    told: list[str] = []
    size = 0
    for each in sorted(found, key=lambda one: one.content.act not in PAPERS):
        size += len(each.statement)
        if told and size > MOST_TOLD:
            break
        told.append(each.statement)
    return told


Ask: TypeAlias = Callable[[Mapping[str, JSON]], Awaitable[Mapping[str, JSON]]]
"""Puts one step to the partner and brings its reply's body, of which nothing is believed yet."""
Take: TypeAlias = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Checks and keeps statements; the ids of those that are here now."""


async def pull(mine: Summary, here: frozenset[str], ask: Ask, take: Take) -> int:
    """Bring what the partner has and `here` lacks; how many that were. `FieldRefused` on a malformed reply.

    `mine` sums up what of it the partner may be told. 1 Ask for a page. 2 Ask for what is missing, until it
    is here or a reply brings none of it. 3 Go on with the next page.
    """
    got: frozenset[str] = frozenset()
    start = questions = 0
    for _ in range(MOST_PAGES):
        page = _read_page(await ask({"step": "BUCKETS", "buckets": list(mine), "from": start}), start)  # 1
        wanted = missing(page.ids, here | got)
        while wanted:
            if questions >= MOST_QUESTIONS:
                return len(got)
            questions += 1
            asked = wanted[:MOST_WANTED]
            reply = await ask({"step": "WANTED", "ids": list(asked)})  # 2
            came = await take(_read_statements(reply, len(asked))) & frozenset(asked)
            if not came:
                return len(got)
            got |= came
            wanted = missing(wanted, got)
        if page.onward >= BUCKETS:
            break
        start = page.onward  # 3
    return len(got)


def read_summary(body: reading.Object) -> Summary:
    """A partner's summary; `FieldRefused`."""
    told = reading.texts(body, "buckets", BUCKETS, _LENGTH)
    if len(told) != BUCKETS:
        raise FieldRefused(f"buckets: {len(told)}, not {BUCKETS}")
    return told


def _read_page(body: Mapping[str, JSON], start: int) -> Page:
    told = reading.exact(dict(body), frozenset({"ids", "onward"}))
    return Page(
        reading.words(told, "ids", MOST_IDS, DIGEST), reading.whole(told, "onward", start + 1, BUCKETS)
    )


def _read_statements(body: Mapping[str, JSON], most: int) -> tuple[str, ...]:
    told = reading.exact(dict(body), frozenset({"contributions"}))
    return reading.texts(told, "contributions", most, MAX_STATEMENT)


_LENGTH = 32


def _digest(ids: Sequence[str]) -> str:
    return sha256(",".join(ids).encode()).hexdigest()[:_LENGTH] if ids else ""
