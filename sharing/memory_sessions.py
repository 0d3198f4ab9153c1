"""A `SessionStore` in memory, for a node of one process that may forget who is signed in."""

from dataclasses import replace

from sharing.sessions import Over, SessionStore, StoredSession


class MemorySessions(SessionStore):
    """Sessions of this process."""

    def __init__(self) -> None:
        self._open: dict[str, StoredSession] = {}
        self._spent: dict[str, int] = {}

    def add(self, session: StoredSession, over: Over, most: int) -> bool:
        """See `SessionStore.add`."""
        self._open = {key: each for key, each in self._open.items() if not over.covers(each)}
        if len(self._open) >= most:
            return False
        self._open[session.digest] = session
        return True

    def get(self, digest: str) -> StoredSession | None:
        """See `SessionStore.get`."""
        return self._open.get(digest)

    def listed(self, over: Over, subject: str = "") -> list[StoredSession]:
        """See `SessionStore.listed`."""
        found = [
            each
            for each in self._open.values()
            if not over.covers(each) and (not subject or each.authentication.subject == subject)
        ]
        return sorted(found, key=lambda each: (-each.seen_at, each.digest))

    def touch(self, digest: str, at: float) -> None:
        """See `SessionStore.touch`."""
        found = self._open.get(digest)
        if found is not None and at > found.seen_at:
            self._open[digest] = replace(found, seen_at=at)

    def end(self, *, digest: str = "", subject: str = "", session: str = "") -> int:
        """See `SessionStore.end`."""
        gone = [
            key
            for key, each in self._open.items()
            if (digest or subject or session)
            and (not digest or key == digest)
            and (not subject or each.authentication.subject == subject)
            and (not session or each.authentication.session == session)
        ]
        for key in gone:
            del self._open[key]
        return len(gone)

    def spend(self, token: str, now: int, until: int) -> bool:
        """See `SessionStore.spend`."""
        self._spent = {key: at for key, at in self._spent.items() if at > now}
        if token in self._spent:
            return False
        self._spent[token] = until
        return True
