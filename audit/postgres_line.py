"""The writing connection to a PostgreSQL server: whether it still lives, how long it may take, what it left.

A commit on a server with a synchronous standby waits for that standby, and the server knows no end of this
wait. So the end is ours: a watch cuts the connection. What was cut may still be committed later, by the
session that it left behind at the server: until that has ended, nothing is read and nothing is written.
"""

import os
import select
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection

from audit.errors import AuditUnavailable
from audit.standbys import STANDING, refuse_alone

WRITER: Final = 0x5E22
"""The number of the advisory lock that every commit to the log holds to its very end."""
_LOOKS: Final = 8

_MINE = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_LEFT = "SELECT wait_event FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
_END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
_LOCK = f"SELECT pg_advisory_xact_lock({WRITER})"
# A transaction that writes nothing waits for no standby; this one writes a line into the WAL and no row.
_MARK = "SELECT pg_logical_emit_message(true, 'entente', '')"


@dataclass(frozen=True, slots=True)
class Session:
    """A session at the server: its process, and when that started, for numbers come again."""

    pid: int
    started: object


class Line:
    """One connection, from its end here; `driver` is psycopg's."""

    def __init__(self, connection: Connection) -> None:
        """Listen to a new connection."""
        driver: Any = connection.connection.driver_connection
        self._driver = driver
        self._socket = socket.socket(fileno=os.dup(driver.fileno()))
        self._warned: list[str] = []
        self._news = select.poll()  # not select.select: a busy gateway has descriptors over 1023
        self._news.register(self._socket, select.POLLIN)
        driver.add_notice_handler(self._told)
        self.session: Session | None = None

    def meet(self) -> None:
        """Learn which session this is."""
        self.session = Session(*self._driver.execute(_MINE).fetchone())

    def _told(self, said: Any) -> None:  # noqa: ANN401  # psycopg's diagnostic
        if said.severity_nonlocalized == "WARNING":
            self._warned.append(str(said.message_primary))

    @property
    def heard(self) -> bool:
        """Whether the other end has said something unasked: as a rule, that it has ended."""
        return bool(self._news.poll(0))

    @contextmanager
    def committing(self, name: str) -> Iterator[None]:
        """Around a commit: `AuditUnavailable` if the server warned that it may not be at the standby.

        A wait for the standby that somebody cancels ends in a success and a warning; committed is not enough.
        """
        self._warned.clear()
        yield
        if self._warned:
            raise AuditUnavailable(f"log store {name}: the commit may not be at a standby: {self._warned[0]}")

    def cut(self) -> None:
        """Break the connection from any thread; whoever waits on it meets an error."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of this end."""
        self._socket.close()

    def wait_for(self, left: Session, name: str) -> None:
        """See to it that an earlier session can do nothing any more; `AuditUnavailable` while it may.

        One that waits for the standby is left alone: it ends by itself when that is back. Any other is ended.
        """
        which = (left.pid, left.started)
        found = self._driver.execute(_LEFT, which).fetchone()
        if found is None:
            return
        if found[0] == "SyncRep":
            raise AuditUnavailable(f"log store {name}: the last commit still waits for a synchronous standby")
        ended = self._driver.execute(_END, which).fetchone()
        if ended is not None and not ended[0]:
            raise AuditUnavailable(f"log store {name}: the session before this one does not end")

    def standing(self) -> tuple[str, str]:
        """What this session sees of `synchronous_standby_names` and `synchronous_commit`."""
        names, commit = self._driver.execute(STANDING).fetchone()
        return str(names), str(commit)

    def transact(self, statements: Sequence[tuple[str, Sequence[Any]]], name: str, *, standby: bool) -> None:
        """Run the statements as one transaction, in one round trip; `StandbyMissing` if that waited for none.

        Then it is committed here, and not known to be elsewhere.
        """
        cursor = self._driver.cursor()
        with self.committing(name):
            with self._driver.pipeline():
                for each in ("BEGIN", _LOCK):
                    cursor.execute(each)
                for statement, values in statements:
                    cursor.execute(statement, values)
                asked = self._driver.execute(STANDING) if standby else None
                cursor.execute("COMMIT")
            if asked is not None:
                refuse_alone(name, *asked.fetchone())

    def confirm(self, name: str, seconds: float) -> None:
        """Return when all that was committed before is where commits must be, and nobody is committing.

        What can be read at the primary may not be at the standby yet, and must not be signed before.
        """
        with self.committing(name):
            for each in ("BEGIN", f"SET LOCAL lock_timeout = {round(seconds * 500)}", _LOCK, _MARK, "COMMIT"):
                self._driver.execute(each)


class Watch:
    """Cuts a line that is at one thing for longer than `seconds`; a thread of its own, while it is open."""

    def __init__(self, seconds: float) -> None:
        """Watch nothing yet."""
        self.seconds = seconds
        self._until = 0.0
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self.line: Line | None = None
        self.cut = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Around what may not take longer."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, name="log watch", daemon=True)
            self._thread.start()
        self.cut, self._until = False, monotonic() + self.seconds
        try:
            yield
        finally:
            self._until = 0.0

    def _look(self) -> None:
        while not self._closed.wait(self.seconds / _LOOKS):
            until, line = self._until, self.line
            if until and line is not None and monotonic() > until:
                self.cut = True
                line.cut()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
