"""Erasures and holds in SQL, SQLite or PostgreSQL: two tables in the database of oversight."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, registry
from sqlmodel import Field, SQLModel, col

from audit.erasures import LIFE, Erasure, Hold, State
from audit.errors import ErasureRefused


class ErasureTable(SQLModel, registry=registry()):
    """A set of tables of its own."""


class ErasureRow(ErasureTable, table=True):
    """An erasure: indexes, codes, pseudonyms, times."""

    __tablename__ = "oversight_erasure"

    id: str = Field(primary_key=True)
    log: str
    ranges: str
    reason: str
    proposer: str
    proposed_at: int = Field(sa_type=BigInteger)
    approver: str
    approved_at: int = Field(sa_type=BigInteger)
    state: str


class HoldRow(ErasureTable, table=True):
    """A case on hold, by its keyed digest."""

    __tablename__ = "oversight_hold"

    case_digest: str = Field(primary_key=True)
    by: str
    since: int = Field(sa_type=BigInteger)


class SqlErasures:
    """See `audit.erasures.ErasureBook`; makes its tables where they are missing."""

    def __init__(self, engine: Engine) -> None:
        """Use the database behind the engine, which stays the caller's."""
        self._engine = engine
        ErasureTable.metadata.create_all(engine)

    def add(self, erasure: Erasure) -> None:
        """See `ErasureBook.add`."""
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ErasureRow).values(**_written(erasure)))
        except IntegrityError as error:
            raise ErasureRefused(f"erasure {erasure.id}: is there already") from error

    def get(self, erasure_id: str) -> Erasure:
        """See `ErasureBook.get`."""
        with Session(self._engine) as session:
            row = session.get(ErasureRow, erasure_id)
        if row is None:
            raise ErasureRefused(f"erasure {erasure_id[:40]!r}: was never proposed here")
        return _read(row)

    def waiting(self, now: int) -> Sequence[Erasure]:
        """See `ErasureBook.waiting`."""
        lives = (col(ErasureRow.state) == State.APPROVED) | (
            (col(ErasureRow.state) == State.PROPOSED) & (col(ErasureRow.proposed_at) > now - LIFE)
        )
        query = select(ErasureRow).where(lives).order_by(col(ErasureRow.proposed_at), col(ErasureRow.id))
        with Session(self._engine) as session:
            return [_read(row) for row in session.scalars(query)]

    def step(self, erasure: Erasure, was: State) -> None:
        """See `ErasureBook.step`."""
        this = (col(ErasureRow.id) == erasure.id) & (col(ErasureRow.state) == was)
        with self._engine.begin() as connection:
            done = connection.execute(update(ErasureRow).where(this).values(**_written(erasure)))
        if done.rowcount != 1:
            state = self.get(erasure.id).state
            raise ErasureRefused(f"erasure {erasure.id}: is {state}, not {was}; somebody was faster")

    def hold(self, hold: Hold) -> None:
        """See `ErasureBook.hold`."""
        with Session(self._engine) as session, session.begin():
            if session.get(HoldRow, hold.case) is None:
                session.add(HoldRow(case_digest=hold.case, by=hold.by, since=hold.since))

    def release(self, case: str) -> None:
        """See `ErasureBook.release`."""
        with self._engine.begin() as connection:
            done = connection.execute(delete(HoldRow).where(col(HoldRow.case_digest) == case))
        if done.rowcount != 1:
            raise ErasureRefused("legal hold: the case to release is not held")

    def holds(self) -> Sequence[Hold]:
        """See `ErasureBook.holds`."""
        query = select(HoldRow).order_by(col(HoldRow.since), col(HoldRow.case_digest))
        with Session(self._engine) as session:
            return [Hold(row.case_digest, row.by, row.since) for row in session.scalars(query)]


def _written(erasure: Erasure) -> dict[str, str | int]:
    return {
        "id": erasure.id,
        "log": erasure.log,
        "ranges": ",".join(erasure.ranges),
        "reason": erasure.reason,
        "proposer": erasure.proposer,
        "proposed_at": erasure.proposed_at,
        "approver": erasure.approver,
        "approved_at": erasure.approved_at,
        "state": erasure.state.value,
    }


def _read(row: ErasureRow) -> Erasure:
    return Erasure(
        id=row.id,
        log=row.log,
        ranges=tuple(row.ranges.split(",")),
        reason=row.reason,
        proposer=row.proposer,
        proposed_at=row.proposed_at,
        approver=row.approver,
        approved_at=row.approved_at,
        state=State(row.state),
    )
