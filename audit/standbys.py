"""What a PostgreSQL server says of its synchronous standbys, to whoever looks after it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from audit.errors import StandbyMissing

_CONFIRMED: Final = frozenset({"on", "remote_apply"})
"""What `synchronous_commit` must be for a commit to return when the standby has it on disk."""
STANDING: Final = "SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit')"
_SEEN = "count(*), count(sync_state), count(*) FILTER (WHERE sync_state IN ('sync', 'quorum'))"
_ALL = f"{STANDING}, {_SEEN} FROM pg_stat_replication"  # constants


@dataclass(frozen=True, slots=True)
class Standbys:
    """Both settings; how many standbys are `connected`, and how many of them commits wait for.

    `synchronous` is None where the role may not see that: it takes `pg_read_all_stats`.
    """

    names: str
    commit: str
    connected: int
    synchronous: int | None

    @property
    def missing(self) -> bool:
        """Whether no commit can be confirmed now, as far as it can be seen."""
        return not self.names or self.commit not in _CONFIRMED or not self.connected or self.synchronous == 0

    def __str__(self) -> str:
        """Return it in words."""
        seen = "their state is not shown to this role" if self.synchronous is None else self.synchronous
        return (
            f"synchronous_standby_names '{self.names}', synchronous_commit {self.commit}, "
            f"{self.connected} connected, synchronous: {seen}"
        )


def standbys(connection: Connection) -> Standbys:
    """Ask the server."""
    # nosemgrep: sql-from-text  # a constant
    names, commit, connected, shown, synchronous = connection.execute(text(_ALL)).one()
    return Standbys(names, commit, connected, synchronous if shown == connected else None)


def refuse_alone(name: str, names: str, commit: str) -> None:
    """`StandbyMissing` unless the server lets commits wait until a standby has them on disk."""
    wanted = "a synchronous standby is wanted by [database] synchronous"
    if not names:
        raise StandbyMissing(f"log store {name}: synchronous_standby_names is empty, and {wanted}")
    if commit not in _CONFIRMED:
        raise StandbyMissing(f"log store {name}: synchronous_commit is {commit}, not `on`, and {wanted}")
