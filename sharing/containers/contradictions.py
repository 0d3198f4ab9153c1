"""Where records that were shown contradict each other about one container, two at a time.

Each finding follows from its two records alone (and a change of seal that explains it). So the order of
records and nodes changes nothing, a record that is not shown takes away what it would show and adds nothing,
and no record contradicts itself.
"""

from itertools import chain

from sharing.containers.declared import mirrors, phantoms
from sharing.containers.finding import Limits, Rule
from sharing.containers.marks import seals, size_types
from sharing.containers.pickup import pickups
from sharing.containers.told import Told
from sharing.containers.travel import travel
from sharing.findings import Finding, ordered


def contradictions(told: Told, limits: Limits | None = None) -> tuple[Finding[Rule], ...]:
    """Every pair that contradicts, by rule and handles."""
    held = limits or Limits()
    found = chain(
        travel(told, held),
        size_types(told),
        seals(told, held),
        pickups(told),
        phantoms(told, held),
        mirrors(told, held),
    )
    return ordered(found)
