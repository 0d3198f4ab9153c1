"""A `ConsentBook` in SQL, SQLite or PostgreSQL; every statement is verified each time it is read."""

from typing import Any

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from sharing.consent_tables import ConsentRow
from sharing.consents import MOST, Consent, KeysOf, open_consent
from sharing.encoding import digest
from sharing.errors import ConsentConflict, ConsentRefused, ConsentUnknown


class SqlConsents:
    """Consents in the table of `sharing.consent_tables`; `keys_of` tells a provider's keys today."""

    def __init__(self, engine: Engine, keys_of: KeysOf) -> None:
        self._engine = engine
        self._keys_of = keys_of

    def add(self, consent: Consent) -> bool:
        """See `ConsentBook.add`; a second writer loses on the key."""
        terms = consent.terms
        known = {row.version: row for row in self._versions(terms.provider, terms.id)}
        if terms.version in known and known[terms.version].digest != consent.digest:
            stored = known[terms.version].digest
            raise ConsentConflict(f"consent {terms.ref}: stored is {stored}, this one is {consent.digest}")
        if known and max(known) >= terms.version:
            return False
        if known and known[max(known)].withdrawn:
            raise ConsentConflict(f"consent {terms.ref}: version {max(known)} was withdrawn, that is final")
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ConsentRow).values(**_columns(consent)))
        except IntegrityError as error:
            raise ConsentConflict(f"consent {terms.ref}: another was stored at the same time") from error
        return True

    def current(self, provider: str, consent_id: str) -> Consent:
        """See `ConsentBook.current`."""
        rows = self._versions(provider, consent_id)
        if not rows:
            raise ConsentUnknown(f"consent {consent_id[:80]!r} of {provider[:80]!r}: not in the book")
        return self._open(rows[-1])

    def listed(self, *, provider: str = "", recipient: str = "", first: int = MOST) -> list[Consent]:
        """See `ConsentBook.listed`."""
        query = _newest().order_by(col(ConsentRow.until).desc(), ConsentRow.provider, ConsentRow.id)
        query = query.where(col(ConsentRow.provider) == provider) if provider else query
        query = query.where(col(ConsentRow.recipient) == recipient) if recipient else query
        return [self._open(row) for row in self._rows(query.limit(min(first, MOST)))]

    def in_force(self, provider: str, recipient: str, now: int) -> list[Consent]:
        """See `ConsentBook.in_force`."""
        query = _newest().where(
            col(ConsentRow.provider) == provider,
            col(ConsentRow.recipient) == recipient,
            col(ConsentRow.until) > now,
        )
        found = [self._open(row) for row in self._rows(query.order_by(col(ConsentRow.id)))]
        return [each for each in found if each.terms.holds(now)]

    def _versions(self, provider: str, consent_id: str) -> list[ConsentRow]:
        query = select(ConsentRow).where(
            col(ConsentRow.provider) == provider, col(ConsentRow.id) == consent_id
        )
        return self._rows(query.order_by(col(ConsentRow.version)))

    def _rows(self, query: Any) -> list[ConsentRow]:  # noqa: ANN401  # a select of rows
        with Session(self._engine) as session:
            return list(session.scalars(query))

    def _open(self, row: ConsentRow) -> Consent:
        if (found := digest(row.statement.encode())) != row.digest:
            raise ConsentRefused(
                f"consent {row.id}@{row.version}: the row says {row.digest}, the statement has {found}"
            )
        consent = open_consent(row.statement, self._keys_of(row.provider))
        if _columns(consent) != {name: getattr(row, name) for name in _columns(consent)}:
            raise ConsentRefused(
                f"consent {row.id}@{row.version} of {row.provider}: the statement is of {consent.terms.ref}, "
                f"{consent.terms.provider} for {consent.terms.recipient}"
            )
        return consent


def _newest() -> Any:  # noqa: ANN401  # a select of rows
    other = aliased(ConsentRow)
    newest = (
        select(func.max(other.version))
        .where(col(other.provider) == col(ConsentRow.provider), col(other.id) == col(ConsentRow.id))
        .scalar_subquery()
    )
    return select(ConsentRow).where(col(ConsentRow.version) == newest)


def _columns(consent: Consent) -> dict[str, Any]:
    terms = consent.terms
    return {
        "provider": terms.provider,
        "id": terms.id,
        "version": terms.version,
        "recipient": terms.recipient,
        "until": terms.until,
        "withdrawn": terms.withdrawn_at is not None,
        "digest": consent.digest,
        "statement": consent.statement,
    }
