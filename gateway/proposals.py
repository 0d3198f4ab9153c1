"""Grants that one liaison officer has proposed and that wait for a second one."""

from dataclasses import dataclass, field

from gateway.errors import GatewayError, NotAllowed
from policy.grants import GrantTerms
from sharing.grants import Approval

PROPOSAL_LIFE = 3600
MAX_PROPOSALS = 1000


class ProposalUnknown(GatewayError):
    """No proposal of that id waits for a second officer."""

    code = "PROPOSAL_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms that one officer wants, waiting for another."""

    terms: GrantTerms
    approvals: tuple[Approval, ...]


@dataclass(slots=True)
class Proposals:
    """What waits for a second officer in this process."""

    _waiting: dict[str, Proposal] = field(default_factory=dict)

    def add(self, proposal: Proposal, now: int) -> None:
        """Keep it for an hour."""
        kept = {
            key: each for key, each in self._waiting.items() if now - each.approvals[0].at < PROPOSAL_LIFE
        }
        if len(kept) >= MAX_PROPOSALS:
            raise NotAllowed(f"grant: {MAX_PROPOSALS} proposals wait already")
        self._waiting = kept | {proposal.terms.id: proposal}

    def get(self, grant_id: str, now: int) -> Proposal:
        """The proposal; `ProposalUnknown` when there is none or its hour is over."""
        found = self._waiting.get(grant_id)
        if found is None or now - found.approvals[0].at >= PROPOSAL_LIFE:
            raise ProposalUnknown(f"grant {grant_id[:80]}: no proposal of that id waits")
        return found

    def drop(self, grant_id: str) -> None:
        """Forget it."""
        self._waiting.pop(grant_id, None)
