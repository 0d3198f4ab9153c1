"""What of a picture may go to which node: a contribution is held to its mark before it is put into a letter.

A contribution carries the strictest mark of what it uses, and names what it uses by handles. To another
organisation it is ONWARD use: under H2, TLP RED or AMBER+STRICT it needs the consent of each provider of
these records but those who would receive it; an own record is no exception, its officers consent. Nothing is
kept from its author's node, nor from the provider of all that it uses. What has no handles has no provider
who could consent. Members are named persons, so TLP RED asks for no more; the text of H3 is acknowledged by
nobody here, so H3 stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from gateway.node import Node
from policy.handling import Conditions, DataUse, Mark, withheld
from policy.terms import Purpose
from sharing.consents import Consent, Used
from sharing.contributions import Content, Contribution

PURPOSE = Purpose.OPERATIONAL_ANALYSIS
"""What a shared picture is for, and what a consent that opens something in it must be for."""

_UNPERMITTED = Conditions(named=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """What may go to one node, in order; the reason codes of the rest, by id; the consents that it took."""

    contributions: Sequence[Contribution]
    withheld: Mapping[str, str] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()


def open_to(node: Node, contributions: Iterable[Contribution], to: str) -> Opened:
    """What of the contributions may go to the node `to` now."""
    consents = _Consents(node, to)
    plain = cache(_plain)
    found: list[Contribution] = []
    reasons: dict[str, str] = {}
    used: set[str] = set()
    for each in contributions:
        if plain(each.content.mark) or _own(each.content, to):
            found.append(each)
            continue
        lifting = consents.for_all(each.content)
        conditions = replace(_UNPERMITTED, permitted=bool(lifting))
        if reason := withheld(each.content.mark, DataUse.ONWARD, conditions):
            reasons[each.id] = reason.value
        else:
            found.append(each)
            used |= {consent.terms.ref for consent in lifting}
    return Opened(found, reasons, frozenset(used))


def _plain(mark: Mark) -> bool:
    """Whether a mark keeps nothing back from anybody who belongs to a picture."""
    return withheld(mark, DataUse.ONWARD, _UNPERMITTED) is None


def _own(content: Content, to: str) -> bool:
    """Whether it is the receiver's own: its author's, or made of its records only."""
    providers = {handle.partition("/")[0] for handle in content.handles}
    return content.author.node == to or providers == {to}


class _Consents:
    """The consents in force for this node's passing records on to one other, read when first wanted."""

    def __init__(self, node: Node, to: str) -> None:
        self._node, self._to = node, to
        self._of: dict[str, Sequence[Consent]] = {}

    def for_all(self, content: Content) -> tuple[Consent, ...]:
        """One for each record that is not the receiver's; none at all if one of them has none.

        Only those that name records: what else they may name is not known of a handle.
        """
        found: list[Consent] = []
        for handle in content.handles:
            provider, _, record = handle.partition("/")
            if provider == self._to:
                continue
            consent = self._covering(provider, record)
            if consent is None:
                return ()
            found.append(consent)
        return tuple(found)

    def _covering(self, provider: str, record: str) -> Consent | None:
        now = self._node.now()
        if provider not in self._of:
            self._of[provider] = self._node.consents.in_force(provider, self._node.id, now)
        used = Used(record, "", "", (), DataUse.ONWARD, PURPOSE, (self._to,))
        return next((each for each in self._of[provider] if each.terms.covers(used, now)), None)
