"""The six databases of a node, each with what it holds."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

from audit.oversight_tables import OversightTable
from audit.sql_erasures import ErasureTable
from audit.sql_progress import ProgressTable
from audit.sql_witness_store import TABLES as WITNESSED
from gateway.databases import Room
from gateway.logs import LOG
from sharing.sql_quota import QuotaRow
from sharing.tables import TABLES as SHARED
from tenants.laying_out import TABLES as SHELF
from tenants.laying_out import check_layout, lay_out


def _room(name: str, tables: Iterable[Table]) -> Room:
    held = tuple(tables)

    def make(connection: Connection) -> None:
        for metadata in {each.metadata for each in held}:
            metadata.create_all(connection, [each for each in held if each.metadata is metadata])

    return Room(name, held, make)


def _tables(rows: Iterable[type[SQLModel]]) -> list[Table]:
    return [SQLModel.metadata.tables[str(row.__tablename__)] for row in rows]


RECORDS: Final = Room("records", SHELF, lay_out, check_layout)
SHARING: Final = _room("sharing", _tables(SHARED))
OVERSIGHT: Final = _room(
    "oversight",
    (
        table
        for metadata in (OversightTable.metadata, ErasureTable.metadata, ProgressTable.metadata)
        for table in metadata.sorted_tables
    ),
)
WITNESS: Final = _room("witness", WITNESSED.sorted_tables)
QUOTA: Final = _room("quota", _tables([QuotaRow]))

ROOMS: Final = (RECORDS, SHARING, LOG, OVERSIGHT, WITNESS, QUOTA)
