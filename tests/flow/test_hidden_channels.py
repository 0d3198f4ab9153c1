"""What the serving node hides is betrayed by no channel of the desk: one test for each (CONSOLE.md 8.5).

An analyst asks before and after rows are loaded at the partner that no grant lets through. What the desk
tells is compared, once what is random or signed is set aside. The shelf's own tests go further: every
question byte for byte, and what the database is asked (`tests/tenants/test_non_interference.py`).
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.ask import Asking, ask
from gateway.graphql.analyst import analyst_schema
from policy.terms import Mode, Operation
from tests.flow.followup_desk import BOX, FR, SE, drop, swedish
from tests.flow.test_followup_hidden import HIDING, NOBODY, Told, hidden, load, row
from tests.world import World

Shown = Mapping[str, Any]
Channel = Callable[[World], Awaitable[object]]


async def told(world: World, operation: Operation, **variables: Any) -> Shown:
    """What an analyst of the asking node is shown of the partner's answer."""
    visit = world.visit(FR)
    return await ask(visit, Asking(operation, variables, await world.mandate(visit), [SE]))


async def counts(world: World) -> object:
    """Of records, of neighbours, and whether there is more."""
    found = await told(world, Operation.LOOKUP, **BOX)
    none = await told(world, Operation.LOOKUP, **NOBODY)
    around = await told(world, Operation.EXPAND, id="se-ct-1", hops=2, first=100)
    return [
        [(each["status"], each["count"], each["more"], each["next"]) for each in one["nodes"]]
        + [len(one["claims"])]
        for one in (found, none, around)
    ]


async def facets(world: World) -> object:
    """What a list can be narrowed by: only what its rows show."""
    names = ("schema", "dataset", "caseRef", "subjectCategory", "source")
    found = await told(world, Operation.LOOKUP, **BOX)
    narrowed = await told(world, Operation.SEARCH, text="name", dataset="elsewhere", first=50)
    shown = [{name: each["record"][name] for name in names} for each in found["claims"]]
    return shown, narrowed["claims"], [(each["status"], each["count"]) for each in narrowed["nodes"]]


async def autocompletion(world: World) -> object:
    """Names that begin like what is typed: a search of one node, and kinds, which are the model's alone."""
    found = [await told(world, Operation.SEARCH, text=typed, first=5) for typed in ("nam", "name", "name 1")]
    text = "{ recordKinds { name } }"
    kinds = await analyst_schema().execute(text, context_value=world.visit(FR))
    assert kinds.errors is None
    return [[each["claims"], each["ranked"], each["candidates"]] for each in found], kinds.data


async def history(world: World) -> object:
    """Versions and moments of what is shown, and a record that is hidden is as one that never was."""
    found = await told(world, Operation.LOOKUP, **BOX)
    versions = [
        (each["handle"], each["record"]["version"], each["record"]["recordedAt"]) for each in found["claims"]
    ]
    gone = await told(world, Operation.ENTITY, id="h-1")
    never = await told(world, Operation.ENTITY, id="h-999")
    assert plain(gone) == plain(never)
    return versions, plain(gone)


async def errors(world: World) -> object:
    """Words and codes of what does not work: the same for what is hidden and for what never was."""
    said = []
    for record in ("h-1", "h-999"):
        for operation in (Operation.ENTITY, Operation.EXPAND):
            found = await told(world, operation, id=record)
            said.append([(each["status"], each["reasons"], each["detail"]) for each in found["nodes"]])
    assert said[:2] == said[2:]
    return said


def plain(shown: Shown) -> list[bytes]:
    """What is told, without what is random in it."""
    ear = Told()
    ear.add(shown)
    return ear.parts


@pytest.mark.parametrize(
    "channel", [counts, facets, autocompletion, history, errors], ids=lambda each: each.__name__
)
async def test_hidden_records_are_betrayed_by_no(world: World, tmp_path: Path, channel: Channel) -> None:
    await drop(world)
    await world.grant(SE, swedish(world, Mode.RECORD, schemata=("*",)))
    before = await channel(world)
    rows = [hidden(number, hiding) for number, hiding in enumerate(HIDING)]
    await load(world, tmp_path / "hidden.jsonl", rows)
    assert await channel(world) == before
    await load(world, tmp_path / "shown.jsonl", [row(99, "Container", BOX, {})])
    if channel is not errors:
        assert await channel(world) != before, "the ear hears a record that is granted"
