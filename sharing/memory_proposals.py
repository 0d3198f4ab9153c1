"""A `ProposalBook` in memory: for tests."""

from collections.abc import Sequence

from sharing.errors import ProposalConflict, ProposalUnknown
from sharing.proposals import Proposal, ProposalState


class MemoryProposals:
    """The newest revision of each, by id."""

    def __init__(self) -> None:
        self._kept: dict[str, Proposal] = {}

    def add(self, proposal: Proposal) -> None:
        """See `ProposalBook.add`."""
        if proposal.id in self._kept:
            raise ProposalConflict(f"proposal {proposal.id}: is there already")
        self._kept[proposal.id] = proposal

    def get(self, proposal_id: str) -> Proposal:
        """See `ProposalBook.get`."""
        if proposal_id not in self._kept:
            raise ProposalUnknown(f"proposal {proposal_id[:80]!r}: not in the book")
        return self._kept[proposal_id]

    def waiting(self, now: int, *, limit: int = 200) -> Sequence[Proposal]:
        """See `ProposalBook.waiting`."""
        states = {ProposalState.DRAFT, ProposalState.PROPOSED}
        found = [each for each in self._kept.values() if each.at(now) in states]
        return sorted(found, key=lambda each: (each.lapses_at, each.id))[:limit]

    def step(self, proposal: Proposal) -> None:
        """See `ProposalBook.step`."""
        stored = self.get(proposal.id).revision
        if stored != proposal.revision - 1:
            raise ProposalConflict(
                f"proposal {proposal.id}: revision {stored} is stored, {proposal.revision - 1} was read"
            )
        self._kept[proposal.id] = proposal
