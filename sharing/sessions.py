"""Who is signed in at the desk: kept under a digest of what the browser holds, so that a copy opens nothing.

A session belongs to the node, not to one of its processes: it survives a restart, and what ends it in one
process ends it in all. When it has ended by itself is for who asks to say; the store only keeps and forgets.
"""

from dataclasses import dataclass, field
from typing import Protocol

from policy.mandate import Actor


@dataclass(frozen=True, slots=True)
class Authentication:
    """How the identity provider came to know the person.

    `subject` and `session` are its own names for person and session, by which it ends them; `at` is when it
    last asked for a proof (Unix seconds), None where it does not say; `acr` is how strong that proof was.
    """

    subject: str = ""
    session: str = ""
    at: int | None = None
    acr: str = ""


UNKNOWN = Authentication()
"""Nothing is known of how the person was authenticated."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A person signed in. `digest` is of the session's secret; times are Unix seconds.

    `marks` are the normal forms of what names the person (`tenants.marks`).
    """

    digest: str
    actor: Actor
    name: str
    started_at: float
    seen_at: float
    marks: frozenset[str] = field(default=frozenset(), repr=False)
    authentication: Authentication = field(default=UNKNOWN, repr=False)


@dataclass(frozen=True, slots=True)
class Over:
    """Which sessions have ended by themselves: not seen since, or started before (Unix seconds)."""

    seen_at: float
    started_at: float

    def covers(self, session: StoredSession) -> bool:
        """Whether the session has ended."""
        return session.seen_at <= self.seen_at or session.started_at <= self.started_at


class SessionStore(Protocol):
    """A node's sessions; all its processes see the same ones, at once."""

    def add(self, session: StoredSession, over: Over, most: int) -> bool:
        """Forget what is over, then keep the session, durably; False, and not kept, if `most` are open."""

    def get(self, digest: str) -> StoredSession | None:
        """The session of that digest, whether it is over or not."""

    def listed(self, over: Over, subject: str = "") -> list[StoredSession]:
        """Those that are not over, the last used first: all, or a person's as its provider names it."""

    def touch(self, digest: str, at: float) -> None:
        """Note that it was used `at`; never back in time, and nothing if it has ended meanwhile."""

    def end(self, *, digest: str = "", subject: str = "", session: str = "") -> int:
        """Forget, durably, the one of that digest, or those of a person or session as its provider names it.

        Returns how many there were. With `subject` and `session` both must fit.
        """

    def spend(self, token: str, now: int, until: int) -> bool:
        """Whether a token's id is used for the first time before `until`; it is kept until then, durably.

        Of two processes at once one is told True. What is past at `now` is forgotten.
        """
