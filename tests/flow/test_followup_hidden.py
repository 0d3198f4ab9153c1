"""At T0 and T1 a whole conversation tells nothing of hidden rows: answer, follow-up, acknowledgement, errors.

Rows that no grant lets through are loaded at the asked node, whatever they are. The same conversation is then
held again; all that reaches the asking node, and all that its analyst reads, is compared byte for byte, once
what is random or signed is set aside. So are the steps in the asked node's log: nothing is done in addition.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway import followups
from gateway.delivering import deliver_due
from gateway.followed import ExchangeUnknown
from gateway.notices import send
from gateway.wiring import open_records
from policy.terms import Mode, Urgency
from sharing.follow_up import FOLLOW_UP, NotTaken
from sharing.loopback_courier import Handler
from sharing.notice import NoticeReply
from sharing.signature import Headers
from tenants.envelope import Defaults
from tests.flow.followup_desk import BOX, FR, HOUR, SE, Desk, drop, swedish
from tests.world import World

Row = dict[str, Any]
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SALT = 22
NOBODY: dict[str, Any] = {"value": "+46701740699", "kind": "phone"}
HIDING: tuple[Mapping[str, Any], ...] = (
    {"dataset": "elsewhere"},
    {"ongoing": True},
    {"retain_until": "2020-01-01"},
    {"owner": "eu.europol", "handling": ["H2"]},
    {"subject_category": "SUSPECT_OR_CONVICTED"},
    {"subject_category": "WITNESS", "ongoing": True},
    {"subject_category": "UNCATEGORISED"},
)
RANDOM = (
    (rb"sha256:[0-9a-f]{64}", b"<digest>"),
    (rb"\b(?:[fpqm]-)?[0-9a-f]{32}\b", b"<id>"),
    (rb"\b[qm]-[A-Za-z0-9_-]{22}", b"<id>"),
    (rb"\d{4}-\d\d-\d\d[T ][0-9:.]+(?:\+00:00|Z)", b"<moment>"),
    (rb"\b\d{10}\b", b"<second>"),
)


@dataclass
class Told:
    """What crossed the wire to the asking node and what its analyst read, in order."""

    parts: list[bytes] = field(default_factory=list)

    def add(self, value: object) -> None:
        """One more thing that can be seen, without what is random in it."""
        text = value if isinstance(value, bytes) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        for pattern, name in RANDOM:
            text = re.sub(pattern, name, text)
        self.parts.append(text)

    def listening(self, door: Handler) -> Handler:
        """The door, with an ear at it: status, fields, and the body without receipt and salt."""

        async def through(headers: Headers, body: bytes) -> Any:
            reply = await door(headers, body)
            first, _, payload = reply.body.partition(b"\n")
            said = orjson.loads(first)
            assert said.pop("receipt")
            assert len(said["statement"].pop("salt")) == SALT
            self.add([reply.status, sorted(reply.headers), said])
            self.add(payload)
            return reply

        return through


def row(number: int, schema: str, value: Mapping[str, Any], said: Mapping[str, Any]) -> Row:
    properties = {"name": [f"name {number}"]}
    properties["containerCode" if schema == "Container" else "phone"] = [value["value"]]
    envelope = {"dataset": "cases", "retain_until": "2040-01-01", "subject_category": "NOT_A_PERSON"}
    return {
        "id": f"h-{number}",
        "schema": schema,
        "properties": properties,
        "envelope": envelope | dict(said),
    }


def hidden(number: int, hiding: Mapping[str, Any]) -> Row:
    """A row that the question finds by its identifier, and that no grant lets through."""
    if "subject_category" in hiding:
        return row(number, "Person", NOBODY, hiding)
    return row(number, "Container", BOX, hiding)


async def load(world: World, path: Path, rows: Sequence[Row]) -> None:
    home = world.homes[SE]
    shelf = open_records(home, home.settings())
    try:
        loader = shelf.loader(SE, lambda: int(world.clock()))
        report = loader.load_jsonl(written(path, rows), Defaults())
    finally:
        await shelf.close()
    assert report.rejected == 0


def written(path: Path, rows: Sequence[Row]) -> Path:
    path.write_bytes(b"\n".join(orjson.dumps(each) for each in rows))
    return path


async def conversation(world: World) -> list[bytes]:
    """All that the asking side can see of a hit, of none, and of every follow-up that it may think of."""
    world.later(2 * HOUR)
    desk, told, node = Desk(world), Told(), world.nodes[FR]
    start = world.nodes[SE].log.head.size
    doors = world.doors[SE], world.notices[SE]
    world.doors[SE], world.notices[SE] = told.listening(doors[0]), told.listening(doors[1])
    try:
        wish = await desk.wish(tier=Mode.CORE, urgency=Urgency.ORDINARY)
        desk.about = NOBODY
        nothing = await desk.asked()
        told.add(nothing)
        with pytest.raises(ExchangeUnknown) as unknown:
            await followups.request(desk.analyst, replace(wish, query_id=nothing["queryId"], question={}))
        told.add([unknown.value.code, str(unknown.value)])
        for each in (
            wish,
            replace(wish, tier=Mode.RECORD, reference="d-1"),
            replace(wish, tier=Mode.CONTACT),
        ):
            told.add(await followups.request(desk.analyst, each))
            assert await deliver_due(node) == 1
        await followups.settle(node)
        mine = await followups.mine(desk.analyst, wish.query_id, 9)
        told.add(sorted(mine, key=lambda each: str(each["tier"])))
        await by_hand(world, told, next(each for each in mine if each["tier"] == "core"), nothing["queryId"])
    finally:
        world.doors[SE], world.notices[SE] = doors
    steps = (await world.log(SE))[start:]
    told.add([[leaf["kind"], leaf.get("action"), sorted(leaf)] for leaf in steps])
    return told.parts


async def by_hand(world: World, told: Told, taken: Mapping[str, Any], none: str) -> None:
    """What a node sends that does not keep to its own side of the agreement, and what it is told."""
    body: dict[str, Any] = dict(world.nodes[FR].books.sent.get(taken["id"]).content)
    asked = [leaf for leaf in await world.log(FR) if leaf["kind"] == "ASKED" and leaf["query_id"] == none]
    for number, changes in enumerate(
        (
            {"request": asked[0]["subject"], "query_id": none},
            {"query_id": none},
            {"variables": {"value": NOBODY["value"]}},
            {"reference": "d-2"},
            {"tier": "hit"},
        )
    ):
        item = {"id": f"{taken['id']}-{number}"}
        reply = await send(world.nodes[FR], SE, FOLLOW_UP, {**body, **changes, **item})
        assert isinstance(reply, NoticeReply)
        told.add([reply.status, dict(reply.body)])


@pytest.fixture(params=[Mode.HIT, Mode.CONTACT])
async def tier(request: pytest.FixtureRequest, world: World) -> Mode:
    """The only tier that the other node is granted, for all objects of one dataset."""
    mode = Mode(request.param)
    await drop(world)
    await world.grant(SE, swedish(world, mode, schemata=("*",)))
    return mode


@pytest.fixture
async def before(world: World, tier: Mode) -> list[bytes]:
    """The conversation before anything is loaded; every way not to take a request is in it."""
    said = await conversation(world)
    assert {code.value for code in NotTaken if code.value.encode() in b"".join(said)} == set(NotTaken) - {
        NotTaken.MANDATE_DIFFERS
    }
    assert (b'"contact":null' in said[1]) is (tier is Mode.HIT)
    return said


@settings(max_examples=2, deadline=None, suppress_health_check=FIXTURES, phases=[Phase.generate])
@given(hidings=st.lists(st.sampled_from(HIDING), min_size=4, max_size=9))
async def test_hidden_rows_change_nothing_that_is_said(
    world: World, before: list[bytes], tmp_path: Path, hidings: list[Mapping[str, Any]]
) -> None:
    rows = [hidden(number, hiding) for number, hiding in enumerate(hidings)]
    await load(world, tmp_path / "hidden.jsonl", rows)
    after = await conversation(world)
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == []


async def test_a_row_that_is_granted_is_told_as_far_as_the_tier_goes(
    world: World, before: list[bytes], tier: Mode, tmp_path: Path
) -> None:
    """The ear hears: one more hit counts at T1, at T0 a hit stays a hit; where there was none, it is new."""
    await load(world, tmp_path / "more.jsonl", [row(1, "Container", BOX, {})])
    assert (await conversation(world) == before) is (tier is Mode.HIT)
    desk = Desk(world)
    desk.about = NOBODY
    assert (await desk.asked())["nodes"][0]["status"] == "NO_HIT"
    await load(world, tmp_path / "new.jsonl", [row(2, "Company", NOBODY, {})])
    assert (await desk.asked())["nodes"][0]["status"] == "ANSWERED"
