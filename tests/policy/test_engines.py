"""One conformance suite on every engine, and a differential test of all of them against the oracle."""

import hashlib
import os
import random
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy.bundle import Bundle, vectors
from policy.engine import Engine
from policy.errors import EngineFailed
from policy.opa_engine import OpaEngine
from policy.rego_engine import RegoEngine
from policy.wasm_engine import WasmEngine
from policy.wasm_instance import MAX_INPUT
from tests.policy import cases, draws, oracle
from tests.policy.law import ACTOR, HOME, NODE, answer, ask, grant, oversee

INPUTS = int(os.environ.get("ENTENTE_ENGINE_INPUTS", "2400"))


def drawn(seed: int) -> tuple[str, dict[str, Any]]:
    """The rule and the input of one seed; ten in twelve are answers."""
    rng = random.Random(seed)
    partner = rng.choice([HOME, HOME, HOME, NODE])
    actor = replace(ACTOR, **draws.actor_of(rng, partner))
    mandate = replace(draws.mandate_of(rng), actor=actor)
    if seed % 12 == 0:
        return "ask.decision", ask(mandate)
    if seed % 12 == 1:
        return "oversee.decision", oversee(actor, rng.choice(["", "read"]), rng.choice(["", "INTEGRITY"]))
    about, grants, consents = draws.question_of(rng), draws.grants_of(rng), draws.consents_of(rng)
    document = answer(*grants, of=mandate, about=about, partner=partner, consents=consents)
    return "answer.decision", document


NEEDED: list[tuple[str, ...]] = [
    ("now",),
    ("node",),
    ("partner",),
    ("actor",),
    ("mandate",),
    ("mandate", "expires_at"),
    ("mandate", "purpose"),
    ("question",),
    ("question", "fields"),
    ("grants",),
    ("consents",),
]


def spoilt(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The input with one needed part gone or of another type, wherever that part lies."""
    path = rng.choice(NEEDED)
    inner = document
    for step in path[:-1]:
        inner[step] = dict(inner[step])
        inner = inner[step]
    if rng.random() < 0.4:
        del inner[path[-1]]
    else:
        wrong = {"now": "12", "expires_at": "99999999999"}.get(path[-1], 7)
        inner[path[-1]] = rng.choice([wrong, None, True])
    return document


@pytest.mark.slow
async def test_all_engines_and_the_oracle_agree(
    wasm_engine: WasmEngine, rego_engine: RegoEngine, opa_engine: OpaEngine, bundle: Bundle
) -> None:
    answers = {True: 0, False: 0}
    for seed in range(INPUTS):
        rule, document = drawn(seed)
        wanted = oracle.decide(rule, document, bundle.data["law"])
        answers[wanted["allow"]] += 1
        assert wasm_engine.decide(rule, document) == wanted, seed
        assert rego_engine.decide(rule, document) == wanted, seed
        assert await opa_engine.evaluate(rule, document) == wanted, seed
    assert min(answers.values()) > INPUTS // 5


async def test_all_engines_deny_what_is_not_well_formed(
    wasm_engine: WasmEngine, rego_engine: RegoEngine, opa_engine: OpaEngine
) -> None:
    for seed in range(2, 242, 3):
        rng = random.Random(seed)
        document = spoilt(answer(grant(id="whole"), *draws.grants_of(rng)), rng)
        wanted = oracle.denied("answer.decision")
        assert wasm_engine.decide("answer.decision", document) == wanted, seed
        assert rego_engine.decide("answer.decision", document) == wanted, seed
        assert await opa_engine.evaluate("answer.decision", document) == wanted, seed


async def test_every_vector(engine: Engine, bundle: Bundle) -> None:
    for title, (rule, document, broken) in cases.CASES.items():
        decision: Any = await engine.evaluate(rule, document)
        assert decision == oracle.decide(rule, document, bundle.data["law"]), title
        assert set(decision["rules"]) == broken, title
        assert decision["revision"] == engine.revision == bundle.revision


async def test_malformed_input_is_denied(engine: Engine) -> None:
    for title, (rule, document) in cases.MALFORMED.items():
        assert await engine.evaluate(rule, document) == oracle.denied(rule), title


async def test_unknown_rules_have_no_result(engine: Engine) -> None:
    for rule in ("answer.nothing", "answer", "", "../../v1/policies", "answer.decision.allow"):
        with pytest.raises(EngineFailed):
            await engine.evaluate(rule, ask())
    assert await engine.evaluate("ask.decision", ask()), "a failed evaluation must not spoil the next"


async def test_an_input_that_is_no_json_fails(engine: Engine) -> None:
    with pytest.raises(EngineFailed):
        await engine.evaluate("ask.decision", {"now": object()})
    assert await engine.evaluate("ask.decision", ask())


async def test_answers_do_not_depend_on_what_was_asked_before(engine: Engine) -> None:
    documents = [drawn(seed) for seed in range(2, 30)]
    first = [await engine.evaluate(*each) for each in documents]
    again = [await engine.evaluate(*each) for each in reversed(documents)]
    assert first == again[::-1]


@pytest.mark.parametrize("name", ["wasm_engine", "rego_engine"])
def test_threads_do_not_mix_answers(name: str, request: pytest.FixtureRequest, bundle: Bundle) -> None:
    engine: WasmEngine | RegoEngine = request.getfixturevalue(name)
    wrong: list[int] = []

    def work(start: int) -> None:
        for seed in range(start, start + 60):
            rule, document = drawn(seed)
            if engine.decide(rule, document) != oracle.decide(rule, document, bundle.data["law"]):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


async def test_a_closed_engine_fails(bundle: Bundle, opa_binary: Path, wasm_cache: Path) -> None:
    for engine in (RegoEngine.open(bundle), WasmEngine.open(bundle, opa=str(opa_binary), cache=wasm_cache)):
        await engine.close()
        await engine.close()
        with pytest.raises(EngineFailed, match="closed"):
            await engine.evaluate("ask.decision", ask())


def other(bundle: Bundle, **sources: str) -> Bundle:
    """The packaged Rego with a source replaced, as a revision of its own."""
    revision = "sha256:" + hashlib.sha256(repr(sources).encode()).hexdigest()
    replaced = {**bundle.sources, **{f"{name}.rego": text for name, text in sources.items()}}
    return Bundle(replaced, {"law": {**bundle.data["law"], "revision": revision}}, revision)


ALWAYS = """package entente.oversee

decision := {"allow": true, "reasons": [], "rules": {}, "revision": data.law.revision}
"""


def test_an_engine_that_differs_from_a_vector_does_not_start(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    lax = other(bundle, oversee=ALWAYS)
    with pytest.raises(EngineFailed, match="engine rego: vector 'oversee: "):
        RegoEngine.open(lax)
    with pytest.raises(EngineFailed, match="engine wasm: vector 'oversee: "):
        WasmEngine.open(lax, opa=str(opa_binary), cache=tmp_path)


def test_rego_that_does_not_compile_does_not_start(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    broken = other(bundle, ask="package entente.ask\n\ndecision := nobody\n")
    with pytest.raises(EngineFailed):
        RegoEngine.open(broken)
    with pytest.raises(EngineFailed, match="build: exit"):
        WasmEngine.open(broken, opa=str(opa_binary), cache=tmp_path)
    assert not list(tmp_path.glob("*")), "nothing half-made may stay in the cache"


def test_a_builtin_outside_of_the_dialect_does_not_compile(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    clock = other(bundle, ask="package entente.ask\n\ndecision := time.now_ns()\n")
    with pytest.raises(EngineFailed, match=r"time\.now_ns"):
        WasmEngine.open(clock, opa=str(opa_binary), cache=tmp_path)


REDEFINED = {
    "two values": ("decision := 1\n\ndecision := 2\n", "error"),
    "no value": ("decision if input.now == 0\n", "no single result"),
    "unsafe variable": ("decision := nobody\n", "no single result"),
}


@pytest.mark.parametrize("name", REDEFINED)
def test_rego_without_a_single_result_does_not_start(bundle: Bundle, name: str) -> None:
    text, told = REDEFINED[name]
    spoilt = other(bundle, ask=f"package entente.ask\n\n{text}")
    with pytest.raises(EngineFailed, match=f"rego: ask.decision: .*{told}"):
        RegoEngine(spoilt).decide("ask.decision", ask())


def test_a_bundle_without_a_rule_does_not_start(bundle: Bundle) -> None:
    with pytest.raises(EngineFailed):
        RegoEngine.open(other(bundle, ask="package entente.elsewhere\n\ndecision := 1\n"))


def test_rego_that_regopy_cannot_plan_does_not_start(bundle: Bundle) -> None:
    mixed = "package entente.ask\n\ndecision := 1\n\ndecision contains 2\n"
    with pytest.raises(EngineFailed, match="does not compile"):
        RegoEngine.open(other(bundle, ask=mixed))


def test_a_spoilt_cache_does_not_start(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    WasmEngine.open(bundle, opa=str(opa_binary), cache=tmp_path)
    (cached,) = tmp_path.glob("*.wasm")
    cached.write_bytes(cached.read_bytes()[:1000])
    with pytest.raises(EngineFailed, match="cannot be loaded"):
        WasmEngine.open(bundle, opa=str(opa_binary), cache=tmp_path)


def test_an_input_over_the_cap_fails(wasm_engine: WasmEngine) -> None:
    with pytest.raises(EngineFailed, match=str(MAX_INPUT)):
        wasm_engine.decide("ask.decision", {"x": "a" * MAX_INPUT})


@pytest.mark.slow
@pytest.mark.long
def test_memory_does_not_grow_with_the_number_of_evaluations(wasm_engine: WasmEngine) -> None:
    short, long = ask(), answer(*(grant(id=f"g-{number}") for number in range(50)))
    wasm_engine.decide("answer.decision", long)
    taken = wasm_engine.memory_bytes
    for number in range(100_000):
        wasm_engine.decide("ask.decision", short)
        if number % 1000 == 0:
            wasm_engine.decide("answer.decision", long)
    assert wasm_engine.memory_bytes == taken


def test_the_vectors_are_the_oracles(bundle: Bundle) -> None:
    assert {"vectors": dict(vectors())} == cases.golden(), "python -m tests.policy.cases"
    codes: Mapping[str, str] = bundle.data["law"]["reasons"]
    broken = {rule for _, _, rules in cases.CASES.values() for rule in rules}
    assert broken == set(codes) - {"malformed-input"}, "a rule id without a vector"
