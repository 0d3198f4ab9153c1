"""One engine decides, another is compared with it, and nobody who asks notices."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from policy.bundle import Bundle
from policy.engine import Engine
from policy.errors import EngineFailed
from policy.opa_engine import OpaEngine
from policy.shadow_engine import Difference, ShadowEngine, Shadowing
from policy.wasm_engine import WasmEngine
from tests.policy import oracle
from tests.policy.conftest import OpaServer, opa_server, open_when_ready
from tests.policy.law import answer, ask, grant
from tests.policy.test_engines import ALWAYS, drawn, other


@dataclass
class Told:
    """What a shadow has told."""

    differences: list[Difference] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def shadowing(self, opener: Callable[[], Engine]) -> Shadowing:
        async def opened() -> Engine:
            return opener()

        return Shadowing("shadow", opened, keyed, self.differences.append, self.failures.append)


def keyed(data: bytes) -> str:
    return sha256(b"key" + data).hexdigest()


class Scripted:
    """An engine whose answer the test decides; it waits while `gate` is closed."""

    name: Final = "scripted"
    revision: Final = "sha256:0"

    def __init__(self, say: Callable[[], object]) -> None:
        self.say = say
        self.gate = threading.Event()
        self.gate.set()
        self.closed = 0

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        del rule, document
        self.gate.wait()
        return self.say()

    async def close(self) -> None:
        self.closed += 1


@asynccontextmanager
async def shadowed(
    serving: Engine, shadow: Engine, told: Told, most: int = 256
) -> AsyncIterator[ShadowEngine]:
    engine = ShadowEngine(serving, told.shadowing(lambda: shadow), most=most)
    try:
        yield engine
    finally:
        await engine.close()


async def settled(engine: ShadowEngine, of: int) -> None:
    """Wait until `of` decisions are accounted for."""
    counts = engine.counts
    while counts.same + counts.differing + counts.failed + counts.dropped < of:  # noqa: ASYNC110  # another thread counts
        await asyncio.sleep(0.01)


async def test_two_engines_that_agree_differ_in_nothing(
    running_opa: OpaServer, bundle: Bundle, opa_binary: Path, wasm_cache: Path
) -> None:
    await (await open_when_ready(running_opa.unix, bundle)).close()
    told = Told()
    serving = WasmEngine.open(bundle, opa=str(opa_binary), cache=wasm_cache)

    async def opened() -> Engine:
        return await OpaEngine.open(running_opa.unix, bundle)

    engine = ShadowEngine(serving, replace(told.shadowing(lambda: serving), open_shadow=opened))
    assert (engine.name, engine.revision, engine.shadow) == ("wasm", bundle.revision, "shadow")
    for seed in range(100):
        rule, document = drawn(seed)
        assert await engine.evaluate(rule, document) == oracle.decide(rule, document, bundle.data["law"])
    await settled(engine, 100)
    assert (engine.counts.same, told) == (100, Told())
    await engine.close()


async def test_a_shadow_with_other_rego_is_told_without_content(
    wasm_engine: WasmEngine, bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    lax = other(bundle, ask=ALWAYS.replace("oversee", "ask"))
    serving = Scripted(lambda: wasm_engine.decide("ask.decision", ask()))
    with opa_server(opa_binary, lax, tmp_path) as server:
        told = Told()

        async def opened() -> Engine:
            engine = OpaEngine(server.unix, lax)
            await engine.connect()
            return engine

        engine = ShadowEngine(serving, replace(told.shadowing(lambda: serving), open_shadow=opened))
        served = await engine.evaluate("ask.decision", ask())
        await settled(engine, 1)
        await engine.close()
    (difference,) = told.differences
    assert served == wasm_engine.decide("ask.decision", ask())
    assert difference.rule == "ask.decision"
    assert len({difference.document, difference.served, difference.shadowed}) == 3
    assert all(len(each) == 64 for each in (difference.document, difference.served, difference.shadowed))
    assert "FR-2026" not in repr(difference)


@pytest.mark.parametrize("pair", [(True, 1), ({"a": 1}, {"a": 2}), ([1, 2], [2, 1]), (None, False)])
async def test_what_only_python_takes_for_equal_differs(pair: tuple[object, object]) -> None:
    one, two = pair
    told = Told()
    async with shadowed(Scripted(lambda: one), Scripted(lambda: two), told) as engine:
        assert await engine.evaluate("ask.decision", {}) is one
        await settled(engine, 1)
    assert len(told.differences) == 1


def broken() -> object:
    raise EngineFailed("opa: gone")


async def test_a_shadow_that_fails_is_told_once_and_tried_on() -> None:
    told, shadow = Told(), Scripted(broken)
    async with shadowed(Scripted(lambda: 1), shadow, told) as engine:
        for _ in range(3):
            assert await engine.evaluate("ask.decision", {}) == 1
        await settled(engine, 3)
        shadow.say = lambda: 1
        await engine.evaluate("ask.decision", {})
        await settled(engine, 4)
    assert (engine.counts.failed, engine.counts.same) == (3, 1)
    assert [str(each) for each in told.failures] == ["opa: gone"]


async def test_a_shadow_that_cannot_be_opened_is_opened_later() -> None:
    told, shadow = Told(), Scripted(lambda: 1)
    openers: list[Callable[[], Engine]] = [lambda: shadow, broken]  # type: ignore[list-item]  # never returns

    def openers_turn() -> Engine:
        return openers.pop()()

    engine = ShadowEngine(Scripted(lambda: 1), told.shadowing(openers_turn))
    for done in (1, 2):
        await engine.evaluate("ask.decision", {})
        await settled(engine, done)
    await engine.close()
    assert (engine.counts.failed, engine.counts.same, shadow.closed) == (1, 1, 1)


async def test_a_listener_that_breaks_does_not_end_the_comparing() -> None:
    told = Told()

    def deaf(_: Difference) -> None:
        raise OSError("no room")

    shadow = Scripted(lambda: 2)
    engine = ShadowEngine(Scripted(lambda: 1), replace(told.shadowing(lambda: shadow), tell=deaf))
    for done in (1, 2):
        await engine.evaluate("ask.decision", {})
        await settled(engine, 2 * done)
    await engine.close()
    assert (engine.counts.differing, engine.counts.failed) == (2, 2)


async def test_no_answer_waits_for_the_shadow_and_what_has_no_room_is_counted() -> None:
    told, shadow = Told(), Scripted(lambda: 1)
    shadow.gate.clear()
    async with shadowed(Scripted(lambda: 1), shadow, told, most=4) as engine:
        for _ in range(20):
            assert await engine.evaluate("ask.decision", {}) == 1
        assert engine.counts.dropped >= 20 - 4 - 1
        assert engine.counts.same == 0
        shadow.gate.set()
        await settled(engine, 20)
    assert engine.counts.same + engine.counts.dropped == 20


async def test_a_serving_engine_that_fails_fails() -> None:
    told = Told()
    async with shadowed(Scripted(broken), Scripted(lambda: 1), told) as engine:
        with pytest.raises(EngineFailed, match="gone"):
            await engine.evaluate("ask.decision", {})
    assert (engine.counts.same, told) == (0, Told())


async def test_a_closed_shadow_compares_nothing_and_closes_both_engines() -> None:
    serving, shadow, told = Scripted(lambda: 1), Scripted(lambda: 1), Told()
    shadow.gate.clear()
    engine = ShadowEngine(serving, told.shadowing(lambda: shadow))
    for _ in range(4):
        await engine.evaluate("ask.decision", {})
    closing = asyncio.create_task(engine.close())
    await asyncio.sleep(0)
    shadow.gate.set()
    await closing
    await engine.close()
    await engine.evaluate("ask.decision", {})
    assert engine.counts.same + engine.counts.dropped == 4
    assert engine._waiting.empty()
    assert serving.closed == 2
    assert shadow.closed <= 1


async def test_grants_of_a_whole_question_are_compared(wasm_engine: WasmEngine) -> None:
    told = Told()
    serving = Scripted(lambda: wasm_engine.decide("answer.decision", answer(grant())))
    async with shadowed(serving, serving, told) as engine:
        await engine.evaluate("answer.decision", answer(grant()))
        await settled(engine, 1)
    assert engine.counts.same == 1
