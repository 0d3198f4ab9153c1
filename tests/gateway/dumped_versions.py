"""Dumps of the databases as a released version left them: `tests/gateway/versions/<version>.<database>.sql`.

`python -m tests.gateway.dumped_versions NAME` writes the present version's, to be kept for ever once it is
released. The data is made up: a node with two records, their log, and a row of nonsense in every table that
is empty otherwise.
"""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, LargeBinary, Table, func, insert, inspect, select

from gateway.databases import connected, ready
from gateway.home import Profile, create, read_card
from gateway.loading import load_file
from gateway.logs import LOG
from gateway.rooms import ROOMS
from tests.components import postgres_cluster, postgres_program

PLACE = Path(__file__).parent / "versions"
RECORDS = [
    {
        "id": f"p-{number}",
        "schema": "Person",
        "properties": {"name": [name], "nationality": ["fr"]},
        "envelope": {"dataset": "cases", "retain_until": "2031-01-01", "subject_category": "WITNESS"},
    }
    for number, name in enumerate(("Zoé Inventée", "Åke Påhittad"))
]


def tables() -> list[Table]:
    """Every table of every room, and those of their versions."""
    return [table for room in ROOMS for table in (*room.tables, room.table)]


def counted(connection: Connection) -> dict[str, int]:
    """How many rows each table has that is there."""
    there = set(inspect(connection).get_table_names())
    return {
        each.name: connection.execute(select(func.count()).select_from(each)).scalar_one()
        for each in tables()
        if each.name in there
    }


def _nonsense(table: Table) -> Mapping[str, Any]:
    made: dict[type, object] = {Integer: 1, LargeBinary: b"\x01", Boolean: False}
    return {
        column.name: next((value for kind, value in made.items() if isinstance(column.type, kind)), "made up")
        for column in table.c
    }


def _filled(url: str, work: Path) -> None:
    """A node whose rooms are all in one database, `url`, with something in every table."""
    told = Profile(
        "fr.made", "Made up", "FR", "x@made.example", 8777, store={each.name: url for each in ROOMS}
    )
    home = create(work / "node", told, now=datetime.now(UTC))
    source = work / "people.jsonl"
    source.write_text("".join(f"{json.dumps(each)}\n" for each in RECORDS))
    asyncio.run(load_file(home, source, "cases", None))
    (PLACE / "log.vkey").write_text(read_card(home.card).log_vkey + "\n")
    for room in ROOMS:
        ready(room, url)
    with connected(url) as connection:
        for table in tables():
            if not connection.execute(select(table).limit(1)).all() and table not in LOG.tables:
                connection.execute(insert(table).values(_nonsense(table)))


def _copied(source: str, target: str) -> None:
    for room in ROOMS:
        ready(room, target)
    with connected(source) as old, connected(target) as new:
        for table in tables():
            rows = [dict(each._mapping) for each in old.execute(select(table))]
            if rows and not new.execute(select(table).limit(1)).all():
                new.execute(insert(table), rows)


def main(version: str) -> None:
    """Write the dumps of the present version."""
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work, postgres_cluster() as cluster:
        file = Path(work) / "all.sqlite"
        _filled(f"sqlite:///{file}", Path(work))
        with closing(sqlite3.connect(file)) as database:
            (PLACE / f"{version}.sqlite.sql").write_text("\n".join(database.iterdump()) + "\n")
        url = cluster.url_of(cluster.create("all"))
        _copied(f"sqlite:///{file}", url)
        command = [
            postgres_program("pg_dump"),
            "--inserts",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            url,
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        told = re.sub(
            r"^(\\.*|--.*|SET .*;|SELECT pg_catalog\.set_config.*)?\n", "", told, flags=re.MULTILINE
        )
        (PLACE / f"{version}.postgresql.sql").write_text(told)


if __name__ == "__main__":
    main(sys.argv[1])
