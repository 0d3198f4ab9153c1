"""The use case of the simulator: real questions decided again by other Rego, which is never enacted.

1. The Rego is compiled apart from the node's. 2. The packaged vectors say where it differs already. 3. The
real questions of the last days are replayed with it. Budgets, log and shelf know nothing of it but the entry
that the replay makes.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.node import Node
from gateway.replay import Change, Told, Wanted, replay
from gateway.settings import PolicyPart
from policy.bundle import Bundle
from policy.conformance import differing
from policy.judge import Judge
from policy.rego_engine import RegoEngine
from policy.wasm_engine import WasmEngine

JUSTIFICATION = "POLICY_SIMULATION"


async def simulate(node: Node, bundle: Bundle, wanted: Wanted, told: Told | None = None) -> Mapping[str, Any]:
    """What would change; `EngineFailed` if the Rego does not compile."""
    with tempfile.TemporaryDirectory(prefix="entente-trial-") as cache:
        engine = _engine(node.settings.policy, bundle, Path(cache))  # 1
        try:
            vectors = differing(engine.decide, bundle)  # 2
            judge = Judge(engine, node.id, bundle.data)
            result = await replay(node, Change(judge=judge), wanted, told)  # 3
        finally:
            await engine.close()
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
    return WasmEngine.untried(bundle, opa=policy.opa, cache=cache)
