"""The one way to look into the log: a role, a justification, a decision, an entry, and then the look.

1. Role oversight. 2. The justification is a code or a reference, no placeholder. 3. The law decides. 4. An
entry LOG_READ names reader, justification, period and the digest of what is looked for. 5. Only then the
index is brought to the log's head and read.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind, timestamp
from audit.errors import IndexRefused
from audit.fields import CODE
from audit.index import LeafIndex, catch_up
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.case_reference import names_a_case
from policy.decision import Refusal
from policy.mandate import Actor
from policy.terms import Role

REFERENCE = "REFERENCE"
"""In place of a justification that is a reference: the reference itself is sealed beside the entry."""

MAX_JUSTIFICATION = 64
_TRIES = 3

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """Who looks and why: `decision` is the law's, `said` what the leaf says of the justification."""

    actor: Actor
    pseudonym: str
    justification: str
    decision: str

    @property
    def said(self) -> str:
        """The justification if it is a code, or that it is a reference."""
        return self.justification if CODE(self.justification) else REFERENCE


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of time; either end may be open."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def facts(self) -> dict[str, JSON]:
        """The period as a leaf holds it."""
        told = {"period_from": self.since, "period_to": self.until}
        return {name: timestamp(at) for name, at in told.items() if at is not None}


def justified(justification: str) -> None:
    """`VariablesRejected` unless it is a code or a reference: no placeholder, and no more than a line."""
    if len(justification) > MAX_JUSTIFICATION or not names_a_case(justification):
        raise VariablesRejected(
            f"justification {justification[:40]!r}: a code or a reference is needed, no placeholder"
        )


async def decided(visit: Visit, act: str, justification: str) -> Reason:
    """Steps 1 to 3: who may do `act`, and why; `NotAllowed` or `VariablesRejected` otherwise."""
    node, actor = visit.node, visit.require(Role.OVERSIGHT)
    justified(justification)
    verdict = await node.judge.may_oversee(actor, act, justification, now=node.now())
    if isinstance(verdict, Refusal):
        raise NotAllowed(f"log: not read ({', '.join(each.value for each in verdict.reasons)})")
    return Reason(actor, node.post.keys.pseudonym(node.id, actor.subject), justification, verdict.id)


async def look(
    visit: Visit, act: str, justification: str, target: str | Mapping[str, Any], period: Period | None = None
) -> None:
    """Steps 1 to 4: on return the log holds who looks for what, and why.

    `target` is a digest, or a JSON object whose keyed digest is logged.
    """
    reason, node = await decided(visit, act, justification), visit.node
    facts: dict[str, JSON] = {
        "reader": reason.pseudonym,
        "unit": reason.actor.unit,
        "action": act.upper(),
        "justification": reason.said,
        "decision": reason.decision,
        "target": target if isinstance(target, str) else node.digests.of_value(target),
        "retain_until": retain_until(node.now(), Kind.LOG_READ),
        **(period or Period()).facts,
    }
    await node.log.append(Entry(Kind.LOG_READ, node.id, facts, sealed=sealed_reason(reason)))


def sealed_reason(reason: Reason) -> bytes:
    """Person and justification in clear, to be sealed beside an entry."""
    told = {"subject": reason.actor.subject, "justification": reason.justification}
    return json.dumps(told, ensure_ascii=False).encode()


async def indexed(node: Node) -> LeafIndex:
    """Step 5: the index, at the log's head. Another process may carry it on meanwhile; then once more."""
    index = node.oversight.index
    async with node.oversight.indexing:
        for _ in range(_TRIES):
            try:
                await asyncio.to_thread(catch_up, index, node.log.reader, node.log.head)
            except IndexRefused:
                continue
            return index
    raise IndexRefused(f"index of {node.id}: moved on {_TRIES} times while it was read")


def moment_of(text: str | None, name: str) -> datetime | None:
    """A time that was given as text, with its zone; `VariablesRejected` if it is none."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise VariablesRejected(f"{name} {text[:40]!r}: is no time (RFC 3339)") from error
    if at.tzinfo is None:
        raise VariablesRejected(f"{name} {text[:40]!r}: has no time zone")
    return at
