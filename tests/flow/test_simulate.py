"""Changed rules are tried on real questions, and decide nothing."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import NodeNotReady, NotAllowed, VariablesRejected
from gateway.simulate import JUSTIFICATION, begin, go_on, pause, progress, simulate, stop
from gateway.simulation import Stage
from gateway.visit import Visit
from policy.bundle import Bundle, law_files
from policy.errors import EngineFailed
from policy.terms import Operation, Role
from policy.trial_bundle import read_trial
from tests.flow.test_replay import BOX, WANTED, ask
from tests.world import World


def stricter() -> dict[str, bytes]:
    """The law, only that no grant is ever in force."""
    files = law_files()
    text = files["answer.rego"].decode()
    changed = text.replace("grant.expires_at > input.now\n\tgrant.not_before <= input.now", "false")
    assert changed != text
    return files | {"answer.rego": changed.encode()}


def sent(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    return [(name, content.decode()) for name, content in files.items()]


async def ended(visit: Visit) -> Mapping[str, Any]:
    """What the job says when it has ended."""
    while (told := progress(visit))["stage"] == Stage.RUNNING:  # noqa: ASYNC110  # the desk's caller polls too
        await asyncio.sleep(0.01)
    return told


async def test_other_rules_are_tried_on_real_questions_and_decide_nothing(
    world: World, tmp_path: Path
) -> None:
    node = world.nodes["se.polisen"]
    asked = await ask(world, Operation.LOOKUP, BOX)
    law = tmp_path / "law"
    law.mkdir()
    for name, content in stricter().items():
        (law / name).write_bytes(content)
    told = await simulate(node, read_trial(law), WANTED)
    assert told["vectors"]
    assert told["revision"] != told["inForce"] == Bundle.packaged().revision
    assert [each["queryIds"] for each in told["replay"]["changes"]] == [[asked]]
    assert told["replay"]["changes"][0]["would"].startswith("REFUSED")
    same = await simulate(node, Bundle.packaged(), WANTED)
    assert (same["vectors"], same["replay"]["changed"]) == ([], 0)
    assert node.judge.revision == Bundle.packaged().revision


@pytest.mark.parametrize("role", [Role.LIAISON, Role.ADMINISTRATOR])
async def test_the_desk_tries_other_rules_beside_its_answers(world: World, role: Role) -> None:
    visit = world.visit("se.polisen", "tester-1", role)
    asked = await ask(world, Operation.LOOKUP, BOX)
    size = world.nodes["se.polisen"].log.head.size
    assert progress(visit)["stage"] == "NONE"
    assert (await begin(visit, sent(stricter()), JUSTIFICATION, 90))["stage"] == "RUNNING"
    with pytest.raises(NodeNotReady, match="one is under way"):
        await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    meanwhile = await ask(world, Operation.LOOKUP, BOX)
    found = await ended(visit)
    assert (found["stage"], found["failed"]) == ("DONE", None)
    assert found["done"] == found["total"] >= 1
    (change,) = found["replay"]["changes"]
    assert asked in change["queryIds"]
    assert found["replay"]["rules"]
    assert found["vectors"]
    leaves = (await world.log("se.polisen"))[size:]
    told = [leaf for leaf in leaves if leaf.get("action") in {"POLICY_SIMULATED", "REPLAYED"}]
    assert [leaf["action"] for leaf in told] == ["POLICY_SIMULATED", "REPLAYED"]
    assert told[0]["policy_revision"] == found["revision"] != found["inForce"]
    assert all(leaf["retain_until"] for leaf in told)
    assert "tester-1" not in str(leaves)
    assert world.nodes["se.polisen"].judge.revision == Bundle.packaged().revision
    assert meanwhile


async def test_a_simulation_can_be_stopped_and_begun_again(world: World) -> None:
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    await ask(world, Operation.LOOKUP, BOX)
    await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    assert (await stop(visit))["stage"] == "STOPPED"
    await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    assert (await ended(visit))["stage"] == "DONE"
    assert (await stop(visit))["stage"] == "DONE", "what has ended is not stopped"


async def test_a_simulation_that_is_paused_goes_on_from_where_it_is(world: World) -> None:
    visit = world.visit("se.polisen", "tester-1", Role.LIAISON)
    for _ in range(3):
        await ask(world, Operation.LOOKUP, BOX)
    await pause(visit)
    assert progress(visit)["stage"] == "NONE", "nothing is under way"
    size = world.nodes["se.polisen"].log.head.size
    await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    await pause(visit)
    while not progress(visit)["done"]:  # noqa: ASYNC110  # the desk's caller polls too
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    waits = progress(visit)
    assert (waits["stage"], waits["done"], waits["total"], waits["replay"]) == ("PAUSED", 1, 3, None)
    with pytest.raises(NodeNotReady, match="one is under way"):
        await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    assert (await go_on(visit))["stage"] == "RUNNING"
    found = await ended(visit)
    assert (found["stage"], found["done"], found["startedAt"]) == ("DONE", 3, waits["startedAt"])
    leaves = (await world.log("se.polisen"))[size:]
    assert [leaf["action"] for leaf in leaves] == ["POLICY_SIMULATED", "REPLAYED"], "and is logged once"
    await go_on(visit)
    assert progress(visit)["stage"] == "DONE", "what has ended does not go on"


async def test_a_simulation_that_is_paused_can_be_stopped(world: World) -> None:
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    await ask(world, Operation.LOOKUP, BOX)
    await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    assert (await pause(visit))["stage"] == "PAUSED"
    assert (await stop(visit))["stage"] == "STOPPED"


async def test_rules_that_are_no_law_or_do_not_compile_decide_nothing(world: World) -> None:
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    size = world.nodes["se.polisen"].log.head.size
    for texts in ([("../answer.rego", "")], [("answer.rego", "package x")], []):
        with pytest.raises(EngineFailed, match="bundle"):
            await begin(visit, texts, JUSTIFICATION, 90)
    with pytest.raises(VariablesRejected, match="a justification is a code"):
        await begin(visit, sent(law_files()), "because", 90)
    with pytest.raises(VariablesRejected, match="0 days"):
        await begin(visit, sent(law_files()), JUSTIFICATION, 0)
    assert progress(visit)["stage"] == "NONE"
    assert world.nodes["se.polisen"].log.head.size == size
    await begin(
        visit, sent(law_files() | {"answer.rego": b"package entente.answer\n\nx := "}), JUSTIFICATION, 90
    )
    found = await ended(visit)
    assert found["stage"] == "FAILED"
    assert found["failed"].startswith("POLICY_UNAVAILABLE")
    assert found["replay"] is None


async def test_a_log_that_cannot_append_simulates_nothing(world: World) -> None:
    node = world.nodes["se.polisen"]
    await node.log.close()
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    await begin(visit, sent(law_files()), JUSTIFICATION, 90)
    found = await ended(visit)
    assert (found["stage"], found["failed"].partition(":")[0]) == ("FAILED", "AUDIT_UNAVAILABLE")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OVERSIGHT])
async def test_only_administrators_and_liaison_officers_try_rules(world: World, role: Role) -> None:
    visit = world.visit("se.polisen", "somebody", role)
    with pytest.raises(NotAllowed, match="liaison or administrator"):
        await begin(visit, [], JUSTIFICATION, 90)
    with pytest.raises(NotAllowed, match="liaison or administrator"):
        progress(visit)
    for step in (pause, go_on, stop):
        with pytest.raises(NotAllowed, match="liaison or administrator"):
            await step(visit)


async def test_rules_that_take_too_long_end_the_trial(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.simulate.VECTORS_SECONDS", 0.0)
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    await begin(visit, sent(stricter()), JUSTIFICATION, 90)
    found = await ended(visit)
    assert found["stage"] == "FAILED"
    assert "were not ready" in found["failed"]


def endless() -> dict[str, bytes]:
    """The law, with a rule that tries 10 to the power of 12 ways before it knows of a grant."""
    files = law_files()
    text = files["answer.rego"].decode()
    names = "abcdefghijkl"
    draws = "".join(f"\tsome {name} in digits\n" for name in names)
    rule = (
        f"digits := [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n\nendless if {{\n{draws}\t{' + '.join(names)} < 0\n}}\n"
    )
    in_force = "grant.expires_at > input.now\n\tgrant.not_before <= input.now"
    assert in_force in text
    return files | {"answer.rego": f"{text.replace(in_force, 'endless')}\n{rule}".encode()}


async def test_rules_without_an_end_are_stopped_and_the_node_answers_on(world: World) -> None:
    visit = world.visit("se.polisen", "tester-1", Role.ADMINISTRATOR)
    await ask(world, Operation.LOOKUP, BOX)
    await begin(visit, sent(endless()), JUSTIFICATION, 90)
    meanwhile = await ask(world, Operation.LOOKUP, BOX)
    found = await ended(visit)
    assert (found["stage"], found["replay"]) == ("FAILED", None)
    assert re.search(r"is not decided after \d+ steps", found["failed"])
    assert meanwhile
    await begin(visit, sent(law_files()), JUSTIFICATION, 90)
    assert (await ended(visit))["stage"] == "DONE", "its thread is free again"
