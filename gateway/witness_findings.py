"""What witnessing has brought to light, as findings for oversight.

A log that signed two roots for one size (the evidence lies in the witness's store: `entente witness forks`),
a witness that contradicts the node's own log, and an own log that was without its quorum for long.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from audit.errors import AuditError
from audit.findings import Finding, Refs
from audit.freshness import Freshness
from audit.severity import Severity
from audit.witness import Fork
from gateway.node import Node
from gateway.watch import CONTRADICTS
from sharing.errors import SharingError

EVERY = 30.0
FORKED = "LOG_FORKED"
_STALE = {Freshness.PAGE: Severity.HIGH, Freshness.STOP: Severity.CRITICAL}
RULES = frozenset({
    FORKED, *(f"LOG_{each}" for each in _STALE), *(f"WITNESS_{each}" for each in CONTRADICTS)
})  # fmt: skip
"""The codes of all that is found here; the console has words for each, and takes its text apart."""
log = logging.getLogger(__name__)


async def report(node: Node) -> int:
    """Put what there is now into the book of findings; how many of them are new."""
    return await asyncio.to_thread(lambda: node.oversight.findings.add(list(noticed(node))))


async def keep_reporting(node: Node) -> None:
    """Report until cancelled; a database that is down is tried again."""
    while True:
        try:
            await report(node)
        except AuditError as error:
            log.error("%s: witness findings not kept: %s: %s", node.id, error.code, error)  # noqa: TRY400  # no trace needed
        await asyncio.sleep(EVERY)


def noticed(node: Node) -> Iterator[Finding]:
    """All findings of this moment; the same thing has the same id, a witness's word once a day."""
    for fork in node.witness.forks() if node.witness else ():
        yield _forked(node, fork)
    for name, word in tuple(node.watch.words.items()):
        if word.verdict in CONTRADICTS:
            at = datetime.fromtimestamp(word.at, UTC)
            about, text = f"{name} {at.date()}", f"witness {name}: {word.detail}"
            yield Finding.of(f"WITNESS_{word.verdict}", Severity.CRITICAL, at, about, text, Refs())
    state, seconds = node.watch.freshness()
    if state in _STALE:
        at, since = datetime.fromtimestamp(node.clock(), UTC), node.watch.since
        text = f"no quorum of witnesses has cosigned the log for {seconds} s"
        yield Finding.of(f"LOG_{state}", _STALE[state], at, f"{since}", text, Refs())


def _forked(node: Node, fork: Fork) -> Finding:
    try:
        directory = node.post.directory_now()
    except SharingError:
        directory = None
    nodes = directory.nodes if directory else ()
    partner = next((each.id for each in nodes if each.log_origin == fork.origin), "")
    at = datetime.fromtimestamp(node.clock(), UTC)
    text = f"log {fork.origin}: has signed two roots for size {fork.size}"
    about = f"{fork.origin} {fork.size}"
    return Finding.of(FORKED, Severity.CRITICAL, at, about, text, Refs(partner=partner))
