"""A `ProposalBook` in SQL, SQLite or PostgreSQL: one row for each proposal, its newest revision as JSON."""

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from audit.canonical import JSON, encode
from sharing import reading
from sharing.codes import DIGEST, ID
from sharing.errors import FieldRefused, ProposalConflict, ProposalRefused, ProposalUnknown
from sharing.grants import (
    MAX_OFFICERS,
    Approval,
    approvals_read,
    approvals_written,
    terms_read,
    terms_written,
)
from sharing.proposals import Proposal, ProposalState
from sharing.tables import ProposalRow

_CAP = 262_144
_WAITING = (ProposalState.DRAFT.value, ProposalState.PROPOSED.value)
_PARTS = frozenset({"terms", "author", "officers", "supersedes", "approvals"})


class SqlProposals:
    """Proposals in the tables of `sharing.tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, proposal: Proposal) -> None:
        """See `ProposalBook.add`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ProposalRow).values(id=proposal.id, **_row(proposal)))
        except IntegrityError as error:
            raise ProposalConflict(f"proposal {proposal.id}: is there already") from error

    def get(self, proposal_id: str) -> Proposal:
        """See `ProposalBook.get`."""
        with Session(self._engine) as session:
            row = session.get(ProposalRow, proposal_id)
        if row is None:
            raise ProposalUnknown(f"proposal {proposal_id[:80]!r}: not in the book")
        return _read(row)

    def waiting(self, now: int, *, limit: int = 200) -> tuple[Proposal, ...]:
        """See `ProposalBook.waiting`."""
        query = select(ProposalRow).where(col(ProposalRow.state).in_(_WAITING))
        query = query.where(col(ProposalRow.lapses_at) > now, col(ProposalRow.ends_at) > now)
        query = query.order_by(col(ProposalRow.lapses_at), col(ProposalRow.id)).limit(limit)
        with Session(self._engine) as session:
            return tuple(_read(row) for row in session.scalars(query))

    def step(self, proposal: Proposal) -> None:
        """See `ProposalBook.step`."""
        before = (col(ProposalRow.id) == proposal.id) & (col(ProposalRow.revision) == proposal.revision - 1)
        with self._engine.begin() as connection:
            done = connection.execute(update(ProposalRow).where(before).values(**_row(proposal)))
        if done.rowcount != 1:
            stored = self.get(proposal.id).revision
            raise ProposalConflict(
                f"proposal {proposal.id}: revision {stored} is stored, {proposal.revision - 1} was read"
            )


def _row(proposal: Proposal) -> dict[str, str | int]:
    said: dict[str, JSON] = {
        "terms": terms_written(proposal.terms),
        "author": proposal.author,
        "officers": proposal.officers,
        "supersedes": proposal.supersedes,
        "approvals": approvals_written(proposal.approvals),
    }
    return {
        "revision": proposal.revision,
        "state": proposal.state.value,
        "lapses_at": proposal.lapses_at,
        "ends_at": proposal.terms.expires_at,
        "document": encode(said).decode(),
    }


def _read(row: ProposalRow) -> Proposal:
    """The proposal in a row; `ProposalRefused` when the row is none of ours."""
    try:
        value = reading.exact(reading.json_object(row.document.encode(), _CAP), _PARTS)
        supersedes = reading.matching(value, "supersedes", DIGEST) if value["supersedes"] else ""
        approvals: tuple[Approval, ...] = approvals_read(value)
        return Proposal(
            id=row.id,
            terms=terms_read(value["terms"]),
            author=reading.matching(value, "author", ID),
            lapses_at=row.lapses_at,
            officers=reading.whole(value, "officers", 1, MAX_OFFICERS),
            supersedes=supersedes,
            state=ProposalState(row.state),
            approvals=approvals,
            revision=row.revision,
        )
    except (FieldRefused, ValueError) as error:
        raise ProposalRefused(f"proposal {row.id}: its row is not one of ours: {error}") from error
