"""Since when a log is witnessed, and what that age means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from audit.cosignature import cosigned_at
from audit.errors import AuditError
from audit.note import Note
from audit.trust import NONE, TrustPolicy


def witnessed_at(note: str, policy: TrustPolicy) -> int | None:
    """Return the latest second T such that the cosignatures from T on are a quorum for the note.

    None when there is no such second: too few cosignatures, a policy that asks for none, an unknown log.
    """
    try:
        policy.check(note)
    except AuditError:
        return None
    times = _times(note, policy)
    for at in sorted(set(times.values()), reverse=True):
        if policy.quorum != NONE and policy.fulfilled([name for name in times if times[name] >= at]):
            return at
    return None


def _times(note: str, policy: TrustPolicy) -> Mapping[str, int]:
    """Return when each witness has cosigned a note that was checked: by its first line, the one checked."""
    keys = {(each.name, each.key_id): name for name, each in policy.witnesses.items()}
    times: dict[str, int] = {}
    for line in Note.parse(note).signatures:
        if name := keys.get((line.name, line.key_id)):
            times.setdefault(name, cosigned_at(line))
    return times


class Freshness(StrEnum):
    """How long ago there was a quorum, in the steps of `Limits`; `UNWITNESSED` where none is asked for."""

    FRESH = "FRESH"
    WARN = "WARN"
    PAGE = "PAGE"
    STOP = "STOP"
    UNWITNESSED = "UNWITNESSED"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds without a quorum from which operators are warned, are called, and answers abroad stop."""

    warn: int
    page: int
    stop: int

    def of(self, seconds: float) -> Freshness:
        """Return the state after so many seconds."""
        steps = ((self.stop, Freshness.STOP), (self.page, Freshness.PAGE), (self.warn, Freshness.WARN))
        return next((state for limit, state in steps if seconds >= limit), Freshness.FRESH)
