"""A `RecallBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, Engine, select, text, update
from sqlmodel import col

from audit.canonical import encode
from sharing.recall import Ordered, Recall, Sort
from sharing.recall_tables import RecallRow

_ORDER = text(
    "INSERT INTO sharing_recall (id, document, created_at) VALUES (:id, :document, :at)"
    " ON CONFLICT (id) DO NOTHING"
)


class SqlRecalls:
    """Recalls in the table of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def order(self, recall: Recall, at: int) -> str:
        """See `RecallBook.order`."""
        with self._engine.begin() as connection:
            put_order(connection, recall, at)
        return recall.id

    def pending(self) -> Sequence[Ordered]:
        """See `RecallBook.pending`."""
        query = select(col(RecallRow.id), col(RecallRow.document), col(RecallRow.created_at))
        query = query.where(col(RecallRow.written_at).is_(None))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(col(RecallRow.created_at), col(RecallRow.id))).all()
        return [Ordered(row[0], _read(row[1]), row[2]) for row in rows]

    def written(self, recall_id: str, at: int) -> None:
        """See `RecallBook.written`."""
        with self._engine.begin() as connection:
            connection.execute(update(RecallRow).where(col(RecallRow.id) == recall_id).values(written_at=at))


def put_order(connection: Connection, recall: Recall, at: int) -> None:
    """Keep an order with whatever else the caller commits; one that is there stays."""
    document = encode({"sort": recall.sort.value, **recall.content}).decode()
    connection.execute(_ORDER, {"id": recall.id, "document": document, "at": at})


def _read(document: str) -> Recall:
    told = orjson.loads(document)
    records = tuple((name, version) for name, version in told["records"])
    return Recall(Sort(told["sort"]), told["reason"], told["grant"], records)
