"""Handling codes at the desk: an H1 record in an evidence export, H2 to another unit, H3 read, RED named."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from audit.canonical import JSON
from audit.keys import SigningKey
from gateway import consenting, consents
from gateway.consents import CONSENT, CONSENT_REQUEST, CONSENT_WITHDRAWN, Wanting
from gateway.delivering import deliver_due
from gateway.errors import NotAllowed, VariablesRejected
from gateway.export import export
from gateway.export_document import Exporting
from gateway.export_formats import known
from gateway.notices import send
from gateway.visit import Visit
from policy.grants import GrantTerms
from policy.handling import DataUse
from policy.terms import LegalBasis, Mode, Purpose, Reason, Role, SubjectCategory
from sharing.consents import ConsentTerms, sign_consent
from sharing.encoding import digest
from sharing.errors import ItemRefused
from sharing.grants import Approval
from sharing.inbox import ItemState
from sharing.notice import NoticeReply
from sharing.outbox import Listed
from tenants.envelope import Defaults
from tenants.errors import Rejected
from tenants.formats.port import Format
from tenants.model import load_model
from tenants.record import Reader
from tests.world import World

FR, SE, EU = "fr.ofast", "se.polisen", "eu.europol"
H1, PLAIN, H2, H3 = f"{SE}/se-p-4", f"{SE}/se-p-1", f"{EU}/eu-p-1", f"{FR}/fr-p-8"
DAY = 86_400


@pytest.fixture
async def shared(world: World) -> World:
    """Sweden shows France its persons, those heard as witnesses too."""
    now = int(world.clock())
    terms = GrantTerms(
        id="g-handling",
        version=1,
        owner=SE,
        recipients=(FR,),
        roles=(Role.ANALYST,),
        purposes=(Purpose.OPERATIONAL_ANALYSIS, Purpose.INFORMATION_EXCHANGE),
        legal_bases=(LegalBasis.ER_20_2A,),
        categories=(SubjectCategory.SUSPECT_OR_CONVICTED, SubjectCategory.WITNESS),
        dataset="cases",
        schemata=("Person",),
        mode=Mode.RECORD,
        not_before=now - 60,
        expires_at=now + 90 * DAY,
    )
    await world.grant(SE, terms)
    return world


async def exported(
    world: World, use: DataUse, *handles: str, unit: str = "unit-1", **other: Any
) -> Mapping[str, Any]:
    visit = world.visit(FR, unit=unit)
    purpose = other.pop("purpose", Purpose.OPERATIONAL_ANALYSIS)
    mandate = await world.mandate(visit, purpose=purpose)
    return await export(visit, Exporting(handles, mandate, use, **other))


async def requested(world: World, *handles: str, use: DataUse = DataUse.JUDICIAL, **other: Any) -> str:
    visit = world.visit(FR)
    mandate = await world.mandate(visit)
    (asked,) = await consents.request(visit, Wanting(handles, use, mandate, "MAIN_HEARING", **other))
    await deliver_due(world.nodes[FR])
    return str(asked["id"])


def officer(world: World, name: str, node: str = SE) -> Visit:
    return world.visit(node, name, Role.LIAISON)


async def given(world: World, item: str, **other: Any) -> Mapping[str, Any]:
    told: Mapping[str, Any] = {}
    for name in ("officer-a", "officer-b"):
        told = await consenting.give(
            officer(world, name), item, days=other.get("days"), records=other.get("records")
        )
    await deliver_due(world.nodes[SE])
    return told


def handles(answer: Mapping[str, Any]) -> set[str]:
    return {each["handle"] for each in orjson.loads(answer["content"])["records"]}


async def actions(world: World, node: str) -> list[str]:
    return [leaf["action"] for leaf in await world.log(node) if "action" in leaf]


async def test_an_h1_record_in_an_evidence_export(shared: World) -> None:
    world = shared
    blocked = await exported(world, DataUse.JUDICIAL, H1, PLAIN, request_reason="MAIN_HEARING")
    assert handles(blocked) == {PLAIN}
    assert blocked["missing"] == [
        {
            "handle": H1,
            "provider": SE,
            "codes": ["H0", "H1"],
            "reason": "JUDICIAL_AUTHORISATION_NEEDED",
        }
    ]
    assert "Häggkvist" not in blocked["content"] + blocked["page"]
    (asked,) = blocked["requests"]
    await deliver_due(world.nodes[FR])

    first, second = officer(world, "officer-a"), officer(world, "officer-b")
    (waiting,) = consents.requests(first)
    assert (waiting["id"], waiting["node"], waiting["records"]) == (asked["id"], FR, ["se-p-4"])
    assert (waiting["case"], waiting["use"], waiting["reason"]) == (
        "FR-2026-0418",
        "JUDICIAL",
        "MAIN_HEARING",
    )
    waits = await consenting.give(first, asked["id"], days=20, records=None)
    assert (waits["state"], waits["approvals"]) == ("OPEN", 1)
    with pytest.raises(ItemRefused, match="another officer"):
        await consenting.give(first, asked["id"], days=None, records=None)
    done = await consenting.give(second, asked["id"], days=None, records=None)
    assert done["state"] == "ANSWERED"
    assert handles(await exported(world, DataUse.JUDICIAL, H1)) == set(), "it is not there yet"
    await deliver_due(world.nodes[SE])

    (concluded,) = consents.requests(world.visit(FR))
    assert (concluded["state"], concluded["refusal"]) == ("ANSWERED", None)
    allowed = await exported(world, DataUse.JUDICIAL, H1, PLAIN)
    assert handles(allowed) == {H1, PLAIN}
    assert allowed["highWater"]["handling"] == ["H0", "H1"]
    document = orjson.loads(allowed["content"])
    assert [each["ref"] for each in document["consents"]] == [f"{asked['id']}@1"]
    assert {each["node"]: each["status"] for each in document["nodes"]} == {SE: "ANSWERED"}
    value = next(each for each in document["values"] if each["handle"] == H1)
    assert (value["source"], value["evaluation"], value["tlp"]) == (SE, "B2", "AMBER")
    assert value["receipt"].startswith("sha256:")

    await consenting.end(second, asked["id"], "TRIAL_MOVED")
    await deliver_due(world.nodes[SE])
    again = await exported(world, DataUse.JUDICIAL, H1, PLAIN)
    assert handles(again) == {PLAIN}
    assert [each["handle"] for each in again["missing"]] == [H1]
    assert [each["state"] for each in consents.consents(world.visit(FR))] == ["WITHDRAWN"]
    told = [each for each in await actions(world, SE) if each.startswith("CONSENT")]
    assert told == [
        "CONSENT_ASKED", "CONSENT_APPROVED", "CONSENT_APPROVED", "CONSENT_GIVEN", "CONSENT_WITHDRAWN"
    ]  # fmt: skip
    ours = [each for each in await actions(world, FR) if each.startswith(("CONSENT", "EXPORTED"))]
    assert [each for each in ours if each != "EXPORTED"] == [
        "CONSENT_REQUESTED", "CONSENT_RECEIVED", "CONSENT_ENDED"
    ]  # fmt: skip
    assert ours.count("EXPORTED") == 4


async def test_what_an_export_leaves_in_the_log(shared: World) -> None:
    await exported(shared, DataUse.JUDICIAL, H1, PLAIN)
    leaf = next(each for each in await shared.log(FR) if each.get("action") == "EXPORTED")
    assert (leaf["use"], leaf["records"], leaf["rejected"]) == ("JUDICIAL", 1, 1)
    assert (leaf["handling"], leaf["evaluation"], leaf["tlp"]) == (["H0"], ["B2"], "AMBER")
    assert (leaf["purpose"], leaf["reasons"]) == ("OPERATIONAL_ANALYSIS", ["JUDICIAL_AUTHORISATION_NEEDED"])
    assert "se-p-1" not in orjson.dumps(leaf).decode()


async def test_other_programs_get_what_the_export_holds_and_nothing_else(shared: World) -> None:
    told = await exported(shared, DataUse.JUDICIAL, H1, PLAIN, formats=tuple(Format))
    document = orjson.loads(told["content"])
    (claim,) = document["records"]
    year, rest = int(document["madeAt"][:4]), document["madeAt"][4:10]
    said = {each["name"]: each["values"] for each in claim["record"]["properties"]}
    listed = {each["ending"]: each["digest"] for each in orjson.loads(told["content"])["files"]}
    for each in told["files"]:
        assert "Häggkvist" not in each["content"], "H1 without a consent"
        assert listed[each["ending"]] == digest(each["content"].encode())
        assert "RECEIPTS" in each["leftOut"]
    assert {each["format"] for each in told["files"]} == set(Format)
    for name, codec in known().items():
        files = [each["content"].encode() for each in told["files"] if each["format"] == name]
        (row,) = [row for content in files for row in codec.read(content)]
        assert not isinstance(row, Rejected)
        assert (row["id"], row["properties"]) == ("se-p-1", said), name
        mark = ("owner", "handling", "source", "information", "tlp")
        assert [row["envelope"][each] for each in mark] == [SE, ["H0"], "B", "2", "AMBER"], name
        assert row["envelope"]["retain_until"] == f"{year + 3}{rest}".replace("-02-29", "-02-28"), name
        read = Reader(load_model(), FR, Defaults({"dataset": "copies"})).read(dict(row))
        assert read.envelope.retain_until is not None, "a record without one is shown to nobody"
    leaf = next(each for each in await shared.log(FR) if each.get("action") == "EXPORTED")
    assert leaf["formats"] == sorted(Format)


async def test_a_consent_ends_by_itself(shared: World) -> None:
    await given(shared, await requested(shared, H1), days=1)
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == {H1}
    shared.later(DAY + 1)
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == set()
    assert [each["state"] for each in consents.consents(officer(shared, "officer-a"))] == ["EXPIRED"]


async def test_a_consent_is_for_its_record_use_and_purpose(shared: World) -> None:
    await given(shared, await requested(shared, PLAIN, H1), records=["se-p-1"])
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == set(), "another record"
    (ours,) = consents.requests(shared.visit(FR))
    assert ours["state"] == "PARTLY_ANSWERED"
    await given(shared, await requested(shared, H1, use=DataUse.ONWARD, to=("fr.customs",)))
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == set(), "another use"
    await given(shared, await requested(shared, H1))
    other = await exported(shared, DataUse.JUDICIAL, H1, purpose=Purpose.INFORMATION_EXCHANGE)
    assert handles(other) == set(), "another purpose"
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == {H1}


async def test_a_refusal_tells_its_code_only(shared: World) -> None:
    item = await requested(shared, H1)
    with pytest.raises(VariablesRejected):
        await consenting.refuse(officer(shared, "officer-a"), item, Reason.QUOTA)
    await consenting.refuse(officer(shared, "officer-a"), item, Reason.JUDICIAL_AUTHORISATION_NEEDED)
    await deliver_due(shared.nodes[SE])
    (ours,) = consents.requests(shared.visit(FR))
    assert (ours["state"], ours["refusal"]) == ("REFUSED", "JUDICIAL_AUTHORISATION_NEEDED")
    with pytest.raises((ItemRefused, VariablesRejected)):
        await given(shared, item)
    assert "CONSENT_NOT_GIVEN" in await actions(shared, FR)


async def test_h2_to_another_unit(world: World) -> None:
    blocked = await exported(world, DataUse.ONWARD, H2, to=("fr.customs",))
    assert [(each["handle"], each["reason"]) for each in blocked["missing"]] == [(H2, "THIRD_PARTY_CONSENT")]
    assert handles(await exported(world, DataUse.INTERNAL, H2)) == {H2}
    item = await requested(world, H2, use=DataUse.ONWARD, to=("fr.customs",))
    for name in ("officer-a", "officer-b"):
        await consenting.give(officer(world, name, EU), item, days=None, records=None)
    await deliver_due(world.nodes[EU])
    assert handles(await exported(world, DataUse.ONWARD, H2, to=("fr.customs",))) == {H2}
    for others in (("fr.tracfin",), ("fr.customs", "fr.tracfin")):
        assert handles(await exported(world, DataUse.ONWARD, H2, to=others)) == set()


async def test_h3_is_read_before_it_is_used(world: World) -> None:
    first = await exported(world, DataUse.INTERNAL, H3)
    assert [each["reason"] for each in first["missing"]] == ["HANDLING_CODE"]
    assert [each["text"] for each in first["texts"]] == [
        "Ask the case officer first: an operation is under way."
    ]
    wrong = await exported(world, DataUse.INTERNAL, H3, acknowledged="sha256:" + 64 * "0")
    assert handles(wrong) == set()
    read = await exported(world, DataUse.INTERNAL, H3, acknowledged=first["acknowledgement"])
    assert handles(read) == {H3}
    assert "an operation is under way" in read["page"]


async def test_an_own_record_takes_the_own_officers(shared: World) -> None:
    own = f"{FR}/fr-p-4"
    blocked = await exported(shared, DataUse.JUDICIAL, own, request_reason="MAIN_HEARING")
    assert [each["codes"] for each in blocked["missing"]] == [["H0", "H1", "H2"]]
    (asked,) = blocked["requests"]
    for name in ("officer-a", "officer-b"):
        await consenting.give(officer(shared, name, FR), asked["id"], days=None, records=None)
    assert handles(await exported(shared, DataUse.JUDICIAL, own)) == {own}
    await consenting.end(officer(shared, "officer-a", FR), asked["id"], "CASE_CLOSED")
    assert handles(await exported(shared, DataUse.JUDICIAL, own)) == set()
    assert not shared.nodes[FR].outbox.listed(Listed())


async def test_what_a_node_does_not_give_is_named_as_missing(world: World) -> None:
    told = await exported(world, DataUse.INTERNAL, f"{SE}/se-p-1", f"{SE}/nobody")
    assert {each["handle"]: each["codes"] for each in told["missing"]} == {
        f"{SE}/se-p-1": [],
        f"{SE}/nobody": [],
    }


async def test_notices_that_come_late_or_twice_change_nothing(shared: World) -> None:
    item = await requested(shared, H1)
    for name in ("officer-a", "officer-b"):
        await consenting.give(officer(shared, name), item, days=None, records=None)
    await consenting.end(officer(shared, "officer-a"), item, "TRIAL_MOVED")
    letters = {each.type: each for each in shared.nodes[SE].outbox.listed(Listed())}
    for kind in (CONSENT_WITHDRAWN, CONSENT, CONSENT, CONSENT_WITHDRAWN):
        reply = await send(shared.nodes[SE], FR, kind, letters[kind].told)
        assert isinstance(reply, NoticeReply)
        assert reply.status == "DONE"
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == set()
    await deliver_due(shared.nodes[FR])
    (waiting,) = consents.requests(officer(shared, "officer-a"))
    assert waiting["state"] == "ANSWERED"


async def test_a_forged_consent_is_not_believed(shared: World) -> None:
    now = int(shared.clock())
    terms = ConsentTerms(
        id=f"{FR}:c-1",
        version=1,
        provider=SE,
        recipient=FR,
        use=DataUse.JUDICIAL,
        purposes=(Purpose.OPERATIONAL_ANALYSIS,),
        not_before=now,
        expires_at=now + DAY,
        records=("se-p-4",),
    )
    elsewhere = replace(terms, recipient=EU, id=f"{EU}:c-1")
    thief, true = SigningKey.generate(f"{SE}/grant"), shared.nodes[SE].post.keys.grant
    for said, key, status in ((terms, thief, "CONSENT_REFUSED"), (elsewhere, true, "MALFORMED")):
        forged = sign_consent(said, (Approval("p-1", now), Approval("p-2", now)), key, officers=2)
        told: dict[str, JSON] = {"id": "consent:1", "consent": forged.statement}
        reply = await send(shared.nodes[SE], FR, CONSENT, told)
        assert isinstance(reply, NoticeReply)
        assert reply.status == status
    assert handles(await exported(shared, DataUse.JUDICIAL, H1)) == set()


MALFORMED: list[dict[str, Any]] = [
    {"id": f"{EU}:c-1"},
    {"reason": "a free text"},
    {"wanted": {"provider": EU}},
    {"wanted": {"records": []}},
    {"wanted": {"records": ["x/y"]}},
    {"wanted": {"cases": ["SE-1"]}},
    {"wanted": {"to": ["not this one*"]}},
    {"wanted": {"to": ["*"]}},
    {"wanted": {"expires_at": 4_000_000_000}},
    {"mandate": {"purpose": "Curiosity killed"}},
    {"mandate": {"purpose": "curious"}},
]


async def test_a_malformed_request_waits_nowhere(shared: World) -> None:
    await requested(shared, H1)
    (letter,) = shared.nodes[FR].outbox.listed(Listed())
    (before,) = consents.requests(officer(shared, "officer-a"))
    for change in MALFORMED:
        body: dict[str, Any] = {**letter.told, "id": f"{FR}:c-2"}
        body["wanted"] = body["wanted"] | {"id": f"{FR}:c-2"}
        for name, value in change.items():
            body[name] = body[name] | value if isinstance(value, dict) else value
        reply = await send(shared.nodes[FR], SE, CONSENT_REQUEST, body)
        assert isinstance(reply, NoticeReply)
        assert reply.status == "MALFORMED", change
    assert consents.requests(officer(shared, "officer-a")) == [before]


async def test_nobody_ends_a_request_that_went_to_another(shared: World) -> None:
    item = await requested(shared, H1)
    told: dict[str, JSON] = {"id": "x-1", "request": item, "reason": "POLICY"}
    reply = await send(shared.nodes[EU], FR, CONSENT, told)
    assert isinstance(reply, NoticeReply)
    assert shared.nodes[FR].books.sent.get(item).state is ItemState.OPEN


UNCLEAR: list[dict[str, Any]] = [
    {"use": DataUse.ONWARD},
    {"use": DataUse.INTERNAL, "to": ("fr.customs",)},
    {"to": ("not a code",)},
    {"persons": ("",)},
    {"handles": ()},
]


async def test_an_export_says_what_for_and_for_whom(world: World) -> None:
    visit = world.visit(FR)
    told: dict[str, Any] = {
        "handles": (PLAIN,),
        "mandate": await world.mandate(visit),
        "use": DataUse.JUDICIAL,
    }
    for changes in UNCLEAR:
        with pytest.raises(VariablesRejected):
            await export(visit, Exporting(**told | changes))


INDEFINITE: list[dict[str, Any]] = [
    {"use": DataUse.INTERNAL},
    {"use": DataUse.ONWARD},
    {"reason": "a free text"},
    {"days": 0},
    {"to": ("not a code",)},
    {"handles": (f"{SE}/",)},
]


async def test_a_request_for_nothing_definite_is_not_made(world: World) -> None:
    visit = world.visit(FR)
    told: dict[str, Any] = {"handles": (H1,), "use": DataUse.JUDICIAL, "reason": "MAIN_HEARING"}
    told["mandate"] = await world.mandate(visit)
    for changes in INDEFINITE:
        with pytest.raises(VariablesRejected):
            await consents.request(visit, Wanting(**told | changes))
    assert not world.nodes[FR].outbox.listed(Listed())


async def test_officers_give_no_more_than_was_asked_for(shared: World) -> None:
    item = await requested(shared, H1, days=10)
    first = officer(shared, "officer-a")
    for days, records in ((11, None), (0, None), (None, ["se-p-1"]), (None, [])):
        with pytest.raises(VariablesRejected):
            await consenting.give(first, item, days=days, records=records)
    with pytest.raises(VariablesRejected):
        await consenting.end(first, item, "no code")
    await consenting.give(first, item, days=5, records=None)
    told = await consenting.give(officer(shared, "officer-b"), item, days=4, records=None)
    assert (told["state"], told["approvals"]) == ("OPEN", 1), "other terms start anew"


async def test_others_neither_ask_nor_give_nor_see(shared: World) -> None:
    item, visit = (
        await requested(shared, H1),
        shared.visit(SE, "somebody", Role.OVERSIGHT, Role.ADMINISTRATOR),
    )
    for act in (
        consenting.give(visit, item, days=None, records=None),
        consenting.refuse(visit, item, Reason.POLICY),
        consenting.end(visit, item, "POLICY"),
        consents.request(visit, Wanting((H1,), DataUse.JUDICIAL, "m-1", "MAIN_HEARING")),
        export(visit, Exporting((H1,), "m-1", DataUse.INTERNAL)),
    ):
        with pytest.raises(NotAllowed):
            await act
    with pytest.raises(NotAllowed):
        consents.consents(visit)
    with pytest.raises(NotAllowed):
        consents.requests(visit)


async def test_a_page_runs_nothing_that_a_partner_wrote(world: World) -> None:
    told = await exported(world, DataUse.INTERNAL, H2, persons=("</script><script>alert(1)</script>\u202e",))
    assert "<script>alert" not in told["page"]
    assert "&lt;U+202E&gt;" in told["page"]
