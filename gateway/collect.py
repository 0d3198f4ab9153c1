"""The use case of loading: records enter the shelf, and the log says how many came from which source.

Collection and alteration are logged operations (Directive (EU) 2016/680 Art. 25). The intent is logged before
the first record is written, the outcome with the counts after the last; a load cut short leaves an intent
that the next run of the same load completes.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.log import Log
from policy.mandate import digest_of
from tenants.loader import LoadReport


async def collect(
    node: str, log: Log, path: Path, dataset: str, load: Callable[[], LoadReport]
) -> LoadReport:
    """Run `load` (in a worker thread) between its log entries; `dataset` is what the records belong to."""
    source = digest_of([path.name, dataset])
    intent = await log.append(_entry(node, "LOAD_STARTED", {"source": source, "datasets": [dataset]}))
    report = await asyncio.to_thread(load)
    counts: dict[str, JSON] = {
        "source": report.source_digest,
        "datasets": [dataset],
        "counterpart": intent.digest,
        "rejected": report.rejected,
    }
    await log.append(Entry(Kind.COLLECTED, node, counts | {"records": report.loaded}))
    if report.altered:
        await log.append(Entry(Kind.ALTERED, node, counts | {"records": report.altered}))
    return report


def _entry(node: str, action: str, facts: dict[str, JSON]) -> Entry:
    return Entry(Kind.ADMINISTRATION, node, facts | {"action": action})
