"""Who takes part: a home node, thirty partners, and what is wrong with five of them."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen

from gateway.demo.plan import house_grant
from gateway.graphql.federation import federation_schema
from gateway.home import Home
from gateway.liaise import enact
from gateway.trusted import shipped_documents
from gateway.wiring import open_node
from policy.quota import Quota
from sharing.grants import Approval
from tests.bench.dataset import counts, kept
from tests.bench.machine import cores
from tests.bench.processes import running
from tests.bench.stage import ASKER, Stage, build, grant_to
from tests.components import free_port
from tests.flow.test_two_gateways import claims

HOME = ASKER
SLOW, DEAD, HANGING, LYING, FLOODING = "xx.slow", "xx.dead", "xx.hanging", "xx.lying", "xx.flooding"
SOUND = tuple(f"xx.sound{number:02}" for number in range(25))
CHAOS = (SLOW, LYING, FLOODING, HANGING)
PARTNERS = (*SOUND, SLOW, DEAD, HANGING, LYING, FLOODING)
ANSWERING = (*SOUND, SLOW, LYING, FLOODING)
"""Partners that are real nodes with a log; of the other two nothing but an address is there."""
SHELF = 2_000
PERSONS = counts(SHELF)[0]
SLOWLY = 1.5
"""Seconds that the slow partner waits before it does its work: within the time of a question."""
STARTS_WITHIN = 300.0
FLOOD_QUOTA = 200
"""Questions a day that the home node's grant lets the flooding partner ask."""


@dataclass(frozen=True)
class Federation:
    """Homes and ports, as they lie in a folder; `issuer` is the port of the identity provider."""

    stage: Stage
    issuer: int

    @property
    def path(self) -> Path:
        """Everything of this run."""
        return self.stage.path

    def address(self, node: str) -> str:
        """Where a node listens."""
        return f"http://127.0.0.1:{self.stage.ports[node]}"

    def log(self, node: str) -> Path:
        """A node's log."""
        return self.stage.home(node).path / "audit.sqlite"


def found(path: Path, shelves: Path, say: Callable[[str], None]) -> Federation:
    """The federation in this folder, made if there is none."""
    told = path / "federation.json"
    if told.exists():
        kept_as = json.loads(told.read_text())
        documents = shipped_documents(federation_schema()._schema)
        return Federation(Stage(path, kept_as["ports"], documents), kept_as["issuer"])
    path.mkdir(parents=True, exist_ok=True)
    shelves.mkdir(parents=True, exist_ok=True)
    say(f"making {1 + len(PARTNERS)} nodes")
    issuer = free_port()
    shelf = kept(shelves, SHELF, say)
    stage = build(path, shelf, (HOME, *PARTNERS), granting=(), issuer=f"http://127.0.0.1:{issuer}")
    asyncio.run(_grants(stage.home(HOME)))
    told.write_text(json.dumps({"ports": stage.ports, "issuer": issuer}))
    return Federation(stage, issuer)


async def _grants(home: Home) -> None:
    """Home shows its records to its own people, and to the flooding partner within a quota."""
    quota = Quota(questions_day=FLOOD_QUOTA)
    async with open_node(home) as node:
        for terms in (house_grant(HOME), replace(grant_to(HOME, FLOODING), quota=quota)):
            await enact(node, terms, officers(node.now()))


def officers(now: int) -> tuple[Approval, Approval]:
    """Two liaison officers who approve."""
    return Approval("officer-1", now), Approval("officer-2", now)


@dataclass(frozen=True)
class Flood:
    """How fast the flooding partner sends: questions, notices and junk, each so many a second."""

    questions: float
    notices: float
    junk: float


@contextmanager
def served(federation: Federation, flood: Flood, python: str) -> Iterator[Mapping[str, "Popen[bytes]"]]:
    """The identity provider and all nodes as processes of their own: `home`, `sound`, `chaos` by name."""
    on, path, ports = cores().together, federation.path, federation.stage.ports
    idp = [python, "-m", "gateway.demo.provider", "--port", str(federation.issuer), *claims()]
    far = [python, "-m", "tests.load.serve_partners", str(path), json.dumps(vars(flood))]
    home = [python, "-m", "gateway.cli", "serve", str(federation.stage.home(HOME).path)]
    programs = {
        "identity provider": (idp, federation.issuer, "/"),
        "sound": ([*far, *_places(federation, SOUND)], ports[SOUND[0]], "/"),
        "chaos": ([*far, *_places(federation, CHAOS)], ports[SLOW], "/"),
        "home": (home, ports[HOME], "/readyz"),
    }
    with ExitStack() as stack:
        started = {}
        for name, (command, port, ready) in programs.items():
            said = path / f"{name}.said"
            server = running(command, port, on, path=ready, into=said, within=STARTS_WITHIN)
            started[name] = stack.enter_context(server)
        yield started


def _places(federation: Federation, nodes: Sequence[str]) -> list[str]:
    return [f"{node}:{federation.stage.ports[node]}" for node in nodes]
