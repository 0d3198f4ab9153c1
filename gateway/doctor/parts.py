"""What the node works with beside its files: the databases and the engine of the law."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, func, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from audit.errors import AuditError
from audit.standbys import standbys
from gateway.databases import Room, version
from gateway.doctor.finding import Finding, Patient, State
from gateway.engines import open_engine
from gateway.rooms import ROOMS
from gateway.settings import database
from policy.errors import PolicyError
from tenants.revision import MARK

_DURABLE = ("fsync", "synchronous_commit")
"""What a server must not have switched off, or a power cut takes what was acknowledged."""


def databases(at: Patient) -> Iterator[Finding]:
    """Each room's database is there, can be read and written, and keeps what it has acknowledged."""
    for room in ROOMS:
        url = make_url(database(at.home.path, getattr(at.settings.store, room.name)))
        server = url.get_backend_name() != "sqlite"
        found = _server(at, room.name, url) if server else _file(at, room.name, url)
        yield _versioned(at, room, url, found)
    if at.settings.database.synchronous:
        yield _standby(at)
    if at.settings.database.replica:
        yield _replica(at, at.settings.database.replica)


def _versioned(at: Patient, room: Room, url: URL, finding: Finding) -> Finding:
    """The finding about a database; what works is looked at for its version. An empty one gets its own."""
    address, newest = url.render_as_string(hide_password=False), room.versions[-1]
    if finding.state is not State.OK or not stored(address):
        return finding
    try:
        with read_only(address, at.seconds) as engine, engine.connect() as held:
            found = version(room, held)
    except SQLAlchemyError as error:
        found, told = "", f"{type(error).__name__}: its version cannot be read"
    else:
        told = f"version {found}" if found else "no version"
    if found in (None, newest):
        return finding
    to_do = f"End the node, make a backup, `entente database upgrade {at.home.path}`."
    if found not in ("", *room.versions):
        to_do = "Run the program that the database was made with, or a newer one."
    return replace(finding, state=State.FAIL, found=told, expected=f"version {newest}", to_do=to_do)


def _standby(at: Patient) -> Finding:
    """The standby without which the log's server may confirm nothing."""
    url = make_url(database(at.home.path, at.settings.store.audit))
    where, expected = "audit: [database] synchronous", "a synchronous standby that is connected"
    to_do = "See database.md, A standby for the log: start the standby, or set what is told beside."
    try:
        address = url.render_as_string(hide_password=False)
        with read_only(address, at.seconds) as engine, engine.connect() as held:
            found = standbys(held)
    except SQLAlchemyError as error:
        told = f"{type(error).__name__}: no connection"
        return Finding("database", where, State.FAIL, told, expected, to_do)
    state = State.FAIL if found.missing else State.OK
    return Finding("database", where, state, str(found), expected, to_do)


def _replica(at: Patient, address: str) -> Finding:
    """The hot standby from which questions are read: it follows, and holds what the primary holds."""
    primary, url = make_url(database(at.home.path, at.settings.store.records)), make_url(address)
    where = f"replica: {url.render_as_string(hide_password=True)}"
    expected = "a hot standby that holds what the primary holds"
    to_do = "The primary answers for it. See database.md, A replica for searches."
    held: list[tuple[object, object]] = []
    try:
        for each in (primary, url):
            whole = each.render_as_string(hide_password=False)
            with read_only(whole, at.seconds) as engine, engine.connect() as connection:
                mark = connection.execute(text(MARK)).scalar()
                held.append((mark, connection.execute(select(func.pg_is_in_recovery())).scalar()))
    except SQLAlchemyError as error:
        told = f"{type(error).__name__}: no connection"
        return Finding("database", where, State.WARN, told, expected, to_do)
    (mark, _), (other, follows) = held
    found = "another state than the primary's" if mark != other else "the same state"
    found += ", it follows" if follows else ", it is no standby"
    state = State.OK if follows and mark == other else State.WARN
    return Finding("database", where, state, found, expected, to_do)


def policy(at: Patient) -> Iterator[Finding]:
    """The engine that decides runs the law that was installed, and decides every vector right."""
    told = at.settings.policy
    where = f"{told.engine} at {told.opa_address}" if told.engine == "opa" else told.engine
    expected = "the packaged law, every conformance vector as it must be"
    try:
        revision = asyncio.run(_tried(at))
    except (PolicyError, AuditError, OSError) as error:
        to_do = (
            "Start OPA with this version's bundle (opa.md); `entente policy opa-config` prints the command."
            if told.engine == "opa"
            else "Bring OPA onto PATH, or make `[policy] cache` a folder that the node's user can write."
        )
        yield Finding("policy", where, State.FAIL, str(error), expected, to_do)
        return
    yield Finding("policy", where, State.OK, f"revision {revision}", expected)


def stored(url: str) -> bool:
    """Whether there is something to open; a server is taken to be there."""
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite"):
        return True
    return parsed.database is not None and Path(parsed.database).is_file()


@contextmanager
def read_only(url: str, seconds: float) -> Iterator[Engine]:
    """The database for reading: nothing is made or changed. Whoever uses it meets `SQLAlchemyError`."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite"):
        found = URL.create("sqlite", database=f"file:{parsed.database}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(found, connect_args={"timeout": seconds})
    else:
        found = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(found, connect_args={"connect_timeout": max(2, int(seconds))})
    try:
        yield engine
    finally:
        engine.dispose()


async def _tried(at: Patient) -> str:
    engine = await open_engine(at.settings.policy, at.home.path)
    try:
        return engine.revision
    finally:
        await engine.close()


def _file(at: Patient, room: str, url: URL) -> Finding:
    """One file; what is not there yet is made when the node starts, in a folder that it may write."""
    path = Path(url.database or "")
    folder = path.parent
    expected = "a database that this user can read and write"
    if not path.exists():
        able = os.access(folder, os.W_OK | os.X_OK)
        found = (
            "not there yet; made at the first start" if able else f"not there, and {folder} is not writable"
        )
        to_do = f"Give {folder} to the user that runs the node."
        return Finding(
            "database", f"{room}: {path}", State.OK if able else State.FAIL, found, expected, to_do
        )
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(folder, os.W_OK):
        found, to_do = (
            "not writable for this user",
            f"Give {path} and its folder to the user that runs the node.",
        )
        return Finding("database", f"{room}: {path}", State.FAIL, found, expected, to_do)
    try:
        with read_only(str(url), at.seconds) as engine:
            tables = len(inspect(engine).get_table_names())
    except SQLAlchemyError as error:
        found = f"{type(error).__name__}: {getattr(error, 'orig', '')}"
        to_do = "Stop the node, keep the file as it is, restore the newest backup: runbooks/restore.md."
        return Finding("database", f"{room}: {path}", State.FAIL, found, expected, to_do)
    return Finding(
        "database", f"{room}: {path}", State.OK, f"{path.stat().st_size} bytes, {tables} tables", expected
    )


def _server(at: Patient, room: str, url: URL) -> Finding:
    """One database of a server; its address is told without the password."""
    where, expected = f"{room}: {url.render_as_string(hide_password=True)}", "reached, writable, durable"
    try:
        with (
            read_only(url.render_as_string(hide_password=False), at.seconds) as engine,
            engine.connect() as held,
        ):
            told = {name: held.scalar(select(func.current_setting(name))) for name in _DURABLE}
            standby = held.scalar(select(func.pg_is_in_recovery()))
    except SQLAlchemyError as error:
        to_do = "See whether the server runs, lets this machine in, and has the database and the user."
        return Finding(
            "database", where, State.FAIL, f"{type(error).__name__}: no connection", expected, to_do
        )
    off = [f"{name} is off" for name, value in told.items() if value == "off"]
    off += ["it is a standby, which takes no writes"] if standby else []
    to_do = "Switch it on again (postgresql.conf), or name the primary in node.toml."
    state = State.FAIL if off else State.OK
    return Finding("database", where, state, "; ".join(off) or "answers", expected, to_do)
