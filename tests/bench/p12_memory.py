"""P12: what a node's process holds after 100,000 requests, beside after 1,000."""

from collections.abc import Callable, Sequence

from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, Row, Sample, Series, at_most
from tests.bench.load import Load
from tests.bench.machine import resident
from tests.bench.p01_lookup import Floor, floor, questions
from tests.bench.stage import Ask, sealed

FEW, MANY = 1_000, 100_000
BATCH = 10_000
MIB = 1024 * 1024


def measure(bench: Bench) -> Sequence[Line]:
    """Sealed questions through the partner door, in batches that are sent while they hold."""
    many = MANY if bench.records >= MANY else 3 * FEW
    with floor(bench) as place:
        asks = questions(bench)
        send = _sender(bench, place, asks)
        held = {0: resident(place.node[1]) / MIB}
        done = 0
        for number in (FEW, *range(BATCH, many, BATCH), many):
            bench.say(f"{done:,} of {many:,} requests")
            send(number - done)
            done = number
            held[done] = resident(place.node[1]) / MIB
    few, lots = (Series(f"after {n:,}", (Sample(held[n]),)) for n in (FEW, many))
    half = Series(f"after {BATCH:,}", (Sample(held[BATCH]),)) if BATCH in held else few
    curve = ", ".join(f"{n:,}: {mib:.0f} MiB" for n, mib in held.items())
    return [
        Row(f"memory of a node after {many:,} requests", "MiB", lots, few, at_most(1.1), curve),
        Row(f"memory of a node after {many:,} requests", "MiB", lots, half),
    ]


def _sender(bench: Bench, place: Floor, asks: Sequence[Ask]) -> Callable[[int], None]:
    load = Load(place.node[0], (place.node[1],), bench.cores.load, 120.0)

    def send(number: int) -> None:
        while number > 0:
            part = min(number, BATCH)
            load.put(sealed(place.stage, [asks[n % len(asks)] for n in range(part)], OWNER), once=True)
            number -= part

    return send


FIGURE = Figure("P12", "memory of a gateway process", measure)
