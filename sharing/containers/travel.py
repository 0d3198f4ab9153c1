"""One code in two places at once, and travel that nothing can have made."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from sharing.containers.finding import Limits, Rule
from sharing.containers.told import Movement, Told
from sharing.findings import Finding, between
from sharing.places import distance_km
from sharing.spans import longest_gap

#: Kinds that do not say that the box was there.
ABSENT = frozenset({"SHORT_LANDED", "RELEASED"})
_HOUR = timedelta(hours=1)


def travel(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """Every two movements between which the box cannot have come from the one place to the other.

    The longest time that can lie between them counts, and the distance less the slack at either end.
    """
    for one, other in combinations((each for each in told.movements if each.kind not in ABSENT), 2):
        found = _pair(one, other, limits)
        if found is not None:
            yield found


def not_compared(told: Told) -> tuple[str, ...]:
    """Movements whose place or time is not known well enough to be compared with any other."""
    return tuple(
        each.source.handle
        for each in told.movements
        if each.kind not in ABSENT
        and (each.stay is None or each.place is None or each.place.position is None)
    )


def _pair(one: Movement, other: Movement, limits: Limits) -> Finding[Rule] | None:
    if one.place is None or other.place is None or one.stay is None or other.stay is None:
        return None
    apart = distance_km(one.place, other.place)
    if apart is None or (far := apart - 2 * limits.slack_km) <= 0:
        return None
    hours = longest_gap(one.stay, other.stay) / _HOUR
    if far <= limits.speed * hours:
        return None
    left, right = (one.source, one.place.name), (other.source, other.place.name)
    figures = {"distance": apart, "hours": hours, "limit": limits.speed}
    if not hours:
        return between(Rule.TWO_PLACES, left, right, figures, weight=apart)
    figures["speed"] = far / hours
    return between(Rule.IMPOSSIBLE_TRAVEL, left, right, figures, weight=far / hours)
