"""A simulated world: three real nodes in one process, whose doors can fall silent, hang, lie or repeat.

Everything of a node is real (keys, log, engine, database, signatures); only the wire between them is a table
of doors, and a test may put another door in a partner's place. Time is the world's: `world.later(seconds)`.
"""

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from audit.canonical import parse_object
from audit.feeding import RawReply
from audit.keys import SigningKey
from deploy.demo import story
from deploy.demo.truth import truth
from gateway.answer import answer
from gateway.ask import Asking, ask
from gateway.demo.plan import house_grant, terms_of
from gateway.errors import MandateNotPermitted
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.liaise import enact
from gateway.mandates import open_
from gateway.node import Node
from gateway.notice_door import TYPES
from gateway.notices import receive
from gateway.sessions import Session
from gateway.visit import Visit
from gateway.wiring import open_node, open_records
from gateway.witness_home import policy_text
from gateway.witnessing import Feeder, WitnessSilent
from policy.grants import GrantTerms
from policy.mandate import Actor
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from sharing.grants import Approval
from sharing.loopback_courier import Handler, LoopbackCourier
from sharing.mandates import Justification, new_mandate
from sharing.signature import Headers
from tenants.envelope import Defaults

NODES = ("fr.ofast", "se.polisen", "eu.europol")
COUNTRIES = {"fr.ofast": "FR", "se.polisen": "SE", "eu.europol": "NL"}
OFFICERS = ("officer-1", "officer-2")
PORT = 18401
FEDERATION = "federation.key"
"""What signs the directory, beside the homes."""


@dataclass(frozen=True)
class Ground:
    """What a world stands on: where databases are, which engine decides, where compiled policies are kept."""

    engine: str = "wasm"
    opa: str = "opa"
    opa_address: str = ""
    cache: Path = Path("policy")
    stores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    quorum: str = ""
    """Which of the partners must cosign a log: `any`, `all`, or none of them must."""
    policy: Mapping[str, object] = field(default_factory=dict)
    """More of the settings' `[policy]`."""
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The settings' `[keys]` of the nodes whose keys lie on a token."""
    settings: str = ""
    """More TOML for each node's settings."""


Cosigning = Callable[[bytes], Awaitable[RawReply]]


@dataclass
class World:
    """Three nodes, the table of their doors, one clock, and what crossed the wire."""

    homes: dict[str, Home]
    truth: Mapping[str, Any]
    nodes: dict[str, Node] = field(default_factory=dict)
    doors: dict[str, Handler] = field(default_factory=dict)
    notices: dict[str, Handler] = field(default_factory=dict)
    wire: list[tuple[str, Headers, bytes]] = field(default_factory=list)
    witnesses: dict[str, Cosigning] = field(default_factory=dict)
    offset: float = 0.0
    running: dict[str, AsyncExitStack] = field(default_factory=dict)

    async def start(self, node: str) -> None:
        """Let a node run on its home."""
        stack = self.running[node] = AsyncExitStack()
        away = LoopbackCourier(self.doors, self.notices)
        self.nodes[node] = await stack.enter_async_context(
            open_node(self.homes[node], clock=self.clock, away=away)
        )

    async def stop(self, node: str) -> None:
        """End a node, if it runs; what it holds is given back."""
        if stack := self.running.pop(node, None):
            await stack.aclose()

    def federate(self, version: int, key: SigningKey | None = None) -> str:
        """Give every node a directory over the cards as they are, signed by the federation or by `key`."""
        cards = tuple(read_card(home.card) for home in self.homes.values())
        folder = next(iter(self.homes.values())).path.parent
        signer = key or SigningKey.load(folder / FEDERATION)
        text = sign_directory(cards, signer, version=version, now=datetime.now(UTC), days=30)
        for home in self.homes.values():
            home.directory.write_text(text)
        return text

    def clock(self) -> float:
        """Unix seconds of this world."""
        return time.time() + self.offset

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.offset += seconds

    def waits(self, seconds: float) -> None:
        """Let every node wait so long for the answers to a question."""
        for name, node in self.nodes.items():
            limits = node.settings.limits.model_copy(update={"question_seconds": seconds})
            settings = node.settings.model_copy(update={"limits": limits})
            self.nodes[name] = replace(node, settings=settings)

    def door(self, node: str) -> Handler:
        """The true door of a node; what goes through is remembered."""

        async def through(headers: Headers, body: bytes) -> Any:
            self.wire.append((node, headers, body))
            return await answer(self.nodes[node], headers, body)

        return through

    def witness(self, node: str) -> Cosigning:
        """The true witness of a node."""

        async def cosign(body: bytes) -> RawReply:
            witness = self.nodes[node].witness
            assert witness is not None
            reply = witness.add_checkpoint(body, int(self.clock()))
            return RawReply(reply.status, reply.content_type, reply.body)

        return cosign

    def feeder(self, node: str) -> Feeder:
        """What gets a node's log cosigned by those in `witnesses`."""
        policy = self.nodes[node].watch.policy
        assert policy is not None, "the ground asks for no quorum"
        return Feeder(self.nodes[node], policy, LoopbackPoster(self))

    def notice_door(self, node: str) -> Handler:
        """The true door of a node for notices; what goes through is remembered."""

        async def through(headers: Headers, body: bytes) -> Any:
            self.wire.append((node, headers, body))
            return await receive(self.nodes[node], TYPES, headers, body)

        return through

    def visit(self, node: str, subject: str = "analyst-1", *roles: Role, unit: str = "unit-1") -> Visit:
        """A person signed in at a node; an analyst unless told otherwise."""
        actor = Actor(node, subject, frozenset(roles or (Role.ANALYST,)), unit)
        return Visit(self.nodes[node], Session(actor, f"Name of {subject}", "csrf", 0, 0))

    async def mandate(self, visit: Visit, **other: Any) -> str:
        """The id of a mandate opened by the visitor; operational analysis unless told otherwise.

        One that the law does not permit is there all the same, as if it had been opened under an earlier law:
        the questions under it must be refused as well.
        """
        why: dict[str, Any] = {
            "purpose": Purpose.OPERATIONAL_ANALYSIS,
            "legal_basis": LegalBasis.ER_20_2A,
            "case": "FR-2026-0418",
            "offence": "DRUG_TRAFFICKING",
            "subject_category": SubjectCategory.SUSPECT_OR_CONVICTED,
            "aim": Aim.MORE_DATA_ON_KNOWN,
        }
        minutes, emergency = other.pop("minutes", None), other.pop("emergency", None)
        said = Justification(**why | other)
        try:
            return str((await open_(visit, said, minutes, emergency))["id"])
        except MandateNotPermitted:
            unlawful = new_mandate(visit.session.actor, said, now=visit.node.now())
            visit.node.books.mandates.add(unlawful)
            return unlawful.id

    async def ask(
        self, node: str, operation: Operation, variables: Mapping[str, Any], **other: Any
    ) -> Mapping[str, Any]:
        """What an analyst of `node` is shown; opens a mandate first."""
        nodes: Sequence[str] | None = other.pop("nodes", None)
        visit = self.visit(node)
        mandate = await self.mandate(visit, **other)
        return await ask(visit, Asking(operation, variables, mandate, list(nodes) if nodes else None))

    async def pose(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask a question of the truth file as it stands there."""
        asker = question["asker"]
        roles = [Role(each) for each in asker["roles"]]
        visit = self.visit(asker["node"], asker["subject"], *roles, unit=asker["unit"])
        told = question["mandate"]
        mandate = await self.mandate(
            visit,
            purpose=Purpose(told["purpose"]),
            legal_basis=LegalBasis(told["legal_basis"]),
            case=told["case"],
            offence=told["offence"],
            subject_category=SubjectCategory(told["subject_category"]),
            aim=Aim(told["aim"]),
        )
        operation = Operation(question["operation"])
        asking = Asking(operation, question["arguments"], mandate, list(question["expect"]))
        return await ask(visit, asking)

    async def log(self, node: str) -> list[Mapping[str, Any]]:
        """All leaves of a node's log, parsed."""
        log = self.nodes[node].log
        return [parse_object(each.leaf) for each in await log.entries(0, log.head.size)]

    async def kinds(self, node: str) -> list[str]:
        """The kinds of a node's log entries, in order."""
        return [str(leaf["kind"]) for leaf in await self.log(node)]

    async def grant(self, node: str, terms: GrantTerms) -> None:
        """Put a grant in force with two officers."""
        approvals = tuple(Approval(each, int(self.clock())) for each in OFFICERS)
        await enact(self.nodes[node], terms, approvals)


@dataclass
class LoopbackPoster:
    """The way to the witnesses of a world; one that is not in the table is silent."""

    world: World

    async def post(self, url: str, body: bytes) -> RawReply:
        """See `gateway.witnessing.Poster`."""
        places = {f"http://127.0.0.1:{PORT + place}/witness": node for place, node in enumerate(NODES)}
        cosign = self.world.witnesses.get(places[url.removesuffix("/add-checkpoint")])
        if cosign is None:
            raise WitnessSilent(f"{url}: not there")
        return await cosign(body)

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def open_world(path: Path, ground: Ground) -> AsyncIterator[World]:
    """A world below `path`, loaded with the story and its grants; everything is closed at the end.

    On the plain ground it is a copy of the first one, as it was before anybody asked: the same keys, log and
    records. Making it takes longer than most stories.
    """
    plain = Ground(opa=ground.opa, cache=ground.cache)
    if ground == plain and ground.cache.is_absolute():
        shutil.copytree(await _first(plain), path, dirs_exist_ok=True)
        homes, settled = {node: Home(path / node) for node in NODES}, True
    else:
        homes, settled = await _found(path, ground), False
    async with _opened(homes, settled=settled) as world:
        yield world


async def _first(ground: Ground) -> Path:
    """The world that is copied; made when it is first wanted, beside the compiled policies of this run."""
    kept = ground.cache.with_name(f"{ground.cache.name}-world")
    if not kept.exists():
        made = kept.with_suffix(".new")
        async with _opened(await _found(made, ground), settled=False):
            pass
        made.rename(kept)
    return kept


@asynccontextmanager
async def _opened(homes: dict[str, Home], *, settled: bool) -> AsyncIterator[World]:
    """The world in these homes; unless it is settled, its grants are put in force."""
    world = World(homes, deepcopy(_truth()))
    for node in homes:
        world.doors[node] = world.door(node)
        world.notices[node] = world.notice_door(node)
        world.witnesses[node] = world.witness(node)
    async with AsyncExitStack() as stack:
        for node in homes:
            stack.push_async_callback(world.stop, node)
            await world.start(node)
        for node in () if settled else homes:
            for terms in (house_grant(node), *map(terms_of, world.truth["grants"][node])):
                await world.grant(node, terms)
        yield world


async def _found(path: Path, ground: Ground) -> dict[str, Home]:
    """New homes below `path` that know each other, each with its records."""
    key = SigningKey.generate("world.test/directory")
    homes = {}
    for place, node in enumerate(NODES):
        policy: dict[str, object] = {"engine": ground.engine, "opa": ground.opa, "cache": str(ground.cache)}
        policy |= {"opa_address": ground.opa_address} if ground.opa_address else {}
        policy |= ground.policy
        profile = Profile(
            id=node,
            name=node,
            country=COUNTRIES[node],
            spoc=f"spoc@{node}",
            port=PORT + place,
            demo=True,
            policy=policy,
            store=ground.stores.get(node, {}),
            keys=ground.keys.get(node, {}),
            witness={"policy": "trust.policy"} if ground.quorum else {},
        )
        homes[node] = home = create(path / node, profile, now=datetime.now(UTC))
        home.federation_key.write_text(key.public.vkey)
        settings = home.path / "node.toml"
        settings.write_text(settings.read_text() + ground.settings)
    cards = tuple(read_card(home.card) for home in homes.values())
    text = sign_directory(cards, key, version=1, now=datetime.now(UTC), days=30)
    key.save(path / FEDERATION)
    for home, card in zip(homes.values(), cards, strict=True):
        home.directory.write_text(text)
        if ground.quorum:
            home.trust_policy.write_text(policy_text(card, cards, ground.quorum, ()))
        await _load(card.id, home, path)
    return homes


async def _load(node: str, home: Home, path: Path) -> None:
    source = path / f"{node}.jsonl"
    source.write_bytes(_lines(node))
    shelf = open_records(home, home.settings())
    try:
        shelf.loader(node, lambda: int(time.time())).load_jsonl(source, Defaults({"dataset": "cases"}))
    finally:
        await shelf.close()


@cache
def _lines(node: str) -> bytes:
    """The story's records at a node, one JSON document a line."""
    return b"".join(orjson.dumps(each) + b"\n" for each in story.records(node))


@cache
def _truth() -> Mapping[str, Any]:
    return truth(418, "small", {})
