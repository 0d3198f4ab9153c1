"""All profiles of one method as one matrix in memory: an exact search is one product of it with a vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.profiles.calibration import Calibration
from tenants.profiles.scoring import SCALE, Floats, as_told, directions

MARGIN = 1e-5
"""More than what 32-bit floats can be off: nothing at the threshold is lost before it is scored exactly."""
BLOCK = 65_536
_FIRST = 1_024
_NOBODY = -1
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Above:
    """Whose profiles, under which stamps, with which scores in millionths."""

    rows: Numbers
    stamps: Numbers
    scores: Floats


class Matrix:
    """Directions of profiles (`scoring.directions`), a row each, and whose they are.

    They are held twice: in 32 bits for the product with all, in 64 for the scores of those found.
    """

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        compounds = len(calibration.compounds)
        self._coarse = np.zeros((_FIRST, compounds), dtype=np.float32)
        self._exact = np.zeros((_FIRST, compounds), dtype=np.float64)
        self._rows = np.full(_FIRST, _NOBODY, dtype=np.int64)
        self._stamps = np.full(_FIRST, _NOBODY, dtype=np.int64)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, rows: Numbers, stamps: Numbers, shares: Floats) -> None:
        """Add profiles (amounts in the calibration's order) with the numbers of their records and stamps."""
        self._grow(self._size + len(rows))
        for start in range(0, len(rows), BLOCK):
            part = shares[start : start + BLOCK]
            place = slice(self._size, self._size + len(part))
            self._exact[place] = directions(part, self.calibration.treatment, self.calibration.measure)
            self._coarse[place] = self._exact[place]
            self._rows[place] = rows[start : start + BLOCK]
            self._stamps[place] = stamps[start : start + BLOCK]
            self._size += len(part)

    def forget(self, rows: Numbers) -> None:
        """Take out what stands under these numbers."""
        stays = np.isin(self._rows[: self._size], rows, invert=True)
        if stays.all():
            return
        kept = int(stays.sum())
        for held in (self._coarse, self._exact, self._rows, self._stamps):
            held[:kept] = held[: self._size][stays]
        self._size = kept

    def above(self, shares: Floats, least: int) -> Above:
        """Whose profiles score at least `least` (millionths) with this one, in the order they were added."""
        wanted = directions(shares, self.calibration.treatment, self.calibration.measure)[0]
        near = np.flatnonzero(
            self._coarse[: self._size] @ wanted.astype(np.float32) >= least / SCALE - MARGIN
        )
        scores = as_told(self._exact[near], wanted)
        found = near[scores >= least]
        return Above(self._rows[found], self._stamps[found], scores[scores >= least])

    def _grow(self, size: int) -> None:
        if size <= len(self._rows):
            return
        room = max(size, 2 * len(self._rows)) - len(self._rows)
        wide = ((0, room), (0, 0))
        self._coarse, self._exact = np.pad(self._coarse, wide), np.pad(self._exact, wide)
        self._rows, self._stamps = np.pad(self._rows, (0, room)), np.pad(self._stamps, (0, room))
