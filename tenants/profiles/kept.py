"""Profiles as the shelf's tables keep them: for each record its amounts, in the order of its series.

A series is one method, version, quantity and list of measured compounds, so that all of its profiles have
their amounts in one order. What was not measured is not in it.
"""

from collections.abc import Collection, Mapping

import numpy as np
import orjson
from sqlalchemy import Connection, Table, delete, func, insert, select

from tenants.database import put
from tenants.profiles.compounds import Profile
from tenants.tables import ProfileRow, SeriesRow

PROFILE: Table = ProfileRow.metadata.tables["profile"]
SERIES: Table = SeriesRow.metadata.tables["profile_series"]
NO_SERIES = 0
FORM = np.dtype("<f8")


def kept(profile: Profile) -> tuple[str, bytes]:
    """The series of a profile, as it is told, and its amounts as shares of 1."""
    measured = profile.measured
    names = [each.name for each in measured]
    told = orjson.dumps([profile.method, profile.version, profile.quantity, names]).decode()
    return told, np.array([each.share for each in measured], dtype=FORM).tobytes()


def keep(
    connection: Connection, profiles: Mapping[int, tuple[str, bytes]], *, replaced: Collection[int]
) -> None:
    """Write the profiles of these records; of the `replaced` ones that have none now, that they have none."""
    gone: set[int] = set()
    if replaced:
        had = select(PROFILE.c.record_row).where(PROFILE.c.record_row.in_(replaced))
        gone = {int(row) for (row,) in connection.execute(had)}
    if not profiles and not gone:
        return
    last = int(connection.execute(select(func.coalesce(func.max(PROFILE.c.stamp), 0))).scalar_one())
    numbers = _numbers(connection, {series for series, _ in profiles.values()})
    rows = dict.fromkeys(sorted(gone), (NO_SERIES, b""))
    rows |= {row: (numbers[series], amounts) for row, (series, amounts) in profiles.items()}
    connection.execute(delete(PROFILE).where(PROFILE.c.record_row.in_(gone)))
    put(
        connection,
        PROFILE,
        [(row, last + place, *told) for place, (row, told) in enumerate(rows.items(), start=1)],
    )


def _numbers(connection: Connection, wanted: Collection[str]) -> Mapping[str, int]:
    """The number of each series; those not known yet get one."""
    columns = (SERIES.c.told, SERIES.c.number)
    found = {
        str(told): int(number)
        for told, number in connection.execute(select(*columns).where(SERIES.c.told.in_(wanted)))
    }
    last = int(connection.execute(select(func.coalesce(func.max(SERIES.c.number), NO_SERIES))).scalar_one())
    new = {told: number for number, told in enumerate(sorted(set(wanted) - found.keys()), start=last + 1)}
    if new:
        connection.execute(insert(SERIES), [{"told": told, "number": number} for told, number in new.items()])
    return found | new
