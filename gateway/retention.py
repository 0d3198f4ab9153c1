"""What retention makes due in a node's log, and how an approved erasure is carried out.

Both work with the node running or stopped: they need its log, the book of erasures and the findings. A survey
reads every leaf once, in a worker thread; an erasure goes in parts of one entry each, so that it can be cut
short anywhere and goes on over what is still there.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from audit.admission import MAX_ERASED
from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.erasures import Erasure, ErasureBook, State
from audit.errors import ErasureRefused
from audit.fields import MAX_ITEMS
from audit.findings import Finding, FindingBook, Wanted
from audit.findings import State as Seen
from audit.log import Log
from audit.ranges import parts_of, ranges_of, read_ranges
from audit.retention import Holds, Survey
from audit.store import LogReader
from gateway.facts import last_day, retain_until
from gateway.turns import Told

BATCH = 500
"""Is told how many of how many are done."""


def untold(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """A node's log and what says which of its blobs must stay."""

    node: str
    log: Log
    erasures: ErasureBook
    findings: FindingBook

    async def survey(self, now: float, told: Told = untold) -> Survey:
        """What is due on the day of `now`, and what is held."""
        return await asyncio.to_thread(self._survey, datetime.fromtimestamp(now, UTC).date(), told)

    def _survey(self, today: date, told: Told) -> Survey:
        found, size = Survey(today, self._holds(), last_day), self.log.head.size
        for start in range(0, size, BATCH):
            end = min(start + BATCH, size)
            found.take(start, self.log.reader.leaves(start, end))
            told(end, size)
        return found

    def _holds(self) -> Holds:
        """Cases on hold, and what findings name that were not dismissed."""
        cases = frozenset(each.case for each in self.erasures.holds())
        named = (name for each in self._open_findings() for name in _named(each))
        return Holds(cases, frozenset(named))

    def _open_findings(self) -> list[Finding]:
        found: list[Finding] = []
        for state in (Seen.OPEN, Seen.UNDER_REVIEW, Seen.CONFIRMED):
            page = self.findings.list(Wanted(state=state))
            while page:
                found += page
                page = self.findings.list(Wanted(state=state, before=page[-1].number))
        return found

    async def check(self, erasure: Erasure, now: float) -> None:
        """`ErasureRefused` unless every blob that the erasure names is there, and none is held."""
        self._own(erasure)
        wanted = set(erasure.indexes)
        there = await asyncio.to_thread(present, self.log.reader, erasure.ranges)
        if gone := sorted(wanted.difference(there)):
            raise ErasureRefused(
                f"erasure {erasure.id}: of {len(wanted)} blobs, {len(gone)} are not there or gone already: "
                f"leaves {', '.join(ranges_of(gone)[:5])}"
            )
        survey = await self.survey(now)
        if held := wanted & survey.held:
            raise ErasureRefused(
                f"erasure {erasure.id}: of {len(wanted)} blobs, {len(held)} are under legal hold or named by "
                "a finding that is not dismissed"
            )

    async def carry_out(self, erasure: Erasure, now: float, told: Told = untold) -> int:
        """Erase what is still there of an approved erasure; return how many blobs went.

        `ErasureRefused` if it lacks its second approval.
        """
        if erasure.state is not State.APPROVED:
            raise ErasureRefused(f"erasure {erasure.id}: is {erasure.state}, not {State.APPROVED}")
        self._own(erasure)
        left = await asyncio.to_thread(present, self.log.reader, erasure.ranges)
        done = erasure.records - len(left)
        for part in parts_of(left, MAX_ERASED, MAX_ITEMS):
            await self.log.erase(part, self._entry(erasure, part, now))
            done += len(part)
            told(done, erasure.records)
        self.erasures.step(replace(erasure, state=State.DONE), State.APPROVED)
        return len(left)

    def _own(self, erasure: Erasure) -> None:
        if erasure.log != self.log.origin:
            raise ErasureRefused(f"erasure {erasure.id}: is of log {erasure.log}, this is {self.log.origin}")

    def _entry(self, erasure: Erasure, part: Sequence[int], now: float) -> Entry:
        facts: dict[str, JSON] = {
            "request_id": erasure.id,
            "ranges": list(ranges_of(part)),
            "records": len(part),
            "reasons": [erasure.reason],
            "approvers": [erasure.proposer, erasure.approver],
            "retain_until": retain_until(now, Kind.ERASED),
        }
        return Entry(Kind.ERASED, self.node, facts)


def present(reader: LogReader, ranges: Sequence[str]) -> list[int]:
    """The leaves in the ranges that have a blob, ascending."""
    found: list[int] = []
    for each in read_ranges(ranges):
        for start in range(each.start, each.stop, BATCH):
            leaves = reader.leaves(start, min(start + BATCH, each.stop))
            found += [index for index, stored in enumerate(leaves, start) if stored.blob is not None]
    return found


def _named(finding: Finding) -> list[str]:
    refs = finding.refs
    names = [*map(str, refs.indexes), refs.request, refs.query_id]
    return [name for name in names if name]
