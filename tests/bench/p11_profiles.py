"""P11: what resembles one of 1,000,000 chemical profiles beside one matrix product of that size.

Ours is all that a question needs of the index: the calibration is read, what arrived since is looked for, the
product, the threshold, and the scores of those found in 64 bits.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson

from deploy.demo import profiles as demo
from tenants.database import Database, put
from tenants.profiles.calibration import Calibration, calibrate
from tenants.profiles.compounds import Profile, read_profile
from tenants.profiles.index import ProfileIndex
from tenants.profiles.kept import FORM, PROFILE, SERIES
from tenants.profiles.scoring import Measure, Treatment, directions
from tests.bench.figure import Bench, Figure, Line, NotMeasuredError, Row, Sample, at_most
from tests.bench.machine import pinned

PROFILES = 1_000_000
PLANTED = 20
REFERENCE, SAMPLES = 100, 3
AT_ONCE = 50_000
KNOWN = 1e-3  # of how many pairs of two sources the threshold may let through


def measure(bench: Bench) -> Sequence[Line]:
    """Milliseconds of a search and of a calibration."""
    number = PROFILES // 20 if bench.quick else PROFILES
    labelled = [
        (f"L{lot}", _profile(f"reference {lot}", str(n))) for lot in range(REFERENCE) for n in range(SAMPLES)
    ]
    learnt = calibrate(labelled, Treatment.FOURTH_ROOT, Measure.PEARSON, KNOWN)
    with tempfile.TemporaryDirectory(dir=bench.folder) as work, pinned(bench.cores.server):
        database = Database(f"sqlite:///{Path(work) / 'records.sqlite'}")
        index = ProfileIndex(database)
        index.calibrate(learnt)
        matrix = _fill(database, learnt, number, bench.say)
        bench.say("reading the profiles into memory")
        index.resembling(_profile("lot-418", "asked"))
        runs: list[tuple[str, Callable[[], Sample]]] = [
            ("search", _search(index)),
            ("product", _product(matrix)),
            ("calibration", _calibration(labelled)),
            ("all pairs", _pairs(labelled, learnt)),
        ]
        try:
            for _, warm in runs:
                warm()
            series = bench.interleave(runs)
        finally:
            database.close()
    what = f"profile match against {number:,} profiles of {len(demo.COMPOUNDS)} compounds, exact"
    pairs = REFERENCE * SAMPLES * (REFERENCE * SAMPLES - 1) // 2
    return [
        Row(what, "ms", series["search"], series["product"], at_most(2.0), "one numpy product of that size"),
        Row(f"calibration on {pairs:,} labelled pairs", "ms", series["calibration"], series["all pairs"]),
    ]


def _profile(lot: str, draw: str) -> Profile:
    return read_profile(demo.METHOD, demo.VERSION, demo.compounds(lot, 0.03, draw))


def _fill(
    database: Database, learnt: Calibration, number: int, say: Callable[[str], None]
) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Profiles in the tables, a few of the lot that is asked for; their directions, for the baseline."""
    rng, names = np.random.default_rng(11), sorted(demo.COMPOUNDS)
    told = orjson.dumps([demo.METHOD, demo.VERSION, learnt.quantity, names]).decode()
    wanted = [learnt.amounts(_profile("lot-418", str(n))) for n in range(PLANTED)]
    parts = []
    for start in range(0, number, AT_ONCE):
        say(f"profile {start:,} of {number:,}")
        shares = rng.gamma(0.8, 1.0, (min(AT_ONCE, number - start), len(names))) + 0.02
        if not start:
            shares[:PLANTED] = wanted
        rows = [(start + n + 1, start + n + 1, 1, row.astype(FORM).tobytes()) for n, row in enumerate(shares)]
        with database.writing() as connection:
            if not start:
                put(connection, SERIES, [(1, told)])
            put(connection, PROFILE, rows)
        parts.append(directions(shares, learnt.treatment, learnt.measure).astype(np.float32))
    return np.concatenate(parts)


def _timed(work: Callable[[], object]) -> Sample:
    began, used = time.perf_counter(), time.process_time()
    work()
    passed, cpu = time.perf_counter() - began, time.process_time() - used
    return Sample(1e3 * passed, 1e6 * cpu)


def _search(index: ProfileIndex) -> Callable[[], Sample]:
    asked = _profile("lot-418", "asked")

    def sample() -> Sample:
        found = index.resembling(asked)
        planted = {each.row for each in found.hits} & set(range(1, PLANTED + 1))
        if len(planted) != PLANTED:
            raise NotMeasuredError(f"{len(planted)} of {PLANTED} planted profiles were found")
        return _timed(lambda: index.resembling(asked))

    return sample


def _product(matrix: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> Callable[[], Sample]:
    vector = matrix[0].copy()
    return lambda: _timed(lambda: matrix @ vector)


def _calibration(labelled: Sequence[tuple[str, Profile]]) -> Callable[[], Sample]:
    return lambda: _timed(lambda: calibrate(labelled, Treatment.FOURTH_ROOT, Measure.PEARSON, KNOWN))


def _pairs(labelled: Sequence[tuple[str, Profile]], learnt: Calibration) -> Callable[[], Sample]:
    shares = np.array([learnt.amounts(profile) for _, profile in labelled])

    def work() -> object:
        rows = directions(shares, learnt.treatment, learnt.measure)
        return rows @ rows.T

    return lambda: _timed(work)


FIGURE = Figure("P11", "profile match", measure)
