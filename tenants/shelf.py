"""The shelf as a whole: one database, opened; what the gateway composes with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.exc import DBAPIError

from policy.terms import SubjectCategory
from tenants.arrivals import Arrivals
from tenants.database import Database
from tenants.errors import ShelfUnavailable
from tenants.intake import Intake
from tenants.loader import Loader, Watch
from tenants.model import EntityModel, load_model
from tenants.postgres_view import PostgresView, Reading
from tenants.profiles.index import ProfileIndex
from tenants.rulings import Rulings
from tenants.sqlite_view import SqliteView
from tenants.tables import RecordRow

RECORD: Table = RecordRow.metadata.tables["record"]
MOST_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many records there are, by dataset and schema; `quarantined` of them are never shared."""

    records: int
    quarantined: int
    by_dataset: Mapping[str, int]
    by_schema: Mapping[str, int]


class Shelf:
    """An opened database. Rows come out through `view` only, and go in through `loader` only."""

    def __init__(self, database: Database, model: EntityModel, reading: Reading | None = None) -> None:
        self._database = database
        self._reading = reading or Reading()
        self._views: list[SqliteView | PostgresView] = []
        self.model = model
        self.profiles = ProfileIndex(database)

    def view(self, spoc: str = "") -> SqliteView | PostgresView:
        """A view; `spoc` is whom a requester is pointed to by `contact`."""
        path, captions = self._database.path, self.model.captions
        view: SqliteView | PostgresView
        if path is not None:
            view = SqliteView(path, spoc, captions, self.profiles)
        else:
            view = PostgresView(self._database.dsn, spoc, captions, self.profiles, self._reading)
        self._views.append(view)
        return view

    def loader(
        self,
        node: str,
        now: Callable[[], int],
        by: str = "",
        watch: Watch | None = None,
        aside: Path | None = None,
    ) -> Loader:
        """A loader of `node`'s records, of which `watch` is told; `now` gives Unix seconds; see `Loader`."""
        return Loader(self._database, self.model, node, now=now, by=by, watch=watch, aside=aside)

    def versions(self, ids: Sequence[str]) -> Mapping[str, int]:
        """The present version of each of at most 1,000 records that are there, and nothing else of them."""
        wanted = select(RECORD.c.id, RECORD.c.version).where(RECORD.c.id.in_(ids[:MOST_LISTED]))
        try:
            with self._database.reading() as connection:
                return {str(name): int(version) for name, version in connection.execute(wanted)}
        except DBAPIError as error:
            raise ShelfUnavailable(f"versions: {error.orig}") from error

    def arrivals(self) -> Arrivals:
        """What arrived and nobody has compared with standing questions."""
        return Arrivals(self._database)

    def intake(self) -> Intake:
        """The loads, and what waits of them for whoever runs the node."""
        return Intake(self._database)

    def rulings(self) -> Rulings:
        """What courts said of the records after they were loaded."""
        return Rulings(self._database)

    def statistics(self) -> Statistics:
        """Counts for the administrator; reads the whole table."""
        with self._database.reading() as connection:

            def counted(column: str) -> dict[str, int]:
                grouped = select(RECORD.c[column], func.count()).group_by(RECORD.c[column])
                return {str(name): int(number) for name, number in connection.execute(grouped)}

            datasets, schemata, categories = (
                counted("dataset"),
                counted("schema"),
                counted("subject_category"),
            )
        without = categories.get(SubjectCategory.UNCATEGORISED.value, 0)
        return Statistics(sum(datasets.values()), without, datasets, schemata)

    async def close(self) -> None:
        """Give every connection back."""
        for view in self._views:
            await view.close()
        self._database.close()


def open_shelf(
    url: str,
    model: EntityModel | None = None,
    *,
    reading: Reading | None = None,
    pool: Mapping[str, Any] | None = None,
) -> Shelf:
    """Open (and on first use lay out) `sqlite:///<path>` or `postgresql://…`; raises `ShelfUnavailable`.

    On PostgreSQL views read as `reading` says, and `pool` says how the other connections are kept.
    """
    database = Database(url, pool)
    if database.path is None and database.dialect != "postgresql":
        raise ShelfUnavailable(f"{url.partition(':')[0]} is no database we know")
    return Shelf(database, load_model() if model is None else model, reading)
