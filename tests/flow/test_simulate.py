"""Changed rules are tried on real questions, and decide nothing."""

from pathlib import Path

from gateway.simulate import simulate
from policy.bundle import Bundle, law_files
from policy.terms import Operation
from policy.trial_bundle import read_trial
from tests.flow.test_replay import BOX, WANTED, ask
from tests.world import World


async def test_other_rules_are_tried_on_real_questions_and_decide_nothing(
    world: World, tmp_path: Path
) -> None:
    node = world.nodes["se.polisen"]
    asked = await ask(world, Operation.LOOKUP, BOX)
    files = law_files()
    text = files["answer.rego"].decode()
    changed = text.replace("grant.expires_at > input.now\n\tgrant.not_before <= input.now", "false")
    assert changed != text
    law = tmp_path / "law"
    law.mkdir()
    for name, content in (files | {"answer.rego": changed.encode()}).items():
        (law / name).write_bytes(content)
    told = await simulate(node, read_trial(law), WANTED)
    assert told["vectors"]
    assert told["revision"] != told["inForce"] == Bundle.packaged().revision
    assert [each["queryIds"] for each in told["replay"]["changes"]] == [[asked]]
    assert told["replay"]["changes"][0]["would"].startswith("REFUSED")
    same = await simulate(node, Bundle.packaged(), WANTED)
    assert (same["vectors"], same["replay"]["changed"]) == ([], 0)
    assert node.judge.revision == Bundle.packaged().revision
