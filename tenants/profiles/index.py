"""Who resembles a profile: an exact search over every profile of its method, kept in memory.

The matrices are made from the tables when a method is first asked for, and brought up to date by whatever was
written since, at each question. What is found is no answer: it goes through the policy's view like every
candidate (`tenants.candidates`), and a record that changed meanwhile is not found by what it was.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Table, insert, select
from sqlalchemy.exc import DBAPIError

from tenants.database import Database
from tenants.errors import ShelfUnavailable
from tenants.profiles.calibration import Calibration, read_calibration
from tenants.profiles.compounds import Profile
from tenants.profiles.kept import FORM, NO_SERIES, PROFILE, SERIES
from tenants.profiles.matrix import Matrix
from tenants.profiles.scoring import Floats, directions
from tenants.tables import CalibrationRow

CALIBRATION: Table = CalibrationRow.metadata.tables["profile_calibration"]
AT_ONCE = 50_000
#: Stamp, number of the record, series and amounts.
Kept = Row[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record's number, the stamp of the profile it was found by, and the score in millionths."""

    row: int
    stamp: int
    score: int


@dataclass(frozen=True, slots=True)
class Resembling:
    """What a profile resembles. No `hits` where `reason` says why nothing was compared."""

    calibration: Calibration | None
    reason: str | None
    hits: tuple[Hit, ...] = ()


class ProfileIndex:
    """The profiles of one shelf; safe for several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._matrices: dict[bytes, Matrix] = {}
        self._series: dict[int, NDArray[np.intp] | None] = {}
        self._last: dict[bytes, int] = {}

    def resembling(self, profile: Profile) -> Resembling:
        """Everything that scores at least the method's threshold; raises `ShelfUnavailable`.

        `reason` hangs on the profile and the method alone, never on what is on the shelf: `NOT_CALIBRATED`,
        `QUANTITY_DIFFERS`, `NOT_MEASURED` (a compound that the method compares), `NOTHING_DETECTED`.
        """
        try:
            with self._database.reading() as connection, self._lock:
                calibration = _calibration(connection, profile)
                reason = comparable(profile, calibration)
                if calibration is None or reason is not None:
                    return Resembling(calibration, reason)
                matrix = self._current(connection, calibration)
                above = matrix.above(calibration.amounts(profile), calibration.threshold)
        except DBAPIError as error:
            raise ShelfUnavailable(f"profiles: {error.orig}") from error
        told = zip(above.rows.tolist(), above.stamps.tolist(), map(int, above.scores.tolist()), strict=True)
        return Resembling(calibration, None, tuple(Hit(*each) for each in told))

    def _current(self, connection: Connection, calibration: Calibration) -> Matrix:
        """The matrix of a method as the tables stand now."""
        key = calibration.document
        for old in [
            each for each, held in self._matrices.items() if _same_method(held.calibration, calibration)
        ]:
            if old != key:
                del self._matrices[old], self._last[old]
        matrix = self._matrices.setdefault(key, Matrix(calibration))
        last = self._last.setdefault(key, 0)
        columns = (PROFILE.c.stamp, PROFILE.c.record_row, PROFILE.c.series, PROFILE.c.amounts)
        while True:
            newer = select(*columns).where(PROFILE.c.stamp > last).order_by(PROFILE.c.stamp).limit(AT_ONCE)
            found = connection.execute(newer).all()
            if not found:
                return matrix
            if last:
                matrix.forget(np.array([row.record_row for row in found], dtype=np.int64))
            self._take(connection, matrix, found)
            last = self._last[key] = int(found[-1].stamp)

    @staticmethod
    def _take(connection: Connection, matrix: Matrix, found: Sequence[Kept]) -> None:
        places = _places(connection, matrix.calibration, {int(row.series) for row in found})
        for series, order in places.items():
            mine = [row for row in found if row.series == series]
            rows = np.array([row.record_row for row in mine], dtype=np.int64)
            stamps = np.array([row.stamp for row in mine], dtype=np.int64)
            matrix.add(rows, stamps, _amounts(mine)[:, order])

    def calibrate(self, calibration: Calibration) -> None:
        """Keep what a method's scores have meant, in place of what was kept before."""
        told = {"method": calibration.method, "version": calibration.version}
        with self._database.writing() as connection:
            mine = (CALIBRATION.c[name] == value for name, value in told.items())
            connection.execute(CALIBRATION.delete().where(*mine))
            connection.execute(insert(CALIBRATION), told | {"document": calibration.document.decode()})

    def calibrations(self) -> tuple[Calibration, ...]:
        """All that is kept, by method and version."""
        wanted = select(CALIBRATION.c.document).order_by(CALIBRATION.c.method, CALIBRATION.c.version)
        with self._database.reading() as connection:
            return tuple(read_calibration(document) for (document,) in connection.execute(wanted))


def comparable(profile: Profile, calibration: Calibration | None) -> str | None:
    """Why the profile cannot be compared by this method; None when it can."""
    if calibration is None:
        return "NOT_CALIBRATED"
    if profile.quantity is not calibration.quantity:
        return "QUANTITY_DIFFERS"
    amounts = calibration.amounts(profile)
    if np.isnan(amounts).any():
        return "NOT_MEASURED"
    if not directions(amounts, calibration.treatment, calibration.measure).any():
        return "NOTHING_DETECTED"
    return None


def _same_method(left: Calibration, right: Calibration) -> bool:
    return (left.method, left.version) == (right.method, right.version)


def _calibration(connection: Connection, profile: Profile) -> Calibration | None:
    mine = (CALIBRATION.c.method == profile.method, CALIBRATION.c.version == profile.version)
    found = connection.execute(select(CALIBRATION.c.document).where(*mine)).scalar_one_or_none()
    return None if found is None else read_calibration(found)


def _places(
    connection: Connection, calibration: Calibration, numbers: Iterable[int]
) -> Mapping[int, NDArray[np.intp]]:
    """Of the series that the method compares, where each of its compounds stands."""
    found: dict[int, NDArray[np.intp]] = {}
    wanted = select(SERIES).where(SERIES.c.number.in_(set(numbers) - {NO_SERIES}))
    for number, told in connection.execute(wanted):
        method, version, quantity, names = orjson.loads(told)
        same = (method, version, quantity) == (
            calibration.method, calibration.version, calibration.quantity.value,
        )  # fmt: skip
        if same and set(calibration.compounds) <= set(names):
            found[int(number)] = np.array([names.index(name) for name in calibration.compounds])
    return found


def _amounts(rows: Sequence[Kept]) -> Floats:
    """The amounts of profiles of one series, a row each."""
    told = np.frombuffer(b"".join(bytes(row.amounts) for row in rows), dtype=FORM)
    return told.reshape(len(rows), -1)
