"""P6: exact lookup and name search as the shelf grows, and how much of the full ranking search keeps."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from tenants.database import Database
from tenants.model import load_model
from tenants.profiles.index import ProfileIndex
from tenants.selection import Selection
from tenants.sqlite_view import SqliteView
from tests.bench.dataset import counts, kept, name_of, phone_of
from tests.bench.figure import Bench, Figure, Line, Row, Sample, Series, at_least, at_most
from tests.bench.machine import pinned
from tests.bench.ranking import FullRanking, score
from tests.bench.serve_shelf import documents, open_access

SMALL, LARGE = 100_000, 1_000_000
LOOKUPS, SEARCHES = 2_000, 150
RECALLED = 40
FIRST = 20


def texts(persons: int, seed: int, number: int) -> list[str]:
    """What people search for: whole names, a family name, a given name with the start of a family name."""
    chance, found = random.Random(seed), []
    for n in range(number):
        words = name_of(chance.randrange(persons)).split()
        found.append((" ".join(words), " ".join(words), words[-1], f"{words[0]} {words[1][:5]}")[n % 4])
    return found


def _selections(persons: int) -> dict[str, list[Selection]]:
    chance, (known, made) = random.Random(6), documents()
    numbers = [phone_of(chance.randrange(persons)) for _ in range(LOOKUPS)]
    asked = texts(persons, 7, SEARCHES)
    return {
        "lookup": [known.selection(made["lookup"], {"value": each, "kind": "phone"}) for each in numbers],
        "search": [known.selection(made["search"], {"text": each, "first": FIRST}) for each in asked],
    }


def _run(view: SqliteView, selections: Sequence[Selection], share: float) -> Callable[[], Sample]:
    async def run() -> Sample:
        access, times = open_access(), []
        began = time.process_time()
        for selection in selections[: max(20, int(len(selections) * share))]:
            start = time.perf_counter()
            await view.read(access, selection)
            times.append(1000 * (time.perf_counter() - start))
        used = time.process_time() - began
        times.sort()
        p50, p95 = statistics.median(times), times[len(times) * 95 // 100]
        return Sample(p50, 1e6 * used / len(times), {"p50": p50, "p95": p95})

    return lambda: asyncio.run(run())


def measure(bench: Bench) -> Sequence[Line]:
    """Both sizes in turn, then the recall at the larger one."""
    small, large = (bench.records // 10, bench.records) if bench.quick else (SMALL, max(LARGE, bench.records))
    shelves = {number: kept(bench.folder, number, bench.say) for number in (small, large)}
    views = {number: _view(path) for number, path in shelves.items()}
    lines: list[Line] = []
    share = 0.1 if bench.quick else 1.0
    try:
        with pinned(bench.cores.server):
            for operation, measures in (("lookup", ("p50",)), ("search", ("p50", "p95"))):
                runs = [
                    (f"{n:,}", _run(views[n], _selections(counts(n)[0])[operation], share)) for n in views
                ]
                for name, warm in runs:
                    bench.say(f"{operation}: warming {name}")
                    warm()
                series = bench.interleave(runs)
                for each in measures:
                    bound = {"p50": 1.5, "p95": 2.0}[each]
                    what = f"{operation} at {large:,} records: {each}"
                    ours, other = (series[f"{n:,}"].told(each) for n in (large, small))
                    note = "up to 10 million: --only P6 --records 10000000" if large < 10 * LARGE else ""
                    lines.append(Row(what, "ms", ours, other, at_most(bound), note if each == "p50" else ""))
            lines.append(_recall(bench, shelves[large], large))
    finally:
        for view in views.values():
            asyncio.run(view.close())
    return lines


def _view(path: Path) -> SqliteView:
    return SqliteView(path, "", load_model().captions, ProfileIndex(Database(f"sqlite:///{path}")))


def _recall(bench: Bench, shelf: Path, number: int) -> Row:
    """Of the 20 best of all names, how many as good ones the search lists."""
    known, made = documents()
    ranking = FullRanking(shelf)

    async def listed(view: SqliteView, asked: str) -> list[int]:
        selection = known.selection(made["search"], {"text": asked, "first": FIRST})
        answer = orjson.loads((await view.read(open_access(), selection)).payload)
        return [score(asked, record["caption"]) for record in answer["records"]]

    async def recalls(asked: Sequence[str]) -> list[float]:
        view, found = _view(shelf), []
        for place, text in enumerate(asked):
            bench.say(f"full ranking {place + 1} of {len(asked)}")
            wanted, got = ranking.best(text, FIRST), await listed(view, text)
            if wanted:
                found.append(sum(each >= wanted[-1] for each in got[: len(wanted)]) / len(wanted))
        await view.close()
        return found

    found = asyncio.run(recalls(texts(counts(number)[0], 8, 8 if bench.quick else RECALLED)))
    note = (
        f"{len(found)} searches against all names, scored apart from the index; "
        f"the worst keeps {min(found):.2f}; ties at the 20th place count as found"
    )
    return Row(
        f"search at {number:,} records: recall@20",
        "share",
        Series("bounded", (Sample(statistics.mean(found)),)),
        Series("full ranking", (Sample(1.0),)),
        at_least(0.95),
        note,
    )


FIGURE = Figure("P6", "lookup and search as the shelf grows", measure)
