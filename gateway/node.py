"""One node, composed: what the use cases work with. `gateway.wiring` makes it from a home."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from audit.damaged_archive import Damage
from audit.erasures import ErasureBook
from audit.findings import FindingBook
from audit.index import LeafIndex
from audit.log import Log
from audit.progress import ProgressBook
from audit.witness import Witness
from gateway.charter import Charter
from gateway.crowd import Crowds
from gateway.errors import NodeNotReady
from gateway.observer import Observer, Unobserved
from gateway.pace import Paces
from gateway.prices import PriceBook
from gateway.readers import ReaderBook
from gateway.settings import Settings
from gateway.simulation import Simulation
from gateway.trusted import TrustedDocuments
from gateway.verification import Verification
from gateway.watch import Watch
from policy.judge import Judge
from sharing.alerts import AlertBook
from sharing.approval_keys import KeyBook
from sharing.backoff import BackoffStore
from sharing.consents import ConsentBook
from sharing.courier import Courier
from sharing.directory import Directory, DirectoryNode
from sharing.grants import GrantBook
from sharing.inbox import Inbox
from sharing.key_choice import KeyChoice
from sharing.keys import KeyRing
from sharing.leases import LeaseBook
from sharing.mandates import MandateBook
from sharing.outbox import Deliveries
from sharing.pictures import PictureStore
from sharing.proposals import ProposalBook
from sharing.quota import QuotaCounter
from sharing.recall import RecallBook
from sharing.recall_changes import ChangeBook
from sharing.register import Register
from sharing.standing import Questions
from tenants.arrivals import Arrivals
from tenants.intake import Intake
from tenants.matching.matcher import Matcher
from tenants.rulings import Rulings
from tenants.view import View

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Digests:
    """Keyed digests, so that the log tells nothing to who can only guess the content."""

    key: bytes = field(repr=False)

    def of(self, data: bytes) -> str:
        """`hmac-sha256:<hex>` of the bytes under the node's own key."""
        return f"hmac-sha256:{hmac.new(self.key, data, hashlib.sha256).hexdigest()}"

    def of_value(self, value: object) -> str:
        """The same of a JSON value with sorted keys."""
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return self.of(text.encode())


@dataclass(frozen=True, slots=True)
class Books:
    """What the post room keeps: grants, proposals, mandates, what waits for our officers and for others'."""

    grants: GrantBook
    proposals: ProposalBook
    mandates: MandateBook
    inbox: Inbox
    sent: Inbox


@dataclass(frozen=True, slots=True)
class Lending:
    """What went out and what came in on loan: who received what, what is called back, what is kept here.

    `changes` are those of loads; `versions` gives the present ones of at most a thousand records.
    """

    register: Register
    recalls: RecallBook
    leases: LeaseBook
    changes: ChangeBook
    versions: Callable[[Sequence[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Watching:
    """Standing questions and what answered them, alerts, and what arrived on the shelf."""

    book: Questions
    alerts: AlertBook
    arrivals: Arrivals


@dataclass(frozen=True, slots=True)
class Approving:
    """The keys with which officers approve; `spend` says whether something happens for the first time.

    It takes what that is, the time and until when it counts (Unix seconds).
    """

    keys: KeyBook
    spend: Callable[[str, int, int], bool]


@dataclass(slots=True)
class Damaged:
    """A copy of the log that is broken on purpose: what was changed, if there is one; its verification."""

    damage: Damage | None = None
    job: Verification = field(default_factory=Verification)


@dataclass(frozen=True, slots=True)
class Oversight:
    """What oversight works with: the log's index, made anew at will; findings, erasures, progress stay.

    `indexing` is held while the index is brought to the log's head: many who want it at once wait for one.
    Only a demonstration has a `damaged` part.
    """

    index: LeafIndex
    findings: FindingBook
    erasures: ErasureBook
    progress: ProgressBook
    verification: Verification = field(default_factory=Verification)
    damaged: Damaged | None = None
    indexing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Post:
    """How the node reaches its partners: keys, directory, courier, and who is left alone for a while."""

    choice: KeyChoice
    directory_now: Callable[[], Directory | None]
    courier: Courier
    backoff: BackoffStore
    clock: Callable[[], float]

    @property
    def keys(self) -> KeyRing:
        """The keys to sign with now: during a rotation, those that the directory in force lists."""
        if not self.choice.before:
            return self.choice.newest
        return self.choice.ring(self.directory_now(), int(self.clock()))

    async def seal(self, work: Callable[[KeyRing], Made]) -> Made:
        """What `work` makes with the keys to sign with now; in a thread where a token has to sign.

        `KeyUnavailable` when the token does not; then nothing leaves.
        """
        keys = self.keys
        return await asyncio.to_thread(work, keys) if keys.waits else work(keys)

    @property
    def directory(self) -> Directory:
        """The directory in force; `NodeNotReady` before the node has joined a federation."""
        found = self.directory_now()
        if found is None:
            raise NodeNotReady(f"{self.keys.node}: has no directory yet; it knows no partner")
        return found

    def addressees(self, wanted: list[str] | None) -> tuple[DirectoryNode, ...]:
        """The nodes to ask: all of the directory, or those named; `DirectoryRefused` on an unknown one."""
        directory = self.directory
        if wanted is None:
            return directory.nodes
        return tuple(directory.node(each) for each in dict.fromkeys(wanted))


@dataclass(frozen=True, slots=True)
class Node:
    """A node's parts. `clock` gives Unix seconds; an old home has no key to be a `witness` with."""

    settings: Settings
    clock: Callable[[], float]
    log: Log
    judge: Judge
    view: View
    books: Books
    post: Post
    documents: TrustedDocuments
    digests: Digests
    oversight: Oversight
    watch: Watch
    outbox: Deliveries
    lending: Lending
    watching: Watching
    consents: ConsentBook
    pictures: PictureStore
    quota: QuotaCounter
    matcher: Matcher
    intake: Intake
    rulings: Rulings
    crowds: Crowds
    approving: Approving
    witness: Witness | None = None
    charter: Charter = field(default_factory=Charter)
    paces: Paces = field(default_factory=Paces)
    observer: Observer = field(default_factory=Unobserved)
    readers: ReaderBook = field(default_factory=ReaderBook)
    prices: PriceBook = field(default_factory=PriceBook)
    simulation: Simulation = field(default_factory=Simulation)
    schemata: frozenset[str] = frozenset()
    """Names of the entity model's schemata: what a leaf may say of a question's."""
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of each schema that records can have, the properties that they may have: what a grant can mask."""

    @property
    def id(self) -> str:
        """The node's id."""
        return self.settings.node.id

    def now(self) -> int:
        """The time as whole Unix seconds."""
        return int(self.clock())

    def partners(self) -> list[Mapping[str, str]]:
        """The directory in words."""
        return [
            {"id": each.id, "name": each.name, "country": each.country, "spoc": each.spoc}
            for each in self.post.directory.nodes
        ]
