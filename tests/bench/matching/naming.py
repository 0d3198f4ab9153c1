"""Names alone: a search on a shelf against the field's own matcher on every name, on labelled data.

Misspelt doubles of FEBRL 4 are asked for by their name, and nothing else; the shelf holds the originals. The
search lists its candidates and the matcher orders them; beside it logic-v2 compares the name with all names
that the shelf holds. Equal scores share their places: a rank is the mean of the best and the worst it can be.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import orjson

from policy.decision import Branch
from policy.filters import Field
from policy.terms import Mode, Operation
from tenants.mapping import load_mapping
from tenants.matching.comparable import Comparable
from tenants.matching.nomenklatura_names import NomenklaturaNames
from tenants.model import EntityModel
from tenants.resemblance import resemblance
from tenants.selection import MOST_ROWS, Node, Selection
from tenants.shelf import open_shelf
from tests.bench.matching.labelled import MAPPING, Labelled
from tests.bench.matching.nomenklatura_alone import scores_alone
from tests.tenants.permits import access

NODE = "fr.ofast"
QUERIES = 200
"""Each is compared with all names by logic-v2: a million comparisons of about half a millisecond."""
_OPEN = access([Branch("f@1", Mode.RECORD, Field("eq", "dataset", "febrl"))], {"*": ("f@1",)})
TREE = (Node("records", "", (Node("id"),)),)


@dataclass(frozen=True, slots=True)
class Named:
    """What one way of looking made of the queries."""

    way: str
    ranks: tuple[float | None, ...]

    def hit(self, most: int) -> float:
        """The share of queries whose person stands among the first `most`."""
        return sum(rank is not None and rank <= most for rank in self.ranks) / len(self.ranks)

    @property
    def mrr(self) -> float:
        """Mean of one through the rank, 0 where the person is not found."""
        return sum(1 / rank for rank in self.ranks if rank) / len(self.ranks)


def named(model: EntityModel, source: Path, told: Labelled, queries: int, seed: int = 4) -> Sequence[Named]:
    """Ask for so many doubles: in the shelf's order, in the matcher's, and last by logic-v2 alone."""
    held = {each.handle: each for each in told.records if each.node == NODE}
    doubles = [each for each in told.records if each.node != NODE and each.properties.get("name")]
    asked = random.Random(seed).sample(doubles, queries)
    found = asyncio.run(_searched(model, source, [each.properties["name"][0] for each in asked]))
    names, ours, plain = NomenklaturaNames(model), [], []
    for double, handles in zip(asked, found, strict=True):
        listed = [(_only_name(double), _only_name(held[handle])) for handle in handles]
        scores = names.scores(listed)
        best = {h: score.score if score else 0.0 for h, score in zip(handles, scores, strict=True)}
        ours.append(_rank(told, double, best))
        text = double.properties["name"][0]
        plain.append(_rank(told, double, {h: _alike(text, held[h]) for h in handles}))
    every = _by_logic_v2(asked, held)
    alone = [_rank(told, double, scores) for double, scores in zip(asked, every, strict=True)]
    return [
        Named("search", tuple(plain)),
        Named("search, ordered by the matcher", tuple(ours)),
        Named("logic-v2 on all names", tuple(alone)),
    ]


def _by_logic_v2(asked: Sequence[Comparable], held: Mapping[str, Comparable]) -> list[dict[str, float]]:
    """Of each query the score of every record held."""
    found: list[dict[str, float]] = [{} for _ in asked]
    handles = iter(held)
    queries, known = ([_only_name(each) for each in records] for records in (asked, held.values()))
    with click.progressbar(length=len(held), label="logic-v2 on all names", file=sys.stderr) as bar:
        for part in scores_alone(queries, known):
            for scores in part:
                handle = next(handles)
                for scored, score in zip(found, scores, strict=True):
                    scored[handle] = score
            bar.update(len(part))
    return found


def _alike(text: str, record: Comparable) -> float:
    """The shelf's measure, by which a search is in order."""
    return max(resemblance(text, name).score for name in record.values("name"))


def _only_name(record: Comparable) -> Comparable:
    name = {"name": record.properties["name"]} if record.properties.get("name") else {}
    return Comparable(record.handle, record.version, record.schema, name, ())


def _rank(told: Labelled, double: Comparable, scores: Mapping[str, float]) -> float | None:
    right = [score for handle, score in scores.items() if told.same(handle, double.handle)]
    if not right:
        return None
    better = sum(score > max(right) for score in scores.values())
    equal = sum(score == max(right) for score in scores.values())
    return better + (equal + 1) / 2


async def _searched(model: EntityModel, source: Path, texts: Sequence[str]) -> list[list[str]]:
    """The handles that a shelf with the names of `source` lists for each text, best first."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = open_shelf(f"sqlite:///{folder}/names.sqlite", model)
        shelf.loader(NODE, lambda: int(time.time())).load_mapped(source, load_mapping(MAPPING))
        view, found = shelf.view(""), []
        for text in texts:
            selection = Selection(Operation.SEARCH, {"text": text, "first": MOST_ROWS}, TREE)
            answer = orjson.loads((await view.read(_OPEN, selection)).payload)
            found.append([f"{NODE}/{each['id']}" for each in answer["records"]])
        await shelf.close()
    return found
