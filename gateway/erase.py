"""The use case of erasure: the controller's side proposes, oversight approves, the log erases and says so.

Two persons, two roles, two entries before anything goes: an administrator, who sees no content, proposes what
to erase and why; oversight agrees that it is not needed for control (Regulation (EU) 2018/1725 Art. 88).
Nobody who holds both roles approves their own proposal. ADR 105.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.erasures import LIFE, MAX_RANGES, MAX_RECORDS, Erasure, Hold, State
from audit.errors import FormatRefused
from audit.ranges import joined, parts_of, ranges_of
from audit.retention import Survey, summary
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import many, moment, retain_until
from gateway.node import Node
from gateway.retention import Keeping
from gateway.visit import Visit
from policy.decision import Refusal
from policy.mandate import Actor
from policy.terms import ErasureReason, Role
from sharing.encoding import fresh

EITHER = (Role.ADMINISTRATOR, Role.OVERSIGHT)
Shown = Mapping[str, Any]


async def due(visit: Visit) -> Shown:
    """What retention makes due today, in counts; role administrator or oversight."""
    _either(visit)
    return due_shown(await _keeping(visit.node).survey(visit.node.clock()))


def waiting(visit: Visit) -> list[Shown]:
    """Erasures that wait for an approval or are not done; role administrator or oversight."""
    _either(visit)
    return [erasure_shown(each) for each in visit.node.oversight.erasures.waiting(visit.node.now())]


async def propose(visit: Visit, ranges: Sequence[str], reason: ErasureReason, justification: str) -> Shown:
    """Propose to erase what is sealed beside the leaves in `ranges`; role administrator."""
    actor = visit.require(Role.ADMINISTRATOR)
    try:
        named = joined(ranges, MAX_RECORDS)
    except FormatRefused as error:
        raise VariablesRejected(f"erasure: {error}") from error
    erasure = _erasure(visit.node, actor, named, reason)
    return await _proposed(visit.node, actor, erasure, justification)


async def propose_due(visit: Visit, justification: str) -> Shown | None:
    """Propose what retention makes due, the oldest first, as much as one erasure takes; None if none is."""
    node, actor = visit.node, visit.require(Role.ADMINISTRATOR)
    survey = await _keeping(node).survey(node.clock())
    indexes = [each.index for each in survey.due]
    for part in parts_of(indexes, MAX_RECORDS, MAX_RANGES):
        erasure = _erasure(node, actor, ranges_of(part), ErasureReason.RETENTION_EXPIRED)
        return await _proposed(node, actor, erasure, justification)
    return None


async def _proposed(node: Node, actor: Actor, erasure: Erasure, justification: str) -> Shown:
    """Check, log, keep."""
    await _keeping(node).check(erasure, node.clock())
    await node.log.append(_entry(node, actor, "ERASURE_PROPOSED", _told(erasure), justification))
    node.oversight.erasures.add(erasure)
    return erasure_shown(erasure)


async def approve(visit: Visit, erasure_id: str, justification: str) -> Shown:
    """Approve another person's proposal and carry it out; role oversight.

    1. Decided and by another person, in time. 2. Still all there, and nothing held. 3. Logged. 4. Kept as
    approved, so that it is carried out even if this process ends now. 5. Erased, each part with its entry.
    """
    node, actor = visit.node, visit.require(Role.OVERSIGHT)
    verdict = await node.judge.may_oversee(actor, "approve_erasure", justification, now=node.now())
    if isinstance(verdict, Refusal):
        raise NotAllowed(f"erasure: not approved ({', '.join(each.value for each in verdict.reasons)})")
    proposed = node.oversight.erasures.get(erasure_id)
    approved = proposed.approved(_pseudonym(node, actor), node.now())  # 1
    keeping = _keeping(node)
    await keeping.check(approved, node.clock())  # 2
    facts = _told(approved) | {"decision": verdict.id}
    await node.log.append(_entry(node, actor, "ERASURE_APPROVED", facts, justification))  # 3
    node.oversight.erasures.step(approved, State.PROPOSED)  # 4
    await keeping.carry_out(approved, node.clock())  # 5
    return erasure_shown(node.oversight.erasures.get(erasure_id))


async def resume(visit: Visit, erasure_id: str) -> Shown:
    """Carry on with an approved erasure that was cut short; role administrator or oversight."""
    _either(visit)
    node = visit.node
    await _keeping(node).carry_out(node.oversight.erasures.get(erasure_id), node.clock())
    return erasure_shown(node.oversight.erasures.get(erasure_id))


async def hold(visit: Visit, case: str, justification: str) -> bool:
    """Put a case on legal hold: nothing of it is erased until the hold is released."""
    node, actor = visit.node, _either(visit)
    held = Hold(node.digests.of(case.encode()), _pseudonym(node, actor), node.now())
    await node.log.append(
        _entry(node, actor, "LEGAL_HOLD_PLACED", {"case": held.case}, f"{case}\n{justification}")
    )
    node.oversight.erasures.hold(held)
    return True


async def release(visit: Visit, case: str, justification: str) -> bool:
    """End a legal hold; role oversight."""
    node, actor = visit.node, visit.require(Role.OVERSIGHT)
    digest = node.digests.of(case.encode())
    if digest not in {each.case for each in node.oversight.erasures.holds()}:
        raise VariablesRejected("legal hold: the case to release is not held")
    await node.log.append(
        _entry(node, actor, "LEGAL_HOLD_RELEASED", {"case": digest}, f"{case}\n{justification}")
    )
    node.oversight.erasures.release(digest)
    return True


def due_shown(survey: Survey) -> Shown:
    """A survey as the desk's schema tells it."""
    told = summary(survey.due)
    return {
        "today": survey.today.isoformat(),
        "records": told["records"],
        "kinds": [{"kind": kind, "records": count} for kind, count in told["kinds"].items()],
        "oldest": told["oldest"] and told["oldest"].isoformat(),
        "newest": told["newest"] and told["newest"].isoformat(),
        "held": survey.kept,
        "sealed": survey.sealed,
    }


def erasure_shown(erasure: Erasure) -> Shown:
    """An erasure as the desk's schema tells it."""
    return {
        "id": erasure.id,
        "state": erasure.state.value,
        "reason": erasure.reason,
        "records": erasure.records,
        "ranges": list(erasure.ranges[:100]),
        "proposer": erasure.proposer,
        "proposedAt": moment(erasure.proposed_at),
        "lapsesAt": moment(erasure.proposed_at + LIFE),
        "approver": erasure.approver or None,
    }


def _keeping(node: Node) -> Keeping:
    return Keeping(node.id, node.log, node.oversight.erasures, node.oversight.findings)


def _either(visit: Visit) -> Actor:
    for role in EITHER:
        if role in visit.session.actor.roles:
            return visit.require(role)
    return visit.require(Role.ADMINISTRATOR)


def _pseudonym(node: Node, actor: Actor) -> str:
    return node.post.keys.pseudonym(node.id, actor.subject)


def _erasure(node: Node, actor: Actor, ranges: Sequence[str], reason: ErasureReason) -> Erasure:
    by = _pseudonym(node, actor)
    return Erasure(f"e-{fresh()}", node.log.origin, tuple(ranges), reason.value, by, node.now())


def _told(erasure: Erasure) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        "request_id": erasure.id,
        "records": erasure.records,
        "reasons": [erasure.reason],
    }
    return told | many("ranges", erasure.ranges)


def _entry(node: Node, actor: Actor, action: str, facts: Mapping[str, JSON], reason: str) -> Entry:
    """An entry of administration: who by pseudonym, person and reason sealed beside it."""
    told = {
        "action": action,
        "approver": _pseudonym(node, actor),
        "unit": actor.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    sealed = f"{actor.subject}\n{reason[:1000]}".encode()
    return Entry(Kind.ADMINISTRATION, node.id, dict(facts) | told, sealed=sealed)
