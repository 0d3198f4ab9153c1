"""A `GrantBook` in SQL, SQLite or PostgreSQL through psycopg.

`candidates` is on the path of every question: one statement of bounded index scans (`sql_candidates`), on the
DBAPI's cursor, that brings back ids, versions and digests only. Terms come from a cache keyed by (id,
version) whose entries were verified against exactly that digest; a row whose digest or statement differs is
never used. The cache holds what was signed, not whether it is in force: that is read anew at each call, so
a revocation, by whatever process, needs no invalidation.
"""

from collections.abc import Iterable
from itertools import product

from sqlalchemy import Connection, Engine, Select, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from policy.grants import GrantTerms
from policy.question import Question
from sharing.encoding import digest
from sharing.errors import GrantConflict, GrantRefused, GrantUnknown
from sharing.grants import Grant, GrantRule
from sharing.sql_candidates import Candidates, Found
from sharing.tables import EVERY, CurrentGrantRow, GrantReachRow, GrantRow

_CACHED = 10_000


class SqlGrants:
    """Grants in the tables of `sharing.tables`; statements are checked against `rule` when first read."""

    def __init__(self, engine: Engine, rule: GrantRule) -> None:
        self._engine = engine
        self._rule = rule
        self._verified: dict[tuple[str, int], Grant] = {}
        self._candidates = Candidates(engine)

    def add(self, grant: Grant) -> None:
        """See `GrantBook.add`."""
        terms = grant.terms
        before = self._version(terms.id, terms.version - 1) if terms.version > 1 else None
        if before is None and terms.version > 1:
            raise GrantConflict(f"grant {terms.ref}: there is no version {terms.version - 1} to follow")
        self._rule.admit(grant, before)
        try:
            with self._engine.begin() as connection:
                _advance(connection, grant)
                _write(connection, grant)
        except IntegrityError as error:
            raise GrantConflict(f"grant {grant.terms.ref}: another was stored at the same time") from error

    def current(self, grant_id: str) -> Grant:
        """See `GrantBook.current`."""
        found = self._read(_newest().where(col(GrantRow.id) == grant_id))
        if not found:
            raise GrantUnknown(f"grant {grant_id[:80]!r}: not in the book")
        return found[0]

    def history(self, grant_id: str) -> tuple[Grant, ...]:
        """See `GrantBook.history`."""
        return self._read(
            select(GrantRow).where(col(GrantRow.id) == grant_id).order_by(col(GrantRow.version))
        )

    def list(self, *, after: str = "", limit: int = 100) -> tuple[Grant, ...]:
        """See `GrantBook.list`."""
        return self._read(_newest().where(col(GrantRow.id) > after).order_by(col(GrantRow.id)).limit(limit))

    def candidates(
        self, partner: str, now: int, case: str = "", question: Question | None = None
    ) -> tuple[GrantTerms, ...]:
        """See `GrantBook.candidates`; terms from the cache when they were verified against this digest."""
        return tuple(self._terms(row) for row in self._candidates.find(partner, now, case, question))

    def _terms(self, row: Found) -> GrantTerms:
        _, _, grant_id, version, stored = row
        grant = self._verified.get((grant_id, version))
        if grant is None or grant.digest != stored:
            grant = self._fetch(grant_id, version, stored)
        return grant.terms

    def _version(self, grant_id: str, version: int) -> Grant | None:
        found = self._read(
            select(GrantRow).where(col(GrantRow.id) == grant_id, col(GrantRow.version) == version)
        )
        return found[0] if found else None

    def _fetch(self, grant_id: str, version: int, stored: str) -> Grant:
        with Session(self._engine) as session:
            row = session.get(GrantRow, (grant_id, version))
        if row is None or row.digest != stored:
            raise GrantRefused(
                f"grant {grant_id}@{version}: the index says {stored}, the book has {row and row.digest}"
            )
        return self._open(row)

    def _read(self, query: Select[GrantRow]) -> tuple[Grant, ...]:
        with Session(self._engine) as session:
            return tuple(self._open(row) for row in session.scalars(query))

    def _open(self, row: GrantRow) -> Grant:
        found = digest(row.statement.encode())
        if found != row.digest:
            raise GrantRefused(
                f"grant {row.id}@{row.version}: the row says {row.digest}, the statement has {found}"
            )
        known = self._verified.get((row.id, row.version))
        if known is not None and known.digest == found:
            return known
        grant = self._rule.open(row.statement)
        if (grant.terms.id, grant.terms.version) != (row.id, row.version):
            raise GrantRefused(f"grant {row.id}@{row.version}: the statement is of {grant.terms.ref}")
        if len(self._verified) >= _CACHED:
            self._verified.clear()
        self._verified[row.id, row.version] = grant
        return grant


def _newest() -> Select[GrantRow]:
    same = and_(
        col(CurrentGrantRow.id) == col(GrantRow.id), col(CurrentGrantRow.version) == col(GrantRow.version)
    )
    return select(GrantRow).join(CurrentGrantRow, same)


def _advance(connection: Connection, grant: Grant) -> None:
    """Make the version the newest one, or raise; a second writer loses on the row or on its key."""
    terms, current = grant.terms, CurrentGrantRow
    if terms.version == 1:
        connection.execute(insert(current).values(id=terms.id, version=1))
        return
    following = update(current).where(col(current.id) == terms.id, col(current.version) == terms.version - 1)
    if connection.execute(following.values(version=terms.version)).rowcount != 1:
        raise GrantConflict(f"grant {terms.ref}: the stored version is not {terms.version - 1}")


def _write(connection: Connection, grant: Grant) -> None:
    terms, reach = grant.terms, GrantReachRow
    row = {"id": terms.id, "version": terms.version, "digest": grant.digest}
    connection.execute(insert(GrantRow).values(statement=grant.statement, **row))
    connection.execute(delete(reach).where(col(reach.id) == terms.id))
    refs = ("recipient", "case_ref", "dataset_ref", "schema_ref")
    rows = [dict(zip(refs, place, strict=True)) for place in _places(terms)]
    connection.execute(insert(reach), [row | each | {"until": grant.until} for each in rows])


def _places(terms: GrantTerms) -> Iterable[tuple[str, str, str, str]]:
    """Where questions look for these terms: see `GrantReachRow`."""
    cases = (EVERY, *terms.cases) if terms.cases else ("",)
    schemata = {EVERY, *(("*",) if "*" in terms.schemata else terms.schemata)}
    return set(product(terms.recipients, cases, (EVERY, terms.dataset), schemata))
