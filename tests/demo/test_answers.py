"""The scripted questions on real parts: loader, law and view give the answers of the truth file."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from deploy.demo import story
from deploy.demo.story import NODES
from policy.bundle import Bundle
from policy.decision import Permit, Refusal, admit
from policy.grants import GrantTerms
from policy.judge import Judge
from policy.mandate import Actor, Mandate, digest_of
from policy.question import Question
from policy.rego_engine import RegoEngine
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from tenants.envelope import Defaults
from tenants.loader import LoadReport
from tenants.model import load_model
from tenants.selection import Node, Selection
from tenants.shelf import Shelf, open_shelf
from tests.demo.conftest import Case, Json

QUESTIONS = [question["id"] for question in story.questions()["questions"]]  # type: ignore[attr-defined]  # YAML
PROPERTIES = Node("properties", children=(Node("name"), Node("values")))
TREE = (
    Node("hit"),
    Node("contact", children=(Node("count"), Node("categories"))),
    Node("records", children=(Node("id"), Node("mode"), Node("masked"), PROPERTIES)),
)


@dataclass(frozen=True)
class Logged:
    """What stands for the log's receipt here: it names the permit it was made for."""

    subject: str
    digest: str = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Library:
    shelves: dict[str, Shelf]
    reports: dict[str, list[LoadReport]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(case: Case, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    model, folder = load_model(), tmp_path_factory.mktemp("shelves")
    shelves = {node: open_shelf(f"sqlite:///{folder / node}.db", model) for node in NODES}
    reports: dict[str, list[LoadReport]] = {}
    for node, shelf in shelves.items():
        loader = shelf.loader(node, lambda: case.truth["now"])
        reports[node] = [
            loader.load_jsonl(case.directory / node / f"{name}.jsonl", Defaults())
            for name in ("ports", "cases")
        ]
    yield Library(shelves, reports)
    for shelf in shelves.values():
        await shelf.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_everything_is_loaded_and_the_uncategorised_are_set_apart(case: Case, library: Library) -> None:
    for node, reports in library.reports.items():
        assert [report.rejected for report in reports] == [0, 0]
        assert sum(report.loaded for report in reports) == len(case.nodes[node])
        without = [r for r in case.nodes[node] if "subject_category" not in r["envelope"]]
        assert [report.quarantined for report in reports] == [0, len(without)]
        assert {each.id for each in library.shelves[node].intake().quarantined()} == {
            r["id"] for r in without
        }


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.asyncio(loop_scope="module")
async def test_each_node_answers_as_the_truth_says(case: Case, library: Library, name: str) -> None:
    question = next(q for q in case.truth["questions"] if q["id"] == name)
    for node, expected in question["expect"].items():
        verdict, found = await _ask(case, library, question, node)
        if expected["status"] == "REFUSED":
            assert isinstance(verdict, Refusal), node
            assert [str(reason) for reason in verdict.reasons] == expected["reasons"], verdict.rules
            continue
        assert isinstance(verdict, Permit), verdict
        _compare(node, question, expected, found)


def _compare(node: str, question: Json, expected: Json, found: Json) -> None:
    shown = sorted({record["id"] for record in found["records"]} - {question.get("centre")})
    assert found["hit"] == (expected["status"] == "ANSWERED"), (node, found)
    if expected["match"] == "exact":
        assert shown == expected["records"]
    else:
        assert set(expected["records"]) <= set(shown)
    if expected["records"]:
        assert {record["mode"] for record in found["records"]} == {expected["mode"]}
        assert found["contact"] is None
    elif found["hit"]:
        assert _at_least(found["contact"], expected["contact"], exact=expected["match"] == "exact")
    masked = {name for record in found["records"] for name in record["masked"]}
    shows = {each["name"] for record in found["records"] for each in record["properties"]}
    assert set(expected.get("masked", [])) <= masked
    assert not masked & shows


def _at_least(contact: Json, expected: Json, *, exact: bool) -> bool:
    if exact:
        return bool(contact == expected)
    return bool(
        contact["count"] >= expected["count"] and set(expected["categories"]) <= set(contact["categories"])
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_the_withheld_are_found_by_nobody_outside(case: Case, library: Library) -> None:
    container = next(q for q in case.truth["questions"] if q["id"] == "container")
    core = next(q for q in case.truth["questions"] if q["id"] == "core")
    operational = container["mandate"] | {"legal_basis": "ER_18_2_C"}
    for withheld in case.truth["withheld"]:
        node, _, record_id = withheld["handle"].partition("/")
        asker = (core if node == "fr.ofast" else container)["asker"]
        asked = {
            "asker": asker,
            "mandate": operational,
            "operation": "entity",
            "arguments": {"id": record_id},
        }
        lookup = {**asked, "operation": "lookup", "arguments": withheld.get("lookup")}
        for question in (asked, lookup) if "lookup" in withheld else (asked,):
            _, found = await _ask(case, library, question, node)
            assert found == {"hit": False, "contact": None, "records": []}, withheld


async def _ask(case: Case, library: Library, question: Json, node: str) -> tuple[Permit | Refusal, Json]:
    """One question at one node, under the truth's grants and the house grant; the answer as parsed JSON."""
    now, asker = case.truth["now"], question["asker"]
    operation, arguments = Operation(question["operation"]), question["arguments"]
    asked = Question(
        operation, digest_of("document"), digest_of(arguments), tuple(arguments.get("schemata", ()))
    )
    judge = Judge(RegoEngine.open(Bundle.packaged()), node)
    grants = [_terms(grant) for grant in case.truth["grants"][node] if asker["node"] in grant["recipients"]]
    candidates = [_house(node)] if asker["node"] == node else grants
    verdict = await judge.may_answer(_mandate(question, now), asked, asker["node"], candidates, now=now)
    if isinstance(verdict, Refusal):
        return verdict, {}
    access = admit(verdict, Logged(verdict.digest))
    found = await library.shelves[node].view("spoc").read(access, Selection(operation, arguments, TREE))
    payload: dict[str, Any] = json.loads(found.payload)
    return verdict, payload


def _mandate(question: Json, now: int) -> Mandate:
    said, asker = question["mandate"], question["asker"]
    actor = Actor(
        asker["node"], asker["subject"], frozenset(Role(role) for role in asker["roles"]), asker["unit"]
    )
    return Mandate(
        "m-1", actor, Purpose(said["purpose"]), LegalBasis(said["legal_basis"]), said["case"],
        said["offence"],
        SubjectCategory(said["subject_category"]), Aim(said["aim"]), now - 60, now + 3600,
    )  # fmt: skip


def _terms(grant: Json) -> GrantTerms:
    lists = {name: tuple(value) for name, value in grant.items() if isinstance(value, list)}
    words = {
        "roles": tuple(map(Role, grant["roles"])),
        "purposes": tuple(map(Purpose, grant["purposes"])),
        "legal_bases": tuple(map(LegalBasis, grant["legal_bases"])),
        "categories": tuple(map(SubjectCategory, grant["categories"])),
        "mode": Mode(grant["mode"]),
    }
    return GrantTerms(**{**grant, **lists, **words})


def _house(node: str) -> GrantTerms:
    categories = tuple(each for each in SubjectCategory if each != SubjectCategory.UNCATEGORISED)
    return GrantTerms(
        "house", 1, node, (node,), tuple(Role), tuple(Purpose), tuple(LegalBasis), categories, "*", ("*",),
        Mode.RECORD, 0, 1_924_992_000,
    )  # fmt: skip
