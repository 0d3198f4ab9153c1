"""Two or more real nodes for the post room's tests: key rings, logs in memory, one directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.guard import MemoryGuard
from audit.keys import SigningKey
from audit.log import Log
from audit.memory_store import MemoryStore
from audit.receipt import Receipt
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, Status, SubjectCategory
from sharing.directory import Directory, DirectoryNode, NodeKey
from sharing.envelope import Opened, Rejected, Sealed, open_request, seal_answer, seal_request
from sharing.keys import KeyRing, Use
from sharing.message import Answer, Refused, Request
from sharing.notice import (
    DONE,
    Notice,
    NoticeReply,
    OpenedNotice,
    open_notice,
    seal_notice,
    seal_notice_reply,
)
from sharing.sealed import RawReply, SealedNotice

NOW = 1_795_000_000
DAY = 86_400
DOCUMENT = "sha256:" + "ab" * 32


@dataclass
class Station:
    """One node: its ring, its log and its entry in the directory."""

    ring: KeyRing
    log: Log
    entry: DirectoryNode

    @property
    def id(self) -> str:
        return self.ring.node

    async def receipt(self, kind: Kind, subject: str) -> Receipt:
        return await self.log.append(Entry(kind, self.id, subject=subject))

    async def ask(self, to: DirectoryNode, *, now: int = NOW, request: Request | None = None) -> Sealed:
        request = request or question(self.id, now)
        receipt = await self.receipt(Kind.ASKED, request.digest)
        return seal_request(request, mandate(self.id, now), receipt, self.ring, to, now=now)

    async def tell(
        self, to: DirectoryNode, *, now: int = NOW, body: Mapping[str, JSON] | None = None
    ) -> SealedNotice:
        notice = Notice("PING", self.id, to.id, body or {}, now)
        receipt = await self.receipt(Kind.ADMINISTRATION, notice.digest)
        return seal_notice(notice, receipt, self.ring, to, now=now)

    async def reply_to(
        self, opened: OpenedNotice, body: Mapping[str, JSON], *, now: int = NOW, status: str = DONE
    ) -> RawReply:
        reply = NoticeReply(self.id, opened.notice.digest, status, body, now)
        receipt = await self.receipt(Kind.ADMINISTRATION, reply.digest)
        sealed = seal_notice_reply(reply, receipt, opened, self.ring, now=now)
        return RawReply(sealed.status, sealed.headers, sealed.body)

    async def reply(
        self, opened: Opened, payload: bytes, *, now: int = NOW, status: Status = Status.ANSWERED
    ) -> RawReply:
        answer = Answer(
            self.id,
            opened.request.query_id,
            opened.request.digest,
            status,
            payload,
            ("g-1@1",),
            "rev-1",
            (),
            now,
        )
        receipt = await self.receipt(Kind.DISCLOSED, answer.digest)
        sealed = seal_answer(answer, receipt, opened, self.ring, now=now)
        return RawReply(sealed.status, sealed.headers, sealed.body)

    async def refuse(
        self, opened: Opened, *reasons: str, now: int = NOW, renews_at: int | None = None
    ) -> RawReply:
        request = opened.request
        refused = Refused(
            self.id, request.query_id, request.digest, reasons, "rev-1", now, renews_at=renews_at
        )
        receipt = await self.receipt(Kind.REFUSED, refused.digest)
        sealed = seal_answer(refused, receipt, opened, self.ring, now=now)
        return RawReply(sealed.status, sealed.headers, sealed.body)


@dataclass
class Office:
    """All nodes and their directory."""

    stations: dict[str, Station]
    directory: Directory
    federation: SigningKey = field(repr=False)

    def __getitem__(self, id: str) -> Station:  # noqa: A002  # the field's name
        return self.stations[id]

    def open(self, sealed: Sealed, *, now: int = NOW) -> Opened | Rejected:
        return open_request(sealed.headers, sealed.body, self.directory, own=sealed.to.id, now=now)

    def open_notice(self, sealed: SealedNotice, *, now: int = NOW) -> OpenedNotice | Rejected:
        return open_notice(sealed.headers, sealed.body, self.directory, own=sealed.to.id, now=now)

    async def close(self) -> None:
        for station in self.stations.values():
            await station.log.close()


async def open_office(*ids: str, ports: dict[str, int] | None = None, scheme: str = "http") -> Office:
    stations = {}
    for number, node in enumerate(ids):
        ring, key = KeyRing.generate(node), SigningKey.generate(f"{node}/log")
        log = await Log.open(MemoryStore(), MemoryGuard(), key)
        port = (ports or {}).get(node, 8000 + number)
        stations[node] = Station(ring, log, entry_of(ring, key, f"{scheme}://127.0.0.1:{port}"))
    nodes = tuple(station.entry for station in stations.values())
    directory = Directory("eu.entente", 1, NOW - DAY, NOW + 30 * DAY, nodes)
    return Office(stations, directory, SigningKey.generate("eu.entente/federation"))


def entry_of(ring: KeyRing, log: SigningKey, address: str) -> DirectoryNode:
    keys = tuple(
        NodeKey(use, key.public, NOW - DAY, NOW + 365 * DAY)
        for use, key in ((Use.MESSAGE, ring.message), (Use.MANDATE, ring.mandate), (Use.GRANT, ring.grant))
    )
    return DirectoryNode(
        ring.node,
        ring.node,
        ring.node[:2].upper(),
        address,
        f"spoc@{ring.node}",
        keys,
        log.name,
        log.public.vkey,
    )


def question(sender: str, now: int = NOW, value: str = "+33612345678") -> Request:
    return Request("q-1", DOCUMENT, {"value": value}, sender, now, 5000)


def mandate(node: str, now: int = NOW) -> Mandate:
    return Mandate(
        "m-17",
        Actor(node, "u-4711", frozenset({Role.ANALYST}), "OFAST-3"),
        Purpose.OPERATIONAL_ANALYSIS,
        LegalBasis.ER_18_2_C,
        "FR-2026-0418",
        "DRUG_TRAFFICKING",
        SubjectCategory.SUSPECT_OR_CONVICTED,
        Aim.IDENTIFY_PERSON,
        now - 60,
        now + 3600,
    )
