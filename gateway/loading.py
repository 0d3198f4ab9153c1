"""Loading one file into a node, running or not, with a progress bar."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.arriving import compare
from gateway.beside import LogBeside
from gateway.collect import Outcome, collect
from gateway.databases import in_use
from gateway.export_formats import known
from gateway.home import Home
from gateway.noting import Noting
from gateway.visible import visible
from gateway.wiring import open_changes, open_digests, open_questions, open_records
from tenants.envelope import Defaults
from tenants.formats.port import Format
from tenants.loader import LoadReport
from tenants.mapping import load_mapping


async def load_file(  # noqa: PLR0913  # what a load is told
    home: Home,
    source: Path,
    dataset: str | None,
    mapping: Path | None,
    *,
    format_: Format = Format.FTM,
    until: date | None = None,
    clock: Callable[[], float] = time.time,
) -> LoadReport:
    """Load one file between its log entries: what `mapping` describes, or records of `dataset` in a format.

    `until` is the day of retention of records that name none of their own; it goes before that of a mapping.
    The node may be running: then the entries go through it, and it tells partners what was put right.
    """
    settings = home.settings()
    described = None if mapping is None else load_mapping(mapping)
    async with AsyncExitStack() as stack:
        stack.enter_context(in_use(home.path))
        log = LogBeside(home, settings, clock=lambda: datetime.fromtimestamp(clock(), UTC))
        stack.push_async_callback(log.close)
        shelf = open_records(home, settings)
        stack.push_async_callback(shelf.close)
        changes, questions = open_changes(home, settings, stack), open_questions(home, settings, stack)
        progress = stack.enter_context(bar())
        task = progress.add_task(source.name, total=None)

        def now() -> int:
            return int(clock())

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        def work(outcome: Outcome) -> LoadReport:
            noting = Noting(changes, now, outcome)
            loader = shelf.loader(settings.node.id, now, watch=noting, aside=home.path / "rejects")
            kept = {} if until is None else {"retain_until": until.isoformat()}
            defaults = Defaults({"dataset": dataset or "cases"} | kept)
            if described is not None:
                whole = replace(described.defaults, envelope={**described.defaults.envelope, **kept})
                return loader.load_mapped(source, replace(described, defaults=whole), told)
            if format_ is not Format.FTM:
                return loader.load_format(source, known()[format_], defaults, told)
            return loader.load_jsonl(source, defaults, told)

        report = await collect(settings.node.id, log, source, dataset or "mapped", work)
        await asyncio.to_thread(compare, shelf.arrivals(), questions, open_digests(home), now())
        return report


def said(source: Path, report: LoadReport) -> str:
    """One line on what a load did."""
    line = (
        f"{source.name}: load {report.number}, {report.loaded} new, {report.altered} altered, "
        f"{report.unchanged} unchanged, {report.rejected} rejected, {report.quarantined} quarantined"
    )
    if report.rejects_path is None:
        return line
    beside = report.rejects_path.parent == source.parent
    return f"{line}; {report.rejects_path.name if beside else report.rejects_path} tells why"


def explained(report: LoadReport, most: int) -> Iterator[str]:
    """The first rejected rows and values of a load, a line each: where, what and why."""
    if report.rejects_path is None:
        return
    with report.rejects_path.open(encoding="utf-8") as file:
        for row in map(json.loads, islice(file, most)):
            taken = "left out" if row["kept"] else "rejected"
            field = f", {row['field']}" if row["field"] else ""
            yield visible(f"{row['file']} line {row['line']}{field}: {taken}, {row['code']}: {row['reason']}")
        rest = sum(1 for _ in file)
    if rest:
        yield f"and {rest} more"


def bar() -> Progress:
    """A progress bar over bytes."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), transient=True
    )
