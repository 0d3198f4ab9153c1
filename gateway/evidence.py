"""The use case of the evidence pack: all that proves the exchanges of one case, in one file.

1. The reader and the reason stand in the log before anything is read; opening identities is a second entry.
2. The index finds the case's entries, and each intent its outcome. 3. One checkpoint, cosigned if one that is
covers them all. 4. A proof for each leaf. 5. What was sealed beside it, papers and rulings of courts always,
identities only when asked for. 6. Directory, federation key, trust policy, the law's text. 7. The program
that checks it all. 8. The pack's digest goes into the log.
"""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from audit.canonical import JSON, encode, parse_object
from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind
from audit.errors import SealRefused
from audit.fields import CODE
from audit.index import LeafIndex, Search, every
from audit.note import Note
from audit.row import Row
from gateway.errors import VariablesRejected
from gateway.facts import retain_until
from gateway.node import Node
from gateway.oversight.look import decided, indexed
from gateway.pack_modules import modules
from gateway.visit import Visit
from policy.bundle import Bundle, law_files
from policy.terms import Role
from sharing.pack import write_pack
from sharing.pack_manifest import (
    CHECKPOINT,
    DIRECTORY,
    FEDERATION,
    INTENTS,
    MANIFEST,
    PAPERS,
    POLICY,
    SUMS,
    leaf_name,
    proof_name,
    sealed_names,
    summary,
)

MAX_LEAVES = 4000
MAX_CASE = 128
RULINGS = "ALTERED"
"""What is sealed beside an entry of a case of this kind: a court's ruling on one of its records."""
IDENTITIES = frozenset({"ASKED", "REFUSED"})
OF_A_CASE = ("ASKED", "QUESTION_RECEIVED", "REFUSED", "CLOSED", "ADMINISTRATION", "ALTERED")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Reader:
    """Who takes the pack: subject, role, and the decision that allowed it (none on the machine itself)."""

    subject: str
    role: str
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A case, the reason for reading it (a code), and the reason for opening identities, if they are."""

    case: str
    justification: str
    identities: str = ""

    def __post_init__(self) -> None:
        """Refuse what the log could not take."""
        if not CODE(self.justification) or (self.identities and not CODE(self.identities)):
            raise VariablesRejected("evidence: a justification is a code: A-Z, 0-9 and _, at most 64")
        if not 0 < len(self.case) <= MAX_CASE:
            raise VariablesRejected(
                f"evidence: a case reference of {len(self.case)} characters, 1 to {MAX_CASE} are taken"
            )


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """The file, and what to say about it."""

    content: bytes = field(repr=False)
    leaves: int
    exchanges: int

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the file."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


async def taken(visit: Visit, wanted: Wanted) -> EvidencePack:
    """The pack for a person in the role oversight at a running node; the law decides first."""
    reason = await decided(visit, "evidence_pack", wanted.justification)
    visit.proven()
    return await pack_case(
        visit.node, Reader(reason.actor.subject, Role.OVERSIGHT.value, reason.decision), wanted
    )


async def pack_case(node: Node, reader: Reader, wanted: Wanted) -> EvidencePack:
    """The pack of a case; an unknown case gives a pack without exchanges, for that is an answer too."""
    digest = node.digests.of(wanted.case.encode())
    await node.log.append(_look(node, reader, digest, wanted.justification))  # 1
    if wanted.identities:
        await node.log.append(_look(node, reader, digest, wanted.identities))
    directory, federation, policy = node.charter.texts()
    rows = await asyncio.to_thread(_rows, await indexed(node), digest)  # 2
    if len(rows) > MAX_LEAVES:
        raise VariablesRejected(f"case: {len(rows)} entries, at most {MAX_LEAVES} go into one pack")
    case = _Case(node, wanted, await _checkpoint(node, rows))  # 3
    for row in rows:
        await case.add(row)  # 4, 5
    case.members |= {DIRECTORY: directory.encode(), FEDERATION: federation.encode()}  # 6
    case.members |= {POLICY: policy.encode()} if policy else {}
    case.members |= _law(rows_of=case.records.values())
    case.members |= modules()  # 7
    pack = EvidencePack(case.written(digest), len(rows), len(case.intents))
    await node.log.append(_taken(node, reader, digest, pack))  # 8
    return pack


def _look(node: Node, reader: Reader, case: str, justification: str) -> Entry:
    facts = _who(node, reader) | {"case": case, "justification": justification}
    facts |= {"decision": reader.decision} if reader.decision else {}
    return Entry(Kind.LOG_READ, node.id, facts, sealed=f"{reader.subject}\n{justification}".encode())


def _taken(node: Node, reader: Reader, case: str, pack: EvidencePack) -> Entry:
    facts = _who(node, reader) | {"case": case, "target": pack.digest, "action": "EVIDENCE_PACKED"}
    return Entry(Kind.LOG_READ, node.id, facts | {"records": pack.leaves}, sealed=reader.subject.encode())


def _who(node: Node, reader: Reader) -> dict[str, JSON]:
    return {
        "reader": node.post.keys.pseudonym(node.id, reader.subject),
        "role": reader.role,
        "retain_until": retain_until(node.now(), Kind.LOG_READ),
    }


def _rows(index: LeafIndex, case: str) -> list[Row]:
    """The case's entries and the outcomes of its intents, in the order of the log."""
    found = {row.index: row for row in every(index, Search(case=case)) if row.kind in OF_A_CASE}
    for row in list(found.values()):
        if row.kind in INTENTS and len(found) <= MAX_LEAVES:
            found |= {each.index: each for each in every(index, Search(intent=row.entry_id))}
    return [found[place] for place in sorted(found)]


async def _checkpoint(node: Node, rows: list[Row]) -> str:
    """The last cosigned checkpoint if it covers all rows, else the last signed one, kept for its proofs."""
    note, last = node.watch.note, max((row.index for row in rows), default=-1)
    if note and Checkpoint.parse(Note.parse(note).text).size > last:
        return note
    note = node.log.checkpoint()
    await node.log.keep(note)
    return note


def _law(rows_of: Iterable[dict[str, Any]]) -> dict[str, bytes]:
    """The text of the law in force, if any of the entries was decided under it."""
    revision = Bundle.packaged().revision
    if all(record.get("policy_revision") != revision for record in rows_of):
        return {}
    return {f"policy/{name}": text for name, text in sorted(law_files().items())}


@dataclass(slots=True)
class _Case:
    """The pack as it grows."""

    node: Node
    wanted: Wanted
    checkpoint: str
    members: dict[str, bytes] = field(default_factory=dict)
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    erased: list[int] = field(default_factory=list)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = Checkpoint.parse(Note.parse(self.checkpoint).text).size

    @property
    def intents(self) -> dict[str, int]:
        """Entry ids of the intents, with their places."""
        return {str(each["id"]): place for place, each in self.records.items() if each["kind"] in INTENTS}

    async def add(self, row: Row) -> None:
        """Take a leaf with its proof and what may be shown of what is sealed beside it."""
        place = row.index
        (stored,) = await self.node.log.entries(place, place + 1)
        self.records[place] = parse_object(stored.leaf)
        self.members[leaf_name(place)] = stored.leaf
        self.members[proof_name(place)] = (await self.node.log.receipt(place, self.size)).text.encode()
        opened = row.kind in IDENTITIES and bool(self.wanted.identities)
        if row.sealed and (row.kind in PAPERS or row.kind == RULINGS or opened):
            try:
                shown = await self.node.log.unseal_salted(place)
                self.members |= dict(zip(sealed_names(place), shown, strict=True))
            except SealRefused:
                self.erased.append(place)

    def written(self, digest: str) -> bytes:
        """The file: program, manifest, digests, then all members by name."""
        members = dict(sorted((self.members | {CHECKPOINT: self.checkpoint.encode()}).items()))
        program = members.pop("__main__.py")
        members = {"__main__.py": program} | members
        lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members.items()]
        sums = "".join(lines).encode()
        return write_pack(
            {"__main__.py": program, MANIFEST: self._manifest(digest, sums), SUMS: sums} | members
        )

    def _manifest(self, digest: str, sums: bytes) -> bytes:
        outcomes = {record.get("intent") for record in self.records.values()}
        told: dict[str, JSON] = {
            "v": VERSION,
            "case": self.wanted.case,
            "case_digest": digest,
            "node": self.node.id,
            "origin": self.node.log.origin,
            "size": self.size,
            "sums": hashlib.sha256(sums).hexdigest(),
            "open": sorted(place for entry, place in self.intents.items() if entry not in outcomes),
            "erased": self.erased,
            "identities": bool(self.wanted.identities),
        }
        return encode(told | summary(self.records))
