"""The use case of who runs the node and looks after what it loads; role administrator, who sees no content.

Loads are told in counts. What a load turned away quotes values of its source, and persons without a category
are told by their ids: both for a reason, and the log says who looks and why before anything is read.

A category: 1 role and reason, 2 a person without one at the version that was seen, and a category of a
person, 3 logged, the record and the reason sealed, 4 noted for those who were given an older version, and
written, in one transaction of the shelf. From the next question on the grants in force reach the record.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.fields import CODE
from gateway.errors import VariablesRejected
from gateway.facts import retain_until
from gateway.node import Node
from gateway.noting import noted
from gateway.oversight.look import REFERENCE, justified
from gateway.visit import Visit
from policy.mandate import Actor
from policy.terms import Role, SubjectCategory
from tenants.changes import Change
from tenants.intake import MOST_LISTED, Category, Load, Place, Quarantined, Turned

Shown = Mapping[str, Any]


async def loads(visit: Visit, before: int, first: int) -> list[Shown]:
    """Loads in counts, the newest first."""
    visit.require(Role.ADMINISTRATOR)
    rows = await asyncio.to_thread(visit.node.intake.loads, before, _page(first))
    return [_load(each) for each in rows]


async def turned(visit: Visit, load: int, justification: str, after: str, first: int) -> list[Shown]:
    """What a load turned away, line by line; `after` is the `place` that ended the page before."""
    actor, place, most = visit.require(Role.ADMINISTRATOR), _place(after), _page(first)
    await _look(visit.node, actor, "REJECTS_READ", justification, [load, after, first])
    rows = await asyncio.to_thread(visit.node.intake.turned, load, place, most)
    return [_turned(each) for each in rows]


async def quarantined(visit: Visit, justification: str, after: str, first: int) -> list[Shown]:
    """Persons without a category, as far as it takes to find them at their source: no content."""
    actor, most = visit.require(Role.ADMINISTRATOR), _page(first)
    await _look(visit.node, actor, "QUARANTINE_READ", justification, [after, first])
    rows = await asyncio.to_thread(visit.node.intake.quarantined, after, most)
    files = await asyncio.to_thread(visit.node.intake.files, sorted({each.source for each in rows}))
    return [_held(each, files) for each in rows]


async def categorise(
    visit: Visit, record: str, version: int, category: SubjectCategory, justification: str
) -> Shown:
    """Give a person a category; `CategoryRefused` when it is not as it was seen, with nothing changed."""
    node, actor = visit.node, visit.require(Role.ADMINISTRATOR)  # 1
    justified(justification)
    wanted = Category(record, version, category)
    await asyncio.to_thread(node.intake.check, wanted)  # 2
    facts: dict[str, JSON] = {
        "action": "CATEGORISED",
        "records": 1,
        "version": version,
        "subject_category": category.value,
        "target": node.digests.of_value({"id": record}),
        "approver": _pseudonym(node, actor),
    }
    why = _Why(actor, justification, record)
    await node.log.append(_entry(node, Kind.ALTERED, why, facts))  # 3

    def changing(load: int, change: Change) -> None:
        node.lending.changes.note([noted(change, load, node.now())])

    change = await asyncio.to_thread(node.intake.categorise, wanted, node.id, node.now(), changing)  # 4
    return {"id": change.id, "version": change.version, "category": category.value}


@dataclass(frozen=True, slots=True)
class _Why:
    """Who acts, for which reason, on which record if on one."""

    actor: Actor
    justification: str
    record: str = ""

    @property
    def sealed(self) -> bytes:
        told = {"subject": self.actor.subject, "justification": self.justification, "record": self.record}
        return json.dumps({name: each for name, each in told.items() if each}, ensure_ascii=False).encode()


async def _look(node: Node, actor: Actor, action: str, justification: str, target: object) -> None:
    """On return the log holds who looks at what, and why."""
    justified(justification)
    facts: dict[str, JSON] = {
        "action": action,
        "reader": _pseudonym(node, actor),
        "target": node.digests.of_value(target),
    }
    await node.log.append(_entry(node, Kind.ADMINISTRATION, _Why(actor, justification), facts))


def _entry(node: Node, kind: Kind, why: _Why, facts: Mapping[str, JSON]) -> Entry:
    told: dict[str, JSON] = {
        "unit": why.actor.unit,
        "justification": why.justification if CODE(why.justification) else REFERENCE,
        "retain_until": retain_until(node.now(), kind),
    }
    return Entry(kind, node.id, {**facts, **told}, sealed=why.sealed)


def _pseudonym(node: Node, actor: Actor) -> str:
    return node.post.keys.pseudonym(node.id, actor.subject)


def _page(first: int) -> int:
    if not 1 <= first <= MOST_LISTED:
        raise VariablesRejected(f"first: {first}, 1 to {MOST_LISTED} are listed at once")
    return first


def _place(after: str) -> Place:
    line, _, ordinal = (after or "0:-1").partition(":")
    try:
        return int(line), int(ordinal)
    except ValueError as error:
        raise VariablesRejected(f"after: {after[:40]!r}, a place is <line>:<number>") from error


def _load(load: Load) -> Shown:
    told = asdict(load)
    return told | {"finishedAt": told.pop("finished_at")}


def _turned(row: Turned) -> Shown:
    return asdict(row) | {"place": f"{row.line}:{row.ordinal}"}


def _held(row: Quarantined, files: Mapping[int, str]) -> Shown:
    return {
        "id": row.id,
        "version": row.version,
        "schema": row.schema,
        "dataset": row.dataset,
        "recordedAt": row.recorded_at,
        "load": row.source,
        "file": files.get(row.source, ""),
        "line": row.line,
    }
