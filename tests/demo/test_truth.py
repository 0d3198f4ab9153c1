"""The truth file against the data: the expected answers worked out again from the JSON lines."""

import itertools
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.demo import story
from policy.terms import Aim, LegalBasis, Mode, Purpose, Reason, Role, Status, SubjectCategory
from tenants.identifiers import normalise
from tenants.model import EntityModel, load_model
from tenants.profiles.compounds import read_compound
from tenants.profiles.scoring import Measure, Treatment, score
from tests.demo.conftest import Case, Json

QUESTIONS = [question["id"] for question in story.questions()["questions"]]  # type: ignore[attr-defined]  # YAML
ORDINARY = re.compile(r"-o\d")
REACH_OF_CROSS_CHECKING = {"SUSPECT_OR_CONVICTED", "LIKELY_OFFENDER", "NOT_A_PERSON"}


@pytest.fixture(scope="session")
def model() -> EntityModel:
    return load_model()


@pytest.mark.parametrize("name", QUESTIONS)
def test_expected_answers_follow_from_the_records(case: Case, model: EntityModel, name: str) -> None:
    question = next(q for q in case.truth["questions"] if q["id"] == name)
    for node, expected in question["expect"].items():
        grants = _covering(case.truth, question, node)
        if expected["status"] == Status.REFUSED:
            assert not grants
            assert expected["reasons"] == [Reason.PURPOSE_NOT_COVERED]
            continue
        assert grants, f"{name}: no grant of {node} covers it"
        _check(case, model, question, node, expected, grants[0])


def _check(case: Case, model: EntityModel, question: Json, node: str, expected: Json, grant: Json) -> None:
    visible = [r for r in case.nodes[node] if _visible(r, node, question, grant, case.truth["now"])]
    found = _found(visible, model, question)
    shown = expected["records"] + expected.get("behind", [])
    assert expected["status"] == ("ANSWERED" if found else "NO_HIT")
    if expected["match"] == "exact":
        assert sorted(found) == sorted(shown)
    else:
        assert set(shown) <= set(found)
    if found:
        assert expected["mode"] == grant["mode"]
        assert bool(expected["records"]) == (grant["mode"] in {Mode.CORE, Mode.RECORD})
    if grant["mode"] == Mode.RECORD:
        have = {name for r in visible if r["id"] in expected["records"] for name in r["properties"]}
        assert expected.get("masked", []) == sorted(have & set(grant["masked"]))
    if grant["mode"] == Mode.CONTACT and found:
        categories = {r["envelope"]["subject_category"] for r in visible if r["id"] in expected["behind"]}
        assert expected["contact"] == {"count": len(expected["behind"]), "categories": sorted(categories)}


def _covering(truth: Json, question: Json, node: str) -> list[Json]:
    mandate, asker = question["mandate"], question["asker"]
    house = {
        "mode": Mode.RECORD,
        "masked": [],
        "categories": [*SubjectCategory],
        "dataset": "*",
        "schemata": ["*"],
    }
    if node == asker["node"]:
        return [house]
    return [
        grant
        for grant in truth["grants"][node]
        if asker["node"] in grant["recipients"]
        and mandate["purpose"] in grant["purposes"]
        and mandate["legal_basis"] in grant["legal_bases"]
        and set(asker["roles"]) & set(grant["roles"])
        and grant["not_before"] <= truth["now"] < grant["expires_at"]
    ]


def _visible(row: Json, node: str, question: Json, grant: Json, now: int) -> bool:
    envelope = row["envelope"]
    category = envelope.get("subject_category", SubjectCategory.UNCATEGORISED)
    reached = question["mandate"]["purpose"] != Purpose.CROSS_CHECKING or category in REACH_OF_CROSS_CHECKING
    own = question["asker"]["node"] == node
    return (
        category != SubjectCategory.UNCATEGORISED
        and category in grant["categories"]
        and reached
        and grant["dataset"] in {"*", envelope["dataset"]}
        and ("*" in grant["schemata"] or row["schema"] in grant["schemata"])
        and _seconds(envelope["retain_until"]) > now
        and (own or not envelope.get("ongoing", False))
        and (envelope.get("owner", node) == node or "H2" not in envelope["handling"])
    )


def _found(visible: list[Json], model: EntityModel, question: Json) -> list[str]:
    arguments = question["arguments"]
    match question["operation"]:
        case "lookup":
            wanted = normalise(arguments["kind"], arguments["value"]).normal
            return [r["id"] for r in visible if wanted in _normals(r, model, arguments["kind"])]
        case "search":
            words = set(arguments["text"].split())
            names = {r["id"]: _names(r) for r in visible if r["schema"] in arguments["schemata"]}
            return [
                record_id for record_id, held in names.items() if any(words <= set(n.split()) for n in held)
            ]
        case "entity":
            return [r["id"] for r in visible if r["id"] == arguments["id"]]
        case _:
            return _neighbours(visible, model, arguments["id"])


def _neighbours(visible: list[Json], model: EntityModel, centre: str) -> list[str]:
    ids = {r["id"] for r in visible}
    found: set[str] = set()
    for row in visible:
        ends = model.kinds[row["schema"]].ends
        if ends:
            left, right = (row["properties"][end][0] for end in ends)
            if centre in {left, right} and {left, right} <= ids:
                found |= {row["id"], left, right}
    return sorted(found - {centre})


def test_words_of_questions_and_grants_are_those_of_the_law(case: Case) -> None:
    for question in case.truth["questions"]:
        mandate = question["mandate"]
        assert mandate["purpose"] in list(Purpose)
        assert mandate["legal_basis"] in list(LegalBasis)
        assert mandate["aim"] in list(Aim)
        assert mandate["subject_category"] in list(SubjectCategory)
        assert {answer["status"] for answer in question["expect"].values()} <= {*Status}
    for grants in case.truth["grants"].values():
        for grant in grants:
            assert {*grant["roles"]} <= {*Role}
            assert {*grant["purposes"]} <= {*Purpose}
            assert {*grant["legal_bases"]} <= {*LegalBasis}
            assert {*grant["categories"]} <= {*SubjectCategory}
            assert grant["mode"] in list(Mode)


def test_withheld_records_are_withheld_for_the_reason_given(case: Case, model: EntityModel) -> None:
    for withheld in case.truth["withheld"]:
        row = case.record(withheld["handle"])
        envelope, node = row["envelope"], withheld["handle"].partition("/")[0]
        holds = {
            Reason.UNCATEGORISED: "subject_category" not in envelope,
            Reason.RETENTION_EXPIRED: _seconds(envelope["retain_until"]) <= case.truth["now"],
            Reason.ONGOING_INVESTIGATION: envelope.get("ongoing", False),
            Reason.THIRD_PARTY_CONSENT: envelope.get("owner", node) != node and "H2" in envelope["handling"],
        }
        assert [reason for reason, true in holds.items() if true] == [withheld["reason"]]
        if "lookup" in withheld:
            kind, value = withheld["lookup"]["kind"], withheld["lookup"]["value"]
            holders = [
                r["id"] for r in case.nodes[node] if normalise(kind, value).normal in _normals(r, model, kind)
            ]
            assert holders == [row["id"]]


def test_shared_identifiers_are_those_that_the_loader_sees(case: Case, model: EntityModel) -> None:
    """Compared with the product's own normal forms, over the story's records of all nodes."""
    known: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for node, records in case.nodes.items():
        for row in (r for r in records if not ORDINARY.search(r["id"]) and not r["id"].startswith("port-")):
            for kind in set(model.kinds[row["schema"]].identifiers.values()):
                for normal in _normals(row, model, kind):
                    known[kind, normal][node].add(row["id"])
    shared = {key: nodes for key, nodes in known.items() if len(nodes) > 1}
    said = {
        (item["kind"], normalise(item["kind"], item["normal"]).normal): {
            node: set(held["records"]) for node, held in item["nodes"].items()
        }
        for item in case.truth["shared_identifiers"]
    }
    assert said == shared
    differently = [item for item in case.truth["shared_identifiers"] if len(_spellings(item)) > 1]
    assert {item["kind"] for item in differently} >= {"container", "phone", "iban", "document", "imo"}


def test_the_joint_path_exists_and_no_node_has_it_alone(case: Case, model: EntityModel) -> None:
    steps = case.truth["joint_path"]
    for step, following in itertools.pairwise(steps):
        assert step["to"] == following["from"]
    graphs = {node: _graph(node, records, model) for node, records in case.nodes.items()}
    for step in steps:
        if "shared" in step:
            nodes = {step["from"].partition("/")[0], step["to"].partition("/")[0]}
            assert len(nodes) == 2
            key = step["shared"]
            for handle in (step["from"], step["to"]):
                assert key["normal"] in _normals(case.record(handle), model, key["kind"])
        else:
            node = step["by"].partition("/")[0]
            assert step["to"] in graphs[node][step["from"]]
    assert len({step["by"].partition("/")[0] for step in steps if "by" in step}) == 3


def test_only_the_joint_picture_connects_the_sea_with_the_money(case: Case, model: EntityModel) -> None:
    steps = case.truth["joint_path"]
    start, goal = _anchors(case, model, steps[0]["from"]), _anchors(case, model, steps[-1]["to"])
    joint: dict[str, set[str]] = defaultdict(set)
    for node, records in case.nodes.items():
        alone = _graph(node, records, model)
        assert not _connected(alone, start, goal), node
        for source, targets in alone.items():
            joint[source] |= targets
    assert _connected(joint, start, goal)
    for left_out in case.nodes:
        others: dict[str, set[str]] = defaultdict(set)
        for node, records in case.nodes.items():
            for source, targets in _graph(node, records, model).items() if node != left_out else ():
                others[source] |= targets
        assert not _connected(others, start, goal), f"the picture is whole without {left_out}"


def test_members_and_decoys_are_records_and_apart(case: Case) -> None:
    members = [handle for member in case.truth["members"] for handle in member["handles"]]
    decoys = case.truth["decoys"]
    assert len(members) == len(set(members))
    assert not set(members) & set(decoys)
    told = (*members, *decoys, *case.truth["hostile"])
    pairs = case.truth["not_same_as"] + case.truth["same_as"] + case.truth["same_profile"]
    for handle in (*told, *(pair[side] for pair in pairs for side in ("left", "right"))):
        assert case.record(handle)["id"] == handle.partition("/")[2]
    same = {frozenset((p["left"], p["right"])) for p in case.truth["same_as"]}
    assert not same & {frozenset((p["left"], p["right"])) for p in case.truth["not_same_as"]}


def test_names_of_one_person_are_spelt_in_several_ways(case: Case) -> None:
    spelt = {
        member["name"]: {case.record(handle)["properties"]["name"][0] for handle in member["handles"]}
        for member in case.truth["members"]
        if member["part"] in {"organiser", "courier"}
    }
    assert all(len(names) == 3 for names in spelt.values())
    scripts = {name for names in spelt.values() for name in names if not name.isascii()}
    assert any("А" <= name[0] <= "я" for name in scripts)
    assert any("\u0600" <= name[0] <= "\u06ff" for name in scripts)


def test_profiles_of_the_lot_are_alike_and_the_decoy_is_not(case: Case) -> None:
    def shares(handle: str) -> list[float]:
        compounds = case.record(handle)["properties"]["compounds"]
        return [read_compound(text).share for text in compounds]

    def alike(left: str, right: str) -> float:
        return score(shares(left), shares(right), Treatment.FOURTH_ROOT, Measure.PEARSON)

    pair = case.truth["same_profile"][0]
    assert alike(pair["left"], pair["right"]) > 0.99
    assert alike(pair["left"], "se.polisen/se-d-4") < 0.5


def test_links_by_node_are_all_of_the_storys_links(case: Case, model: EntityModel) -> None:
    for node, links in case.truth["links"].items():
        edges = {
            (r["id"], r["schema"], *(r["properties"][end][0] for end in model.kinds[r["schema"]].ends))
            for r in case.nodes[node]
            if not ORDINARY.search(r["id"]) and model.kinds[r["schema"]].edge
        }
        assert {(link["record"], link["schema"], link["source"], link["target"]) for link in links} == edges


def _spellings(item: Json) -> set[str]:
    return {text for held in item["nodes"].values() for text in held["spellings"]}


def _names(row: Json) -> list[str]:
    return [*row["properties"].get("name", []), *row["properties"].get("alias", [])]


def _normals(row: Json, model: EntityModel, kind: str) -> set[str]:
    country = row["properties"].get("country", [None])[0]
    carriers = [name for name, carried in model.kinds[row["schema"]].identifiers.items() if carried == kind]
    values = (value for name in carriers for value in row["properties"].get(name, []))
    return {normalise(kind, value, country=country).normal for value in values}


def _graph(node: str, records: list[Json], model: EntityModel) -> dict[str, set[str]]:
    """Links, references and identifiers, both ways; an identifier is a vertex that nodes share."""
    graph: dict[str, set[str]] = defaultdict(set)
    for row in records:
        for near, far in _ties(node, row, model):
            graph[near].add(far)
            graph[far].add(near)
    return graph


def _ties(node: str, row: Json, model: EntityModel) -> Iterator[tuple[str, str]]:
    kind, properties, handle = model.kinds[row["schema"]], row["properties"], f"{node}/{row['id']}"
    if row["id"].startswith("port-"):
        return
    for name in kind.references & properties.keys():
        for value in properties[name]:
            if not value.startswith("port-"):  # a port connects everything with everything
                yield handle, f"{node}/{value}"
    if kind.edge:
        left, right = (properties[end][0] for end in kind.ends)
        yield f"{node}/{left}", f"{node}/{right}"
    for carried in set(kind.identifiers.values()):
        for normal in _normals(row, model, carried):
            yield handle, f"{carried}:{normal}"


def _anchors(case: Case, model: EntityModel, handle: str) -> set[str]:
    """The record and what identifies it, so that a node that knows only the identifier counts as well."""
    row = case.record(handle)
    kinds = set(model.kinds[row["schema"]].identifiers.values())
    return {handle} | {f"{kind}:{normal}" for kind in kinds for normal in _normals(row, model, kind)}


def _connected(graph: dict[str, set[str]], start: set[str], goal: set[str]) -> bool:
    seen, waiting = set(start), deque(start)
    while waiting:
        for other in graph.get(waiting.popleft(), set()) - seen:
            seen.add(other)
            waiting.append(other)
    return bool(seen & goal)


def _seconds(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
