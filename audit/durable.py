"""Databases whose commits survive a power cut: engines for what must not be forgotten beside the log."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from audit.errors import StoreRefused


def durable_engine(url: str, pool: Mapping[str, Any] | None = None) -> Engine:
    """Return an engine that commits each statement durably, for `sqlite:///file` or `postgresql://…`.

    `pool` are SQLAlchemy's words for how connections to a server are kept.

    `StoreRefused` if the database cannot promise it: no WAL file, or a server that answers before it flushes.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    server = parsed.get_backend_name() != "sqlite"
    kept = {"pool_pre_ping": True, **(pool or {})} if server else {}
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT", **kept)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _flush_every_commit)
    try:
        _check(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _check(engine: Engine) -> None:
    """Connect once, and refuse a server that answers before it has flushed."""
    settings = () if engine.dialect.name == "sqlite" else ("fsync", "synchronous_commit")
    with engine.connect() as connection:
        for setting in settings:
            # nosemgrep: sql-from-text  # SHOW takes no parameters; the names are ours
            if (value := connection.execute(text(f"SHOW {setting}")).scalar()) == "off":
                raise StoreRefused(f"database {engine.url.database}: {setting} is {value}, `on` is needed")


def _flush_every_commit(connection: Any, _record: object) -> None:  # noqa: ANN401  # a driver's connection
    """Set up a new connection (sqlite.org/pragma.html#pragma_synchronous)."""
    cursor = connection.cursor()
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != ("wal",):
        connection.close()
        raise StoreRefused(f"database: journal mode is {mode}, WAL is needed")
    for pragma in ("synchronous=FULL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
