"""Loading one file into a node that is not running, with a progress bar."""

import time
from contextlib import AsyncExitStack
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.collect import collect
from gateway.home import Home
from gateway.wiring import open_log, open_records
from tenants.envelope import Defaults
from tenants.loader import LoadReport
from tenants.mapping import load_mapping


async def load_file(home: Home, source: Path, dataset: str | None, mapping: Path | None) -> LoadReport:
    """Load one file between its log entries: JSON lines of `dataset`, or what `mapping` describes."""
    settings = home.settings()
    described = None if mapping is None else load_mapping(mapping)
    async with AsyncExitStack() as stack:
        log = await open_log(home, settings)
        stack.push_async_callback(log.close)
        shelf = open_records(home, settings)
        stack.push_async_callback(shelf.close)
        loader = shelf.loader(settings.node.id, lambda: int(time.time()))
        progress = stack.enter_context(bar())
        task = progress.add_task(source.name, total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        def work() -> LoadReport:
            if described is None:
                return loader.load_jsonl(source, Defaults({"dataset": dataset or "cases"}), told)
            return loader.load_mapped(source, described, told)

        return await collect(settings.node.id, log, source, dataset or "mapped", work)


def said(source: Path, report: LoadReport) -> str:
    """One line on what a load did."""
    line = (
        f"{source.name}: {report.loaded} new, {report.altered} altered, {report.unchanged} unchanged, "
        f"{report.rejected} rejected, {report.quarantined} quarantined"
    )
    return f"{line}; see {report.rejects_path}" if report.rejects_path else line


def bar() -> Progress:
    """A progress bar over bytes."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), transient=True
    )
