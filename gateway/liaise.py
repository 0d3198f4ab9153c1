"""The use case of liaison officers: propose a grant, approve it as a second person, revoke it.

Log before effect: a grant is in force only after its entry stands in the log. Proposals live in this process
for an hour.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import NotAllowed
from gateway.facts import TIERS, moment, retain_until
from gateway.node import Node
from gateway.proposals import Proposal
from gateway.visit import Visit
from policy.grants import GrantTerms
from policy.terms import Role
from sharing.encoding import fresh
from sharing.grants import OFFICERS, Approval, Grant, GrantRule

DAY = 86_400


def propose(visit: Visit, told: Mapping[str, Any], days: int) -> Mapping[str, Any]:
    """Terms for a new grant of this node, in force from now for `days`; returns the proposal's id."""
    node, now = visit.node, visit.node.now()
    officer = visit.require(Role.LIAISON)
    terms = GrantTerms(
        id=f"g-{fresh()}", version=1, owner=node.id, not_before=now, expires_at=now + days * DAY, **told
    )
    node.proposals.add(Proposal(terms, (Approval(officer.subject, now),)), now)
    return {"id": terms.id}


async def approve(visit: Visit, grant_id: str) -> Mapping[str, Any]:
    """Approve another officer's proposal: log, then put it in force."""
    node, now = visit.node, visit.node.now()
    officer = visit.require(Role.LIAISON)
    proposal = node.proposals.get(grant_id, now)
    if any(each.officer == officer.subject for each in proposal.approvals):
        raise NotAllowed(f"grant {grant_id}: needs a second officer, the proposer cannot approve")
    approvals = (*proposal.approvals, Approval(officer.subject, now))
    grant = await enact(node, proposal.terms, approvals)
    node.proposals.drop(grant_id)
    return shown(grant)


async def enact(node: Node, terms: GrantTerms, approvals: tuple[Approval, ...]) -> Grant:
    """Sign, log, store: the way every grant comes into force."""
    grant = _rule(node).sign(terms, approvals, node.post.keys.grant)
    await node.log.append(_entry(node, grant, Kind.GRANTED))
    node.books.grants.add(grant)
    return grant


async def revoke(visit: Visit, grant_id: str, reason: str) -> Mapping[str, Any]:
    """End a grant now: log, then store; the next question no longer finds it in force."""
    node, now = visit.node, visit.node.now()
    officer = visit.require(Role.LIAISON)
    current = node.books.grants.current(grant_id)
    grant = _rule(node).revoke(current, (Approval(officer.subject, now),), node.post.keys.grant, at=now)
    entry = _entry(node, grant, Kind.REVOKED)
    facts = dict(entry.facts) | {"retain_until": retain_until(now, Kind.REVOKED)}
    entry = replace(entry, facts=facts, sealed=f"{officer.subject}\n{reason[:500]}".encode())
    await node.log.append(entry)
    node.books.grants.add(grant)
    return shown(grant)


def grants(visit: Visit, after: str, first: int) -> list[Mapping[str, Any]]:
    """The node's grants, newest version of each, by id."""
    visit.require(Role.LIAISON)
    return [shown(each) for each in visit.node.books.grants.list(after=after, limit=min(first, 200))]


def shown(grant: Grant) -> Mapping[str, Any]:
    """A grant as the desk's schema tells it."""
    terms = grant.terms
    return {
        "id": terms.id,
        "ref": terms.ref,
        "recipients": list(terms.recipients),
        "dataset": terms.dataset,
        "schemata": list(terms.schemata),
        "tier": terms.mode.value,
        "masked": list(terms.masked),
        "cases": list(terms.cases),
        "purposes": [each.value for each in terms.purposes],
        "notBefore": moment(terms.not_before),
        "expiresAt": moment(terms.expires_at),
        "revokedAt": None if terms.revoked_at is None else moment(terms.revoked_at),
        "approvedBy": [each.officer for each in grant.approvals],
    }


def _rule(node: Node) -> GrantRule:
    return GrantRule.of(*node.post.keys.grant_keys, officers=OFFICERS)


def _entry(node: Node, grant: Grant, kind: Kind) -> Entry:
    terms = grant.terms
    facts: dict[str, JSON] = {
        "grant": terms.ref,
        "recipients": list(terms.recipients),
        "tier": TIERS[terms.mode],
        "approvers": [node.post.keys.pseudonym(node.id, each.officer) for each in grant.approvals],
        "approvals": len(grant.approvals),
        "purposes": [each.value for each in terms.purposes],
        "not_before": moment(terms.not_before),
        "expires_at": moment(terms.expires_at),
    }
    return Entry(kind, node.id, facts, subject=grant.digest)
