"""logic-v2 alone: every query's name against every name that is held, in several processes.

nomenklatura keeps the analyses of a thousand entities, by id alone. The ids are digests of the whole
comparable (`NomenklaturaNames`), and the queries run inside the loop over what is held: so each held name is
analysed once and each query once in a process; the other way round all names are, for every query.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from nomenklatura.matching.logic_v2.model import LogicV2
from nomenklatura.matching.logic_v2.names.match import name_match
from nomenklatura.matching.util import MEMO_BATCH

from tenants.matching.comparable import Comparable
from tenants.matching.nomenklatura_names import NomenklaturaNames
from tenants.model import load_model

PART = 50
"""Held records compared at a time."""
MOST_QUERIES = MEMO_BATCH - 1


def scores_alone(queries: Sequence[Comparable], held: Sequence[Comparable]) -> Iterator[list[list[float]]]:
    """For part after part of `held`, in its order: of each record the score for every query."""
    if len(queries) > MOST_QUERIES:
        raise ValueError(f"{len(queries)} queries: nomenklatura keeps the analyses of {MOST_QUERIES} at most")
    parts = [held[start : start + PART] for start in range(0, len(held), PART)]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        yield from pool.map(partial(scored, queries), parts)


def scored(queries: Sequence[Comparable], part: Sequence[Comparable]) -> list[list[float]]:
    """One part, in this process."""
    names, config = NomenklaturaNames(load_model()), LogicV2.default_config()
    asked = [names.proxy(each) for each in queries]
    return [[name_match(query, known, config).score for query in asked] for known in map(names.proxy, part)]
