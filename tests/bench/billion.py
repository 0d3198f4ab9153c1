"""What the shelf costs on PostgreSQL at a million records, and what that means for a billion.

    make bench-billion                                     into tests/bench/BILLION.md
    make bench-billion BENCH_ARGS="--records 200000"       smaller
    make bench-billion BENCH_ARGS="--keep"                 leave the database where it is

The server's files stay in `.entente/bench/billion` until the page is written: cut short, by Ctrl-C too, the
same command goes on with the load where it was. A million records take about 5 GB and a quarter of an hour.
"""

import argparse
import asyncio
import json
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.raw_cursor import RawCursor
from rich.progress import Progress

from tenants.envelope import Defaults
from tenants.postgres_view import PostgresView
from tenants.selection import Selection
from tenants.shelf import Shelf, open_shelf
from tenants.tables import Shelf as Tables
from tests.bench.dataset import OWNER, counts, file_of, phone_of, write_file
from tests.bench.p06_growth import texts
from tests.bench.serve_shelf import documents, open_access
from tests.components import ROOT, PostgresCluster, kept_cluster

BILLION = 1_000_000_000
PAGE = ROOT / "tests/bench/BILLION.md"
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "maintenance_work_mem": "256MB"}
TIMED, EXPLAINED = 300, 60
_SIZES = """SELECT pg_table_size(c.oid), pg_indexes_size(c.oid), c.reltuples::bigint FROM pg_class c
WHERE c.oid = to_regclass(%s)"""
TEMPLATE = """# The shelf on PostgreSQL, and at a billion records

`make bench-billion` writes this page. {records:,} of the benchmark's records, PostgreSQL {version},
{settings}, every durability setting on.

Loaded in {seconds:,.0f} s, {rate:,.0f} records a second; {wal:,.2f} GB of WAL, {each:,.0f} bytes a record.
Load average of the machine at the end: {average:.1f}.

| table | rows | bytes per record | its indexes | at 1 billion records |
|---|---|---|---|---|
{rows}

| question | p50 ms | p95 ms | pages, median | pages, most |
|---|---|---|---|---|
{asked}

At the rate above a billion records load in {days:,.1f} days through one loader, and write {written:,.2f} TB
of WAL. A page is 8 KiB, in memory or not.
"""
Told = dict[str, Any]


@dataclass
class Run:
    """One run: its folder, how many records, and what was measured, which is kept as it comes."""

    folder: Path
    records: int
    progress: Progress

    @property
    def _file(self) -> Path:
        return self.folder / "figures.json"

    def told(self) -> Told:
        """What was measured so far."""
        return json.loads(self._file.read_text()) if self._file.exists() else {"seconds": 0.0}

    def keep(self, **more: Any) -> Told:
        """Keep more of it."""
        told = self.told() | more
        self._file.write_text(json.dumps(told, indent=1))
        return told


def source(run: Run) -> Path:
    """The records as a file, whole or not there."""
    path = run.folder / f"records-{run.records}.jsonl"
    if not path.exists():
        task = run.progress.add_task("writing the records", total=None)
        write_file(path.with_suffix(".part"), run.records).rename(path)
        run.progress.update(task, total=1, completed=1)
    return path


def load(run: Run, shelf: Shelf, cluster: PostgresCluster) -> None:
    """Load them; time and WAL of several goes are added up."""
    if run.told().get("loaded"):
        return
    task = run.progress.add_task("loading", total=run.records)
    before, began = lsn(cluster), time.monotonic()
    seconds, wal = run.told()["seconds"], run.told().get("wal", 0)

    def on(_done: int, lines: int) -> None:
        run.progress.update(task, completed=lines)
        run.keep(seconds=seconds + time.monotonic() - began, wal=wal + lsn(cluster) - before)

    loader = shelf.loader(OWNER, lambda: int(time.time()))
    report = loader.load_jsonl(source(run), Defaults({"dataset": "bench"}), on)
    if report.rejected:
        raise SystemExit(f"{report.rejected} records were rejected")
    run.keep(
        loaded=report.loaded, seconds=seconds + time.monotonic() - began, wal=wal + lsn(cluster) - before
    )


def lsn(cluster: PostgresCluster) -> int:
    """How many bytes of WAL there have been."""
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").fetchone()
    return int(row[0]) if row else 0


def version(url: str) -> str:
    """The server's."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]).split()[0] if row else ""


def sizes(url: str) -> Told:
    """Bytes of each table and of its indexes, and its rows, once everything is in its place."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        found = {}
        for table in Tables.metadata.sorted_tables:
            row = connection.execute(_SIZES, (table.name,)).fetchone()
            found[table.name] = list(row or ())
    return found


def questions(records: int) -> Mapping[str, Sequence[Selection]]:
    """What is asked: a number that one record has, a file that 200 share, names, two steps from a person."""
    chance, (known, made), persons = random.Random(9), documents(), counts(records)[0]
    some = [chance.randrange(persons) for _ in range(TIMED)]
    lookup, search, expand = made["lookup"], made["search"], made["expand"]
    numbers = [(phone_of(n), phone_of(n + 9 * 10**7)) for n in some]
    return {
        "lookup, one record": [known.selection(lookup, {"value": n, "kind": "phone"}) for n, _ in numbers],
        "lookup, no record": [known.selection(lookup, {"value": n, "kind": "phone"}) for _, n in numbers],
        "lookup, 200 records": [known.selection(lookup, {"value": file_of(n), "first": 200}) for n in some],
        "search": [known.selection(search, {"text": t, "first": 20}) for t in texts(persons, 9, TIMED)],
        "two steps": [known.selection(expand, {"id": f"p-{n}", "hops": 2, "first": 50}) for n in some],
    }


async def times(run: Run, view: PostgresView) -> Told:
    """Milliseconds of each question by itself, warm."""
    access, found = open_access(), {}
    for name, asked in questions(run.records).items():
        task = run.progress.add_task(f"asking: {name}", total=len(asked))
        taken = []
        for selection in [*asked[:30], *asked]:
            start = time.perf_counter()
            await view.read(access, selection)
            taken.append(1000 * (time.perf_counter() - start))
            run.progress.advance(task)
        taken = sorted(taken[30:])
        found[name] = [statistics.median(taken), taken[len(taken) * 95 // 100]]
    return found


def plans(run: Run, view: PostgresView, url: str) -> Told:
    """Pages that each question touches, and what the server itself takes, as it explains it."""
    access, found = open_access(), {}
    with psycopg.connect(url, autocommit=True, cursor_factory=RawCursor) as connection:
        connection.execute("SET jit = off")
        for name, asked in questions(run.records).items():
            told = []
            for selection in asked[:EXPLAINED]:
                prepared = view._desk.prepare(access, selection)
                explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {prepared.statement.sql}"
                (root,) = connection.execute(explained, prepared.arguments).fetchone()[0]  # type: ignore[index]  # one row
                plan = root["Plan"]
                pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
                told.append((pages, plan["Shared Read Blocks"], root["Execution Time"]))
            columns = [sorted(each) for each in zip(*told, strict=True)]
            found[name] = [columns[0][len(told) // 2], columns[0][-1], columns[2][len(told) // 2]]
    return found


def page(told: Told, records: int) -> str:
    """The measurements and what they come to at a billion, as Markdown."""
    scale, rows = BILLION / records, []
    sized = {name: each for name, each in told["sizes"].items() if each[2] >= records / 1000}
    for name, (table, indexes, number) in sorted(sized.items(), key=lambda each: -sum(each[1][:2])):
        whole = (table + indexes) * scale / 1e9
        rows.append(
            f"| `{name}` | {number:,} | {table / records:,.0f} | {indexes / records:,.0f} | {whole:,.0f} GB |"
        )
    table, indexes = (sum(each[place] for each in sized.values()) for place in (0, 1))
    total = (table + indexes) * scale / 1e12
    rows.append(f"| all | | {table / records:,.0f} | {indexes / records:,.0f} | {total:,.2f} TB |")
    asked = [
        f"| {name} | {p50:,.2f} | {p95:,.2f} | {told['plans'][name][0]:,} | {told['plans'][name][1]:,} |"
        for name, (p50, p95) in told["times"].items()
    ]
    rate = records / told["seconds"]
    return TEMPLATE.format(
        records=records,
        version=told["version"],
        settings=", ".join(f"{name} {value}" for name, value in SETTINGS.items()),
        seconds=told["seconds"],
        rate=rate,
        wal=told["wal"] / 1e9,
        each=told["wal"] / records,
        average=told["load"],
        rows="\n".join(rows),
        asked="\n".join(asked),
        days=BILLION / rate / 86_400,
        written=told["wal"] * scale / 1e12,
    )


def measure(run: Run) -> None:
    """Everything that was not measured yet."""
    with kept_cluster(run.folder / "server", SETTINGS) as cluster:
        url = cluster.url_of("postgres")
        shelf = open_shelf(url)
        try:
            load(run, shelf, cluster)
            view = shelf.view()
            assert isinstance(view, PostgresView)
            steps: Mapping[str, Callable[[], Any]] = {
                "version": lambda: version(url),
                "sizes": lambda: sizes(url),
                "times": lambda: asyncio.run(asked(run, view)),
                "plans": lambda: plans(run, view, url),
                "load": lambda: float(Path("/proc/loadavg").read_text().split()[1]),
            }
            for name, step in steps.items():
                if name not in run.told():
                    run.keep(**{name: step()})
        finally:
            shelf._database.close()


async def asked(run: Run, view: PostgresView) -> Told:
    """The times, with the view's connections given back in the same loop."""
    try:
        return await times(run, view)
    finally:
        await view.close()


def main(arguments: Sequence[str]) -> None:
    """Measure, write the page, take the database away."""
    parser = argparse.ArgumentParser(prog="make bench-billion", description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=ROOT / ".entente/bench/billion")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--keep", action="store_true", help="leave the database for a closer look")
    told = parser.parse_args(arguments)
    folder = told.folder / str(told.records)
    folder.mkdir(parents=True, exist_ok=True)
    with Progress() as progress:
        run = Run(folder, told.records, progress)
        measure(run)
    told.page.write_text(page(run.told(), told.records))
    if not told.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
