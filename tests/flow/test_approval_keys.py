"""An officer approves with a key of their own: registered, asked for, taken once, lost, proved without us."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import graphql

from audit.__main__ import main
from audit.approval import check_approval
from audit.errors import AuditError
from gateway import approval_keys, approving, followup_officers, liaise, propose
from gateway.approving import NEW_KEY, Subject
from gateway.errors import NotAllowed
from gateway.followup_officers import Ruling
from gateway.graphql.analyst import analyst_schema
from gateway.key_given import GivenAssertion, KeyRefused
from gateway.step_up import StepUpNeeded
from gateway.visit import Visit
from policy.terms import Role
from sharing.inbox import ItemState
from sharing.sessions import Authentication
from tests.authenticator import UP, Authenticator, flipped
from tests.flow.followup_desk import Desk
from tests.flow.test_grants import TERMS
from tests.world import Ground, World, open_world

SE = "se.polisen"
RULE = '\n[signin]\nissuer = "http://127.0.0.1:9"\n\n[approval]\nwebauthn = "{rule}"\n'


@pytest.fixture
async def world(tmp_path: Path, ground: Ground, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Three nodes at which an approval takes a key."""
    rule = RULE.format(rule=getattr(request, "param", "required"))
    async with open_world(tmp_path, replace(ground, settings=rule)) as opened:
        yield opened


def fresh(visit: Visit, ago: int = 0) -> Visit:
    known = Authentication("idp|1", "s-1", visit.node.now() - ago, "")
    return replace(visit, session=replace(visit.session, authentication=known))


def person(world: World, subject: str, role: Role = Role.LIAISON) -> Visit:
    return fresh(world.visit(SE, subject, role))


def device(visit: Visit, **other: Any) -> Authenticator:
    settings = visit.node.settings
    return Authenticator(settings.listen.desk or settings.listen.address, **other)


async def added(visit: Visit, key: Authenticator, proof: Authenticator | None = None) -> Mapping[str, Any]:
    given = key.create(dict(approving.challenge(visit, NEW_KEY)))
    word = None
    if proof is not None:
        about = Subject(approving.ADD, key.handle, approving.attested(given))
        word = proof.get(dict(approving.challenge(visit, about)))
    return await approval_keys.add(visit, "  the  blue one ", given, word)


def word(visit: Visit, key: Authenticator, seen: Mapping[str, Any], **lies: Any) -> GivenAssertion:
    subject = Subject(approving.GRANT, seen["proposal"], seen["digest"])
    return key.get(dict(approving.challenge(visit, subject)), **lies)


async def refused(act: Any, code: str) -> None:
    with pytest.raises(KeyRefused) as told:
        await act
    assert told.value.code == code


async def test_a_grant_takes_the_second_officers_key_and_the_log_proves_it_to_a_stranger(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, node = person(world, "officer-a"), person(world, "officer-b"), world.nodes[SE]
    key = device(second)
    own = await added(second, key)
    assert [own["rule"], own["needed"], own["open"]] == ["REQUIRED", True, False]
    assert [(each["id"], each["label"]) for each in own["keys"]] == [(key.handle, "the blue one")]

    seen = await propose.propose(first, TERMS, 30)
    size = node.log.head.size
    await refused(propose.approve(second, seen["proposal"], seen["digest"]), "APPROVAL_KEY_NEEDED")
    third = person(world, "officer-c")
    await refused(propose.approve(third, seen["proposal"], seen["digest"]), "APPROVAL_KEY_MISSING")
    assert (await propose.approve(second, seen["proposal"], dry_run=True))["state"] == "ACTIVE"
    assert node.log.head.size == size, "what was refused or only tried leaves no trace"

    granted = await propose.approve(second, seen["proposal"], seen["digest"], word(second, key, seen))
    assert granted["state"] == "ACTIVE"
    approved, last = (await world.log(SE))[-2:]
    assert [approved["action"], last["kind"]] == ["GRANT_APPROVED", "GRANTED"]
    assert approved["subject"] == seen["digest"]
    (by_word, by_key) = node.books.grants.current(granted["id"]).approvals
    assert (by_word.proof, by_key.proof) == ("", approved["assertion"])
    assert approval_keys.own(second)["keys"][0]["usedAt"] is not None

    home, index = world.homes[SE], node.log.head.size - 2
    audit = [
        "approval",
        str(home.path / "audit.sqlite"),
        str(index),
        "--blob-key",
        str(home.keys / "blob.key"),
    ]
    capsys.readouterr()
    assert main([*audit, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["holds"]
    assert (told["person"], told["digest"], told["key"]) == ("officer-b", seen["digest"], approved["key"])
    assert main([*audit[:2], str(index + 1), *audit[3:]]) == 1, "the grant's own entry is no approval"


async def test_what_a_stranger_is_shown_must_hold_in_every_part(world: World, tmp_path: Path) -> None:
    """The same log, changed in one place at a time, proves nothing any more."""
    first, second, node = person(world, "officer-a"), person(world, "officer-b"), world.nodes[SE]
    key = device(second)
    await added(second, key)
    seen = await propose.propose(first, TERMS, 30)
    await propose.approve(second, seen["proposal"], seen["digest"], word(second, key, seen))
    index = node.log.head.size - 2
    leaves = [each.leaf for each in await node.log.entries(0, index + 1)]
    text = await node.log.unseal(index)
    assert check_approval(index, leaves, text).subject == "officer-b"
    sealed = json.loads(text)
    lies: list[tuple[list[bytes], Any]] = [
        (leaves, sealed | {"approved": sealed["approved"] | {"officers": 1}}),
        (leaves, {name: value for name, value in sealed.items() if name != "assertion"}),
        (leaves, sealed | {"assertion": sealed["assertion"] | {"more": ""}}),
        ([each for each in leaves if b"APPROVAL_KEY_ADDED" not in each], sealed),
        (leaves[:-1], sealed),
    ]
    for name, value in sealed["assertion"].items():
        lies.append((leaves, sealed | {"assertion": sealed["assertion"] | {name: f"{value}00"}}))
        lies.append((leaves, sealed | {"assertion": sealed["assertion"] | {name: 7}}))
    for shown, said in lies:
        with pytest.raises(AuditError):
            check_approval(index, shown, json.dumps(said).encode())
    for broken in (b"", b"[]", b"\xff", text[:-1]):
        with pytest.raises(AuditError):
            check_approval(index, leaves, broken)


async def test_each_way_to_approve_without_the_own_key_in_hand_is_refused(world: World) -> None:
    first, second = person(world, "officer-a"), person(world, "officer-b")
    key, stranger, theirs = device(second), device(second), device(first)
    await added(second, key)
    await added(first, theirs)
    seen = await propose.propose(first, TERMS, 30)
    other = await propose.propose(first, TERMS | {"masked": ("notes",)}, 30)

    async def tried(given: GivenAssertion, code: str) -> None:
        await refused(propose.approve(second, seen["proposal"], seen["digest"], given), code)

    await tried(word(second, stranger, seen), "APPROVAL_KEY_UNKNOWN")
    await tried(word(second, theirs, seen), "APPROVAL_KEY_OF_ANOTHER")
    await tried(word(second, stranger, seen, credential=key.handle), "ASSERTION_SIGNATURE")
    await tried(word(second, key, other), "ASSERTION_CHALLENGE")
    await tried(word(first, key, seen), "ASSERTION_CHALLENGE")
    await tried(word(second, key, seen, flags=UP), "ASSERTION_NOT_VERIFIED")
    await tried(word(second, key, seen, said={"origin": "http://evil.example"}), "ASSERTION_ORIGIN")
    await tried(word(second, key, seen, rp_id="evil.example"), "ASSERTION_ORIGIN")
    given = word(second, key, seen)
    await tried(replace(given, nonce="9.x.y"), "ASSERTION_CHALLENGE")
    await tried(replace(given, signature=flipped(given.signature, 77)), "ASSERTION_SIGNATURE")
    world.later(301)
    second = fresh(second)
    await tried(given, "ASSERTION_STALE")

    granted = await propose.approve(second, seen["proposal"], seen["digest"], word(second, key, seen))
    assert granted["state"] == "ACTIVE"
    assert not [each for each in await world.log(SE) if each.get("request_id") == other["proposal"]][1:]


async def test_an_answer_counts_once_and_a_copied_key_is_found_out(world: World) -> None:
    first, second = person(world, "officer-a"), person(world, "officer-b")
    key = device(second)
    await added(second, key)
    seen = await propose.propose(first, TERMS, 30)
    subject = Subject(approving.GRANT, seen["proposal"], seen["digest"])
    given = word(second, key, seen)
    approving.proved(second, subject, given)
    with pytest.raises(KeyRefused) as told:
        approving.proved(second, subject, given)
    assert told.value.code == "ASSERTION_COUNT"
    passkey = device(second, counts=False)
    await added(second, passkey, key)
    given = word(second, passkey, seen)
    approving.proved(second, subject, given)
    with pytest.raises(KeyRefused) as told:
        approving.proved(second, subject, given)
    assert told.value.code == "ASSERTION_REPLAYED"
    copy = replace(key, uses=0)
    await refused(
        propose.approve(second, seen["proposal"], seen["digest"], word(second, copy, seen)), "ASSERTION_COUNT"
    )


async def test_a_first_key_is_believed_once_and_the_next_takes_one_that_is_there(world: World) -> None:
    officer, node = person(world, "officer-b"), world.nodes[SE]
    blue, red, green = device(officer), device(officer), device(officer)
    for lacking in (world.visit(SE, "officer-b", Role.LIAISON), fresh(officer, 600)):
        with pytest.raises(StepUpNeeded):
            await added(lacking, blue)
    with pytest.raises(NotAllowed):
        approving.challenge(world.visit(SE, "analyst-1"), NEW_KEY)
    await added(officer, blue)
    await refused(added(officer, red), "APPROVAL_KEY_NEEDED")
    await refused(added(officer, red, green), "APPROVAL_KEY_UNKNOWN")
    await refused(added(officer, blue, blue), "APPROVAL_KEY_KNOWN")
    await refused(added(person(world, "officer-a"), blue), "APPROVAL_KEY_KNOWN")
    assert len((await added(officer, red, blue))["keys"]) == 2

    await approval_keys.remove(officer, blue.handle)
    await refused(approval_keys.remove(officer, blue.handle), "APPROVAL_KEY_UNKNOWN")
    await refused(approval_keys.remove(person(world, "officer-a"), red.handle), "APPROVAL_KEY_UNKNOWN")
    await refused(added(officer, green, blue), "APPROVAL_KEY_ENDED")
    assert not (await approval_keys.remove(officer, red.handle))["keys"]
    await refused(added(officer, green), "APPROVAL_KEY_RESET_NEEDED")

    admin = person(world, "admin-1", Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await approval_keys.reset(officer, "officer-b", "LOST")
    with pytest.raises(StepUpNeeded):
        await approval_keys.reset(fresh(admin, 600), "officer-b", "LOST")
    assert [each["person"] for each in approval_keys.holders(admin)] == ["officer-b"]
    await refused(approval_keys.reset(admin, "officer-x", "LOST"), "APPROVAL_KEY_UNKNOWN")
    assert await approval_keys.reset(admin, "officer-b", "LOST") == []
    assert (await added(officer, green))["keys"][0]["id"] == green.handle
    actions = [each.get("action") for each in await world.log(SE)]
    assert [each for each in actions if each and "APPROVAL_KEY" in each] == [
        *("APPROVAL_KEY_ADDED",) * 2,
        *("APPROVAL_KEY_REMOVED",) * 2,
        *("APPROVAL_KEY_RESET",) * 2,
        "APPROVAL_KEY_ADDED",
    ]
    told = json.loads(await node.log.unseal(node.log.head.size - 2))
    assert (told["subject"], told["by"], told["reason"]) == ("officer-b", "admin-1", "LOST")


async def test_a_key_that_ended_proves_nothing_from_then_on(world: World) -> None:
    first, second, node = person(world, "officer-a"), person(world, "officer-b"), world.nodes[SE]
    key = device(second)
    await added(second, key)
    seen = await propose.propose(first, TERMS, 30)
    given = word(second, key, seen)
    await approval_keys.remove(second, key.handle)
    await refused(propose.approve(second, seen["proposal"], seen["digest"], given), "APPROVAL_KEY_ENDED")
    assert node.books.proposals.get(seen["proposal"]).missing == 1


async def test_no_more_than_ten_keys_and_each_has_a_name(world: World) -> None:
    officer = person(world, "officer-b")
    keys = [device(officer, kind="eddsa") for _ in range(approval_keys.MOST)]
    await added(officer, keys[0])
    for each in keys[1:]:
        await added(officer, each, keys[0])
    await refused(added(officer, device(officer), keys[0]), "APPROVAL_KEYS_TOO_MANY")
    await approval_keys.remove(officer, keys[1].handle)
    new = device(officer)
    for label in ("", " ", "x" * 61, "a\x1bb"):
        given = new.create(dict(approving.challenge(officer, NEW_KEY)))
        about = Subject(approving.ADD, new.handle, approving.attested(given))
        proof = keys[0].get(dict(approving.challenge(officer, about)))
        await refused(approval_keys.add(officer, label, given, proof), "ASSERTION_MALFORMED")


@pytest.mark.parametrize("world", ["offered"], indirect=True)
async def test_where_it_is_offered_who_has_a_key_approves_with_it(world: World) -> None:
    first, second, third = (person(world, f"officer-{each}") for each in "abc")
    seen = await propose.propose(first, TERMS, 30)
    assert (await propose.approve(second, seen["proposal"]))["state"] == "ACTIVE"
    assert not approval_keys.own(second)["needed"]
    key = device(second)
    await added(second, key)
    assert approval_keys.own(second)["needed"]
    again = await propose.propose(first, TERMS, 30)
    await refused(propose.approve(second, again["proposal"]), "APPROVAL_KEY_NEEDED")
    assert (await propose.approve(third, again["proposal"]))["state"] == "ACTIVE"


@pytest.mark.parametrize("world", ["off"], indirect=True)
async def test_where_it_is_off_nobody_is_asked(world: World) -> None:
    first, second = person(world, "officer-a"), person(world, "officer-b")
    with pytest.raises(KeyRefused) as told:
        approving.challenge(second, NEW_KEY)
    assert told.value.code == "APPROVAL_KEYS_OFF"
    seen = await propose.propose(first, TERMS, 30)
    assert (await propose.approve(second, seen["proposal"]))["state"] == "ACTIVE"


async def test_narrowing_and_ending_take_no_key(world: World) -> None:
    first, second = person(world, "officer-a"), person(world, "officer-b")
    key = device(second)
    await added(second, key)
    seen = await propose.propose(first, TERMS, 30)
    granted = await propose.approve(second, seen["proposal"], seen["digest"], word(second, key, seen))
    assert (await propose.supersede(first, granted["id"], {"days": 10}))["state"] == "ACTIVE"
    assert (await liaise.revoke(first, granted["id"], "over"))["state"] == "REVOKED"


async def test_a_follow_up_is_answered_with_the_second_officers_key_too(world: World) -> None:
    desk = Desk(world)
    desk.officers = [fresh(each) for each in desk.officers]
    item = await desk.waiting()
    first, second = desk.officers
    key, ruling = device(second), Ruling(ItemState.ANSWERED)
    await added(second, key)
    assert (await followup_officers.decide(first, item["id"], ruling, dry_run=True))["digest"] is None
    await followup_officers.decide(first, item["id"], ruling, dry_run=False)
    await refused(followup_officers.decide(second, item["id"], ruling, dry_run=False), "APPROVAL_KEY_NEEDED")
    seen = await followup_officers.decide(second, item["id"], ruling, dry_run=True)
    about = Subject(approving.FOLLOW_UP, item["id"], seen["digest"])
    more = replace(ruling, days=2)
    given = key.get(dict(approving.challenge(second, about)))
    started = await followup_officers.decide(second, item["id"], more, dry_run=True)
    assert started["digest"] is None, "other terms start anew, so they are the first approval"
    done = await followup_officers.decide(second, item["id"], ruling, given, dry_run=False)
    assert done["state"] == "ANSWERED"
    node = world.nodes[SE]
    leaves = await world.log(SE)
    index = max(at for at, each in enumerate(leaves) if each.get("action") == "FOLLOW_UP_APPROVED")
    home = world.homes[SE]
    blob_key = ("--blob-key", str(home.keys / "blob.key"))
    assert main(["approval", str(home.path / "audit.sqlite"), str(index), *blob_key]) == 0
    grant = node.books.grants.current(str(done["grant"]).partition("@")[0])
    assert grant.approvals[1].proof == leaves[index]["assertion"]


async def test_all_of_it_is_asked_for_in_the_words_of_the_schema(world: World) -> None:
    """What a console sends; the schema's names and the use cases' fit."""
    core = analyst_schema()._schema
    operations = Path(__file__).parents[2] / "gateway/console/operations"
    shipped = Path(__file__).parents[2] / "gateway/documents/desk"

    text = {each: each.read_text("utf-8") for where in (operations, shipped) for each in where.iterdir()}

    async def run(visit: Visit, path: Path, **variables: Any) -> Any:
        done = await graphql(core, text[path], context_value=visit, variable_values=variables)
        assert done.errors is None, done.errors
        assert done.data is not None
        return next(iter(done.data.values()))

    first, second = person(world, "officer-a"), person(world, "officer-b")
    key, admin = device(second), person(world, "admin-1", Role.ADMINISTRATOR)
    asked = await run(second, operations / "key_challenge.graphql", act="NEW_KEY")
    made = key.create(asked)
    new = {
        "nonce": made.nonce,
        "credential": made.credential,
        "clientData": made.client_data,
        "attestation": made.attestation,
        "transports": list(made.transports),
    }
    told = await run(second, operations / "add_approval_key.graphql", label="blue", key=new)
    assert told["keys"][0]["label"] == "blue"
    seen = await propose.propose(first, TERMS, 30)
    about = {"act": "GRANT", "about": seen["proposal"], "digest": seen["digest"]}
    asked = await run(second, operations / "key_challenge.graphql", **about)
    assert asked["keys"] == [{"id": key.handle, "transports": ["usb"]}]
    said = key.get(asked)
    assertion = {
        "nonce": said.nonce,
        "credential": said.credential,
        "authenticatorData": said.authenticator_data,
        "clientData": said.client_data,
        "signature": said.signature,
    }
    granted = await run(
        second,
        shipped / "approve_grant.graphql",
        id=seen["proposal"],
        digest=seen["digest"],
        assertion=assertion,
    )
    assert granted["state"] == "ACTIVE"
    assert (await run(admin, operations / "key_holders.graphql"))[0]["person"] == "officer-b"
    reset = await run(admin, operations / "reset_approval_keys.graphql", person="officer-b", reason="LOST")
    assert reset == []
    assert (await run(second, operations / "approval_keys.graphql"))["open"]
