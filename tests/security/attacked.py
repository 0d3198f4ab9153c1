"""A node that is attacked over HTTP by schemathesis, with a person of each role signed in.

    python -m tests.security.attacked [--examples N] [--seed N]

Three real nodes of the simulated world, one of them behind the product's own server on loopback, with the
demo's identity provider in a process of its own. What the attackers know of it, identifiers that exist, lies
in a file beside them, so that some of what they make is not turned away at the first door. Ends with 1 if one
of them found something, or if the node told of an error of ours while it was attacked; the seed is printed.
"""

import argparse
import asyncio
import logging
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import orjson
import uvicorn

from gateway.console_files import Asset, Console
from gateway.demo.plan import terms_of
from gateway.listen import config_of
from gateway.settings import SignInPart
from policy.terms import Role
from tests.components import ROOT, free_ports, opa_path
from tests.security.desk import Desk
from tests.world import Ground, World, open_world

NODE = "fr.ofast"
TOOLS = ROOT / ".entente/security/bin"
DESCRIPTION = ROOT / "gateway/openapi.yaml"
SCHEMA = ROOT / "gateway/graphql/schema.graphql"
CONFIGURED = ROOT / "deploy/security/schemathesis.toml"
CHECKS = ROOT / "tests/security/api_checks.py"
PAGE = Asset.of("/index.html", b"<!doctype html><title>Entente</title>")


class Complaints(logging.Handler):
    """What a node says of itself that must never happen, whoever sends whatever."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was told with the trace of an exception."""
        if record.exc_info:
            self.told.append(logging.Formatter("%(name)s: %(message)s").format(record))


@contextmanager
def provider(port: int) -> Iterator[str]:
    """The demo's identity provider, a process of its own."""
    people = (
        "--user-claims",
        '{"sub": "fr-1", "name": "Zoé", "entente_roles": ["analyst"], "entente_unit": "U1"}',
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.demo.provider", "--port", str(port), *people],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


async def there(address: str) -> None:
    """Return when something answers at the address."""
    async with asyncio.timeout(60), httpx2.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(address)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
            else:
                return


@asynccontextmanager
async def attacked(folder: Path, port: int) -> AsyncIterator[tuple[World, Desk]]:
    """The world, and the desk of its first node while the node listens at the port."""
    async with AsyncExitStack() as stack:
        issuer = stack.enter_context(provider(port + 1))
        world = await stack.enter_async_context(
            open_world(folder / "world", Ground(opa=str(opa_path()), cache=folder / "policy"))
        )
        clients = {"native_client_id": "entente-cli", "device_client_id": "entente-device"}
        signing_in = SignInPart(issuer=issuer, **clients)
        address = f"http://127.0.0.1:{port}"
        desk = Desk(world.nodes[NODE], address, signing_in, Console({"/index.html": PAGE}))
        server = uvicorn.Server(config_of(desk.app, "127.0.0.1", port))
        serving = asyncio.create_task(server.serve())
        try:
            await there(issuer)
            await there(address)
            yield world, desk
        finally:
            server.should_exit = True
            await serving
            await desk.client.aclose()


async def known(world: World) -> Mapping[str, list[object]]:
    """What an insider would name: by the name of an argument, values that exist."""
    visit = world.visit(NODE, "fr-1")
    found: dict[str, list[object]] = {
        "mandate": [await world.mandate(visit) for _ in range(6)],
        "grant": [terms.id for terms in map(terms_of, world.truth["grants"][NODE])],
        "nodes": [list(world.homes)],
        "case": ["FR-2026-0418"],
        "cases": [["FR-2026-0418"]],
        "justification": ["CASE_REVIEW"],
        "language": ["en", "fr", "sv"],
        "first": [1, 50],
        "days": [1, 30, 3650],
        "dataset": ["cases"],
        "partner": ["se.polisen"],
        "country": ["FR"],
        "file": ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1", "sealed/0"],
    }
    for question in world.truth["questions"]:
        for name, value in question["arguments"].items():
            if isinstance(value, str | int) and value not in found.setdefault(name, []):
                found[name].append(value)
    return found


@dataclass(frozen=True)
class Attack:
    """One run of schemathesis: on which description, as whom, on what of it, and the checks it leaves out."""

    what: Path
    role: Role | None = None
    only: tuple[str, ...] = ()
    without: str = "positive_data_acceptance"


#: schemathesis takes a refusal, which is data, for a fault; `graphql_errors_have_codes` tells them apart.
REFUSALS = "positive_data_acceptance,response_schema_conformance,not_a_server_error"
ATTACKS = (
    Attack(DESCRIPTION),
    Attack(DESCRIPTION, Role.OVERSIGHT, ("--exclude-operation-id", "signOut")),
    Attack(DESCRIPTION, Role.ANALYST, ("--include-operation-id", "signOut", "--phases", "coverage,fuzzing")),
    *(Attack(SCHEMA, role, (), REFUSALS) for role in (None, *Role)),
)


async def attack(desk: Desk, each: Attack, told: argparse.Namespace, beside: Path) -> bool:
    """Whether schemathesis found nothing."""
    signed_in = desk.sign_in(each.role) if each.role else {}
    headers = [part for name, value in signed_in.items() for part in ("--header", f"{name}: {value}")]
    address = desk.address + ("/graphql" if each.what is SCHEMA else "")
    bounds = ("--max-examples", told.examples, "--seed", told.seed, "--workers", 1, "--request-timeout", 30)
    quiet = (
        "--warnings",
        "off",
        "--no-color",
        "--suppress-health-check",
        "all",
        "--output-sanitize",
        "false",
    )
    command = (TOOLS / "schemathesis", "--config-file", CONFIGURED, "run", each.what, "--url", address)
    options = ("--exclude-checks", each.without, "--generation-database", "none", "--max-redirects", 0)
    who = each.role.value if each.role else "a stranger"
    say(f"schemathesis, {each.what.name} as {who}, seed {told.seed} …")
    surroundings = {"SCHEMATHESIS_HOOKS": str(CHECKS), "ENTENTE_KNOWN": str(beside)}
    surroundings |= {"ENTENTE_STRANGER": "0" if each.role else "1"}
    process = await asyncio.create_subprocess_exec(
        *map(str, (*command, *bounds, *quiet, *options, *each.only, *headers)),
        env=os.environ | surroundings,
        cwd=beside.parent,
    )
    return await process.wait() == 0


def say(text: str) -> None:
    """A line for whoever waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def run(told: argparse.Namespace) -> int:
    """All attacks, one after the other."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        port = free_ports(2)
        async with attacked(Path(folder), port) as (world, desk):
            beside = Path(folder) / "known.json"
            beside.write_bytes(orjson.dumps(await known(world)))
            held = [await attack(desk, each, told, beside) for each in ATTACKS]
    for complaint in complaints.told:
        say(complaint)
    found = f"{held.count(False)} found something, {len(complaints.told)} errors of ours"
    say(f"schemathesis: {len(held)} runs, {found}")
    return 0 if all(held) and not complaints.told else 1


def main() -> int:
    """The status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=10, help="of each operation, for each person")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
