"""Proposals: terms on their way to a grant, kept until enough officers approved exactly these.

A draft is its author's to edit. Proposing freezes it under a digest and counts as the author's approval; each
further officer approves that digest. When there are enough, it is a grant. Before, its author or another
officer withdraws it, or it lapses. Every step makes the next revision of the value; a book takes a revision
only after the one before it, so of two who act at once one is told. Times are Unix seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from audit.canonical import JSON, encode
from policy.duties import Step, must_be_another
from policy.grants import GrantTerms
from sharing.encoding import digest, fresh
from sharing.errors import ProposalRefused
from sharing.grants import Approval, terms_written

DRAFT_LIFE = 30 * 86_400


class ProposalState(StrEnum):
    """How far terms are on their way; `LAPSED` is computed, never stored."""

    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms and who stands behind them. `lapses_at` is when it ends by itself; `officers` how many it takes.

    `supersedes` is the digest of the grant's version that the terms follow; empty for a new grant.
    """

    id: str
    terms: GrantTerms
    author: str
    lapses_at: int
    officers: int
    supersedes: str = ""
    state: ProposalState = ProposalState.DRAFT
    approvals: tuple[Approval, ...] = ()
    revision: int = 1

    @property
    def said(self) -> Mapping[str, JSON]:
        """What officers approve: the terms, the version they follow, how many officers it takes."""
        return {
            "terms": terms_written(self.terms),
            "supersedes": self.supersedes,
            "officers": self.officers,
        }

    @property
    def digest(self) -> str:
        """The digest of exactly that."""
        return digest(encode(self.said))

    @property
    def missing(self) -> int:
        """How many more officers must approve."""
        return max(0, self.officers - len(self.approvals))

    def at(self, now: int) -> ProposalState:
        """The state at `now`: what waits too long, or would have expired as a grant, has lapsed."""
        waits = self.state in {ProposalState.DRAFT, ProposalState.PROPOSED}
        over = now >= min(self.lapses_at, self.terms.expires_at)
        return ProposalState.LAPSED if waits and over else self.state

    def edited(self, author: str, terms: GrantTerms, officers: int, now: int) -> "Proposal":
        """The draft with other terms, and the officers that they take.

        `ProposalRefused` to anybody but its author, and once it is proposed.
        """
        self._must(ProposalState.DRAFT, now, "edited")
        if author != self.author:
            raise ProposalRefused(f"draft {self.id}: only who wrote it edits it")
        if (terms.id, terms.version) != (self.terms.id, self.terms.version):
            raise ProposalRefused(f"draft {self.id}: is of {self.terms.ref}, not of {terms.ref}")
        return self._next(terms=terms, officers=officers, lapses_at=now + DRAFT_LIFE)

    def proposed(self, author: str, now: int, life: int) -> "Proposal":
        """The draft frozen for `life` seconds, with its author's approval."""
        self._must(ProposalState.DRAFT, now, "proposed")
        if author != self.author:
            raise ProposalRefused(f"draft {self.id}: only who wrote it proposes it")
        approvals = (Approval(author, now),)
        return self._next(state=ProposalState.PROPOSED, approvals=approvals, lapses_at=now + life)

    def approved(self, officer: str, seen: str, now: int, proof: str = "") -> "Proposal":
        """With one more officer's approval of the digest `seen`; `APPROVED` once there are enough.

        `proof` is the digest of what the officer's own key signed, where one was asked for.
        `ProposalRefused` to who approved already, and where `seen` is not what was proposed.
        """
        self._must(ProposalState.PROPOSED, now, "approved")
        if said := must_be_another(Step.GRANT_APPROVAL, officer, [each.officer for each in self.approvals]):
            raise ProposalRefused(f"proposal {self.id}: {said}")
        if seen != self.digest:
            raise ProposalRefused(f"proposal {self.id}: {seen[:80]} was seen, {self.digest} is proposed")
        return self._next(approvals=(*self.approvals, Approval(officer, now, proof)))

    def complete(self) -> "Proposal":
        """As a grant: with all approvals."""
        if self.state is not ProposalState.PROPOSED or self.missing:
            raise ProposalRefused(f"proposal {self.id}: {self.missing} more officers must approve")
        return replace(self, state=ProposalState.APPROVED)

    def withdrawn(self, now: int) -> "Proposal":
        """Taken back; any officer may, as any officer may end a grant."""
        if self.at(now) not in {ProposalState.DRAFT, ProposalState.PROPOSED}:
            raise ProposalRefused(f"proposal {self.id}: is {self.at(now)}, it cannot be withdrawn")
        return self._next(state=ProposalState.WITHDRAWN)

    def _must(self, state: ProposalState, now: int, act: str) -> None:
        if self.at(now) is not state:
            raise ProposalRefused(f"proposal {self.id}: is {self.at(now)}, only a {state} can be {act}")

    def _next(self, **changes: object) -> "Proposal":
        return replace(self, revision=self.revision + 1, **changes)  # type: ignore[arg-type]  # own fields


def new_draft(terms: GrantTerms, author: str, officers: int, now: int, *, supersedes: str = "") -> Proposal:
    """A draft under a fresh id; it lapses when it is left alone for thirty days."""
    return Proposal(f"p-{fresh()}", terms, author, now + DRAFT_LIFE, officers, supersedes)


class ProposalBook(Protocol):
    """A node's proposals; they survive restarts, and all its processes see them."""

    def add(self, proposal: Proposal) -> None:
        """Keep a new one, durably; `ProposalConflict` if there is one of that id."""

    def get(self, proposal_id: str) -> Proposal:
        """The newest revision; `ProposalUnknown` if there is none."""

    def waiting(self, now: int, *, limit: int = 200) -> Sequence[Proposal]:
        """Drafts and proposals that have not lapsed at `now`, the first to lapse first."""

    def step(self, proposal: Proposal) -> None:
        """Replace the revision before this one, durably; `ProposalConflict` if another is stored."""
