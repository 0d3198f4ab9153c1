"""The use case of who is signed in, and of ending sessions: one's own, or anybody's for who runs the node.

ASVS 5.0 V7.4.5 and V7.5.2. A session is told by times, roles and strength of the proof, never by its key.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import NotAllowed, VariablesRejected
from gateway.facts import moment, retain_until
from gateway.sessions import Sessions
from gateway.visit import Visit
from policy.terms import Role
from sharing.sessions import StoredSession

MOST_ENDED: Final = 100
SHOWN: Final = 500
"""Sessions of everybody that are told, the last used ones."""

Shown = Mapping[str, Any]


async def open_sessions(visit: Visit, *, everybody: bool) -> list[Shown]:
    """The person's open sessions, the last used first; with `everybody` all, for role administrator."""
    sessions = _sessions(visit)
    if everybody:
        visit.require(Role.ADMINISTRATOR)
        found = await asyncio.to_thread(sessions.everybodys)
    else:
        found = await asyncio.to_thread(sessions.known, visit.session)
    return [_shown(visit, each) for each in found[:SHOWN]]


async def end_sessions(visit: Visit, ids: Collection[str]) -> int:
    """End sessions by their ids; how many still were open.

    1 a fresh proof, 2 each is the person's own, or the person runs the node, 3 others' are logged, with who
    and whose, 4 ended, in every process of the node.
    """
    sessions, wanted = _sessions(visit), set(ids)
    if not 0 < len(wanted) <= MOST_ENDED:
        raise VariablesRejected(f"ids: {len(wanted)} are given, 1 to {MOST_ENDED} are expected")
    visit.proven()  # 1
    own = {each.digest for each in await asyncio.to_thread(sessions.known, visit.session)}
    if others := wanted - own:  # 2
        if Role.ADMINISTRATOR not in visit.session.actor.roles:
            raise NotAllowed("session: is not the person's own, or has ended; an administrator ends others'")
        of = [each for each in await asyncio.to_thread(sessions.everybodys) if each.digest in others]
        if of:
            await visit.node.log.append(_entry(visit, of))  # 3
    return await asyncio.to_thread(sessions.end_each, sorted(wanted))  # 4


def _sessions(visit: Visit) -> Sessions:
    if visit.sessions is None:
        raise NotAllowed("session: who asks did not come by one")
    return visit.sessions


def _shown(visit: Visit, stored: StoredSession) -> Shown:
    actor = stored.actor
    return {
        "id": stored.digest,
        "current": stored.digest == visit.session.digest,
        "person": actor.subject,
        "name": stored.name,
        "unit": actor.unit,
        "roles": sorted(role.value for role in actor.roles),
        "startedAt": moment(int(stored.started_at)),
        "usedAt": moment(int(stored.seen_at)),
        "strength": stored.authentication.acr,
    }


def _entry(visit: Visit, ended: Sequence[StoredSession]) -> Entry:
    node, actor = visit.node, visit.session.actor
    facts: dict[str, JSON] = {
        "action": "SESSIONS_ENDED",
        "approver": node.post.keys.pseudonym(node.id, actor.subject),
        "results": len(ended),
        "unit": actor.unit,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    told = {"subject": actor.subject, "persons": sorted({each.actor.subject for each in ended})}
    return Entry(Kind.ADMINISTRATION, node.id, facts, sealed=json.dumps(told, ensure_ascii=False).encode())
