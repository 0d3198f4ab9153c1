"""The use case of the simulator: real questions decided again by other Rego, which is never enacted.

1. Who tries which rules stands in the log. 2. The Rego is compiled apart from the node's. 3. The packaged
vectors say where it differs already. 4. The real questions of the last days are replayed with it. Budgets,
log and shelf know nothing of it but the entries that this makes. Rules on trial may be slow or hostile: they
are compiled and evaluated in a thread of their own, and one decision has `STEPS`, after which the Wasm is
stopped, and `SECONDS`. (`regopy` cannot be stopped: its thread is left behind, until it ends.)

At the desk it is a job (`gateway.simulation`) that administrators and liaison officers begin, watch and stop.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import NodeNotReady, NotAllowed
from gateway.facts import moment, retain_until
from gateway.node import Node
from gateway.replay import Change, Wanted, replay
from gateway.settings import PolicyPart
from gateway.turns import Told, Turn, others_first
from gateway.visit import Visit
from policy.bundle import Bundle
from policy.conformance import differing
from policy.errors import EngineFailed, Exhausted
from policy.judge import Judge
from policy.mandate import Actor
from policy.rego_engine import RegoEngine
from policy.terms import Role
from policy.trial_bundle import trial_sent
from policy.wasm_engine import WasmEngine

JUSTIFICATION = "POLICY_SIMULATION"
STEPS = 500_000_000
"""Of Wasm: hundreds of times what the packaged rules take for their longest vector; a second or so."""
SECONDS = 5.0
VECTORS_SECONDS = 60.0
Shown = Mapping[str, Any]
T = TypeVar("T")


class OnTrial:
    """`Engine` of the rules on trial: one thread of its own, so that the loop never waits for them."""

    def __init__(self, engine: WasmEngine | RegoEngine) -> None:
        self._engine: Final = engine
        self._thread: Final = ThreadPoolExecutor(1, "trial")
        self.name: Final = engine.name
        self.revision: Final = engine.revision
        self.over = ""

    async def evaluate(self, rule: str, document: Mapping[str, object]) -> object:
        """See `Engine`; `EngineFailed` after `STEPS` or `SECONDS`, and ever after: `over` says why."""
        return await self._within(SECONDS, lambda: self._engine.decide(rule, document))

    async def differing(self, bundle: Bundle) -> list[str]:
        """Names of the packaged vectors that the rules decide otherwise."""
        return await self._within(VECTORS_SECONDS, lambda: differing(self._engine.decide, bundle))

    async def _within(self, seconds: float, work: Callable[[], T]) -> T:
        if self.over:
            raise EngineFailed(self.over)
        try:
            return await asyncio.wait_for(
                asyncio.get_running_loop().run_in_executor(self._thread, work), seconds
            )
        except TimeoutError as error:
            self.over = f"rules on trial: were not ready after {seconds:.0f} s; nothing is said of the others"
            raise EngineFailed(self.over) from error
        except Exhausted as error:
            self.over = f"rules on trial: {error}; nothing is said of the others"
            raise EngineFailed(self.over) from error

    async def close(self) -> None:
        """See `Engine`."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self._engine.close()


async def begin(visit: Visit, texts: Iterable[tuple[str, str]], justification: str, days: int) -> Shown:
    """Begin to try the Rego in `texts` (file name, content) on the node's real questions.

    `NotAllowed` without the role, `EngineFailed` when the texts are no law, `NodeNotReady` while one runs.
    """
    node, actor = visit.node, _tester(visit)
    bundle = trial_sent(texts)
    wanted = Wanted(actor, justification, days=days)
    if not node.simulation.start(lambda told, turn: simulate(node, bundle, wanted, told, turn)):
        raise NodeNotReady(f"simulation at {node.id}: one is under way; stop it, or wait for its end")
    return progress(visit)


async def pause(visit: Visit) -> Shown:
    """Let a simulation that is under way wait at its next question."""
    _tester(visit)
    visit.node.simulation.pause()
    return progress(visit)


async def go_on(visit: Visit) -> Shown:
    """Let a simulation that waits go on from where it is."""
    _tester(visit)
    visit.node.simulation.go_on()
    return progress(visit)


async def stop(visit: Visit) -> Shown:
    """End a simulation that is under way; what it found until then is thrown away."""
    _tester(visit)
    await visit.node.simulation.stop()
    return progress(visit)


def progress(visit: Visit) -> Shown:
    """How far the simulation is, and what it found; of the last one when none is running."""
    _tester(visit)
    told = visit.node.simulation.progress
    found = told.found or {
        "revision": None,
        "inForce": visit.node.judge.revision,
        "vectors": [],
        "replay": None,
    }
    return {
        "stage": told.stage.value,
        "done": told.done,
        "total": told.total,
        "startedAt": moment(told.started_at) if told.started_at else None,
        "endedAt": moment(told.ended_at) if told.ended_at else None,
        "failed": told.failed,
        **found,
    }


def _tester(visit: Visit) -> Actor:
    if Role.LIAISON in visit.session.actor.roles or Role.ADMINISTRATOR in visit.session.actor.roles:
        return visit.session.actor
    raise NotAllowed("role liaison or administrator: is not held by the person who is signed in")


async def simulate(
    node: Node, bundle: Bundle, wanted: Wanted, told: Told | None = None, turn: Turn = others_first
) -> Mapping[str, Any]:
    """What would change; `EngineFailed` if the Rego does not compile, or takes too long to decide."""
    await node.log.append(_entry(node, bundle, wanted))  # 1
    with tempfile.TemporaryDirectory(prefix="entente-trial-") as cache:
        engine = OnTrial(await asyncio.to_thread(_engine, node.settings.policy, bundle, Path(cache)))  # 2
        try:
            vectors = await engine.differing(bundle)  # 3
            judge = Judge(engine, node.id, bundle.data)
            result = await replay(node, Change(judge=judge), wanted, told, turn)  # 4
        finally:
            await engine.close()
    if engine.over:
        raise EngineFailed(engine.over)
    return {
        "revision": bundle.revision,
        "inForce": node.judge.revision,
        "vectors": vectors,
        "replay": result.shown(),
    }


def _engine(policy: PolicyPart, bundle: Bundle, cache: Path) -> WasmEngine | RegoEngine:
    """An engine of its own in this process; a node on a real OPA has the binary that compiles as well."""
    if policy.engine == "rego":
        return RegoEngine(bundle)
    return WasmEngine.untried(bundle, opa=policy.opa, cache=cache, fuel=STEPS)


def _entry(node: Node, bundle: Bundle, wanted: Wanted) -> Entry:
    """Who tries which rules, and why."""
    actor = wanted.actor
    facts: dict[str, JSON] = {
        "action": "POLICY_SIMULATED",
        "reader": node.post.keys.pseudonym(node.id, actor.subject),
        "unit": actor.unit,
        "justification": wanted.justification,
        "policy_revision": bundle.revision,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    told = {"subject": actor.subject, "justification": wanted.justification}
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=json.dumps(told, ensure_ascii=False).encode())
