"""The engines of the law, as the settings name them: the one that decides, and its shadow, if any."""

from collections.abc import Callable
from pathlib import Path

from audit.keys import read_secret
from gateway.settings import PolicyPart
from gateway.shadow_reports import ShadowReports
from policy.bundle import Bundle
from policy.engine import Engine
from policy.opa_engine import OpaEngine
from policy.rego_engine import RegoEngine
from policy.shadow_engine import ShadowEngine, Shadowing
from policy.wasm_engine import WasmEngine


async def open_engine(policy: PolicyPart, home: Path) -> Engine:
    """The engine that decides, tried on its vectors before it decides anything."""
    return await _open(policy.engine, policy, home)


async def open_engines(
    policy: PolicyPart, home: Path, digest: Callable[[bytes], str], reports: ShadowReports
) -> Engine:
    """The same with its shadow beside it; `digest` is the node's keyed one.

    A shadow that cannot be opened is no reason not to start: it is told to `reports` and tried again.
    """
    engine = await open_engine(policy, home)
    if policy.shadow is None:
        return engine
    name = policy.shadow
    reports.served, reports.shadow = engine.name, name
    return ShadowEngine(
        engine,
        Shadowing(name, lambda: _open(name, policy, home), digest, reports.differs, reports.failed),
    )


async def _open(name: str, policy: PolicyPart, home: Path) -> Engine:
    bundle = Bundle.packaged()
    if name == "opa":
        token = _token(policy, home)
        return await OpaEngine.open(policy.opa_address, bundle, seconds=policy.opa_seconds, token=token)
    if name == "wasm":
        return WasmEngine.open(bundle, opa=policy.opa, cache=home / policy.cache)
    return RegoEngine.open(bundle)


def _token(policy: PolicyPart, home: Path) -> str:
    """The bearer token of the OPA; `KeyRefused` for a file that others can read."""
    return read_secret(home / policy.opa_token_file).decode().strip() if policy.opa_token_file else ""
