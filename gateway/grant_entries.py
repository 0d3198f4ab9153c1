"""What the log says of grants: who decided what for whom; persons by pseudonym, reasons and cases sealed."""

from audit.approval import Paper
from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from gateway import approving
from gateway.facts import TIERS, moment, retain_until
from gateway.node import Node
from policy.grants import GrantTerms
from policy.mandate import Actor
from sharing.grants import Grant, terms_written
from sharing.proposals import Proposal

REASON = 500


def granted(node: Node, grant: Grant, kind: Kind) -> Entry:
    """A version of a grant that comes into force, or ends."""
    facts = _told(grant.terms) | {
        "approvers": [node.post.keys.pseudonym(node.id, each.officer) for each in grant.approvals],
        "approvals": len(grant.approvals),
    }
    return Entry(kind, node.id, facts, subject=grant.digest)


def revoked(node: Node, grant: Grant, officer: Actor, reason: str) -> Entry:
    """The end of a grant, with the person and the reason sealed beside it."""
    entry = granted(node, grant, Kind.REVOKED)
    facts = dict(entry.facts) | {"retain_until": retain_until(node.now(), Kind.REVOKED)}
    sealed = f"{officer.subject}\n{reason[:REASON]}".encode()
    return Entry(Kind.REVOKED, node.id, facts, subject=grant.digest, sealed=sealed)


def administered(  # noqa: PLR0913  # one argument for each thing that an entry says
    node: Node,
    action: str,
    proposal: Proposal,
    officer: Actor,
    reason: str = "",
    *,
    paper: Paper | None = None,
) -> Entry:
    """A step of a proposal; its subject is the digest that officers approve, its terms are sealed.

    What the officer's key signed is sealed with them, so that it can be verified from the log alone.
    """
    facts = _told(proposal.terms) | {
        "action": action,
        "request_id": proposal.id,
        "approver": node.post.keys.pseudonym(node.id, officer.subject),
        "approvals": len(proposal.approvals),
        "unit": officer.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    said: dict[str, JSON] = {"officer": officer.subject, "reason": reason[:REASON]}
    if paper is None:
        said["terms"] = terms_written(proposal.terms)
    else:
        facts |= approving.facts(paper)
        said |= approving.evidence(paper, proposal.said)
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=proposal.digest, sealed=encode(said))


def _told(terms: GrantTerms) -> dict[str, JSON]:
    return {
        "grant": terms.ref,
        "recipients": list(terms.recipients),
        "tier": TIERS[terms.mode],
        "purposes": [each.value for each in terms.purposes],
        "not_before": moment(terms.not_before),
        "expires_at": moment(terms.expires_at),
    }
