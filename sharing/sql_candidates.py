"""The statement that finds a decision's grants: bounded scans of one index, one for each thing asked for.

Each scan is one range of `sharing_grant_by_touch`, read from its end and stopped by its limit, so that no
number of grants for other partners, cases, datasets or schemata is ever walked through. What comes back is
ids, versions and digests; `best` makes the choice of `sharing.candidates.chosen` from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from sqlalchemy import Engine

from policy.question import Question
from sharing.candidates import MAX_CANDIDATES, MAX_ENDED, MAX_OTHER, Touch
from sharing.prepared import Prepared
from sharing.tables import EVERY

Found: TypeAlias = tuple[int, int, str, int, str]
"""Tier (0 fits, 1 for other cases, 2 ended), end, id, version, digest."""
_ANY_CASE = ""
_MOST = {0: MAX_CANDIDATES, 1: MAX_OTHER, 2: MAX_ENDED}


class Candidates:
    """The statements by their form: how many datasets and schemata are asked for, and whether a case is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._forms: dict[tuple[int, int, bool], Prepared] = {}

    def find(self, partner: str, now: int, case: str, question: Question | None) -> list[Found]:
        """The best newest versions, best first, each once."""
        touch = Touch.of(question)
        form = len(touch.datasets), len(touch.schemata), bool(case)
        if form not in self._forms:
            self._forms[form] = Prepared(self._engine, statement(*form))
        values = {"partner": partner, "now": now, **({"case_ref": case} if case else {})}
        values |= {f"dataset{place}": name for place, name in enumerate(touch.datasets)}
        values |= {f"schema{place}": name for place, name in enumerate(touch.schemata)}
        return best(self._forms[form].rows(**values))


def statement(datasets: int, schemata: int, case: bool) -> str:  # noqa: FBT001  # part of the form
    """The scans for so many names of each, in one statement."""
    places = product(_names("dataset", datasets), _names("schema", schemata))
    return " UNION ALL ".join(
        f"SELECT * FROM ({scan}) AS scan_{number}"  # noqa: S608  # constants
        for number, scan in enumerate(scan for place in places for scan in _scans(*place, case=case))
    )


def best(rows: Sequence[Found]) -> list[Found]:
    """Each grant once, in its best tier; of each tier as many as are ever read."""
    once = {row[2]: row for row in sorted(rows, key=_last_first)}.values()
    ordered = sorted(once, key=_last_first, reverse=True)
    return [row for tier in _MOST for row in _first(ordered, tier)][:MAX_CANDIDATES]


def _first(ordered: Iterable[Found], tier: int) -> list[Found]:
    return [row for row in ordered if row[0] == tier][: _MOST[tier]]


def _last_first(row: Found) -> tuple[int, int, str]:
    """Better rows are greater: a lower tier, then a later end, then the id."""
    return -row[0], row[1], row[2]


def _names(kind: str, number: int) -> list[str]:
    """What the index has for the asked names: the row for every name, or those for `*` and for each."""
    return ["'*'", *(f":{kind}{place}" for place in range(number))] if number else [f"'{EVERY}'"]


def _scans(dataset: str, schema: str, *, case: bool) -> Iterator[str]:
    """Fitting ones, those for other cases, ended ones, each the latest-ending first."""
    place = f"dataset_ref = {dataset} AND schema_ref = {schema}"
    yield _scan(0, f"'{_ANY_CASE}'", place, "until > :now", MAX_CANDIDATES)
    if case:
        yield _scan(0, ":case_ref", place, "until > :now", MAX_CANDIDATES)
        yield _others(place)
    else:
        yield _scan(0, f"'{EVERY}'", place, "until > :now", MAX_CANDIDATES)
    for name in (_ANY_CASE, EVERY):
        yield _scan(2, f"'{name}'", place, "until <= :now", MAX_ENDED)


def _scan(tier: int, case: str, place: str, when: str, limit: int) -> str:
    return (
        f"SELECT {tier} AS tier, until, id, version, digest FROM sharing_grant_reach "  # noqa: S608  # constants
        f"WHERE recipient = :partner AND case_ref = {case} AND {place} AND {when} "
        f"ORDER BY until DESC, id DESC LIMIT {limit}"
    )


def _others(place: str) -> str:
    """Those bound to cases, but for this one; where more than `MAX_CANDIDATES` fit, none is ever read."""
    bound = _scan(1, f"'{EVERY}'", place, "until > :now", MAX_CANDIDATES + MAX_OTHER)
    fitting = (
        "SELECT 1 FROM sharing_grant_reach AS fits WHERE fits.id = bound.id AND fits.recipient = :partner "  # noqa: S608  # constants
        f"AND fits.case_ref = :case_ref AND fits.dataset_ref = '{EVERY}' AND fits.schema_ref = '{EVERY}'"
    )
    return (
        f"SELECT * FROM ({bound}) AS bound WHERE NOT EXISTS ({fitting}) "  # noqa: S608  # constants
        f"ORDER BY until DESC, id DESC LIMIT {MAX_OTHER}"
    )
