"""What a sequencer asks before it takes anything: whether witnesses have seen more of this log."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from audit.feeding import Meaning
from audit.log import Log
from gateway.home import Home, read_card
from gateway.http_witness import HttpPoster
from gateway.settings import Settings, reach_of
from gateway.tls import client_tls
from gateway.watch import Watch, watch_of
from gateway.witnessing import Feeder, Poster


@dataclass(frozen=True, slots=True)
class _Opened:
    """A log that was just opened, as far as feeding needs it."""

    settings: Settings
    log: Log
    watch: Watch

    @property
    def id(self) -> str:
        """The node's id."""
        return self.settings.node.id

    def now(self) -> int:
        """The time as whole Unix seconds."""
        return int(time.time())


async def ask_witnesses(home: Home, log: Log) -> None:
    """Offer the log's checkpoint to every witness once; one that is ahead puts the log into quarantine.

    Nothing is asked where no policy is set; a witness that is silent does not stand in the way.
    """
    await asked_witnesses(home, log)


async def asked_witnesses(
    home: Home, log: Log, poster: Poster | None = None
) -> tuple[Watch, Mapping[str, Meaning]]:
    """The same, with what each said; the watch has a note once a quorum has cosigned it now.

    `poster` is the way to the witnesses, HTTP unless told otherwise.
    """
    settings = home.settings()
    watch = watch_of(home.path, settings.witness, read_card(home.card).log_keys, time.time)
    if watch.policy is None:
        return watch, {}
    poster = poster or await HttpPoster.open(client_tls(home.path, settings.tls), reach_of(settings))
    try:
        return watch, await Feeder(_Opened(settings, log, watch), watch.policy, poster).once()
    finally:
        await poster.close()
