"""Whether a node can answer now: log, keys, law, directory, data and witnesses are there and fit.

Each part has a code, empty where all is well. Nothing is logged, changed or asked of a partner.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import make_url

from audit.committer import Committer
from audit.errors import StandbyMissing
from audit.freshness import Freshness
from audit.sql_store import SqlReader
from gateway.databases import present, refuse_others
from gateway.node import Node
from gateway.rooms import ROOMS
from gateway.settings import database
from policy.bundle import vectors

ROOM = 64 * 2**20
"""Bytes that must be free where the log lies: a group is far smaller, and so is the guard."""

SECONDS = 5.0
Check = Callable[[Node], Awaitable[str]]


async def readiness(node: Node) -> Mapping[str, str]:
    """Each part with its code; ready when all are empty."""
    codes = await asyncio.gather(*(_told(check, node) for check in PARTS.values()))
    return dict(zip(PARTS, codes, strict=True))


async def _told(check: Check, node: Node) -> str:
    """The check's code; what breaks or hangs is a fault of the part."""
    try:
        async with asyncio.timeout(SECONDS):
            return await check(node)
    except TimeoutError:
        return "TIMED_OUT"
    except Exception as error:  # noqa: BLE001  # whatever a part raises, it is not ready
        return str(getattr(error, "code", "") or "FAILED")


async def _log(node: Node) -> str:
    held = node.log.committing
    if isinstance(held, Committer) and held.refused is not None:
        return held.refused
    if await asyncio.to_thread(_full, node):
        return "DISK_FULL"
    await asyncio.to_thread(node.log.reader.notes, 1, 1)
    if node.settings.database.synchronous and await asyncio.to_thread(_alone, node):
        return StandbyMissing.code
    return "AUDIT_UNAVAILABLE" if isinstance(held, Committer) and held.groups.last_failed else ""


def _alone(node: Node) -> bool:
    found = node.log.reader.standbys() if isinstance(node.log.reader, SqlReader) else None
    return found is not None and found.missing


def _full(node: Node) -> bool:
    url = make_url(database(node.charter.card.parent, node.settings.store.audit))
    if not url.drivername.startswith("sqlite") or not url.database:
        return False
    told = os.statvfs(url.database)
    return told.f_bavail * told.f_frsize < ROOM


async def _policy(node: Node) -> str:
    vector = _vector()
    await node.judge.engine.evaluate(vector["rule"], vector["input"])
    return ""


async def _directory(node: Node) -> str:
    return "DIRECTORY_EXPIRED" if node.post.directory.expired(node.now()) else ""


async def _data(node: Node) -> str:
    await asyncio.to_thread(node.post.backoff.pauses)
    await asyncio.to_thread(node.intake.loads, 0, 1)
    await asyncio.to_thread(_versions, node)
    return ""


def _versions(node: Node) -> None:
    """Raise if a database was given another version than this program's since it was opened."""
    home, store = node.charter.card.parent, node.settings.store
    for room in ROOMS:
        if found := present(room, database(home, getattr(store, room.name))):
            refuse_others(room, found)


async def _witnesses(node: Node) -> str:
    return "LOG_NOT_WITNESSED" if node.watch.freshness().state is Freshness.STOP else ""


async def _keys(node: Node) -> str:
    held = node.log.committing
    looks = [node.post.keys.look, *([node.witness.look] if node.witness else [])]
    looks += [held.look] if isinstance(held, Committer) else []
    for look in looks:
        await asyncio.to_thread(look)
    return ""


PARTS: Mapping[str, Check] = {
    "log": _log,
    "keys": _keys,
    "policy": _policy,
    "directory": _directory,
    "database": _data,
    "witnesses": _witnesses,
}


@cache
def _vector() -> Mapping[str, Any]:
    """One decision that every engine knows."""
    return next(iter(vectors().values()))
