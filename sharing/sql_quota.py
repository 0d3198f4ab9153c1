"""A `QuotaCounter` in SQL, SQLite or PostgreSQL: one upsert for each question, straight through the driver.

SQLite gets a file of its own, so that what must be durable beside it stays so; neither waits for the disk.
"""

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from sqlalchemy import BigInteger, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, SQLModel

from policy.quota import Account, Allowed, Charge, Guard, OverQuota, guarded, spend
from sharing.making_tables import make_tables
from sharing.quota import counted, refusal_of

BUSY: Final = 5
"""Seconds that a busy SQLite is waited for."""
_UPSERT = """INSERT INTO sharing_quota (account, renews_at, spent) VALUES {rows}
    ON CONFLICT (account) DO UPDATE SET spent = sharing_quota.spent + excluded.spent
    RETURNING account, spent"""
_SPENT = """SELECT account, spent FROM sharing_quota
    WHERE renews_at = {mark} AND (account = {mark} OR substr(account, 1, {mark}) = {mark})
    ORDER BY spent DESC, account LIMIT {mark}"""
_FORGET = "DELETE FROM sharing_quota WHERE renews_at <= {mark}"


class QuotaRow(SQLModel, table=True):
    """What is spent of one account."""

    __tablename__ = "sharing_quota"

    account: str = Field(primary_key=True)
    renews_at: int = Field(sa_type=BigInteger, index=True)
    spent: int = Field(sa_type=BigInteger)


class SqlQuota:
    """Counts in the table above, made where it is missing."""

    def __init__(self, engine: Engine) -> None:
        """Count in the engine's database; SQLite's waits for no disk from here on."""
        self._engine = engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _unhurried)
            engine.dispose()  # what was connected before is in a hurry
            _written_ahead(engine)
        make_tables(engine, [QuotaRow])

    def spend(self, charges: Sequence[Charge], guard: Guard | None = None) -> Allowed | OverQuota:
        """See `QuotaCounter.spend`. 1. Add. 2. Judge what was there before. 3. Keep, or take it all back."""
        connection = self._engine.raw_connection()
        try:
            after = self._add(connection, charges)  # 1
            before = {each.account: after[each.account.key] - each.amount for each in charges}
            verdict = spend(guarded(charges, before, guard) if guard else charges, before)  # 2
            if isinstance(verdict, OverQuota):
                connection.rollback()  # 3
                place = refusal_of(verdict)
                verdict = counted(verdict, self._add(connection, [Charge(place, 1)])[place.key])
            connection.commit()
            return verdict
        finally:
            connection.close()

    def spent(self, window: Account, most: int) -> tuple[tuple[Account, int], ...]:
        """See `QuotaCounter.spent`."""
        key, below = window.key, f"{window.key}/" if window.whose else window.key
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            wanted = (window.renews_at, key, len(below), below, most)
            # nosemgrep: sql-from-text  # constants, and marks for the values
            cursor.execute(_SPENT.format(mark=self._mark), wanted)
            found = tuple((Account.of(told), int(count)) for told, count in cursor.fetchall())
            cursor.close()
            connection.rollback()
            return found
        finally:
            connection.close()

    def forget(self, now: int) -> int:
        """See `QuotaCounter.forget`."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            # nosemgrep: sql-from-text  # constants, and marks for the values
            cursor.execute(_FORGET.format(mark=self._mark), (now,))
            gone = int(cursor.rowcount)
            cursor.close()
            connection.commit()
            return gone
        finally:
            connection.close()

    def _add(self, connection: Any, charges: Sequence[Charge]) -> dict[str, int]:  # noqa: ANN401  # a DBAPI connection
        """Add to each account, in one order for all processes, and return what each holds now."""
        ordered = sorted(charges, key=lambda each: each.account)
        values = [value for each in ordered for value in _row(each.account, each.amount)]
        row = f"({self._mark}, {self._mark}, {self._mark})"
        cursor = connection.cursor()
        if self._engine.dialect.name != "sqlite":
            cursor.execute("SET LOCAL synchronous_commit TO OFF")
        # nosemgrep: sql-from-text  # constants, and marks for the values
        cursor.execute(_UPSERT.format(rows=", ".join([row] * len(ordered))), values)
        found = dict(cursor.fetchall())
        cursor.close()
        return found

    @cached_property
    def _mark(self) -> str:
        return "?" if self._engine.dialect.name == "sqlite" else "%s"


def _row(account: Account, amount: int) -> tuple[str, int, int]:
    return account.key, account.renews_at, amount


def _unhurried(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in (f"busy_timeout={BUSY * 1000}", "synchronous=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _written_ahead(engine: Engine) -> None:
    """Let the file be written ahead, for good. SQLite takes the whole file for it and waits for nobody."""
    end = time.monotonic() + BUSY
    with engine.connect() as connection:
        while True:
            try:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            except OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return
