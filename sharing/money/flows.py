"""Where goods and money meet: the network in which a path may lead from a box to a wallet.

Events such as a movement or a payment are things of their own, so that a path leads through all that they
name (haulier, accounts), each with its date. Common ground, such as a port, joins nothing: everything passes
there. Which kinds are goods, money, events or common ground stands in `catalogues/money.yaml`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from sharing.merge import Claim
from sharing.money.catalogue import catalogue
from sharing.network import Network, Ontology, Tie, woven
from sharing.paths import Step


class Flow(StrEnum):
    """What moves along a step: goods, money, neither (between parties); SAME: one identifier at both ends."""

    PHYSICAL = "PHYSICAL"
    FINANCIAL = "FINANCIAL"
    PARTY = "PARTY"
    SAME = "SAME"


def joined(claims: Iterable[Claim], groups: Iterable[Sequence[str]], ontology: Ontology) -> Network:
    """The network of the claims in which events are things and common ground joins nothing."""
    told, claims = catalogue(), list(claims)
    ends = {schema: pair for schema, pair in ontology.ends.items() if schema not in told.events}
    network = woven(claims, groups, Ontology(ends, ontology.references))
    schema = {claim.handle: claim.record.schema for claim in claims}
    common = {
        place
        for place, group in enumerate(network.vertices)
        if any(schema[handle] in told.common_ground for handle in group)
    }
    return replace(
        network, edges=tuple(each for each in network.edges if not {each.source, each.target} & common)
    )


def kind_of(schemata: Iterable[str]) -> Flow:
    """Whether a thing is of the goods, of the money, or of the parties."""
    told, these = catalogue(), set(schemata)
    if these & told.financial:
        return Flow.FINANCIAL
    return Flow.PHYSICAL if these & told.physical else Flow.PARTY


def flow_of(step: Step, schemata: Sequence[Iterable[str]]) -> Flow:
    """What moves along a step; `schemata` are those of each vertex, by place."""
    if all(tie.tie is Tie.IDENTIFIER for tie in step.ties):
        return Flow.SAME
    ends = {kind_of(schemata[step.source]), kind_of(schemata[step.target])}
    return next(flow for flow in (Flow.FINANCIAL, Flow.PHYSICAL, Flow.PARTY) if flow in ends)


def joins(path: Sequence[Step], schemata: Sequence[Iterable[str]]) -> bool:
    """Whether a path leads from goods to money, or from money to goods."""
    if not path:
        return False
    ends = {kind_of(schemata[path[0].source]), kind_of(schemata[path[-1].target])}
    return ends == {Flow.PHYSICAL, Flow.FINANCIAL}


def dates_of(handles: Iterable[str], claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """The dates that these records tell of themselves, sorted; none where none was shown."""
    names = catalogue().dates
    found = {
        value
        for handle in handles
        if handle in claims
        for name in names
        for value in claims[handle].record.properties.get(name, ())
    }
    return tuple(sorted(found))
