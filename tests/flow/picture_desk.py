"""Analysts of several nodes at one shared picture, in one world; letters go when a story says so."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway import consenting, consents, pictures
from gateway import picture_writing as writing
from gateway.consents import Wanting
from gateway.delivering import deliver_due
from gateway.picture_view import Looking, view
from gateway.pictures import Entered, Opening
from gateway.visit import Visit
from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.terms import LegalBasis, Mode, Purpose, Role, SubjectCategory
from sharing.contributions import Act, Member, Proposal
from sharing.errors import Unreachable
from tests.world import World

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
CASE = "FR-2026-0418"
FR_BOX, SE_BOX, SE_PHONE = f"{FR}/fr-ct-1", f"{SE}/se-ct-1", f"{SE}/se-ph-1"
DAY = 86_400


@dataclass
class Desk:
    """One analyst at one picture."""

    world: World
    node: str
    picture: str = ""
    subject: str = "analyst-1"

    @property
    def visit(self) -> Visit:
        return self.world.visit(self.node, self.subject)

    @property
    def member(self) -> Member:
        return pictures.oneself(self.visit)

    async def mandate(self) -> str:
        return await self.world.mandate(self.visit, case=CASE)

    async def entered(self) -> Entered:
        return await pictures.enter(self.visit, self.picture, await self.mandate())

    async def place(self, *handles: str) -> list[str]:
        return [each.made.id for each in await writing.place(await self.entered(), handles)]

    async def note(self, text: str, *about: str, refs: Sequence[str] = (), **other: Any) -> str:
        act = None if refs else other.pop("act", Act.NOTE)
        told = writing.Text(act, text, about, refs=tuple(refs), **other)
        return (await writing.write(await self.entered(), told)).made.id

    async def same(self, *pair: str, act: Act = Act.SAME, score: int | None = None) -> str:
        return (await writing.say_same(await self.entered(), act, pair, Proposal(score))).made.id

    async def judge(self, *refs: str, act: Act = Act.ACCEPTED) -> str:
        return (await writing.judge(await self.entered(), act, refs)).made.id

    async def retract(self, *refs: str) -> str:
        return (await writing.retract(await self.entered(), refs)).made.id

    async def look(self, **looking: Any) -> Mapping[str, Any]:
        return await view(self.visit, self.picture, await self.mandate(), Looking(**looking))

    async def texts(self, **looking: Any) -> list[list[str]]:
        """The texts as they stand, each with all its versions."""
        return written(await self.look(**looking))

    async def record(self, handle: str) -> Mapping[str, Any]:
        """How a record is seen."""
        found = (await self.look())["records"]
        return next(each for each in found if each["handle"] == handle)


def written(look: Mapping[str, Any]) -> list[list[str]]:
    return [[each["text"] for each in text["versions"]] for text in look["texts"]]


async def opened(world: World) -> tuple[Desk, Desk]:
    """A picture of FR's and SE's analysts; SE shows whole records, officers of both let the box travel."""
    await granted(world)
    await let_travel(world, FR, SE, FR_BOX)
    await let_travel(world, SE, FR, SE_BOX)
    fr, se = Desk(world, FR), Desk(world, SE)
    wanted = Opening(await fr.mandate(), "Le Havre", (se.member,), 60)
    fr.picture = se.picture = (await pictures.open_(fr.visit, wanted)).opened.content.picture
    await told(world)
    return fr, se


async def granted(world: World, name: str = "g-picture") -> None:
    """SE shows FR its things and persons whole."""
    now = int(world.clock())
    await world.grant(
        SE,
        GrantTerms(
            id=name,
            version=1,
            owner=SE,
            recipients=(FR,),
            roles=(Role.ANALYST,),
            purposes=(Purpose.OPERATIONAL_ANALYSIS,),
            legal_bases=(LegalBasis.ER_20_2A,),
            categories=(SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.NOT_A_PERSON),
            dataset="cases",
            schemata=("*",),
            mode=Mode.RECORD,
            not_before=now - 60,
            expires_at=now + 90 * DAY,
        ),
    )


async def let_travel(world: World, node: str, to: str, *handles: str) -> None:
    """What rests on these records of `node` may go to `to`, under H2 too: two officers consent."""
    visit = world.visit(node)
    wanting = Wanting(handles, DataUse.ONWARD, await world.mandate(visit), "JOINT_OPERATION", (to,), 60)
    (asked,) = await consents.request(visit, wanting)
    for name in ("officer-a", "officer-b"):
        await consenting.give(world.visit(node, name, Role.LIAISON), asked["id"], days=None, records=None)


async def told(world: World) -> None:
    """Every letter that can be told is told."""
    for node in world.nodes.values():
        await deliver_due(node)


@asynccontextmanager
async def away(world: World, node: str) -> AsyncIterator[None]:
    """A node that nobody reaches."""
    doors, notices = world.doors[node], world.notices[node]

    async def silent(_: object, __: object) -> Any:
        raise Unreachable("nobody at the door")

    world.doors[node] = world.notices[node] = silent
    try:
        yield
    finally:
        world.doors[node], world.notices[node] = doors, notices
