"""The use case of whoever runs a node: what the scores of a method have meant is learnt, logged, then used.

The node may be running; the next question is answered by the new calibration. The log says which file it was
learnt from and the digest of what was learnt, so that an answer's rates can be held to both later.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.beside import LogBeside
from gateway.facts import retain_until
from gateway.home import Home
from gateway.wiring import open_records
from tenants.labelled import read_labelled
from tenants.mapping import load_mapping
from tenants.profiles.calibration import Calibration, calibrate
from tenants.profiles.scoring import Measure, Treatment


@dataclass(frozen=True, slots=True)
class Learning:
    """What to learn from: `label` is the property that names each profile's known source."""

    source: Path
    mapping: Path | None
    label: str
    target: float
    treatment: Treatment = Treatment.FOURTH_ROOT
    measure: Measure = Measure.PEARSON


async def learn(home: Home, learning: Learning, *, clock: Callable[[], float] = time.time) -> Calibration:
    """Learn, log, keep; raises `SourceRejected` or `CalibrationRefused`, and then nothing has changed."""
    settings = home.settings()
    mapping = None if learning.mapping is None else load_mapping(learning.mapping)
    async with AsyncExitStack() as stack:
        shelf = open_records(home, settings)
        stack.push_async_callback(shelf.close)
        labelled = read_labelled(learning.source, shelf.model, mapping, learning.label)
        found = calibrate(labelled.profiles, learning.treatment, learning.measure, learning.target)
        log = LogBeside(home, settings, clock=lambda: datetime.fromtimestamp(clock(), UTC))
        stack.push_async_callback(log.close)
        facts: dict[str, JSON] = {
            "action": "PROFILES_CALIBRATED",
            "source": labelled.digest,
            "target": f"sha256:{hashlib.sha256(found.document).hexdigest()}",
            "records": len(labelled.profiles),
            "retain_until": retain_until(int(clock()), Kind.ADMINISTRATION),
        }
        await log.append(Entry(Kind.ADMINISTRATION, settings.node.id, facts))
        shelf.profiles.calibrate(found)
        return found


async def learnt(home: Home) -> tuple[Calibration, ...]:
    """The calibrations of a node."""
    shelf = open_records(home, home.settings())
    try:
        return shelf.profiles.calibrations()
    finally:
        await shelf.close()
