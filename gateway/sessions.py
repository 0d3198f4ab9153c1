"""Sessions of people, kept on the server: the browser holds an opaque name, never a token of the provider.

The name's digest is all that is kept of it. What the browser must send back with every change (`csrf`)
follows from the name, so it is kept nowhere.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.errors import NotAllowed, NotSignedIn
from policy.duties import kept_apart
from policy.mandate import Actor
from sharing.memory_sessions import MemorySessions
from sharing.sessions import UNKNOWN, Authentication, Over, SessionStore, StoredSession

COOKIE = "__Host-entente"
CSRF_HEADER = "x-entente-csrf"
BACKGROUND_HEADER = "x-entente-background"
MAX_SESSIONS = 10_000
NOTED_EVERY: Final = 5.0
"""Seconds: that a session is used is written down so often at most, and may end by so much the earlier."""
_CSRF: Final = b"entente/csrf"


@dataclass(frozen=True, slots=True)
class Session:
    """One person signed in. Times are Unix seconds; `csrf` must come back in a header with every change.

    `marks` are the normal forms of what names the person (`tenants.marks`): who asks for oneself is noticed.
    `digest` is what the session is kept under.
    """

    actor: Actor
    name: str
    csrf: str
    started_at: float
    seen_at: float
    marks: frozenset[str] = field(default=frozenset(), repr=False)
    authentication: Authentication = field(default=UNKNOWN, repr=False)
    digest: str = field(default="", repr=False)

    @property
    def mark(self) -> str:
        """What stands for it in the lines of the node's own log; it opens nothing and tells of nobody."""
        return self.digest[:12]


@dataclass(slots=True)
class Sessions:
    """The sessions of a node, in whose `store` every process finds them.

    They end when they were not used for `idle` seconds, after `absolute` ones, or when they are ended.
    """

    idle: float
    absolute: float
    clock: Callable[[], float]
    store: SessionStore = field(default_factory=MemorySessions)

    def start(
        self,
        actor: Actor,
        name: str,
        marks: frozenset[str] = frozenset(),
        authentication: Authentication = UNKNOWN,
    ) -> tuple[str, Session]:
        """Open a session, return its secret key with it; `NotAllowed` on roles that exclude each other."""
        if (apart := kept_apart(actor.roles)) is not None:
            said = f"{apart.one} is never held together with {apart.other}: {apart.why}"
            raise NotAllowed(f"sign-in: {said}")
        if not actor.roles:
            raise NotAllowed("sign-in: what the identity provider tells of the person gives no role here")
        key, now = secrets.token_urlsafe(32), self.clock()
        stored = StoredSession(_digest(key), actor, name, now, now, marks, authentication)
        if not self.store.add(stored, self._over(now), MAX_SESSIONS):
            raise NotSignedIn(f"session: {MAX_SESSIONS} are open, no more are taken now")
        return key, _session(key, stored)

    def find(self, key: str | None, *, used: bool = True) -> Session:
        """The session behind a cookie, its idle time started anew if `used`; `NotSignedIn` without one."""
        now = self.clock()
        stored = self.store.get(_digest(key)) if key else None
        if stored is None or key is None or self._over(now).covers(stored):
            raise NotSignedIn("session: none, or it has ended; sign in again")
        if used and now - stored.seen_at >= NOTED_EVERY:
            self.store.touch(stored.digest, now)
            stored = replace(stored, seen_at=now)
        return _session(key, stored)

    def ends(self, session: Session) -> tuple[float, float]:
        """When a session ends: if it is not used from now on, and at the latest."""
        return session.seen_at + self.idle, session.started_at + self.absolute

    def end(self, key: str | None) -> None:
        """End a session; ending an unknown one does nothing."""
        if key:
            self.store.end(digest=_digest(key))

    def known(self, session: Session) -> list[StoredSession]:
        """The same person's, the last used first; only this one where no provider names whose it is."""
        over, subject = self._over(self.clock()), session.authentication.subject
        if subject:
            return self.store.listed(over, subject)
        one = self.store.get(session.digest)
        return [] if one is None or over.covers(one) else [one]

    def everybodys(self) -> list[StoredSession]:
        """All open sessions, the last used first."""
        return self.store.listed(self._over(self.clock()))

    def end_each(self, digests: Iterable[str]) -> int:
        """End sessions by their digests; how many there still were."""
        return sum(self.store.end(digest=each) for each in digests if each)

    def end_of(self, subject: str, session: str) -> int:
        """End what the provider ends: all sessions of its `subject`, or the one that it calls `session`."""
        return self.store.end(subject=subject, session=session)

    def first_use(self, token: str, until: int) -> bool:
        """Whether a token's id comes for the first time; it is remembered `until` then (Unix seconds)."""
        return self.store.spend(token, int(self.clock()), until)

    def _over(self, now: float) -> Over:
        return Over(now - self.idle, now - self.absolute)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _session(key: str, stored: StoredSession) -> Session:
    csrf = hmac.new(key.encode(), _CSRF, hashlib.sha256).hexdigest()
    return Session(
        stored.actor,
        stored.name,
        csrf,
        stored.started_at,
        stored.seen_at,
        stored.marks,
        stored.authentication,
        stored.digest,
    )
