"""The use case of loading: records enter the shelf, and the log says how many came from which source.

Collection and alteration are logged operations (Directive (EU) 2016/680 Art. 25). The intent is logged before
the first record is written; the outcome with the counts after the last, and before the load counts as done.
So a load that is cut short, wherever, leaves an intent that the next run of the same load completes.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.receipt import Receipt
from policy.mandate import digest_of
from tenants.loader import LoadReport

Outcome = Callable[[LoadReport], None]
ONCE_FOR = timedelta(days=1)


class Appending(Protocol):
    """A log, as a load needs it."""

    async def append(self, entry: Entry) -> Receipt:
        """Append it and return the receipt; see `Log.append`."""

    async def keep(self, entry: Entry) -> None:
        """Append it once, which its `once` holds, however often whoever holds the log goes away meanwhile."""


async def collect(
    node: str, log: Appending, path: Path, dataset: str, load: Callable[[Outcome], LoadReport]
) -> LoadReport:
    """Run `load` (in a worker thread) between its log entries; `dataset` is what the records belong to.

    `load` hands its report to what it is given before it counts as done.
    """
    source, loop = digest_of([path.name, dataset]), asyncio.get_running_loop()
    started: dict[str, JSON] = {"action": "LOAD_STARTED", "source": source, "datasets": [dataset]}
    intent = await log.append(Entry(Kind.ADMINISTRATION, node, started))

    async def logged(report: LoadReport) -> None:
        for entry in _outcome(node, dataset, intent, report):
            await log.keep(entry)

    def outcome(report: LoadReport) -> None:
        asyncio.run_coroutine_threadsafe(logged(report), loop).result()

    return await asyncio.to_thread(load, outcome)


def _outcome(node: str, dataset: str, intent: Receipt, report: LoadReport) -> list[Entry]:
    """What was collected, and what was altered if anything was."""
    counts: dict[str, JSON] = {
        "source": report.source_digest,
        "datasets": [dataset],
        "counterpart": intent.digest,
        "rejected": report.rejected,
    }
    told = {Kind.COLLECTED: report.loaded, Kind.ALTERED: report.altered}
    expires = datetime.now(UTC) + ONCE_FOR
    return [
        Entry(kind, node, counts | {"records": records}, once=f"{intent.entry_id}.{kind}", expires=expires)
        for kind, records in told.items()
        if records or kind is Kind.COLLECTED
    ]
