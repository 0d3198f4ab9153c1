"""How much each grant is used: counted from the log, for officers only, their look logged first."""

import pytest

from gateway.errors import NotAllowed, VariablesRejected
from gateway.grant_use import Used, counted, use
from policy.terms import Operation, Role
from tests.world import World

FR, SE = "fr.ofast", "se.polisen"
BOX = {"value": "XQZU 418026-6", "kind": "container"}


async def test_answers_are_counted_by_grant_and_the_look_is_logged(world: World) -> None:
    officer = world.visit(SE, "officer-1", Role.LIAISON)
    assert (await use(officer, 30))["grants"] == []
    for _ in range(2):
        picture = await world.ask(FR, Operation.LOOKUP, BOX, nodes=[SE])
        assert picture["nodes"][0]["status"] == "ANSWERED"
    told = await use(officer, 30)
    assert (told["complete"], told["days"]) == (True, 30)
    used = {each["grant"]: (each["answers"], each["before"], each["unusual"]) for each in told["grants"]}
    assert used
    assert set(used.values()) == {(2, 0, False)}
    known = {each.terms.id for each in world.nodes[SE].books.grants.list()}
    assert used.keys() <= known
    assert (await world.log(SE))[-1]["action"] == "GRANT_USE_READ"
    world.later(31 * 86_400)
    late = {each["grant"]: (each["answers"], each["before"]) for each in (await use(officer, 30))["grants"]}
    assert set(late.values()) == {(0, 2)}


async def test_others_are_refused_and_leave_no_entry(world: World) -> None:
    node = world.nodes[SE]
    before = node.log.head.size
    for role in (Role.ANALYST, Role.OVERSIGHT, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed, match="role liaison"):
            await use(world.visit(SE, "somebody-1", role), 30)
    for days in (0, 91):
        with pytest.raises(VariablesRejected, match="1 to 90"):
            await use(world.visit(SE, "officer-1", Role.LIAISON), days)
    assert node.log.head.size == before


@pytest.mark.parametrize(
    ("late", "before", "unusual"), [(19, 0, False), (20, 0, True), (60, 20, False), (61, 20, True)]
)
def test_unusual_is_much_and_much_more_than_before(late: int, before: int, unusual: bool) -> None:
    used = [Used(100, ("g-1", "g-2"))] * late + [Used(99, ("g-1",))] * before
    first, second = counted(used, 100)
    assert (first["answers"], first["before"], first["unusual"]) == (late, before, unusual)
    assert (second["grant"], second["before"]) == ("g-2", 0)
