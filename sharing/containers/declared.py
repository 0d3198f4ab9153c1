"""What was declared, beside where the box was and beside what another owner's customs were told."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from sharing.containers.finding import Limits, Rule
from sharing.containers.told import Declaration, Movement, Told
from sharing.containers.travel import ABSENT
from sharing.findings import Finding, between
from sharing.places import distance_km
from sharing.spans import Span

SHORT_LANDED = "SHORT_LANDED"
Amount = tuple[float, str] | None


def phantoms(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """A declared voyage that a record contradicts: not on board at the port, or elsewhere all the while."""
    for declared in told.declarations:
        for moved in told.movements:
            if told.code in declared.codes and (
                _short(declared, moved, limits) or _elsewhere(declared, moved, limits)
            ):
                where = moved.place.name if moved.place else moved.source.handle
                says = ", ".join(filter(None, (moved.kind, where)))
                left, right = (declared.source, declared.bill), (moved.source, says, moved.kind)
                yield between(Rule.PHANTOM_SHIPMENT, left, right)


def unmoved(told: Told) -> tuple[str, ...]:
    """Shipments of the code for which no shown movement has the box at either of their ports.

    This is what was not shown, no contradiction: a node that is silent may know better.
    """
    seen = {each.place.key for each in told.movements if each.place and each.kind not in ABSENT}
    return tuple(
        each.source.handle
        for each in told.declarations
        if told.code in each.codes
        and not seen & {place.key for place in (each.loading, each.discharge) if place}
    )


def mirrors(told: Told, limits: Limits) -> Iterator[Finding[Rule]]:
    """Every two declarations of different owners under one bill whose amounts differ beyond the tolerance."""
    for one, other in combinations(told.declarations, 2):
        if one.bill and one.bill == other.bill and one.source.owner != other.source.owner:
            weights = ((one.weight or 0, "kg"), (other.weight or 0, "kg"))
            yield from _differ(Rule.MIRROR_WEIGHT, one, other, weights, limits.weight)
            amounts = (one.quantity, other.quantity)
            yield from _differ(Rule.MIRROR_QUANTITY, one, other, amounts, limits.quantity)
            yield from _differ(Rule.MIRROR_VALUE, one, other, (one.value, other.value), limits.value)


def _short(declared: Declaration, moved: Movement, limits: Limits) -> bool:
    """Whether the terminal of discharge tallied the box as not on board, about when it was to arrive."""
    if moved.kind != SHORT_LANDED or moved.stay is None or declared.arrival is None:
        return False
    if moved.place is None or declared.discharge is None or moved.place.key != declared.discharge.key:
        return False
    most = timedelta(days=limits.landing_days)
    late = moved.stay[0].earliest - declared.arrival.latest
    return late <= most and declared.arrival.earliest - moved.stay[1].latest <= most


def _elsewhere(declared: Declaration, moved: Movement, limits: Limits) -> bool:
    """Whether the box stood far from where it was to arrive, all the time from departure to arrival."""
    departure, arrival = declared.departure, declared.arrival
    if moved.kind in ABSENT or moved.place is None or declared.discharge is None:
        return False
    if departure is None or arrival is None or moved.stay is None:
        return False
    apart = distance_km(moved.place, declared.discharge)
    return apart is not None and apart > 2 * limits.slack_km and _covers(moved.stay, departure, arrival)


def _covers(stay: tuple[Span, Span], departure: Span, arrival: Span) -> bool:
    """Whether a stay surely began before the one and ended after the other."""
    return stay[0].latest <= departure.earliest and arrival.latest <= stay[1].earliest


def _differ(
    rule: Rule, one: Declaration, other: Declaration, amounts: tuple[Amount, Amount], tolerance: float
) -> Iterator[Finding[Rule]]:
    left, right = amounts
    if left is None or right is None or left[1] != right[1] or not (left[0] and right[0]):
        return
    share = abs(left[0] - right[0]) / max(left[0], right[0])
    if share > tolerance:
        said = [
            (each.source, f"{number:.12g} {unit}", f"{number:.12g}")
            for each, (number, unit) in ((one, left), (other, right))
        ]
        yield between(rule, said[0], said[1], {"share": share, "tolerance": tolerance}, weight=share)
