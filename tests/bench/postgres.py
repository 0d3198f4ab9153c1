"""A shelf on PostgreSQL: the rows of the loaded SQLite shelf in the tables that the product makes there."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tenants.shelf import open_shelf
from tenants.tables import Shelf
from tests.bench.figure import Bench, NotMeasuredError
from tests.bench.machine import pinned
from tests.components import postgres_cluster

#: What the peers find relations by, and the search that all of them ask: the one of the product's plan.
FOR_PEERS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX name_trigram ON name USING gin (latin gin_trgm_ops);
CREATE INDEX ix_name_latin ON name (latin);
ALTER TABLE identifier ADD FOREIGN KEY (record_row) REFERENCES record (row);
ALTER TABLE link ADD FOREIGN KEY (record_row) REFERENCES record (row);
ALTER TABLE link ADD FOREIGN KEY (end_id) REFERENCES record (id);
CREATE FUNCTION bench_words(text_ text, latin text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum(CASE WHEN strpos(' ' || latin || ' ', ' ' || w || ' ') > 0 THEN 10 * length(w)
                           WHEN strpos(latin, w) > 0 THEN 8 * length(w) ELSE 0 END), 0) * 200
    / (length(replace(latin, ' ', '')) + length(replace(text_, ' ', '')))
  FROM unnest(string_to_array(text_, ' ')) w
$$;
CREATE FUNCTION bench_search(text_ text, first_ int) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
DECLARE likes text[] := ARRAY(
  SELECT '%' || w || '%' FROM unnest(string_to_array(text_, ' ')) w WHERE length(w) > 2
);
BEGIN RETURN QUERY
  WITH hits AS (
    (SELECT n.row FROM name n WHERE n.latin = text_)
    UNION (SELECT n.row FROM name n WHERE n.latin LIKE ALL (likes) LIMIT 2000)
    UNION (SELECT n.row FROM name n WHERE n.latin LIKE ANY (likes) LIMIT 500)
  ), best AS (
    SELECT n.record_row, max(bench_words(text_, n.latin)) AS score
    FROM name n JOIN hits USING (row) GROUP BY 1
  )
  SELECT r.row FROM best JOIN record r ON r.row = best.record_row WHERE best.score >= 500
  ORDER BY best.score DESC, r.id LIMIT first_;
END $$;
CREATE FUNCTION found(text_ text, first_ int) RETURNS SETOF public.record LANGUAGE sql STABLE AS $$
  SELECT r.* FROM record r JOIN bench_search(text_, first_) WITH ORDINALITY s(row, place) ON s.row = r.row
  ORDER BY s.place
$$;
"""


@dataclass(frozen=True)
class Postgres:
    """A running cluster with one loaded shelf."""

    url: str
    process: int
    version: str


@contextmanager
def shelf_on_postgres(bench: Bench, shelf: Path, on: frozenset[int]) -> Iterator[Postgres]:
    """The shelf, copied and analysed; the server and its children run on the cores `on`."""
    before = _children()
    with pinned(on | bench.cores.together):
        cluster_context = postgres_cluster()
        cluster = cluster_context.__enter__()
    try:
        bench.say("copying the shelf to PostgreSQL")
        url = cluster.url_of(cluster.create("bench"))
        opened = open_shelf(url)
        opened._database.close()
        with psycopg.connect(url, autocommit=True) as connection:
            _copy(shelf, connection)
            connection.execute(FOR_PEERS)
            connection.execute("VACUUM ANALYZE")
            version = str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]  # one row
        started = _children() - before
        if len(started) != 1:
            raise NotMeasuredError(f"PostgreSQL: {len(started)} processes were started")
        (process,) = started
        os.sched_setaffinity(process, on)
        yield Postgres(url, process, version.split(maxsplit=1)[0])
    finally:
        cluster_context.__exit__(None, None, None)


def _children() -> set[int]:
    """This process's children."""
    return {
        int(child)
        for listed in Path("/proc/self/task").glob("*/children")
        for child in listed.read_text().split()
    }


def _copy(shelf: Path, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    source = sqlite3.connect(f"{shelf.resolve().as_uri()}?mode=ro", uri=True)
    try:
        for table in Shelf.metadata.sorted_tables:
            columns = [column.name for column in table.c]
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table.name)))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            quoted = ", ".join(f'"{name}"' for name in columns)
            with connection.cursor() as cursor, cursor.copy(into) as copy:
                for row in source.execute(f'SELECT {quoted} FROM "{table.name}"'):  # noqa: S608  # our own tables
                    copy.write_row(row)
    finally:
        source.close()
