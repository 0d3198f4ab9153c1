"""A picture at three nodes: what one adds reaches the others by letters, late, twice or by another node."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.canonical import JSON
from gateway.delivering import deliver_due
from gateway.grant_keys import grant_keys
from gateway.notices import send as say
from gateway.pace import Pace, Paces
from gateway.picture_letters import TOLD_WITHIN, Withheld, send
from gateway.picture_notices import MOST_STUBS
from gateway.picture_syncing import AGAIN, EVERY, Turns, keep_syncing, sync_due
from gateway.wiring import open_sharing
from policy.handling import DataUse, Mark
from policy.terms import Handling, Purpose, Tlp
from sharing.consents import ConsentTerms, sign_consent
from sharing.contributions import Act, Content, Contribution, Member, picture_id, sign_contribution
from sharing.encoding import fresh
from sharing.errors import ContributionRefused, PictureUnknown, Unreachable
from sharing.grants import Approval
from sharing.memory_outbox import MemoryOutbox
from sharing.memory_pictures import MemoryPictures
from sharing.notice import NoticeReply
from sharing.outbox import Listed
from sharing.picture import state
from sharing.picture_arrival import MOST_WAITING, PICTURE_CONTRIBUTIONS, PICTURE_SYNC
from sharing.picture_sync import BUCKETS
from sharing.signature import Headers
from sharing.sql_pictures import SqlPictures
from tests.world import Ground, World, open_world

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
DAY = 86_400
H2 = Mark(frozenset({Handling.H2}), tlp=Tlp.AMBER)
PEOPLE = {node: Member(node, f"p-{node}") for node in (FR, SE, EU)}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept_world(
    tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path
) -> AsyncIterator[World]:
    ground = Ground(opa=str(opa_binary), cache=policy_cache)
    async with open_world(tmp_path_factory.mktemp("pictures"), ground) as opened:
        yield opened


@pytest.fixture
def world(kept_world: World) -> World:
    """Three nodes with empty books and outboxes, and all doors open."""
    for name, node in kept_world.nodes.items():
        kept_world.nodes[name] = replace(node, pictures=MemoryPictures(), outbox=MemoryOutbox())
        kept_world.notices[name] = kept_world.notice_door(name)
    return kept_world


def opening(world: World, *nodes: str, days: int = 30) -> Contribution:
    """A picture of Paris and people of these nodes."""
    nonce, now = fresh(), int(world.clock())
    members = tuple(PEOPLE[each] for each in nodes)
    picture = picture_id(FR, nonce)
    content = Content(picture, Act.OPENED, PEOPLE[FR], now, nonce, members=members, case="FR-2026-0418")
    return sign_contribution(replace(content, until=now + days * DAY), world.nodes[FR].post.keys.grant)


def made(world: World, node: str, picture: str, act: Act = Act.NOTE, **told: Any) -> Contribution:
    """What the analyst of a node adds."""
    text = {"text": "seen at the quay"} if act is Act.NOTE else {}
    content = Content(picture, act, PEOPLE[node], int(world.clock()), fresh(), **(text | told))
    return sign_contribution(content, world.nodes[node].post.keys.grant)


async def opened(world: World, *nodes: str) -> str:
    """The id of a picture that these nodes and Paris know."""
    first = opening(world, *nodes)
    await send(world.nodes[FR], [first])
    assert await deliver_due(world.nodes[FR]) == len(nodes)
    return first.content.picture


async def add(world: World, node: str, picture: str, **told: Any) -> Contribution:
    contribution = made(world, node, picture, **told)
    await send(world.nodes[node], [contribution])
    return contribution


async def deliver(world: World) -> None:
    for node in world.nodes.values():
        await deliver_due(node)


async def sync(world: World, *nodes: str) -> int:
    return sum([await sync_due(world.nodes[each], Turns()) for each in nodes or world.nodes])


def ids(world: World, node: str, picture: str) -> frozenset[str]:
    return world.nodes[node].pictures.ids(picture)


async def silent(_: Headers, __: bytes) -> Any:
    raise Unreachable("nobody at the door")


async def leaves(world: World, node: str, action: str) -> list[Any]:
    return [leaf for leaf in await world.log(node) if leaf.get("action") == action]


async def test_what_one_adds_reaches_every_node_and_is_logged_before_it_is_kept(world: World) -> None:
    picture = await opened(world, SE, EU)
    first = await add(world, FR, picture)
    second = await add(world, SE, picture, refs=(first.id,))
    await deliver(world)
    held = [ids(world, node, picture) for node in world.nodes]
    assert held[0] == held[1] == held[2]
    assert {first.id, second.id} < held[0]
    told = {node: state(world.nodes[node].pictures.of(picture)) for node in world.nodes}
    assert told[FR] == told[SE] == told[EU]
    said, heard = (
        (await leaves(world, FR, "PICTURE_CONTRIBUTED"))[-1],
        (await leaves(world, SE, "PICTURE_RECEIVED"))[-1],
    )
    assert (said["picture"], said["contributions"], said["acts"]) == (picture, 1, ["NOTE"])
    assert said["recipients"] == sorted((SE, EU))
    assert (heard["picture"], heard["partner"], heard["acts"]) == (picture, FR, ["NOTE"])
    assert "quay" not in str(await world.log(SE))


async def test_a_partner_that_is_away_for_a_day_gets_everything_when_it_is_back(world: World) -> None:
    picture = await opened(world, SE, EU)
    door, world.notices[SE] = world.notices[SE], silent
    notes = [await add(world, node, picture) for node in (FR, EU, FR)]
    await deliver(world)
    assert ids(world, SE, picture).isdisjoint(each.id for each in notes)
    world.later(DAY)
    world.notices[SE] = door
    await deliver(world)
    assert ids(world, SE, picture) == ids(world, FR, picture) == ids(world, EU, picture)
    assert not world.nodes[FR].outbox.listed(Listed(owed=True))


async def test_told_twice_it_counts_once(world: World) -> None:
    picture = await opened(world, SE)
    note = await add(world, FR, picture)
    (letter,) = world.nodes[FR].outbox.listed(Listed(first=1, owed=True))
    await send(world.nodes[FR], [note])
    assert len(world.nodes[FR].outbox.listed(Listed(owed=True))) == 1, "the same letter"
    for _ in range(2):
        reply = await say(world.nodes[FR], SE, letter.type, letter.told)
        assert isinstance(reply, NoticeReply)
        assert (reply.status, reply.body) == ("DONE", {"kept": 1})
    assert len(world.nodes[SE].pictures.of(picture)) == 2


async def test_who_joins_later_is_told_who_belongs_to_it_and_brings_the_rest(world: World) -> None:
    picture = await opened(world, SE)
    note = await add(world, SE, picture)
    await deliver(world)
    await send(world.nodes[SE], [made(world, SE, picture, Act.JOINED, members=(PEOPLE[EU],))])
    await deliver(world)
    assert {each.content.act for each in world.nodes[EU].pictures.of(picture)} == {Act.OPENED, Act.JOINED}
    assert await sync(world, EU) == 1
    assert note.id in ids(world, EU, picture)
    assert ids(world, EU, picture) == ids(world, FR, picture)


async def test_a_letter_that_comes_before_the_opening_waits_at_its_sender(world: World) -> None:
    first = opening(world, SE)
    picture = first.content.picture
    door, world.notices[SE] = world.notices[SE], silent
    await send(world.nodes[FR], [first])
    world.notices[SE] = door
    early = {"id": "x", "picture": picture, "contributions": [made(world, FR, picture).statement]}
    reply = await say(world.nodes[FR], SE, PICTURE_CONTRIBUTIONS, early | {"withheld": []})
    assert isinstance(reply, NoticeReply)
    assert reply.status == "PICTURE_UNKNOWN"
    assert ids(world, SE, picture) == frozenset()


async def test_nobody_but_members_may_bring_anything_or_hear_of_it(world: World) -> None:
    picture = await opened(world, SE)
    note = await add(world, FR, picture)
    body: dict[str, JSON] = {"id": "x", "picture": picture, "contributions": [note.statement], "withheld": []}
    buckets: dict[str, JSON] = {"step": "BUCKETS", "picture": picture, "buckets": [""] * BUCKETS, "from": 0}
    wanted: dict[str, JSON] = {"step": "WANTED", "picture": picture, "ids": [note.id]}
    for kind, told in ((PICTURE_CONTRIBUTIONS, body), (PICTURE_SYNC, buckets), (PICTURE_SYNC, wanted)):
        reply = await say(world.nodes[EU], SE, kind, told)
        assert isinstance(reply, NoticeReply)
        assert (reply.status, reply.body) == ("PICTURE_UNKNOWN", {})
    roots = await say(world.nodes[EU], SE, PICTURE_SYNC, {"step": "ROOTS", "roots": []})
    assert isinstance(roots, NoticeReply)
    assert roots.body == {"differ": []}
    assert note.id not in ids(world, SE, picture)


@pytest.mark.parametrize(
    "body",
    [
        {"step": "ALL"},
        {"step": "ROOTS", "roots": [["pic-12345678"]]},
        {"step": "ROOTS", "roots": [["pic-12345678", "x"]] * 101},
        {"step": "BUCKETS", "picture": "pic-12345678", "buckets": [""] * 255, "from": 0},
        {"step": "BUCKETS", "picture": "pic-12345678", "buckets": [""] * 256, "from": 256},
        {"step": "WANTED", "picture": "../etc", "ids": []},
        {"step": "WANTED", "picture": "pic-12345678", "ids": ["sha256:" + "0" * 64] * 301},
    ],
)
async def test_a_malformed_step_is_refused(world: World, body: dict[str, JSON]) -> None:
    reply = await say(world.nodes[SE], FR, PICTURE_SYNC, body)
    assert isinstance(reply, NoticeReply)
    assert (reply.status, reply.body) == ("MALFORMED", {})


async def test_what_a_member_did_not_sign_is_left_out_and_the_rest_is_kept(world: World) -> None:
    picture = await opened(world, SE, EU)
    note, forged = made(world, FR, picture), made(world, EU, picture)
    head, payload, _ = forged.statement.split(".")
    broken = f"{head}.{payload}.{note.statement.rpartition('.')[2]}"
    statements: list[JSON] = ["x.y.z", broken, note.statement, opening(world, SE).statement]
    reply = await say(
        world.nodes[FR],
        SE,
        PICTURE_CONTRIBUTIONS,
        {"id": "x", "picture": picture, "contributions": statements, "withheld": []},
    )
    assert isinstance(reply, NoticeReply)
    assert reply.body == {"kept": 1}
    assert note.id in ids(world, SE, picture)
    assert forged.id not in ids(world, SE, picture)
    assert (await leaves(world, SE, "PICTURE_RECEIVED"))[-1]["rejected"] == 3


async def test_only_so_many_wait_for_somebody_to_name_their_author(world: World) -> None:
    picture = await opened(world, SE)
    stranger = Member(FR, "p-nobody-named")
    key = world.nodes[FR].post.keys.grant
    for part in range(6):
        notes: list[JSON] = [
            sign_contribution(
                Content(picture, Act.NOTE, stranger, at, f"n-{part}", text="hello"), key
            ).statement
            for at in range(60)
        ]
        body: dict[str, JSON] = {"id": "x", "picture": picture, "contributions": notes, "withheld": []}
        await say(world.nodes[FR], SE, PICTURE_CONTRIBUTIONS, body)
    assert world.nodes[SE].pictures.authors(picture)[stranger] == MOST_WAITING


async def test_a_node_sends_what_it_wrote_itself_and_of_pictures_it_knows(world: World) -> None:
    picture = await opened(world, SE)
    before = len(await leaves(world, FR, "PICTURE_CONTRIBUTED"))
    with pytest.raises(ContributionRefused, match=r"where fr\.ofast sends"):
        await send(world.nodes[FR], [made(world, SE, picture)])
    with pytest.raises(PictureUnknown, match=r"is not known to fr\.ofast"):
        await send(world.nodes[FR], [made(world, FR, picture_id(SE, "other"))])
    assert len(await leaves(world, FR, "PICTURE_CONTRIBUTED")) == before


async def test_a_large_addition_goes_in_several_letters(world: World) -> None:
    picture = await opened(world, SE)
    notes = [made(world, FR, picture, text="x" * 8000) for _ in range(12)]
    await send(world.nodes[FR], notes)
    assert len(world.nodes[FR].outbox.listed(Listed(owed=True))) >= 3
    await deliver(world)
    assert {each.id for each in notes} < ids(world, SE, picture)
    assert all(
        each.due_at - each.created_at == TOLD_WITHIN for each in world.nodes[FR].outbox.listed(Listed())
    )


# --- handling


async def consent(world: World, provider: str, recipient: str, record: str, *to: str) -> None:
    """The provider's consent to pass one record on, at both sides."""
    now = int(world.clock())
    terms = ConsentTerms(
        id=f"{recipient}:{fresh()}",
        version=1,
        provider=provider,
        recipient=recipient,
        use=DataUse.ONWARD,
        purposes=(Purpose.OPERATIONAL_ANALYSIS,),
        not_before=now,
        expires_at=now + DAY,
        records=(record,),
        to=to,
    )
    approvals = [Approval("o-1", now), Approval("o-2", now)]
    given = sign_consent(terms, approvals, world.nodes[provider].post.keys.grant, officers=2)
    world.nodes[recipient].consents.add(given)


async def test_what_used_a_record_under_h2_goes_to_its_provider_only(world: World) -> None:
    picture = await opened(world, SE, EU)
    note = made(world, FR, picture, handles=(f"{SE}/se-secret",), mark=H2)
    sent = await send(world.nodes[FR], [note])
    assert sent.withheld == (Withheld(note.id, EU, "THIRD_PARTY_CONSENT"),)
    assert sent.to == (EU, SE)
    await deliver(world)
    await sync(world)
    await sync(world)
    assert note.id in ids(world, SE, picture)
    assert note.id not in ids(world, EU, picture), "nor by SE, nor by comparing"
    assert world.nodes[EU].pictures.stubs(picture) == {note.id: "THIRD_PARTY_CONSENT"}
    leaf = (await leaves(world, FR, "PICTURE_CONTRIBUTED"))[-1]
    assert (leaf["reasons"], leaf["rejected"]) == (["THIRD_PARTY_CONSENT"], 1)


async def test_a_consent_opens_it_for_whom_it_names(world: World) -> None:
    picture = await opened(world, SE, EU)
    note = made(world, FR, picture, handles=(f"{SE}/se-known",), mark=H2)
    await send(world.nodes[FR], [note])
    await consent(world, SE, FR, "se-known", EU)
    await deliver(world)
    assert await sync(world, EU) == 1, "the consent came after the letter"
    assert note.id in ids(world, EU, picture)
    assert world.nodes[EU].pictures.stubs(picture) == {}
    later = made(world, FR, picture, handles=(f"{SE}/se-known",), mark=H2)
    assert (await send(world.nodes[FR], [later])).withheld == ()
    (named,) = (await leaves(world, FR, "PICTURE_CONTRIBUTED"))[-1]["consents"]
    assert named.startswith(FR)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"handles": (f"{SE}/se-1", f"{FR}/fr-1"), "mark": H2}, "THIRD_PARTY_CONSENT"),
        ({"handles": (f"{FR}/fr-1",), "mark": H2}, "THIRD_PARTY_CONSENT"),
        ({"mark": H2}, "THIRD_PARTY_CONSENT"),
        ({"handles": (f"{FR}/fr-1",), "mark": Mark(tlp=Tlp.RED)}, "THIRD_PARTY_CONSENT"),
        ({"handles": (f"{FR}/fr-1",), "mark": Mark(tlp=Tlp.AMBER_STRICT)}, "THIRD_PARTY_CONSENT"),
        ({"handles": (f"{FR}/fr-1",), "mark": Mark(frozenset({Handling.H3}))}, "HANDLING_CODE"),
        ({"handles": (f"{SE}/se-1",), "mark": Mark(frozenset({Handling.H3, Handling.H2}))}, None),
        ({"handles": (f"{FR}/fr-1",), "mark": Mark(frozenset({Handling.H1}), tlp=Tlp.AMBER)}, None),
    ],
)
async def test_every_mark_is_held_to(world: World, told: dict[str, Any], reason: str | None) -> None:
    picture = await opened(world, SE)
    note = made(world, FR, picture, **told)
    sent = await send(world.nodes[FR], [note])
    assert [each.reason for each in sent.withheld] == ([] if reason is None else [reason])


async def test_stubs_are_kept_so_far_as_there_is_room(world: World) -> None:
    picture = await opened(world, SE)
    for part in range(6):
        stubs: list[JSON] = [
            [f"sha256:{part * 200 + each:064x}", "THIRD_PARTY_CONSENT"] for each in range(200)
        ]
        body: dict[str, JSON] = {"id": "x", "picture": picture, "contributions": [], "withheld": stubs}
        await say(world.nodes[FR], SE, PICTURE_CONTRIBUTIONS, body)
    assert len(world.nodes[SE].pictures.stubs(picture)) == MOST_STUBS


# --- comparing


async def test_a_node_restored_from_yesterdays_backup_gets_back_what_it_lost_and_its_own(
    world: World,
) -> None:
    picture = await opened(world, SE, EU)
    backup = MemoryPictures()
    backup.add(*world.nodes[SE].pictures.of(picture), at=1)
    for node in (SE, FR, SE, EU):
        await add(world, node, picture)
    await deliver(world)
    complete = ids(world, FR, picture)
    assert len(complete) == 5
    world.nodes[SE] = replace(world.nodes[SE], pictures=backup, outbox=MemoryOutbox())
    assert await sync(world, SE) == 4
    assert ids(world, SE, picture) == complete


async def test_the_file_of_yesterday_is_put_back_while_others_went_on(world: World, tmp_path: Path) -> None:
    def on_file(name: str) -> SqlPictures:
        node = world.nodes[SE]
        stack.callback((database := open_sharing(f"sqlite:///{tmp_path / name}")).dispose)
        return SqlPictures(database, grant_keys(node.post.choice, node.post.directory_now))

    with ExitStack() as stack:
        world.nodes[SE] = replace(world.nodes[SE], pictures=on_file("today"))
        picture = await opened(world, SE, EU)
        await add(world, SE, picture)
        await deliver(world)
        with sqlite3.connect(tmp_path / "today") as source, sqlite3.connect(tmp_path / "yesterday") as copy:
            source.backup(copy)
        source.close()
        copy.close()
        lost, theirs = await add(world, SE, picture), await add(world, EU, picture)
        await deliver(world)
        world.nodes[SE] = replace(world.nodes[SE], pictures=on_file("yesterday"), outbox=MemoryOutbox())
        assert {lost.id, theirs.id}.isdisjoint(ids(world, SE, picture))
        assert await sync(world, SE) == 2
        assert {lost.id, theirs.id} < ids(world, SE, picture) == ids(world, FR, picture)
        again = await add(world, SE, picture, refs=(lost.id,))
        await deliver(world)
        assert again.id in ids(world, FR, picture)


async def test_the_task_of_a_served_node_compares_by_itself_and_goes_on_after_an_error(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MemoryPictures):
        def pictures(self, member: Member | None = None, *, node: str = "") -> list[Contribution]:
            if not caplog.records:
                raise RuntimeError("the disk is gone")
            return super().pictures(member, node=node)

    picture = await opened(world, SE)
    note = await add(world, FR, picture)
    broken = Broken()
    world.nodes[SE] = replace(world.nodes[SE], pictures=broken)
    task = asyncio.create_task(keep_syncing(world.nodes[SE], tick=0.05))
    async with asyncio.timeout(20):
        while "the disk is gone" not in caplog.text:  # noqa: ASYNC110  # a log line sets no event
            await asyncio.sleep(0.02)
        world.later(AGAIN)
        while note.id not in broken.ids(picture):  # noqa: ASYNC110  # a book sets no event
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_node_that_lost_a_picture_as_a_whole_gets_it_back_at_start(world: World) -> None:
    picture = await opened(world, SE, EU)
    await add(world, SE, picture)
    await deliver(world)
    world.nodes[FR] = replace(world.nodes[FR], pictures=MemoryPictures())
    assert await sync(world, FR) == 2
    assert ids(world, FR, picture) == ids(world, EU, picture)


async def test_letters_that_were_lost_are_made_good(world: World) -> None:
    picture = await opened(world, SE, EU)
    for node in (SE, FR, EU, FR):
        await add(world, node, picture)
        world.nodes[node] = replace(world.nodes[node], outbox=MemoryOutbox())
    assert await sync(world) == 4 + 4 + 4 - 4
    held = {ids(world, node, picture) for node in world.nodes}
    assert [len(each) for each in held] == [5]
    before = len(world.wire)
    assert await sync(world) == 0
    assert len(world.wire) - before == 6, "one notice for each pair when nothing differs"


async def test_who_did_not_answer_is_asked_again_soon_and_the_others_later(world: World) -> None:
    picture = await opened(world, SE, EU)
    note = await add(world, EU, picture)
    turns, door = Turns(), world.notices[EU]
    world.notices[EU] = silent
    assert await sync_due(world.nodes[SE], turns) == 0
    world.notices[EU] = door
    assert await sync_due(world.nodes[SE], turns) == 0, "not its turn yet"
    world.later(AGAIN + 1)
    assert await sync_due(world.nodes[SE], turns) == 1
    assert note.id in ids(world, SE, picture)
    await add(world, EU, picture)
    world.later(AGAIN + 1)
    assert await sync_due(world.nodes[SE], turns) == 0
    world.later(EVERY)
    assert await sync_due(world.nodes[SE], turns) == 1


async def test_whole_pictures_are_looked_at_so_often_for_one_partner(world: World) -> None:
    picture = await opened(world, SE)
    note = await add(world, FR, picture)
    paces = Paces(comparisons=Pace(burst=2, per_second=0))
    world.nodes[FR] = replace(world.nodes[FR], paces=paces)
    roots: dict[str, JSON] = {"step": "ROOTS", "roots": []}
    wanted: dict[str, JSON] = {"step": "WANTED", "picture": picture, "ids": [note.id]}
    replies = [await say(world.nodes[SE], FR, PICTURE_SYNC, step) for step in (roots, roots, roots, wanted)]
    assert [each.status for each in replies if isinstance(each, NoticeReply)] == [
        "DONE",
        "DONE",
        "OVER_QUOTA",
        "DONE",
    ]
    world.nodes[FR] = replace(world.nodes[FR], paces=Paces())
    assert await sync(world, SE) == 1


async def test_a_picture_that_ended_long_ago_is_not_compared_any_more(world: World) -> None:
    first = opening(world, SE, days=-31)
    world.nodes[FR].pictures.add(first, at=int(world.clock()))
    assert await sync(world, SE) == 0
    assert ids(world, SE, first.content.picture) == frozenset()
