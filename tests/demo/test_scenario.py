"""The written files: same bytes, right sizes, valid records, numbers that reach nobody."""

import hashlib
import json
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import phonenumbers
import pytest
from schwifty import IBAN
from stdnum import imei, imo, imsi, iso6346

from deploy.demo import ordinary, scenario, story
from deploy.demo.story import NODES
from policy.terms import SubjectCategory
from tenants.envelope import Defaults
from tenants.identifiers import normalise
from tenants.model import EntityModel, load_model
from tenants.record import Reader
from tests.demo.conftest import Case, Json

ROOT = Path(__file__).parents[2]
ORDINARY = re.compile(r"-o\d")
FRENCH_FICTION = re.compile(r"\+33(?:19900|26191|35301|46571|53649)\d{4}")
SWEDISH_FICTION = (
    range(701740605, 701740700), range(313900600, 313900700), range(406280400, 406280500),
    range(846500400, 846500500), range(980319200, 980319300),
)  # fmt: skip


@pytest.fixture(scope="session")
def model() -> EntityModel:
    return load_model()


def test_same_seed_same_bytes_when_run_as_a_program(case: Case, tmp_path: Path) -> None:
    program = [
        sys.executable,
        "deploy/demo/scenario.py",
        "--size",
        "small",
        "--seed",
        "418",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(tmp_path / "truth.json")
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) == 8
    for path in written:
        assert (tmp_path / path).read_bytes() == (case.directory / path).read_bytes(), path


def test_another_seed_changes_the_ordinary_records_and_not_the_story(case: Case, tmp_path: Path) -> None:
    truth = json.loads(scenario.write(tmp_path, seed=419).read_text(encoding="utf-8"))
    for node in NODES:
        text = (tmp_path / node / "cases.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        told = {record["id"] for record in story.records(node)}
        assert [r for r in lines if r["id"] in told] == [r for r in case.nodes[node] if r["id"] in told]
        assert [r for r in lines if r["id"] not in told] != [
            r for r in case.nodes[node] if ORDINARY.search(r["id"])
        ]
    assert {**truth, "seed": 418, "files": None} == {**case.truth, "files": None}


def test_sizes_counts_and_digests(case: Case) -> None:
    for path, said in case.truth["files"].items():
        data = (case.directory / path).read_bytes()
        assert said == {"records": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()}
    counts = {path: said["records"] for path, said in case.truth["files"].items()}
    for node in NODES:
        assert counts[f"{node}/cases.jsonl"] == scenario.SIZES["small"]
        assert counts[f"{node}/ports.jsonl"] >= 60


def test_both_sizes_begin_alike() -> None:
    for node in NODES:
        small = list(scenario.records(node, "small", 418))
        large = list(islice(scenario.records(node, "large", 418), len(small)))
        assert small == large
        assert {record["id"] for record in story.records(node)} <= {record["id"] for record in small}


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in islice(ordinary.records("fr.ofast", 418), count):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # fills the caches of the libraries
    assert peak(6_000) < peak(600) * 1.5


def test_every_record_is_read_without_a_loss(case: Case, model: EntityModel) -> None:
    for node, records in case.nodes.items():
        reader = Reader(model, node, Defaults())
        for row in records:
            record = reader.read(row)
            assert not record.dropped
            assert record.properties.keys() == row["properties"].keys(), row["id"]


def test_ids_are_unique_and_links_lead_to_records(case: Case, model: EntityModel) -> None:
    for records in case.nodes.values():
        seen: set[str] = set()
        for row in records:
            assert row["id"] not in seen
            kind = model.kinds[row["schema"]]
            for name in kind.references & row["properties"].keys():
                assert set(row["properties"][name]) <= seen, f"{row['id']}.{name} comes before its end"
            seen.add(row["id"])


def test_phones_are_reserved_for_fiction(case: Case, model: EntityModel) -> None:
    phones = list(_identifiers(case, model, "phone"))
    assert len(phones) > 1_000
    for number in phones:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        swedish = parsed.country_code == 46 and any(
            parsed.national_number in block for block in SWEDISH_FICTION
        )
        assert FRENCH_FICTION.fullmatch(number) or swedish, number


def test_codes_have_their_check_digits_and_belong_to_nobody(case: Case, model: EntityModel) -> None:
    for code in _identifiers(case, model, "container"):
        assert iso6346.is_valid(code)
        assert code.startswith("XQ"), code
    for number in _identifiers(case, model, "imo"):
        assert imo.is_valid(number)
        assert number.removeprefix("IMO").startswith("2"), number
    for number in _identifiers(case, model, "imei"):
        assert imei.is_valid(number)
        assert number.startswith("00"), number
    for number in _identifiers(case, model, "imsi"):
        assert imsi.is_valid(number)
        assert number.startswith("00101"), number
    assert all(number.startswith("200") for number in _identifiers(case, model, "mmsi"))
    assert all(number.startswith("00Z") for number in _identifiers(case, model, "vin"))


def test_accounts_are_valid_at_banks_that_do_not_exist(case: Case, model: EntityModel) -> None:
    accounts = list(_identifiers(case, model, "iban"))
    assert len({account[:2] for account in accounts}) >= 4
    for account in accounts:
        assert IBAN(account).is_valid
        assert IBAN(account).bank is None, account


def test_plates_cannot_be_issued(case: Case) -> None:
    never = {"fr": set("IOU"), "se": set("IQV")}
    vehicles = [
        r["properties"] for records in case.nodes.values() for r in records if r["schema"] == "RoadVehicle"
    ]
    assert len(vehicles) > 100
    for vehicle in vehicles:
        assert set(vehicle["registrationNumber"][0]) & never[vehicle["country"][0]], vehicle


def test_wallets_have_a_checksum(case: Case, model: EntityModel) -> None:
    wallets = [
        normalise("wallet", row["properties"]["publicKey"][0], chain=row["properties"]["currency"][0])
        for records in case.nodes.values()
        for row in records
        if row["schema"] == "CryptoWallet"
    ]
    assert len(wallets) > 20
    others = [wallet.normal for wallet in wallets if not wallet.checked]
    assert others == ["SOL:VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t"], "one on a chain that we do not read"


def test_ordinary_records_know_nothing_of_the_story(case: Case, model: EntityModel) -> None:
    told, everyday = ({*_spelt(case, model, of_story=flag)} for flag in (True, False))
    assert told
    assert not told & everyday
    names = {name for node in NODES for r in story.records(node) for name in r["properties"].get("name", [])}
    for records in case.nodes.values():
        for row in records:
            if ORDINARY.search(row["id"]):
                assert not names & set(row["properties"].get("name", [])), row["id"]


def test_the_mix_has_every_word(case: Case) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for records in case.nodes.values():
        for row in records:
            envelope = row["envelope"]
            seen.update(("handling", code) for code in envelope["handling"])
            seen.update(
                (key, str(envelope.get(key))) for key in ("tlp", "source", "information", "assessment")
            )
            seen[("subject_category", str(envelope.get("subject_category")))] += 1
            seen[("ongoing", str(envelope.get("ongoing", False)))] += 1
            seen[("owner", "other" if "owner" in envelope else "own")] += 1
    words = {
        "handling": "H0 H1 H2 H3",
        "tlp": "RED AMBER+STRICT AMBER GREEN CLEAR",
        "source": "A B C X",
        "information": "1 2 3 4",
        "assessment": "FACT ASSESSMENT",
        "ongoing": "True False",
        "owner": "own other",
        "subject_category": " ".join(str(each) for each in ({*SubjectCategory} - {"UNCATEGORISED"} | {None})),
    }
    assert not [(key, word) for key, line in words.items() for word in line.split() if not seen[(key, word)]]


def _identifiers(case: Case, model: EntityModel, kind: str) -> Iterator[str]:
    for records in case.nodes.values():
        for row in records:
            yield from _of(row, model, kind)


def _spelt(case: Case, model: EntityModel, *, of_story: bool) -> Iterator[tuple[str, str]]:
    kinds = ("phone", "container", "imo", "mmsi", "imei", "imsi", "iban", "plate", "vin", "wallet")
    for records in case.nodes.values():
        for row in records:
            if not row["id"].startswith("port-") and bool(ORDINARY.search(row["id"])) is not of_story:
                yield from ((kind, normal) for kind in kinds for normal in _of(row, model, kind))


def _of(row: Json, model: EntityModel, kind: str) -> Iterator[str]:
    country = row["properties"].get("country", [None])[0]
    for name, carried in model.kinds[row["schema"]].identifiers.items():
        if carried == kind:
            for value in row["properties"].get(name, []):
                yield normalise(kind, value, country=country).normal
