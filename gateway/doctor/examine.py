"""All checks of a node in one round; a node that runs and one that is stopped are looked at alike.

Nothing is made, changed, accepted or logged, and no lock is taken: a running node does not notice.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gateway.doctor.federation import directory, own_witness, quarantine, witnesses
from gateway.doctor.files import card, disk, keys, space_of
from gateway.doctor.finding import Finding, Patient, Space, State
from gateway.doctor.parts import databases, policy
from gateway.doctor.reach import certificates, clock, identity, partners, running
from gateway.errors import SettingsRejected
from gateway.home import Home

Check = Callable[[Patient], Iterator[Finding]]
CHECKS: Sequence[Check] = (
    running,
    clock,
    disk,
    keys,
    card,
    directory,
    databases,
    policy,
    quarantine,
    own_witness,
    witnesses,
    certificates,
    identity,
    partners,
)


def examined(
    home: Home, *, now: Callable[[], float] = time.time, space: Callable[[Path], Space] = space_of
) -> list[Finding]:
    """What all checks found; settings that cannot be read leave nothing else to look at."""
    where = f"{home.path}/node.toml"
    try:
        settings = home.settings()
    except SettingsRejected as error:
        to_do = (
            "Put right what the message names; `entente init` makes a new home, never in an old one's place."
        )
        return [Finding("settings", where, State.FAIL, str(error), "settings that are whole and safe", to_do)]
    found = [
        Finding("settings", where, State.OK, f"{settings.node.id}, {settings.node.profile}", "whole and safe")
    ]
    if settings.node.profile == "demo":
        to_do = 'profile = "production" in [node], before anything real is loaded.'
        found[0] = Finding("settings", where, State.WARN, "profile demo", "profile production", to_do)
    patient = Patient(home, settings, int(now()), space)
    for check in CHECKS:
        found += check(patient)
    return found
