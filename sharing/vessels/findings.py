"""All that is found about one vessel: signals, and records that contradict each other.

Each finding follows from the records that it names (and the vessels that those refer to). So the order of
records and nodes changes nothing, and a record that is not shown takes findings away and adds none.
"""

from itertools import chain

from sharing.findings import Finding, ordered
from sharing.vessels.identity import flags, identities
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.signs import signals
from sharing.vessels.speed import speeds
from sharing.vessels.told import Told


def found_in(told: Told, limits: Limits | None = None) -> tuple[Finding[Rule], ...]:
    """Every finding, by rule and handles."""
    held = limits or Limits()
    return ordered(chain(signals(told, held), identities(told), flags(told), speeds(told, held)))
