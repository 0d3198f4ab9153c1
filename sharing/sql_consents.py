"""A `ConsentBook` in SQL, SQLite or PostgreSQL; every statement is verified each time it is read."""

import logging
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from policy.onward import MAX_CONSENTS, OnwardConsent
from policy.terms import Purpose
from sharing.consent_tables import ConsentRow, OnwardRow
from sharing.consents import MOST, Consent, ConsentTerms, KeysOf, open_consent
from sharing.consents_onward import chosen, opens_answers
from sharing.encoding import digest
from sharing.errors import ConsentConflict, ConsentRefused, ConsentUnknown
from sharing.prepared import Prepared

_LOG: Final = logging.getLogger(__name__)
_CACHED: Final = 1_000
_ONWARD: Final = (
    "SELECT provider, id, version FROM sharing_consent_onward AS named "  # noqa: S608  # constants
    "WHERE recipient = :node AND named = :partner AND purpose = :purpose AND until > :now AND since <= :now "
    "AND version = (SELECT max(version) FROM sharing_consent AS known "
    "WHERE known.provider = named.provider AND known.id = named.id) "
    f"ORDER BY until DESC, provider, id LIMIT {MAX_CONSENTS}"
)


class SqlConsents:
    """Consents in the table of `sharing.consent_tables`; `keys_of` tells a provider's keys today."""

    def __init__(self, engine: Engine, keys_of: KeysOf) -> None:
        self._engine = engine
        self._keys_of = keys_of
        self._onward = Prepared(engine, _ONWARD)
        self._verified: dict[tuple[str, str, int, frozenset[str]], ConsentTerms] = {}

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
                _index(connection, terms)
        except IntegrityError as error:
            raise ConsentConflict(f"consent {terms.ref}: another was stored at the same time") from error
        return True

    def current(self, provider: str, consent_id: str) -> Consent:
        """See `ConsentBook.current`."""
        rows = self._versions(provider, consent_id)
        if not rows:
            raise ConsentUnknown(f"consent {consent_id[:80]!r} of {provider[:80]!r}: not in the book")
        return self._open(rows[-1])

    def history(self, provider: str, consent_id: str) -> list[Consent]:
        """See `ConsentBook.history`."""
        return [self._open(row) for row in self._versions(provider, consent_id)]

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

    def onward(self, node: str, partner: str, purpose: Purpose, now: int) -> tuple[OnwardConsent, ...]:
        """See `ConsentBook.onward`: one bounded scan of an index, then statements as they were verified."""
        named = self._onward.rows(node=node, partner=partner, purpose=purpose.value, now=now)
        terms = [each for row in named if (each := self._believed(*row))]
        return chosen(terms, node, partner, purpose, now)

    def _believed(self, provider: str, consent_id: str, version: int) -> ConsentTerms | None:
        """The terms of a version; None where its statement does not hold under the provider's keys of now.

        What was verified once is remembered for the same keys.
        """
        which = (provider, consent_id, version, frozenset(self._keys_of(provider)))
        if which not in self._verified:
            rows = self._versions(provider, consent_id)
            try:
                terms = self._open(next(row for row in rows if row.version == version)).terms
            except ConsentRefused as error:
                _LOG.error("consent %s@%d of %s: %s", consent_id, version, provider, error.code)
                return None
            if len(self._verified) >= _CACHED:
                self._verified.clear()
            self._verified[which] = terms
        return self._verified[which]

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


def _index(connection: Connection, terms: ConsentTerms) -> None:
    """Have a version that can open answers found by whom it names; those before it count no longer."""
    older = col(OnwardRow.provider) == terms.provider, col(OnwardRow.id) == terms.id
    connection.execute(delete(OnwardRow).where(*older))
    which = {"provider": terms.provider, "id": terms.id, "version": terms.version}
    which |= {"recipient": terms.recipient, "since": terms.not_before, "until": terms.expires_at}
    rows = [
        which | {"named": named, "purpose": purpose.value}
        for named in set(terms.to)
        for purpose in set(terms.purposes)
    ]
    if opens_answers(terms):
        connection.execute(insert(OnwardRow), rows)


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
