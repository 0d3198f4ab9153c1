"""How well the node's own log is witnessed: the last note with a quorum, its age, each witness's word."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from audit.canonical import parse_object
from audit.errors import AuditError
from audit.feeding import Verdict
from audit.fields import REFERENCE
from audit.freshness import Freshness, Limits, witnessed_at
from audit.keys import VerifyKey
from audit.store import FOREVER, LogReader
from audit.trust import NONE, TrustPolicy
from gateway.errors import SettingsRejected
from gateway.settings import LOOPBACK, WitnessPart

RECALLED = 1000
"""Kept checkpoints that are looked through for the last one with a quorum."""

CONTRADICTS = frozenset({Verdict.AHEAD, Verdict.OTHER_HISTORY})
"""What a witness says that has seen more of the log than it holds, or another history."""

log = logging.getLogger(__name__)


class Freshly(NamedTuple):
    """A state, and the seconds since a quorum last held; 0 where none is asked for."""

    state: Freshness
    seconds: int


@dataclass(frozen=True, slots=True)
class Word:
    """What a witness last said, and at which second."""

    verdict: Verdict
    detail: str
    at: int


@dataclass(slots=True)
class Watch:
    """Who must cosign (`policy`, None where nobody must), and how long ago they did. Seconds since 1970.

    `words` are the witnesses' last ones by their name in the policy. `knocked` is set when a partner had its
    own log cosigned here: then it is up, and may be asked at once.
    """

    policy: TrustPolicy | None
    limits: Limits
    clock: Callable[[], float]
    note: str = ""
    since: int = 0
    words: dict[str, Word] = field(default_factory=dict)
    knocked: asyncio.Event = field(default_factory=asyncio.Event)
    _told: Freshness = Freshness.FRESH

    def freshness(self) -> Freshly:
        """The state now; a quorum of a moment that is still to come counts as one of now."""
        if self.policy is None or self.policy.quorum == NONE:
            return Freshly(Freshness.UNWITNESSED, 0)
        seconds = max(0, int(self.clock()) - self.since)
        return Freshly(self.limits.of(seconds), seconds)

    def take(self, note: str) -> bool:
        """Make a note the last witnessed one, if it has a quorum; an older quorum replaces no newer one."""
        at = None if self.policy is None else witnessed_at(note, self.policy)
        if at is None or (self.note and at < self.since):
            return False
        self.note, self.since = note, at
        return True

    def recall(self, reader: LogReader) -> None:
        """Start from the log's kept checkpoints, or from its first entry when none of them has a quorum.

        A node that is started anew is as stale as it was; one that has logged nothing starts fresh.
        """
        self.since = int(self.clock())
        for stored in reader.leaves(0, 1):
            self.since = int(datetime.fromisoformat(str(parse_object(stored.leaf)["at"])).timestamp())
        if self.policy is not None:
            any(self.take(note) for note in reader.notes(FOREVER, RECALLED))

    def tell(self) -> None:
        """Write a change of state to the operators' log, with its code."""
        state, seconds = self.freshness()
        if state is self._told:
            return
        self._told = state
        level = {
            Freshness.WARN: logging.WARNING,
            Freshness.PAGE: logging.ERROR,
            Freshness.STOP: logging.CRITICAL,
        }
        log.log(level.get(state, logging.INFO), "LOG_%s: %d s since the log had its quorum", state, seconds)


def read_policy(path: Path) -> TrustPolicy:
    """The tlog-policy file; `SettingsRejected` when it is none, or a name or address in it is not safe."""
    try:
        policy = TrustPolicy.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, AuditError) as error:
        raise SettingsRejected(f"{path}: is no trust policy ({error})") from error
    for name in policy.witnesses:
        if not REFERENCE(name):
            raise SettingsRejected(f"{path}: witness {name!r}: a name is of letters, digits and _.:/@#+=~-")
    for name, url in policy.urls.items():
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise SettingsRejected(f"{path}: witness {name}: {url} is not https, and not on this machine")
    return policy


def watch_of(home: Path, part: WitnessPart, own: Sequence[VerifyKey], clock: Callable[[], float]) -> Watch:
    """The watch that the settings ask for; the policy holds for the log of the `own` keys alone."""
    limits = Limits(part.warn_seconds, part.page_seconds, part.stop_seconds)
    if part.policy is None:
        return Watch(None, limits, clock)
    return Watch(replace(read_policy(home / part.policy), logs=tuple(own)), limits, clock)
