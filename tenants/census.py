"""A census: all that an access lets through, counted by schema and tier, with the ids of what is listed.

It is for who owns the records and wants to know what a decision would show; no partner's question leads here.
It counts the rows of the same view (`Sight.rows`) that every question is answered from.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from policy.decision import Access, Branch
from policy.terms import Mode
from tenants.arguments import first_rows
from tenants.sight import Sight

MOST_LISTED = 10_000
_LISTING = (Mode.CORE, Mode.RECORD)


@dataclass(frozen=True, slots=True)
class Seen:
    """A listed record: its schema, and the refs of the grants that list it, in the decision's order."""

    schema: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Census:
    """`counts` by schema and highest tier; `listed` by id, at most 10,000, and whether there are `more`."""

    counts: Mapping[tuple[str, Mode], int]
    listed: Mapping[str, Seen]
    more: bool


Row = Mapping[str, object]
Run = Callable[[Callable[[Sight], Select[Any]], int], Awaitable[Sequence[Row]]]
"""Runs a statement made over the access's view, with a limit as its parameter `first`."""


async def take(access: Access, run: Run) -> Census:
    """Count, then list."""
    branches = access.permit.branches
    if not branches:
        return Census({}, {}, more=False)
    counts: dict[tuple[str, Mode], int] = {}
    for row in await run(_counted, 0):
        key = str(row["schema"]), max(_modes(branches, row), key=lambda mode: mode.rank)
        counts[key] = counts.get(key, 0) + int(str(row["records"]))
    listed = await run(_listed, MOST_LISTED + 1)
    seen = {str(row["id"]): _seen(branches, row) for row in listed[:MOST_LISTED]}
    return Census(counts, seen, more=len(listed) > MOST_LISTED)


def _counted(sight: Sight) -> Select[Any]:
    rows = sight.rows()
    keys = rows.c.schema, rows.c.bits
    return select(*keys, func.count().label("records")).group_by(*keys)


def _listed(sight: Sight) -> Select[Any]:
    rows = sight.rows()
    found = select(rows.c.id, rows.c.schema, rows.c.bits).where(sight.has(rows.c.bits, sight.shape.listing))
    return found.order_by(rows.c.id).limit(first_rows())


def _matching(branches: Sequence[Branch], row: Row) -> list[Branch]:
    bits = int(str(row["bits"]))
    return [branch for number, branch in enumerate(branches) if bits >> number & 1]


def _modes(branches: Sequence[Branch], row: Row) -> list[Mode]:
    return [branch.mode for branch in _matching(branches, row)]


def _seen(branches: Sequence[Branch], row: Row) -> Seen:
    refs = [branch.grant for branch in _matching(branches, row) if branch.mode in _LISTING]
    return Seen(str(row["schema"]), tuple(refs))
