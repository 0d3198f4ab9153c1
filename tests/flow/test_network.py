"""Networks by the desk's documents alone: around a record, in common, between two; words and measures."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.explain_question import explain_question
from gateway.graphql.analyst import analyst_schema
from gateway.shipped import shipped_texts
from tests.world import World

HANDLE = "fr.ofast/fr-ct-1"
DOCUMENTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("network", {"handles": [HANDLE], "measure": True, "language": "sv"}),
    ("common_neighbours", {"one": HANDLE, "other": "se.polisen/se-ct-1"}),
    ("network_paths", {"start": HANDLE, "end": "se.polisen/se-ct-1", "mostHops": 2}),
)


@pytest.mark.parametrize(("name", "variables"), DOCUMENTS)
async def test_each_document_gives_a_network(world: World, name: str, variables: Mapping[str, Any]) -> None:
    visit = world.visit("fr.ofast")
    wanted = {**variables, "mandate": await world.mandate(visit)}
    result = await analyst_schema().execute(
        shipped_texts("desk")[name], variable_values=wanted, context_value=visit
    )
    assert result.errors is None
    assert result.data is not None
    (found,) = result.data.values()
    assert any(HANDLE in vertex["handles"] for vertex in found["vertices"])
    assert found["questions"] == sum(each["questions"] for each in found["nodes"])
    assert all(tie["sentence"] and tie["handles"] for tie in found["ties"])
    assert (found["measures"] is not None) == (name == "network")
    asked = [kind for kind in await world.kinds("fr.ofast") if kind == "ASKED"]
    assert len(asked) >= 2, "each question has its intent in the log"


@pytest.mark.parametrize("reach", ["COUNTS", "NAMED"])
async def test_a_network_can_be_counted_or_be_of_the_records_named(world: World, reach: str) -> None:
    visit = world.visit("fr.ofast")
    handles = [HANDLE, "fr.ofast/fr-vs-1", "fr.ofast/fr-ul-7", "fr.ofast/nobody"]
    result = await analyst_schema().execute(
        "query($h: [ID!]!, $m: ID!, $r: NetworkReach!) { network(handles: $h, mandate: $m, reach: $r) {"
        " claims { handle receipt } ties { handles } counts { handle count } questions"
        " asked { receipt queryId } } }",
        variable_values={"h": handles, "m": await world.mandate(visit), "r": reach},
        context_value=visit,
    )
    assert result.data is not None
    found = result.data["network"]
    assert found["questions"] == 1
    if reach == "COUNTS":
        assert (found["claims"], found["ties"], found["asked"]) == ([], [], [])
        assert {each["handle"] for each in found["counts"]} >= {HANDLE}
    else:
        assert {each["handle"] for each in found["claims"]} == set(handles[:3])
        assert {each["receipt"] for each in found["claims"]} == {each["receipt"] for each in found["asked"]}
        (query,) = {each["queryId"] for each in found["asked"]}
        why = await explain_question(visit, query, "OWN_QUESTION")
        assert why["asked"]["nodes"][0]["node"] == "fr.ofast"
        assert {"handles": ["fr.ofast/fr-ul-7"]} in found["ties"]
        assert found["counts"] == []
