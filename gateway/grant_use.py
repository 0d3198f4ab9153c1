"""The use case of an officer who asks how much each grant is used: answers under it, of late and before.

Counted from the log's own entries of disclosure, which name the grants that answered and no record; an answer
that several grants made possible counts for each. 1 an officer's look, 2 logged, 3 counted.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.canonical import JSON, parse_object
from audit.entry import Entry, Kind
from audit.index import Search, every
from audit.row import Row
from gateway.errors import VariablesRejected
from gateway.facts import moment, retain_until
from gateway.node import Node
from gateway.oversight.look import indexed
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role

DAY = 86_400
MOST_DAYS = 90
MOST = 10_000
"""Disclosures that are read, the newest; `complete` is false where there were more."""
BATCH = 500
UNUSUAL_FROM = 20
UNUSUAL_TIMES = 3
"""Unusual: at least so many answers, and more than so many times those of the period before."""
READ = "GRANT_USE_READ"
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Used:
    """An answer under grants, at a Unix second."""

    at: int
    grants: tuple[str, ...]


async def use(visit: Visit, days: int) -> Shown:
    """Answers under each grant in the last `days`, and in as many days before."""
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    if not 1 <= days <= MOST_DAYS:
        raise VariablesRejected(f"days: {days}, 1 to {MOST_DAYS} are counted")
    await node.log.append(_look(node, officer))  # 2
    now = node.now()
    used, complete = await _used(node, now - 2 * days * DAY)  # 3
    return {"days": days, "complete": complete, "grants": counted(used, now - days * DAY)}


def counted(used: list[Used], since: int) -> list[Shown]:
    """By grant id: answers since then and before, the last one's time, and whether that is unusual."""
    late: Counter[str] = Counter()
    before: Counter[str] = Counter()
    last: dict[str, int] = {}
    for each in used:
        for grant in each.grants:
            (late if each.at >= since else before)[grant] += 1
            last[grant] = max(each.at, last.get(grant, 0))
    return [
        {
            "grant": grant,
            "answers": late[grant],
            "before": before[grant],
            "lastAt": moment(last[grant]),
            "unusual": late[grant] >= UNUSUAL_FROM and late[grant] > UNUSUAL_TIMES * before[grant],
        }
        for grant in sorted(last)
    ]


async def _used(node: Node, since: int) -> tuple[list[Used], bool]:
    index = await indexed(node)
    wanted = Search(since=datetime.fromtimestamp(since, UTC), kinds=(Kind.DISCLOSED.value,))

    def read() -> tuple[list[Used], bool]:
        rows: deque[Row] = deque(maxlen=MOST)
        found = 0
        for row in every(index, wanted):
            rows.append(row)
            found += 1
        return list(_leaves(node, rows)), found <= MOST

    return await asyncio.to_thread(read)


def _leaves(node: Node, rows: deque[Row]) -> Iterator[Used]:
    """What the leaves say of grants; neighbouring leaves are read at once."""
    while rows:
        start = rows[0].index
        leaves = node.log.reader.leaves(start, min(start + BATCH, rows[-1].index + 1))
        while rows and rows[0].index < start + len(leaves):
            row = rows.popleft()
            refs = parse_object(leaves[row.index - start].leaf).get("grants", ())
            names = tuple(dict.fromkeys(str(ref).rpartition("@")[0] for ref in refs))
            yield Used(row.at_ms // 1000, names)


def _look(node: Node, officer: Actor) -> Entry:
    facts: dict[str, JSON] = {
        "action": READ,
        "reader": node.post.keys.pseudonym(node.id, officer.subject),
        "unit": officer.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=officer.subject.encode())
