"""The federation that is measured: real homes, keys, directory, grants and logs; the records are shared.

`fr.ofast` asks, `se.polisen` and `eu.europol` answer. Every node reads the same loaded shelf.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.guard import MemoryGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from gateway.demo.plan import house_grant
from gateway.graphql.federation import federation_schema
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.liaise import enact
from gateway.settings import QuestionsPart
from gateway.trusted import TrustedDocuments, shipped_documents
from gateway.wiring import open_node
from policy.grants import GrantTerms
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from sharing.directory import Directory, DirectoryNode
from sharing.grants import Approval
from sharing.keys import KeyRing
from sharing.message import Request
from sharing.sealing import seal_requests
from sharing.signature import PATH, Headers
from tests.bench.dataset import OWNER
from tests.components import free_port, opa_path

ASKER = "fr.ofast"
PARTNERS = (OWNER, "eu.europol")
CASE = "FR-2026-0418"
UNBOUND = "[quota]\nmisses = 1000000000\n" + "".join(
    f"[quota.{unit}]\n" + "".join(f"{whose} = 1000000000\n" for whose in QuestionsPart.model_fields)
    for unit in ("questions", "rows")
)
"""One person's load of hours in a minute."""


@dataclass
class Stage:
    """Homes below `path`, their ports, and what the asker needs to seal questions of its own."""

    path: Path
    ports: dict[str, int]
    documents: TrustedDocuments = field(repr=False)

    def home(self, node: str) -> Home:
        """One node's home."""
        return Home(self.path / node)

    def directory(self) -> Directory:
        """The federation's directory, opened as any node does."""
        home = self.home(ASKER)
        key = SigningKey.load(self.path / "federation.key").public
        return Directory.open(home.directory.read_text(), [key], now=int(time.time()))


def build(
    path: Path,
    shelf: Path,
    nodes: Sequence[str] = (ASKER, *PARTNERS),
    granting: Sequence[str] = PARTNERS,
    issuer: str = "http://127.0.0.1:9",
) -> Stage:
    """Make the homes, the directory, and one grant to the asker from each of `granting`."""
    law = {"engine": "wasm", "opa": str(opa_path()), "cache": "../policy"}
    ports = {node: free_port() for node in nodes}
    key = SigningKey.generate("bench.test/directory")
    key.save(path / "federation.key")
    for node in nodes:
        profile = Profile(
            id=node, name=node, country="XX", spoc=f"spoc@{node}", port=ports[node],
            demo=True, issuer=issuer, policy=law,
            store={"records": f"sqlite:///{shelf.resolve()}"},
        )  # fmt: skip
        home = create(path / node, profile, now=datetime.now(UTC))
        home.federation_key.write_text(key.public.vkey)
        settings = home.path / "node.toml"
        settings.write_text(settings.read_text() + UNBOUND)
    stage = Stage(path, ports, shipped_documents(federation_schema()._schema))
    cards = tuple(read_card(stage.home(node).card) for node in nodes)
    text = sign_directory(cards, key, version=1, now=datetime.now(UTC), days=3)
    for node in nodes:
        stage.home(node).directory.write_text(text)
    asyncio.run(_granted(stage, granting))
    return stage


def grant_to(node: str, recipient: str, number: int = 0) -> GrantTerms:
    """Everything of a node, to one recipient."""
    return replace(house_grant(node), id=f"bench-{number}", recipients=(recipient,))


async def _granted(stage: Stage, nodes: Sequence[str]) -> None:
    officers = (Approval("officer-1", int(time.time())), Approval("officer-2", int(time.time())))
    for node in nodes:
        async with open_node(stage.home(node)) as opened:
            await enact(opened, grant_to(node, ASKER), officers)


def mandate(now: int) -> Mandate:
    """The mandate of an analyst of the asker."""
    actor = Actor(ASKER, "analyst-1", frozenset({Role.ANALYST}), "unit-1")
    return Mandate(
        token_hex(16), actor, Purpose.OPERATIONAL_ANALYSIS, LegalBasis.ER_20_2A, CASE, "DRUG_TRAFFICKING",
        SubjectCategory.SUSPECT_OR_CONVICTED, Aim.MORE_DATA_ON_KNOWN, now - 60, now + 3600,
    )  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """One question: its operation and variables."""

    operation: Operation
    variables: dict[str, JSON]


async def _sealed(stage: Stage, asks: Sequence[Ask], to: DirectoryNode) -> list[bytes]:
    now = int(time.time())
    home = stage.home(ASKER)
    keys, signer = KeyRing.load(ASKER, home.keys), SigningKey.load(home.keys / "log.key")
    why = mandate(now)
    async with AsyncExitStack() as stack:
        log = await Log.open(MemoryStore(), MemoryGuard(), signer)
        stack.push_async_callback(log.close)
        requests = [
            Request(token_hex(16), stage.documents.named(ask.operation).id, ask.variables, ASKER, now, 8000)
            for ask in asks
        ]
        entries = [Entry(Kind.ASKED, ASKER, subject=request.digest) for request in requests]
        receipts = await log.append_many(entries)
        letters = [
            seal_requests(request, why, receipt, keys, (to,), now=now)[0]
            for request, receipt in zip(requests, receipts, strict=True)
        ]
    return [_wire(letter.headers, letter.body, to) for letter in letters]


def _wire(headers: Headers, body: bytes, to: DirectoryNode) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {PATH} HTTP/1.1\r\nhost: {to.authority}\r\n{fields}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def sealed(stage: Stage, asks: Sequence[Ask], to: str) -> list[bytes]:
    """Sealed questions as bytes for the wire; they hold for a minute, each for one use."""
    return asyncio.run(_sealed(stage, asks, stage.directory().node(to)))
