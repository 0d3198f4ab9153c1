"""The desk of a follow-up: an analyst of fr.ofast and the officers of se.polisen, in one world."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway import followup_officers, followups, liaise
from gateway.ask import Asking, ask
from gateway.delivering import deliver_due
from gateway.followup_officers import Ruling
from gateway.followups import Wish
from policy.grants import GrantTerms
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory, Urgency
from sharing.inbox import ItemState
from tests.world import World

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
HOUR, DAY = 3600, 86_400


class Desk:
    """An analyst of fr.ofast and the officers of se.polisen, in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.analyst = world.visit(FR, "analyst-1")
        self.officers = [world.visit(SE, f"officer-{each}", Role.LIAISON) for each in (1, 2)]
        self.mandate = ""
        self.about = BOX

    async def asked(self) -> Mapping[str, Any]:
        """The picture of what the question is about, as se.polisen gives it."""
        if not self.mandate:
            self.mandate = await self.world.mandate(self.analyst)
        return await ask(self.analyst, Asking(Operation.LOOKUP, self.about, self.mandate, [SE]))

    async def wish(self, **changes: Any) -> Wish:
        picture = await self.asked()
        contact = picture["nodes"][0]["contact"]
        wish = Wish(
            query_id=picture["queryId"],
            node=SE,
            tier=Mode.CORE,
            reason="ARREST_IMMINENT",
            urgency=Urgency.URGENT_DIRECT,
            reference=contact["reference"] if contact else "",
            question={"identifier": self.about["value"], "kind": self.about["kind"]},
        )
        return replace(wish, **changes)

    async def waiting(self, **changes: Any) -> Mapping[str, Any]:
        """A request that has reached the officers, as they see it."""
        await followups.request(self.analyst, await self.wish(**changes))
        assert await deliver_due(self.world.nodes[FR]) == 1
        return (await self.inbox(ItemState.OPEN))[0]

    async def inbox(self, state: ItemState | None = None) -> list[Mapping[str, Any]]:
        return await followup_officers.inbox(self.officers[0], state, None, 50)

    async def ruled(self, item: Mapping[str, Any], ruling: Ruling) -> Mapping[str, Any]:
        """The item after as many officers decided it as it takes, and the partner was told."""
        for officer in self.officers:
            item = await followup_officers.decide(officer, item["id"], ruling, dry_run=False)
            if item["state"] != "OPEN":
                break
        assert await deliver_due(self.world.nodes[SE]) == 1
        return item

    async def mine(self) -> Mapping[str, Any]:
        """The analyst's only request."""
        (found,) = await followups.mine(self.analyst, "", 50)
        return found

    async def tiers(self) -> list[Any]:
        """What se.polisen's log says that each answer to fr.ofast showed."""
        leaves = await self.world.log(SE)
        return [leaf.get("tiers") for leaf in leaves if leaf["kind"] == "DISCLOSED" and leaf["partner"] == FR]

    async def actions(self, node: str) -> list[str]:
        """The steps of follow-ups that a log holds."""
        told = [str(leaf.get("action", "")) for leaf in await self.world.log(node)]
        return [each for each in told if each.startswith("FOLLOW_UP")]


def swedish(world: World, mode: Mode, **changes: Any) -> GrantTerms:
    """A grant of se.polisen over its containers to fr.ofast."""
    now = int(world.clock())
    told: dict[str, Any] = {
        "id": f"g-{mode}",
        "version": 1,
        "owner": SE,
        "recipients": (FR,),
        "roles": (Role.ANALYST,),
        "purposes": (Purpose.OPERATIONAL_ANALYSIS,),
        "legal_bases": (LegalBasis.ER_20_2A,),
        "categories": (SubjectCategory.NOT_A_PERSON,),
        "dataset": "cases",
        "schemata": ("Container",),
        "mode": mode,
        "not_before": now,
        "expires_at": now + 30 * DAY,
    }
    return GrantTerms(**told | changes)


async def drop(world: World) -> None:
    """Revoke every grant of se.polisen to others, so that a test's own is the only one."""
    node = world.nodes[SE]
    officer = world.visit(SE, "officer-1", Role.LIAISON)
    for grant in node.books.grants.list(limit=100):
        if grant.terms.revoked_at is None and SE not in grant.terms.recipients:
            await liaise.revoke(officer, grant.terms.id, "TEST")
