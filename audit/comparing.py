"""The commands that hold one thing against another: `reconcile` two logs, `evidence` of two stories."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

from audit.archive import Archive
from audit.checkpoint import Checkpoint
from audit.entry import Kind, read_leaf
from audit.equivocation import Evidence, Sighting, two_roots
from audit.errors import AuditError, FormatRefused
from audit.examining import period_option, unverified_option
from audit.exchanges import lines as lines_of
from audit.files import read_text, write_whole
from audit.line import Line, instant
from audit.merkle import leaf_hash
from audit.note import Note
from audit.reconcile import Discrepancy, reconcile, worst
from audit.saying import DOES_NOT_HOLD, HOLDS, Bar, say
from audit.severity import Severity
from audit.sightings import Sightings, broken_prefixes, is_copy, look
from audit.statistics import Period
from audit.trust import TrustPolicy
from audit.trusting import (
    needed_policy,
    opened,
    policy_of,
    standing,
    standing_line,
    trust_options,
    verified,
)
from audit.verifier import Report

_CLOSED = f'"kind":"{Kind.CLOSED}"'.encode()


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two to the command line."""
    keys = trust_options()

    command = commands.add_parser(
        "reconcile", parents=[keys], help="compare what two nodes' logs tell of their shared exchanges"
    )
    command.add_argument("one", type=Path, help="a copy of the one log")
    command.add_argument("other", type=Path, help="a copy of the other log")
    for side, name in (("a", "one"), ("b", "other")):
        command.add_argument(f"--policy-{side}", type=Path, help=f"the trust policy for the {name} log")
    period_option(command, required=False)
    unverified_option(command)
    command.set_defaults(run=_reconcile)

    command = commands.add_parser(
        "evidence", parents=[keys], help="look for two signed heads of one log that contradict each other"
    )
    command.add_argument(
        "sources", type=Path, nargs="*", help="checkpoints, receipts, copies of the log, other evidence"
    )
    command.add_argument("--out", type=Path, help="write the evidence to this file")
    command.add_argument("--check", type=Path, metavar="FILE", help="verify evidence that was written before")
    command.set_defaults(run=_evidence, usage_error=command.error)


@dataclass(slots=True)
class _Side:
    """One of two logs: whose it is, how it was verified, its lines of the exchanges with the other."""

    node: str
    report: Report
    lines: list[Line] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    def take(self, archive: Archive, other: str) -> None:
        """Read the lines of the exchanges with one other node; nothing else is kept in memory."""
        self.lines = [
            line
            for line in lines_of(self._leaves(archive, other))
            if {line.asker, line.answerer} == {self.node, other}
        ]

    def _leaves(self, archive: Archive, other: str) -> Iterator[tuple[int, bytes, bytes]]:
        """The leaves that name the other node, and those that close an intent, which may be one of its."""
        bar, mark, start = Bar(f"reading {archive.name}"), f'"{other}"'.encode(), 0
        for leaves in archive.bundles():
            for index, leaf in enumerate(leaves, start):
                if (mark in leaf or _CLOSED in leaf) and self._can_be_read(index, leaf):
                    yield index, leaf, leaf_hash(leaf)
            start += len(leaves)
            bar.told(start, archive.size)

    def _can_be_read(self, index: int, leaf: bytes) -> bool:
        try:
            record = read_leaf(leaf)
            instant(record.get("requested_at", record["at"]))
        except AuditError:
            self.unreadable.append(index)
            return False
        return True


def _reconcile(options: argparse.Namespace) -> int:
    period = Period.parse(*options.period) if options.period else None
    with opened(options.one) as one, opened(options.other) as other:
        both = ((one, options.policy_a), (other, options.policy_b))
        sides = [_side(options, archive, policy) for archive, policy in both]
        for side, archive, partner in zip(sides, (one, other), reversed(sides), strict=True):
            side.take(archive, partner.node)
    told = [_within(side.lines, period) for side in sides]
    found = reconcile(told[0], told[1], (sides[0].node, sides[1].node))
    unreadable = sum(len(side.unreadable) for side in sides)
    facts = {
        "logs": [
            standing(side.report) | {"node": side.node, "unreadable": side.unreadable} for side in sides
        ],
        "period": None if period is None else [period.start.isoformat(), period.end.isoformat()],
        "exchanges": [len(each) for each in told],
        "discrepancies": [{"id": each.id} | asdict(each) for each in found],
        "holds": worst(found) is Severity.INFO and not unreadable,
    }
    say(facts, [*_reconciled(sides, told, found)], as_json=options.json)
    return HOLDS if facts["holds"] else DOES_NOT_HOLD


def _side(options: argparse.Namespace, archive: Archive, policy: Path | None) -> _Side:
    trust = policy_of(policy or options.policy, None if policy else options.vkey)
    report = verified(archive, trust, wanted=not options.no_verify)
    return _Side(_node_of(archive), report)


def _node_of(archive: Archive) -> str:
    """Whose log this is: its first leaf says so, else the origin's part before the slash."""
    if archive.size:
        return str(read_leaf(archive.leaf(0))["node"])
    if archive.checkpoint is None:
        raise FormatRefused(f"log {archive.name}: holds neither a leaf nor a checkpoint, whose is it?")
    return Checkpoint.parse(Note.parse(archive.checkpoint).text).origin.partition("/")[0]


def _within(told: Sequence[Line], period: Period | None) -> list[Line]:
    return [line for line in told if period is None or instant(line.requested_at) in period]


def _reconciled(
    sides: Sequence[_Side], told: Sequence[Sequence[Line]], found: Sequence[Discrepancy]
) -> Iterator[str]:
    for side, own in zip(sides, told, strict=True):
        yield standing_line(side.report)
        yield f"           {side.node} tells of {len(own)} exchanges"
        if side.unreadable:
            indexes = ", ".join(map(str, side.unreadable[:20]))
            yield f"UNREADABLE {len(side.unreadable)} leaves that name the other node: {indexes}"
    for each in found:
        yield f"{each.severity:<10} {each.code}: {each.text}"
        for who, line in (("asker", each.asked), ("answerer", each.answered)):
            yield f"           {who}: {'nothing' if line is None else _told(line)}"
    yield f"{len(found)} discrepancies, the worst {worst(found)}" if found else "both logs tell the same"


def _told(line: Line) -> str:
    return f"leaf {line.index} at {line.opened_at}, {line.status or 'open'} {line.closed_at}".rstrip()


def _evidence(options: argparse.Namespace) -> int:
    policy = needed_policy(options)
    if bool(options.sources) == bool(options.check):
        options.usage_error("give what is to be compared, or --check and a file")
    return _check(options, policy) if options.check else _search(options, policy)


def _check(options: argparse.Namespace, policy: TrustPolicy) -> int:
    """Verify a paper that was written before."""
    evidence = Evidence.parse(read_text(options.check))
    first, second = evidence.check(policy.logs)
    facts = {"contradiction": evidence.kind, "first": str(first), "second": str(second), "holds": True}
    told = [f"{evidence.kind}: {first}", f"and {second}", "the evidence holds: the log told two stories"]
    say(facts, told, as_json=options.json)
    return HOLDS


_Found: TypeAlias = tuple[Sighting, Sighting, Evidence]


def _search(options: argparse.Namespace, policy: TrustPolicy) -> int:
    """Look for two roots of one size first, then for heads that are no prefix of a copy that was given."""
    seen = [look(path, policy.logs) for path in options.sources]
    heads = [head for each in seen for head in each.heads]
    if not heads:
        raise FormatRefused("evidence: nothing in these is signed by a key that was given")
    found: list[_Found] = [(one, other, Evidence(one.note, other.note)) for one, other in two_roots(heads)]
    if not found:
        own = [(path, each.heads) for path, each in zip(options.sources, seen, strict=True) if each.heads]
        found = [each for path, mine in own if is_copy(path) for each in _prefixes(path, mine, heads)]
    for _, _, evidence in found:
        evidence.check(policy.logs)
    _say_found(options, seen, found)
    return DOES_NOT_HOLD if found else HOLDS


def _say_found(options: argparse.Namespace, seen: Sequence[Sightings], found: Sequence[_Found]) -> None:
    lines = [
        f"{each.source}: {len(each.heads)} signed heads, {each.unsigned} by no given key" for each in seen
    ]
    told = [
        f"{paper.kind}: {one.source}: {one.checkpoint}; {other.source}: {other.checkpoint}"
        for one, other, paper in found
    ]
    facts: dict[str, object] = {"sources": lines, "contradictions": told, "holds": not found}
    shown = ["no contradiction"]
    if found:
        paper = str(found[0][2])
        facts["evidence"] = json.loads(paper)
        shown = ["", paper.rstrip()]
        if options.out is not None:
            write_whole(options.out, paper.encode())
            shown = [f"evidence written to {options.out.name}"]
    say(facts, [*lines, *told, *shown], as_json=options.json)


def _prefixes(path: Path, own: Sequence[Sighting], heads: Sequence[Sighting]) -> Iterator[_Found]:
    newest = max(own, key=lambda each: each.checkpoint.size)
    with opened(path) as archive:
        for head, evidence in broken_prefixes(archive, newest, heads, Bar(f"reading {archive.name}").told):
            yield head, newest, evidence
