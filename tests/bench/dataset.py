"""The records that the figures are measured on: synthetic, from a seed, the same at any time.

Six in ten are persons (a telephone of their own, a file number shared by 200 of them), one is a company,
three are directorships between them. Names are drawn unevenly, as names are.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.databases import ready
from gateway.rooms import RECORDS
from tenants.envelope import Defaults
from tenants.loader import LoadReport
from tenants.shelf import open_shelf
from tests.components import ROOT

SEED = 20_261_121
_READING_MODULES = """
answering arguments candidates dialects emission lowering plan postgres_view resemblance rows_view searching
selection shape sight sqlite_view view
"""
#: Modules of the shelf that have no part in loading.
_READING = frozenset(_READING_MODULES.split())
OWNER = "se.polisen"
PAGE = 200
_GIVEN_WORDS = """
anna bert carla diego eva farid greta hans ines jan karin lars mona nils olga pavel rosa sven tomas uma viktor
wanda xenia yusuf zoe adam birgit cyril dana emil frida goran helga ivan jutta kamil lena marek nora oskar
petra quentin rita stefan tanja ulrich vera walid ylva zeno
"""
_START_WORDS = """
an bal cor dal ek fri gar hol is jor kal lun mor nov ol pet quin ros sand tor ul vog wes yng zim ber cas dor
eng fal gri has ill jan kov lar mal nor ost
"""
_END_WORDS = """
berg haver lind moreau novak petro quist strom torre vogel son ini ova man sen ez ier ard ko stein mark rup
dahl ell gren holm vik by wald ander esco eira icz ski ovic escu akis oglu yan dze
"""
_GIVEN, _START, _END = _GIVEN_WORDS.split(), _START_WORDS.split(), _END_WORDS.split()
FAMILY = tuple(f"{start}{end}" for start in _START for end in _END)


def name_of(number: int) -> str:
    """The name of the person `number`; one in eight has two family names."""
    chance = random.Random(SEED * 1_000_003 + number)
    given = _GIVEN[int(len(_GIVEN) * chance.random() ** 2)]
    family = FAMILY[int(len(FAMILY) * chance.random() ** 1.5)]
    second = f" {FAMILY[int(len(FAMILY) * chance.random())]}" if number % 8 == 0 else ""
    return f"{given} {family}{second}".title()


def phone_of(number: int) -> str:
    """The telephone number of the person `number`, as partners write it between nodes."""
    return f"+336{number:08d}"


def file_of(number: int) -> str:
    """The file number that the person shares with 199 others."""
    return f"GRP-{number // PAGE:07d}"


def counts(records: int) -> tuple[int, int]:
    """How many persons and companies there are among so many records."""
    return records * 6 // 10, records // 10


def records(number: int) -> Iterator[dict[str, object]]:
    """The records, links after their ends."""
    persons, companies = counts(number)
    for n in range(persons):
        said = {
            "name": [name_of(n)],
            "phone": [phone_of(n)],
            "idNumber": [file_of(n)],
            "birthDate": [f"19{n % 100:02d}-0{1 + n % 9}-1{n % 9}"],
            "nationality": [("fr", "se", "be")[n % 3]],
            "gender": [("male", "female")[n % 2]],
            "address": [f"{n % 300} rue du Port, Le Havre"],
        }
        yield _record(f"p-{n}", "Person", said, "SUSPECT_OR_CONVICTED")
    for n in range(companies):
        said = {"name": [f"{FAMILY[n * 7 % len(FAMILY)]} Shipping {n}".title()], "jurisdiction": ["fr"]}
        yield _record(f"c-{n}", "Company", said, "NOT_A_PERSON")
    for n in range(number - persons - companies):
        said = {"director": [f"p-{n * 2 % persons}"], "organization": [f"c-{n % companies}"]}
        yield _record(f"d-{n}", "Directorship", said, "NOT_A_PERSON")


def _record(record: str, schema: str, said: dict[str, list[str]], category: str) -> dict[str, object]:
    envelope = {"subject_category": category, "retain_until": "2040-01-01"}
    return {"id": record, "schema": schema, "properties": said, "envelope": envelope}


def write_file(path: Path, number: int) -> Path:
    """The records as JSON lines."""
    with path.open("w") as file:
        file.writelines(json.dumps(record) + "\n" for record in records(number))
    return path


def load(url: str, source: Path, progress: Callable[[int, int], None] | None = None) -> LoadReport:
    """Load a file into a new shelf, the way the product does it."""
    shelf = open_shelf(ready(RECORDS, url))
    loader = shelf.loader(OWNER, lambda: int(time.time()))
    try:
        return loader.load_jsonl(source, Defaults({"dataset": "bench"}), progress)
    finally:
        shelf._database.close()


def kept(folder: Path, number: int, progress: Callable[[str], None]) -> Path:
    """A loaded SQLite shelf of so many records; made once for each state of the loading code."""
    target = folder / f"shelf-{number}-{code()}.sqlite"
    if target.exists():
        return target
    for old in folder.glob(f"shelf-{number}-*"):
        old.unlink()
    progress(f"writing {number:,} records")
    source = write_file(folder / f"records-{number}.jsonl", number)
    work = target.with_suffix(".part")
    for left in folder.glob(f"{work.name}*"):
        left.unlink()
    load(
        f"sqlite:///{work}",
        source,
        lambda done, total: progress(f"loading {number:,}: {100 * done // total} %"),
    )
    source.unlink()
    work.replace(target)
    return target


def code() -> str:
    """A digest of what decides how a loaded shelf looks."""
    told = hashlib.sha256(f"{SEED} {RECORDS.versions}".encode())
    room = ROOT / "tenants"
    writing = [path for path in sorted(room.glob("*.py")) if path.stem not in _READING]
    for path in (Path(__file__), *writing, *sorted(room.rglob("*.yaml"))):
        told.update(path.read_bytes())
    return told.hexdigest()[:12]
