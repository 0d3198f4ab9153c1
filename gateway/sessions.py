"""Sessions of people, kept on the server: the browser holds an opaque name, never a token of the provider."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gateway.errors import NotAllowed, NotSignedIn
from policy.mandate import Actor
from policy.terms import Role

COOKIE = "__Host-entente"
CSRF_HEADER = "x-entente-csrf"
BACKGROUND_HEADER = "x-entente-background"
MAX_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """One person signed in. Times are Unix seconds; `csrf` must come back in a header with every change.

    `marks` are the normal forms of what names the person (`tenants.marks`): who asks for oneself is noticed.
    """

    actor: Actor
    name: str
    csrf: str
    started_at: float
    seen_at: float
    marks: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(slots=True)
class Sessions:
    """The sessions of one gateway process; they end when idle, after their whole time, or with it."""

    idle: float
    absolute: float
    clock: Callable[[], float]
    _open: dict[str, Session] = field(default_factory=dict)

    def start(self, actor: Actor, name: str, marks: frozenset[str] = frozenset()) -> tuple[str, Session]:
        """Open a session, return its secret key with it; `NotAllowed` on roles that exclude each other."""
        if Role.OVERSIGHT in actor.roles and actor.roles & {Role.ANALYST, Role.LIAISON}:
            raise NotAllowed("sign-in: oversight is never held together with analyst or liaison")
        if not actor.roles:
            raise NotAllowed("sign-in: the identity provider gives no role for this node")
        now = self.clock()
        self._sweep(now)
        key = secrets.token_urlsafe(32)
        session = Session(actor, name, secrets.token_urlsafe(32), now, now, marks)
        self._open[key] = session
        return key, session

    def find(self, key: str | None, *, used: bool = True) -> Session:
        """The session behind a cookie, its idle time started anew if `used`; `NotSignedIn` without one."""
        session = self._open.get(key or "")
        now = self.clock()
        if session is None or key is None or self._ended(session, now):
            raise NotSignedIn("session: none, or it has ended; sign in again")
        if used:
            session = self._open[key] = replace(session, seen_at=now)
        return session

    def ends(self, session: Session) -> tuple[float, float]:
        """When a session ends: if it is not used from now on, and at the latest."""
        return session.seen_at + self.idle, session.started_at + self.absolute

    def end(self, key: str | None) -> None:
        """End a session; ending an unknown one does nothing."""
        self._open.pop(key or "", None)

    def _ended(self, session: Session, now: float) -> bool:
        return now - session.seen_at >= self.idle or now - session.started_at >= self.absolute

    def _sweep(self, now: float) -> None:
        for key in [key for key, each in self._open.items() if self._ended(each, now)]:
            del self._open[key]
        if len(self._open) >= MAX_SESSIONS:
            raise NotSignedIn(f"session: {MAX_SESSIONS} are open, no more are taken now")
