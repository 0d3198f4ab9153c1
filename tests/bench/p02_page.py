"""P2: a page of 200 records with their identifiers, the same ways as P1."""

import random
from collections.abc import Sequence

from policy.terms import Operation
from tests.bench.dataset import PAGE, counts, file_of
from tests.bench.figure import Bench, Figure, Line, at_least
from tests.bench.p01_lookup import floor, measured, rows
from tests.bench.stage import Ask

QUESTIONS = 200


def questions(bench: Bench) -> list[Ask]:
    """File numbers that 200 persons share."""
    chance, (persons, _) = random.Random(2), counts(bench.records)
    picked = (file_of(PAGE * chance.randrange(persons // PAGE)) for _ in range(QUESTIONS))
    return [Ask(Operation.LOOKUP, {"value": number, "kind": "document", "first": PAGE}) for number in picked]


def measure(bench: Bench) -> Sequence[Line]:
    """Pages of 200."""
    with floor(bench) as place:
        series = measured(bench, place, questions(bench))
    return rows("page of 200", series, at_least(12), at_least(12))


FIGURE = Figure("P2", "page of 200 records with identifiers, one node", measure)
