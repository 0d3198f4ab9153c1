"""An `Inbox` in SQL, SQLite or PostgreSQL: one box of a table that holds them all."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import JSON, encode
from policy.terms import Mode
from sharing.errors import ItemConflict, ItemUnknown
from sharing.grants import Approval
from sharing.inbox import Box, Decision, Item, ItemKind, ItemState, Wanted
from sharing.tables import ItemRow

_COLUMNS = ("id", "kind", "node", "subject", "query_id", "due_at", "state", "revision")
"""What items are found by; the document holds everything but the revision."""


class SqlInbox:
    """Items in the table of `sharing.tables`."""

    def __init__(self, engine: Engine, box: Box = Box.INBOX) -> None:
        self._engine = engine
        self._box = box.value

    def add(self, item: Item) -> bool:
        """See `Inbox.add`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ItemRow).values(box=self._box, **_columns(item)))
        except IntegrityError:
            return False
        return True

    def get(self, item_id: str) -> Item:
        """See `Inbox.get`."""
        with self._engine.begin() as connection:
            row = connection.execute(_all().where(*self._is(item_id))).one_or_none()
        if row is None:
            raise ItemUnknown(f"item {item_id[:80]!r}: not in the {self._box.lower()} box")
        return _read(*row)

    def list(self, wanted: Wanted) -> list[Item]:
        """See `Inbox.list`."""
        query = _all().where(col(ItemRow.box) == self._box, *_wanted(wanted))
        query = query.order_by(col(ItemRow.due_at), col(ItemRow.id)).limit(wanted.first)
        with self._engine.begin() as connection:
            return [_read(*row) for row in connection.execute(query)]

    def put(self, item: Item) -> Item:
        """See `Inbox.put`."""
        changed = replace(item, revision=item.revision + 1)
        unchanged = (*self._is(item.id), col(ItemRow.revision) == item.revision)
        with self._engine.begin() as connection:
            done = connection.execute(update(ItemRow).where(*unchanged).values(**_columns(changed)))
        if done.rowcount == 1:
            return changed
        self.get(item.id)
        raise ItemConflict(f"item {item.id}: has changed since revision {item.revision} was read")

    def _is(self, item_id: str) -> tuple[ColumnElement[bool], ...]:
        return col(ItemRow.box) == self._box, col(ItemRow.id) == item_id


def _all() -> Any:  # noqa: ANN401  # a select of two columns
    return select(col(ItemRow.document), col(ItemRow.revision))


def _wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("state", "kind", "node", "subject", "query_id"):
        if value := getattr(wanted, name):
            yield getattr(ItemRow, name) == str(value)
    if wanted.due_before is not None:
        yield col(ItemRow.due_at) < wanted.due_before
    if wanted.after[0] >= 0:
        yield tuple_(col(ItemRow.due_at), col(ItemRow.id)) > tuple_(*wanted.after)


def _columns(item: Item) -> dict[str, Any]:
    found = {name: getattr(item, name) for name in _COLUMNS}
    plain = {name: str(value) if isinstance(value, str) else value for name, value in found.items()}
    return plain | {"document": encode(_written(item)).decode()}


def _written(item: Item) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        each.name: getattr(item, each.name) for each in fields(item) if each.name != "revision"
    }
    told |= {"kind": item.kind.value, "state": item.state.value, "tier": item.tier.value}
    told |= {"facts": dict(item.facts), "draft": dict(item.draft), "content": dict(item.content)}
    told["approvals"] = [
        [each.officer, each.at, *([each.proof] if each.proof else [])] for each in item.approvals
    ]
    made = item.decision
    told["decision"] = [made.state.value, made.by, made.at, made.reason, made.grant] if made else None
    return told


def _read(document: str, revision: int) -> Item:
    told = orjson.loads(document)
    told |= {"kind": ItemKind(told["kind"]), "state": ItemState(told["state"]), "tier": Mode(told["tier"])}
    told["approvals"] = tuple(Approval(*each) for each in told["approvals"])
    if made := told["decision"]:
        told["decision"] = Decision(ItemState(made[0]), *made[1:])
    return Item(**told, revision=revision)
