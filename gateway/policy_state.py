"""The state of the law at this node: which engine decides, by which revision, and what its shadow found."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import NotAllowed
from gateway.visit import Visit
from policy.shadow_engine import ShadowEngine
from policy.terms import Role


def policy_state(visit: Visit) -> Mapping[str, Any]:
    """Engine, revision and shadow; role oversight or administrator. Counts are since the node's start."""
    if not visit.session.actor.roles & {Role.OVERSIGHT, Role.ADMINISTRATOR}:
        raise NotAllowed("role oversight or administrator: is not held by the person who is signed in")
    engine = visit.node.judge.engine
    return {"engine": engine.name, "revision": engine.revision, "shadow": _shadow(engine)}


def _shadow(engine: object) -> Mapping[str, Any] | None:
    if not isinstance(engine, ShadowEngine):
        return None
    counts = engine.counts
    return {
        "engine": engine.shadow,
        "same": counts.same,
        "differing": counts.differing,
        "failed": counts.failed,
        "dropped": counts.dropped,
    }
