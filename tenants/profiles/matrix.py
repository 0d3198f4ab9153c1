"""All profiles of one method as one matrix in memory: an exact search is one product of it with a vector."""

import numpy as np
from numpy.typing import NDArray

from tenants.profiles.calibration import Calibration
from tenants.profiles.scoring import SCALE, Floats, directions

MARGIN = 1e-5
"""More than what 32-bit floats can be off: nothing at the threshold is lost before it is scored exactly."""
BLOCK = 65_536
_FIRST = 1_024
_NOBODY = -1


class Matrix:
    """Directions of profiles (`scoring.directions`) as 32-bit floats, a row each, and whose they are."""

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self._directions = np.zeros((_FIRST, len(calibration.compounds)), dtype=np.float32)
        self._rows = np.full(_FIRST, _NOBODY, dtype=np.int64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, rows: NDArray[np.int64], shares: Floats) -> None:
        """Add profiles (amounts in the calibration's order) under the numbers of their records."""
        self._grow(self._size + len(rows))
        for start in range(0, len(rows), BLOCK):
            part = shares[start : start + BLOCK]
            told = directions(part, self.calibration.treatment, self.calibration.measure)
            self._directions[self._size : self._size + len(part)] = told
            self._rows[self._size : self._size + len(part)] = rows[start : start + BLOCK]
            self._size += len(part)

    def forget(self, rows: NDArray[np.int64]) -> None:
        """Take out what stands under these numbers."""
        stays = np.isin(self._rows[: self._size], rows, invert=True)
        if stays.all():
            return
        kept = int(stays.sum())
        self._directions[:kept] = self._directions[: self._size][stays]
        self._rows[:kept] = self._rows[: self._size][stays]
        self._size = kept

    def above(self, shares: Floats, least: int) -> NDArray[np.int64]:
        """Whose profiles score at least `least` (millionths) with this one, and a few that just do not."""
        calibration = self.calibration
        wanted = directions(shares, calibration.treatment, calibration.measure)[0].astype(np.float32)
        if not wanted.any():
            return self._rows[:0]
        scores = self._directions[: self._size] @ wanted
        found: NDArray[np.int64] = self._rows[: self._size][scores >= least / SCALE - MARGIN]
        return found

    def _grow(self, size: int) -> None:
        if size <= len(self._rows):
            return
        room = max(size, 2 * len(self._rows)) - len(self._rows)
        self._directions = np.concatenate(
            [self._directions, np.zeros((room, self._directions.shape[1]), dtype=np.float32)]
        )
        self._rows = np.concatenate([self._rows, np.full(room, _NOBODY, dtype=np.int64)])
