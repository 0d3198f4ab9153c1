"""Measures the shelf: load beside FollowTheMoney's own clean, then lookup, page, search and hops.

    python -m tests.bench.tenants_shelf --records 200000 [--postgres] [--profile lookup]

Prints one line a figure. The records are synthetic and come from a seed.
"""

import argparse
import asyncio
import cProfile
import json
import pstats
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from followthemoney.proxy import EntityProxy

from policy.decision import Access, Branch, admit, issue
from policy.filters import Compound, Field
from policy.mandate import Actor, Mandate
from policy.question import Question
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from tenants.envelope import Defaults
from tenants.model import load_model
from tenants.selection import Node, Selection
from tenants.shelf import Shelf, open_shelf
from tenants.view import View
from tests import components

SEED = 20_261_121
FIRST = "anna bert carla diego eva farid greta hans ines jan karin lars mona nils olga pavel rosa sven tomas uma".split()
LAST = [f"{a}{b}" for a in ("berg", "haver", "lind", "moreau", "novak", "petro", "quist", "sand", "torre", "vogel") for b in ("", "sson", "ini", "ova", "man", "strom", "ez", "ier", "ard", "ko")]  # fmt: skip
CODES = "id schema caption dataset caseRef owner subjectCategory handling handlingText source information tlp".split()
CODES += "assessment version recordedAt mode grants masked authority".split()
RECORD = (
    *[Node(name) for name in CODES],
    Node("properties", "", (Node("name"), Node("values"))),
    Node("identifiers", "", (Node("kind"), Node("normal"), Node("original"))),
)
CONTACT = tuple(Node(name) for name in ("count", "categories", "spoc", "reference"))
TREE = (Node("hit"), Node("contact", "", CONTACT), Node("records", "", RECORD), Node("more"))


@dataclass(frozen=True)
class Evidence:
    """A receipt for exactly one permit."""

    subject: str
    digest: str = "sha256:" + "0" * 64


def access() -> Access:
    """What a typical grant gives: one branch, a filter of five parts, everything shown."""
    analyst = Actor("se.polisen", "a1", frozenset({Role.ANALYST}), "unit")
    mandate = Mandate(
        "m1", analyst, Purpose.OPERATIONAL_ANALYSIS, LegalBasis.ER_18_2_C, "C-1", "drugs",
        SubjectCategory.SUSPECT_OR_CONVICTED, Aim.IDENTIFY_PERSON, 0, 2**40,
    )  # fmt: skip
    parts = (
        Field("eq", "dataset", "bench"),
        Field("in", "subject_category", ("SUSPECT_OR_CONVICTED", "NOT_A_PERSON")),
        Field("gt", "retain_until", 1_700_000_000),
        Compound("or", (Field("eq", "owner", "fr.ofast"), Field("eq", "h2", value=False))),
        Field("eq", "ongoing", value=False),
    )
    permit = issue(
        id="p1", partner="se.polisen", mandate=mandate, question=Question(Operation.LOOKUP, "sha256:d", "sha256:a"),
        branches=(Branch("house@1", Mode.RECORD, Compound("and", parts)),),
        shows={"name": ("house@1",), "birthDate": ("house@1",), "*": ("house@1",)}, max_rows=200,
        obligations=(), revision="r1", decided_at=1_700_000_000,
    )  # fmt: skip
    return admit(permit, Evidence(permit.digest))


def records(number: int) -> Iterator[dict[str, object]]:
    """Persons with telephones, every tenth in another script; companies; directorships between them."""
    chance = random.Random(SEED)
    persons, companies = number * 6 // 10, number // 10
    for n in range(persons):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)}".title()
        said = {
            "name": [name], "phone": [f"+33 6 {n:08d}"], "birthDate": [f"19{n % 100:02d}-0{1 + n % 9}-1{n % 9}"],
            "nationality": [chance.choice(["fr", "se", "be"])], "gender": [chance.choice(["male", "female"])],
            "address": [f"{n % 300} rue du Port, Le Havre"], "idNumber": ["SHARED-1" if n % 200 == 0 else f"ID-{n:07d}"],
        }  # fmt: skip
        yield {"id": f"p-{n}", "schema": "Person", "properties": said, "envelope": {"subject_category": "SUSPECT_OR_CONVICTED"}}
    for n in range(companies):
        yield {"id": f"c-{n}", "schema": "Company", "properties": {"name": [f"{chance.choice(LAST)} Shipping {n}"], "jurisdiction": ["fr"]}}
    for n in range(number - persons - companies):
        ends = {"director": [f"p-{n * 2 % persons}"], "organization": [f"c-{n % companies}"]}
        yield {"id": f"d-{n}", "schema": "Directorship", "properties": ends}


def write_file(path: Path, number: int) -> None:
    """The records as JSON lines, each with a retention date."""
    with path.open("w") as file:
        for record in records(number):
            file.write(json.dumps(record) + "\n")


def clean_alone(path: Path) -> float:
    """Seconds that FollowTheMoney takes to read and clean the file, nothing else."""
    model = load_model().ftm
    began = time.perf_counter()
    with path.open() as file:
        for line in file:
            data = json.loads(line)
            EntityProxy(model[data["schema"]], data, cleaned=False)
    return time.perf_counter() - began


def questions(number: int) -> dict[str, list[Selection]]:
    """One hundred of each sort."""
    chance, persons = random.Random(SEED), number * 6 // 10
    some = [chance.randrange(persons) for _ in range(100)]
    words = [f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in range(100)]
    return {
        "lookup": [Selection(Operation.LOOKUP, {"value": f"0033 6 {n:08d}", "kind": "phone"}, TREE) for n in some],
        "page": [Selection(Operation.LOOKUP, {"value": "shared 1", "kind": "document", "first": 200}, TREE)] * 100,
        "search": [Selection(Operation.SEARCH, {"text": text}, TREE) for text in words],
        "hops": [Selection(Operation.EXPAND, {"id": f"p-{n // 2 * 2}", "hops": 2}, TREE) for n in some],
    }


async def ask(view: View, key: Access, asked: list[Selection]) -> tuple[float, float, int]:
    """Median of five runs: seconds a question; the slowest question of the last; records in all answers."""
    runs, slowest, found = [], 0.0, 0
    for _ in range(6):
        began, found, slowest = time.perf_counter(), 0, 0.0
        for selection in asked:
            start = time.perf_counter()
            found += (await view.read(key, selection)).count
            slowest = max(slowest, time.perf_counter() - start)
        runs.append((time.perf_counter() - began) / len(asked))
    return statistics.median(runs[1:]), slowest, found


async def measure(shelf: Shelf, path: Path, number: int, profile: str) -> None:
    """Load, then ask."""
    baseline = clean_alone(path)
    defaults = Defaults({"dataset": "bench", "retain_until": "2099-01-01"})
    began = time.perf_counter()
    report = shelf.loader("fr.ofast", lambda: 1_700_000_000).load_jsonl(path, defaults)
    taken = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"clean alone {number / baseline:8.0f} records/s")
    print(f"load        {number / taken:8.0f} records/s, ratio {baseline / taken:.2f}, peak {peak} MiB, {report.loaded} loaded")
    view, key = shelf.view("spoc"), access()
    for name, asked in questions(number).items():
        profiler = cProfile.Profile()
        if name == profile:
            profiler.enable()
        middle, slowest, found = await ask(view, key, asked)
        profiler.disable()
        print(f"{name:11} {1 / middle:8.0f} /s, {middle * 1e6:7.0f} us, slowest {slowest * 1e3:.2f} ms, {found} records")
        if name == profile:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--profile", default="", help="lookup, page, search or hops")
    said = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{home}/records.sqlite"
        if said.postgres:
            cluster = stack.enter_context(components.postgres_cluster())
            url = cluster.url_of(cluster.create("bench"))
        write_file(home / "records.jsonl", said.records)

        async def run() -> None:
            shelf = open_shelf(url)
            try:
                await measure(shelf, home / "records.jsonl", said.records, said.profile)
            finally:
                await shelf.close()

        asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
