"""What the demo's services asked in the days before it begins: a list of questions, each with its moment.

    python -m deploy.demo.past --seed 418 --weekday 4 --out FILE

writes it as JSON, with the grants that end soon and the service that does not answer. The list says who asked
what for which case. It is no log: the nodes are asked these questions when the demo is made, and what their
logs hold of it is what the nodes wrote.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import orjson
import yaml

from deploy.demo import ordinary, reserved
from deploy.demo.scenario import SEED

_HABITS = Path(__file__).with_name("past.yaml")
_SATURDAY = 5
_OPENS, _CLOSES = 7, 19
_POOL = 600
_MARKS = {"Container": ("containerCode", "container"), "PhoneNumber": ("number", "phone")}

Act = Mapping[str, Any]


def past(seed: int, weekday: int) -> Mapping[str, Any]:
    """`days`, `acts`, and as `past.yaml` has them `watching`, `absent` and `ending`.

    Acts are the questions, oldest first: `days_ago` and `seconds` of that day (UTC), who asks whom, by which
    mandate. `weekday` is that of the day before the demo's first (0 is Monday): on weekends few are at work.
    """
    habits = yaml.safe_load(_HABITS.read_text(encoding="utf-8"))
    told = [*_ordinary(habits, seed, weekday), *map(_single, habits["single"])]
    told.sort(key=lambda act: (-act["days_ago"], act["seconds"]))
    return {"acts": told} | {name: habits[name] for name in ("days", "watching", "absent", "ending")}


def _ordinary(habits: Mapping[str, Any], seed: int, weekday: int) -> Iterator[Act]:
    for person in habits["analysts"]:
        random = Random(f"{seed}/past/{person['subject']}")
        pool = list(_pool(person["node"], seed))
        for days_ago in range(habits["days"], 0, -1):
            weekend = (weekday - (days_ago - 1)) % 7 >= _SATURDAY
            for _ in range(_how_many(random, person, weekend=weekend)):
                value, kind = random.choice(pool) if random.random() < habits["known"] else _unknown(random)
                act = {
                    "days_ago": days_ago,
                    "seconds": _moment(random, person, weekend=weekend),
                    "node": person["node"],
                    "subject": person["subject"],
                    "mandate": {**habits["mandate"], "case": random.choice(person["cases"])},
                    "operation": "lookup",
                    "arguments": {"value": value, "kind": kind},
                }
                abroad = random.random() < person["abroad"]
                yield act if abroad else {**act, "nodes": [person["node"]]}


def _single(told: Mapping[str, Any]) -> Act:
    hours, minutes, seconds = map(int, told["clock"].split(":"))
    act = {name: value for name, value in told.items() if name not in {"title", "clock"}}
    return {**act, "seconds": (hours * 60 + minutes) * 60 + seconds}


def _how_many(random: Random, person: Mapping[str, Any], *, weekend: bool) -> int:
    """As many as usual, give or take; on a weekend as many as are asked at night."""
    usual = person["a_day"] * (person["night"] if weekend else 1)
    return int(usual * random.uniform(0.5, 1.5) + random.random())


def _moment(random: Random, person: Mapping[str, Any], *, weekend: bool) -> int:
    """A second of the day, at night where that is the person's habit."""
    if not weekend and random.random() < person["night"]:
        return random.choice((random.randrange(6 * 3600), random.randrange(20 * 3600, 86_400)))
    return random.randrange(_OPENS * 3600, _CLOSES * 3600)


def _pool(node: str, seed: int) -> Iterator[tuple[str, str]]:
    """Marks that are on file at the node, with their kind."""
    for record in islice(ordinary.records(node, seed), _POOL):
        if record["schema"] in _MARKS:
            name, kind = _MARKS[record["schema"]]
            yield record["properties"][name][0], kind


def _unknown(random: Random) -> tuple[str, str]:
    """A mark that most likely nobody has on file."""
    if random.randrange(2):
        return reserved.container(random), "container"
    return reserved.swedish_phone(random), "phone"


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--weekday", type=int, choices=range(7), required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    asked = parser.parse_args(arguments)
    asked.out.write_bytes(orjson.dumps(past(asked.seed, asked.weekday)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
