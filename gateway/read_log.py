"""The use case of reading the log's files: who asks, decide, log the look, then read.

1. The path is a place in the layout. 2. The reader's kind may see that part at all. 3. Entries and blobs
need a justification, which the law decides on, 4. and an entry in this very log: one per reader,
justification, part and hour, so that the log does not grow with every file read from it. 5. Only then the
store is read.
"""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.errors import Duplicate
from audit.fields import CODE
from audit.serving import Absent, File, Part, Place, place_of, read_file
from gateway.errors import GatewayError, NotAllowed
from gateway.facts import moment, retain_until
from gateway.node import Node
from policy.decision import Refusal
from policy.log_readers import LogMatter, LogReader, may_read_log
from policy.mandate import Actor
from policy.terms import Role

HOUR = 3600
_MATTERS = {Part.CHECKPOINT: LogMatter.PROOFS, Part.HASHES: LogMatter.PROOFS}


class NotInLog(GatewayError):
    """The log has no such file."""

    code = "NOT_IN_LOG"
    status = HTTPStatus.NOT_FOUND


class JustificationNeeded(GatewayError):
    """Entries are read for a reason that is named, by a code."""

    code = "JUSTIFICATION_NEEDED"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who reads: `name` is what the log says (a pseudonym, or a registered reader's name).

    `actor` is whom the law judges when entries are wanted; who is never let to them has none. `sealed`
    identifies a person and goes encrypted beside the entry; a registered reader is no person.
    """

    name: str
    kind: LogReader
    actor: Actor | None
    justification: str
    sealed: bytes | None = field(default=None, repr=False)


def person(node: Node, actor: Actor, justification: str) -> Caller:
    """A signed-in person as a reader; `NotAllowed` unless of the node's own oversight."""
    if Role.OVERSIGHT not in actor.roles or actor.node != node.id:
        raise NotAllowed(
            f"log of {node.id}: its files are for the node's own oversight, not for {actor.node}"
        )
    name = node.post.keys.pseudonym(node.id, actor.subject)
    sealed = f"{actor.subject}\n{justification}".encode()
    return Caller(name, LogReader.OVERSIGHT, actor, justification, sealed)


@dataclass(slots=True)
class LogReads:
    """Reads of one node's log by others than itself; `_told` are the looks that its log already holds."""

    node: Node
    _told: set[str] = field(default_factory=set)
    _hour: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, caller: Caller, path: str) -> File:
        """The file at `path`; `NotInLog`, `NotAllowed`, `JustificationNeeded` or `AuditUnavailable`."""
        place = place_of(path)  # 1
        if isinstance(place, Absent):
            raise NotInLog(f"log of {self.node.id}: {place.value}")
        matter = _MATTERS.get(place.part, LogMatter.ENTRIES)
        if not may_read_log(caller.kind, matter):  # 2
            raise NotAllowed(f"log of {self.node.id}: {matter} are not for a {caller.kind}")
        if matter is LogMatter.ENTRIES:
            decision = await self._decide(caller)  # 3
            await self._tell(caller, place, decision)  # 4
        log = self.node.log
        found = await asyncio.to_thread(read_file, log.reader, place, log.checkpoint())  # 5
        if isinstance(found, Absent):
            raise NotInLog(f"log of {self.node.id}: {found.value}")
        return found

    async def _decide(self, caller: Caller) -> str:
        if caller.actor is None:
            raise NotAllowed(f"log of {self.node.id}: {caller.name} is no one whom the law knows")
        if not CODE(caller.justification):
            raise JustificationNeeded(f"log of {self.node.id}: entries are read with a justification, a code")
        verdict = await self.node.judge.may_oversee(
            caller.actor, "read_bundles", caller.justification, now=self.node.now()
        )
        if isinstance(verdict, Refusal):
            reasons = ", ".join(each.value for each in verdict.reasons)
            raise NotAllowed(f"log of {self.node.id}: not read ({reasons})")
        return verdict.id

    async def _tell(self, caller: Caller, place: Place, decision: str) -> None:
        """See to it that the log holds the look before anything is read."""
        hour = self.node.now() // HOUR
        once = f"log-read:{caller.name}:{caller.justification}:{place.part.value}:{hour}"
        async with self._turn:
            if hour != self._hour:
                self._hour, self._told = hour, set()
            if once in self._told:
                return
            with suppress(Duplicate):  # told by another process of this node, or before a restart
                await self.node.log.append(self._entry(caller, place, decision, hour, once))
            self._told.add(once)

    def _entry(self, caller: Caller, place: Place, decision: str, hour: int, once: str) -> Entry:
        start, end = hour * HOUR, (hour + 1) * HOUR
        facts: dict[str, JSON] = {
            "reader": caller.name,
            "role": caller.kind.value,
            "justification": caller.justification,
            "target": _target(self.node.log.origin, place.part),
            "period_from": moment(start),
            "period_to": moment(end),
            "decision": decision,
            "retain_until": retain_until(self.node.now(), Kind.LOG_READ),
        }
        expires = datetime.fromtimestamp(end, UTC)
        return Entry(Kind.LOG_READ, self.node.id, facts, sealed=caller.sealed, once=once, expires=expires)


def _target(origin: str, part: Part) -> str:
    """Digest of what is read: a log's name and the part of it."""
    told = f"{origin}\n{part.value}".encode()
    return f"sha256:{hashlib.sha256(told).hexdigest()}"
