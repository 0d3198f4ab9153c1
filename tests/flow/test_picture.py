"""Two analysts of two nodes build one picture: what each writes reaches the other, and stays their own."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway import picture_writing as writing
from gateway import pictures
from gateway.errors import MandateNotValid, NotAllowed, PictureClosed, VariablesRejected
from gateway.picture_view import Looking, compare, view
from gateway.picture_writing import UNASSESSED
from gateway.pictures import Opening
from policy.handling import Mark
from policy.terms import Handling, InformationEvaluation, Role, SourceEvaluation, Tlp
from sharing.contributions import Act, Assessment, Member
from sharing.errors import PictureUnknown
from tests.flow.picture_desk import CASE, EU, FR, FR_BOX, SE, SE_BOX, Desk, opened, told, written
from tests.world import Ground, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
Both = tuple[Desk, Desk]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    """One world for all of these; each has a picture of its own."""
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("world"), ground) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(world: World) -> Both:
    """The analysts of the module's story: each test goes on where the one before ended."""
    return await opened(world)


async def test_both_place_records_and_each_sees_what_its_own_mandate_opens(world: World, both: Both) -> None:
    fr, se = both
    await fr.place(FR_BOX)
    await se.place(SE_BOX)
    await told(world)
    here, there = await fr.look(network=True), await se.look(network=True)
    assert [each["handle"] for each in here["records"]] == [FR_BOX, SE_BOX]
    assert [each["sight"] for each in here["records"]] == ["SHOWN", "SHOWN"]
    seal = [
        {p["name"] for p in each["records"][0]["claim"]["record"]["properties"]} for each in (here, there)
    ]
    assert seal[0] > seal[1], "FR shows SE the core set only, and itself all"
    tie = here["network"]["ties"][0]
    assert (tie["source"], tie["target"], tie["what"]) == (FR_BOX, SE_BOX, "container")
    assert [each["degree"] for each in here["network"]["things"]] == [1, 1]
    assert here["things"] == [{"handles": [FR_BOX]}, {"handles": [SE_BOX]}]
    kept = world.nodes[FR].lending.leases.affected([SE_BOX])
    assert [each.lease.handle for each in kept] == [SE_BOX], "held as a lease, no content"


async def test_a_text_inherits_the_strictest_of_what_it_uses(world: World, both: Both) -> None:
    fr, se = both
    plain = Mark(frozenset(), SourceEvaluation.A, InformationEvaluation.N1, Tlp.CLEAR)
    first = await fr.note("same code, another box", FR_BOX, SE_BOX, mark=plain, assessment=Assessment.FACT)
    await told(world)
    (text,) = (await se.look())["texts"]
    (version,) = text["versions"]
    assert (version["id"], version["assessment"]) == (first, "FACT")
    assert version["author"] == {"node": FR, "person": fr.member.person}
    assert version["mark"] == {"handling": ["H0", "H2"], "evaluation": "B2", "tlp": "AMBER"}
    (signed,) = world.nodes[SE].pictures.get([first])
    assert signed.content.mark.handling == {Handling.H0, Handling.H2}, "it is signed so, and travels so"
    strict = Mark(frozenset({Handling.H1}), SourceEvaluation.X, InformationEvaluation.N4, Tlp.AMBER_STRICT)
    await fr.note("same code, a clone", refs=(first,), mark=strict)
    (version,) = (await fr.look())["texts"][0]["versions"]
    assert version["mark"] == {"handling": ["H0", "H1", "H2"], "evaluation": "X4", "tlp": "AMBER+STRICT"}
    await fr.retract(version["id"])
    assert await fr.texts() == [["same code, another box"]]


async def test_what_is_the_same_is_said_accepted_by_each_node_and_undone(world: World, both: Both) -> None:
    fr, se = both
    said = await se.same(SE_BOX, FR_BOX, score=870_000)
    await told(world)
    assert (await se.look())["things"] == [{"handles": [FR_BOX, SE_BOX]}]
    look = await fr.look()
    assert look["things"] == [{"handles": [FR_BOX]}, {"handles": [SE_BOX]}], "not accepted here yet"
    (asserted,) = look["asserted"]
    assert (asserted["score"], asserted["calibrated"], asserted["counts"]) == (0.87, False, False)
    await fr.judge(said)
    await told(world)
    assert (await fr.look())["things"] == [{"handles": [FR_BOX, SE_BOX]}]
    assert (await se.look())["asserted"][0]["accepted"] == [FR, SE]
    await fr.judge(said, act=Act.REJECTED)
    assert (await fr.look())["things"] == [{"handles": [FR_BOX]}, {"handles": [SE_BOX]}]
    with pytest.raises(VariablesRejected, match="only its own node may"):
        await fr.retract(said)
    await se.retract(said)
    await told(world)
    assert (await fr.look())["asserted"] == []


async def test_who_is_no_member_is_told_what_is_told_of_a_picture_that_does_not_exist(
    world: World, both: Both
) -> None:
    fr, _ = both
    for stranger in (Desk(world, FR, fr.picture, "analyst-9"), Desk(world, EU, fr.picture)):
        with pytest.raises(PictureUnknown) as known:
            await stranger.look()
        with pytest.raises(PictureUnknown) as unknown:
            await view(stranger.visit, "pic-doesnotexist", await stranger.mandate(), Looking())
        assert str(known.value).replace(fr.picture, "") == str(unknown.value).replace("pic-doesnotexist", "")
        with pytest.raises(PictureUnknown):
            await stranger.note("hello")
        assert await pictures.mine(stranger.visit) == []
    assert world.nodes[EU].pictures.of(fr.picture) == []


async def test_each_works_under_a_mandate_of_their_own_for_this_case(world: World, both: Both) -> None:
    fr, se = both
    other = await world.mandate(fr.visit, case="FR-2026-0999")
    with pytest.raises(NotAllowed, match="another case"):
        await view(fr.visit, fr.picture, other, Looking())
    with pytest.raises(MandateNotValid):
        await view(fr.visit, fr.picture, await se.mandate(), Looking())
    officer = world.visit(FR, "analyst-1", Role.LIAISON)
    with pytest.raises(NotAllowed, match="analyst"):
        await pictures.enter(officer, fr.picture, other)


async def test_only_what_is_placed_and_shown_is_written_about(world: World, both: Both) -> None:
    fr, _ = both
    with pytest.raises(NotAllowed, match="does not show it"):
        await fr.place(f"{SE}/nothing-of-the-kind")
    with pytest.raises(VariablesRejected, match="is not placed"):
        await fr.note("about another", f"{SE}/se-ph-1")
    with pytest.raises(VariablesRejected, match="about two handles"):
        await fr.same(FR_BOX, FR_BOX)
    with pytest.raises(VariablesRejected, match="characters"):
        await fr.note("x" * 9_000)
    note = await fr.note("a note")
    with pytest.raises(VariablesRejected, match="one kind of text"):
        await writing.write(await fr.entered(), writing.Text(Act.TASK, "a task", refs=(note,)))
    with pytest.raises(VariablesRejected, match="is not in picture"):
        await fr.note("in place of nothing", refs=(f"sha256:{'0' * 64}",))
    with pytest.raises(VariablesRejected, match="does not say that two"):
        await fr.judge(note)
    with pytest.raises(VariablesRejected, match="days"):
        await pictures.open_(fr.visit, Opening(await fr.mandate(), days=9_999))
    await fr.retract(note)


async def test_a_record_is_taken_out_by_the_node_that_placed_it(world: World, both: Both) -> None:
    fr, se = both
    await se.place(f"{SE}/se-ph-1")
    await told(world)
    with pytest.raises(VariablesRejected, match="was not placed in"):
        await writing.remove(await fr.entered(), f"{SE}/se-ph-1")
    await writing.remove(await se.entered(), f"{SE}/se-ph-1")
    await told(world)
    assert [each["handle"] for each in (await fr.look())["records"]] == [FR_BOX, SE_BOX]


async def test_links_tasks_and_hypotheses_are_told_apart(world: World, both: Both) -> None:
    fr, se = both
    await se.note("one box left twice", FR_BOX, SE_BOX, act=Act.LINK)
    await fr.note("the seal was cloned", act=Act.HYPOTHESIS)
    await fr.note("ask the port for the seal", act=Act.TASK, mark=UNASSESSED)
    await told(world)
    acts = sorted(each["act"] for each in (await se.look())["texts"])
    assert acts == ["HYPOTHESIS", "LINK", "NOTE", "TASK"]


async def test_what_we_knew_on_that_day_and_what_came_since(world: World, both: Both) -> None:
    fr, _ = both
    before = await fr.texts()
    day = (await fr.look())["picture"]["openedAt"][:10]
    world.later(2 * 86_400)
    note = await fr.note("written later")
    assert (await fr.texts())[-1] == ["written later"]
    assert await fr.texts(as_of=day) == before
    mandate = await fr.mandate()
    told_apart = await compare(fr.visit, fr.picture, mandate, day, "now")
    assert [each["id"] for each in told_apart["added"]] == [note]
    assert told_apart["gone"] == []
    with pytest.raises(VariablesRejected, match="neither a day"):
        await fr.look(as_of="yesterday")
    with pytest.raises(PictureUnknown):
        await fr.look(as_of="2026-01-01")


async def test_a_member_who_is_named_later_gets_what_may_go_there(world: World, both: Both) -> None:
    fr, se = both
    eu = Desk(world, EU, fr.picture)
    await pictures.join(await se.entered(), [eu.member])
    await told(world)
    assert {each["node"] for each in (await fr.look())["picture"]["members"]} == {EU, FR, SE}
    assert [each.opened.content.picture for each in await pictures.mine(eu.visit)] == [fr.picture]
    with pytest.raises(VariablesRejected, match="nobody is named"):
        await pictures.join(await se.entered(), [])


async def test_closed_with_its_case_nothing_is_added_and_all_can_be_read(world: World, both: Both) -> None:
    fr, se = both
    with pytest.raises(NotAllowed, match=r"is closed at fr\.ofast"):
        await pictures.close(await se.entered())
    await pictures.close(await fr.entered())
    await told(world)
    for desk in both:
        with pytest.raises(PictureClosed):
            await desk.note("too late")
        look = await desk.look()
        assert not look["picture"]["open"]
        assert ["written later"] in written(look)


async def test_a_picture_ends_by_itself(world: World) -> None:
    fr = Desk(world, FR)
    wanted = Opening(await fr.mandate(), "short", days=1)
    fr.picture = (await pictures.open_(fr.visit, wanted)).opened.content.picture
    await fr.note("in time")
    world.later(86_401)
    with pytest.raises(PictureClosed):
        await fr.note("too late")


async def test_every_act_is_logged_before_without_content(world: World, both: Both) -> None:
    fr, _ = both
    leaves = [leaf for leaf in await world.log(FR) if leaf.get("picture") == fr.picture]
    assert {"PICTURE_OPENED", "PICTURE_PLACED", "PICTURE_NOTE", "PICTURE_CLOSED", "PICTURE_VIEWED"} <= {
        leaf["action"] for leaf in leaves
    }
    assert all(leaf["asker"] == fr.member.person for leaf in leaves if leaf["action"] == "PICTURE_NOTE")
    text = json.dumps(leaves)
    assert CASE not in text
    assert "same code" not in text
    assert "fr-ct-1" not in text


async def test_nobody_is_named_at_a_node_that_does_not_exist(world: World) -> None:
    fr = Desk(world, FR)
    wanted = Opening(await fr.mandate(), "x", (Member("xx.nowhere", "p-1"),))
    with pytest.raises(Exception, match=r"xx\.nowhere"):
        await pictures.open_(fr.visit, wanted)
