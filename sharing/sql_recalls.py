"""A `RecallBook` in SQL, SQLite or PostgreSQL."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from audit.canonical import encode
from sharing.recall import Ordered, Recall, Sort
from sharing.recall_tables import RecallRow


class SqlRecalls:
    """Recalls in the table of `sharing.recall_tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def order(self, recall: Recall, at: int) -> str:
        """See `RecallBook.order`."""
        document = encode({"sort": recall.sort.value, **recall.content}).decode()
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(RecallRow).values(id=recall.id, document=document, created_at=at))
        except IntegrityError:
            return recall.id
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


def _read(document: str) -> Recall:
    told = orjson.loads(document)
    records = tuple((name, version) for name, version in told["records"])
    return Recall(Sort(told["sort"]), told["reason"], told["grant"], records)
