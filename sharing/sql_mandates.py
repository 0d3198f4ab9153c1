"""A `MandateBook` in SQL, SQLite or PostgreSQL."""

import orjson
from sqlalchemy import ColumnElement, Engine, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from audit.canonical import encode
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory
from sharing.errors import MandateEnded, MandateUnknown
from sharing.prepared import Prepared
from sharing.tables import MandateRow

_ONE = """SELECT document FROM sharing_mandate WHERE id = :mandate AND subject = :subject
    AND expires_at > :now AND (revoked_at IS NULL OR revoked_at > :now)"""


class SqlMandates:
    """Mandates in the tables of `sharing.tables`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._one = Prepared(engine, _ONE)

    def add(self, mandate: Mandate) -> None:
        """See `MandateBook.add`."""
        row = {"id": mandate.id, "subject": mandate.actor.subject, "expires_at": mandate.expires_at}
        with self._engine.begin() as connection:
            connection.execute(insert(MandateRow).values(document=_written(mandate), **row))

    def get(self, mandate_id: str, subject: str, now: int) -> Mandate:
        """See `MandateBook.get`."""
        rows = self._one.rows(mandate=mandate_id, subject=subject, now=now)
        document = rows[0][0] if rows else None
        if document is None:
            raise self._why_not(mandate_id, subject, now)
        return _read(document)

    def _why_not(self, mandate_id: str, subject: str, now: int) -> MandateUnknown:
        """Why that subject does not hold it; of another person's no more than that it is not theirs."""
        with Session(self._engine) as session:
            row = session.get(MandateRow, mandate_id)
        whose = f"mandate {mandate_id[:80]!r}"
        if row is None or row.subject != subject:
            return MandateUnknown(f"{whose}: none that {subject[:80]!r} holds at {now}")
        if row.revoked_at is not None and row.revoked_at <= now:
            return MandateEnded(f"{whose}: was closed at {row.revoked_at}, it is {now}")
        return MandateEnded(f"{whose}: expired at {row.expires_at}, it is {now}")

    def of(self, subject: str, now: int, *, limit: int = 100) -> tuple[Mandate, ...]:
        """See `MandateBook.of`."""
        query = select(col(MandateRow.document)).where(col(MandateRow.subject) == subject, _holds(now))
        query = query.order_by(col(MandateRow.expires_at).desc(), col(MandateRow.id)).limit(limit)
        with Session(self._engine) as session:
            return tuple(_read(document) for document in session.scalars(query))

    def closed(self, since: int) -> frozenset[str]:
        """See `MandateBook.closed`."""
        query = select(col(MandateRow.id)).where(col(MandateRow.revoked_at) >= since)
        with Session(self._engine) as session:
            return frozenset(session.scalars(query))

    def closed_at(self, mandate_id: str) -> int | None:
        """See `MandateBook.closed_at`."""
        with Session(self._engine) as session:
            row = session.get(MandateRow, mandate_id)
            return None if row is None else row.revoked_at

    def revoke(self, mandate_id: str, at: int) -> None:
        """See `MandateBook.revoke`."""
        first = func.coalesce(col(MandateRow.revoked_at), at)
        with self._engine.begin() as connection:
            done = connection.execute(
                update(MandateRow).where(col(MandateRow.id) == mandate_id).values(revoked_at=first)
            )
            if done.rowcount != 1:
                raise MandateUnknown(f"mandate {mandate_id[:80]!r}: not in the book")


def _holds(now: int) -> ColumnElement[bool]:
    revoked = or_(col(MandateRow.revoked_at).is_(None), col(MandateRow.revoked_at) > now)
    return and_(col(MandateRow.expires_at) > now, revoked)


def _written(mandate: Mandate) -> str:
    return encode(
        {
            "id": mandate.id,
            "node": mandate.actor.node,
            "subject": mandate.actor.subject,
            "roles": [str(role) for role in sorted(mandate.actor.roles)],
            "unit": mandate.actor.unit,
            "purpose": str(mandate.purpose),
            "legal_basis": str(mandate.legal_basis),
            "case": mandate.case,
            "offence": mandate.offence,
            "subject_category": str(mandate.subject_category),
            "aim": str(mandate.aim),
            "opened_at": mandate.opened_at,
            "expires_at": mandate.expires_at,
        }
    ).decode()


def _read(document: str) -> Mandate:
    value = orjson.loads(document)
    return Mandate(
        value["id"],
        Actor(
            value["node"], value["subject"], frozenset(Role(role) for role in value["roles"]), value["unit"]
        ),
        Purpose(value["purpose"]),
        LegalBasis(value["legal_basis"]),
        value["case"],
        value["offence"],
        SubjectCategory(value["subject_category"]),
        Aim(value["aim"]),
        value["opened_at"],
        value["expires_at"],
    )
