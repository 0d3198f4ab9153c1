"""P12: what a node's process holds after 100,000 requests, beside after 1,000."""

from collections.abc import Callable, Mapping, Sequence

from tests.bench.dataset import OWNER
from tests.bench.figure import Bench, Figure, Line, Row, Sample, Series, at_most
from tests.bench.load import Load
from tests.bench.machine import resident
from tests.bench.p01_lookup import Floor, floor, questions
from tests.bench.stage import Ask, sealed

FEW, MANY = 1_000, 100_000
BATCH = 10_000


def measure(bench: Bench) -> Sequence[Line]:
    """Sealed questions through the partner door, in batches that are sent while they hold."""
    many = MANY if bench.records >= MANY else 3 * FEW
    with floor(bench) as place:
        asks = questions(bench)
        send = _sender(bench, place, asks)
        held, own = {0: resident(place.node[1])}, {}
        done = 0
        for number in (FEW, *range(BATCH, many, BATCH), many):
            bench.say(f"{done:,} of {many:,} requests")
            send(number - done)
            done = number
            held[done], own[done] = resident(place.node[1]), resident(place.node[1], "RssAnon")
    curve = ", ".join(f"{n:,}: {mib:.0f}" for n, mib in held.items())
    what = f"memory of a node after {many:,} requests"
    return [
        Row(
            what, "MiB", _at(held, many), _at(held, FEW), at_most(1.1), f"MiB after so many requests: {curve}"
        ),
        Row(f"{what}, mapped files left out", "MiB", _at(own, many), _at(own, FEW)),
    ]


def _at(held: Mapping[int, float], number: int) -> Series:
    return Series(f"after {number:,}", (Sample(held[number]),))


def _sender(bench: Bench, place: Floor, asks: Sequence[Ask]) -> Callable[[int], None]:
    load = Load(place.node[0], (place.node[1],), bench.cores.load, 120.0)

    def send(number: int) -> None:
        while number > 0:
            part = min(number, BATCH)
            load.put(sealed(place.stage, [asks[n % len(asks)] for n in range(part)], OWNER), once=True)
            number -= part

    return send


FIGURE = Figure("P12", "memory of a gateway process", measure)
