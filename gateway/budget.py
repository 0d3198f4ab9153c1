"""What a GraphQL document would cost, told in linear time before anything is executed.

Every fragment is weighed once, so nested spreads cannot make the weighing itself expensive (strawberry's own
limiters walk a fragment once per spread, which is exponential). Cost is the number of fields after spreading,
depth the longest chain of selections.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.errors import DocumentRejected, OverBudget

MAX_TOKENS = 4000
MAX_ALIASES = 30
MAX_FRAGMENTS = 50


@dataclass(frozen=True, slots=True)
class Weight:
    """Fields after spreading, depth, and fields that carry an alias."""

    fields: int = 0
    depth: int = 0
    aliases: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Two selections next to each other."""
        return Weight(self.fields + other.fields, max(self.depth, other.depth), self.aliases + other.aliases)


@dataclass(slots=True)
class _Scale:
    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Weight] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def selection(self, node: SelectionSetNode | None) -> Weight:
        weight = Weight()
        for part in node.selections if node else ():
            weight = weight.beside(self._part(part))
        return weight

    def _part(self, part: object) -> Weight:
        if isinstance(part, FieldNode):
            inner = self.selection(part.selection_set)
            return Weight(inner.fields + 1, inner.depth + 1, inner.aliases + (part.alias is not None))
        if isinstance(part, InlineFragmentNode):
            return self.selection(part.selection_set)
        assert isinstance(part, FragmentSpreadNode)  # noqa: S101  # graphql-core knows three kinds
        return self._spread(part.name.value)

    def _spread(self, name: str) -> Weight:
        if name in self.open:
            raise DocumentRejected(f"fragment {name[:80]}: spreads itself")
        if name not in self.known:
            if name not in self.fragments:
                raise DocumentRejected(f"fragment {name[:80]}: is spread but not defined")
            self.open.add(name)
            self.known[name] = self.selection(self.fragments[name].selection_set)
            self.open.discard(name)
        return self.known[name]


def weigh(document: DocumentNode) -> Weight:
    """The weight of the heaviest operation; `DocumentRejected` on a fragment cycle or an unknown fragment."""
    named = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    if len(named) > MAX_FRAGMENTS:
        raise OverBudget(f"document: {len(named)} fragments, at most {MAX_FRAGMENTS} are taken")
    scale = _Scale({node.name.value: node for node in named})
    weight = Weight()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            one = scale.selection(node.selection_set)
            weight = max(weight, one, key=lambda each: each.fields)
    return weight


def check(document: DocumentNode, *, fields: int, depth: int) -> Weight:
    """The weight, or `OverBudget` that names what was asked and what is allowed."""
    weight = weigh(document)
    for name, asked, allowed in (
        ("fields", weight.fields, fields),
        ("levels", weight.depth, depth),
        ("aliases", weight.aliases, MAX_ALIASES),
    ):
        if asked > allowed:
            raise OverBudget(f"document: asks for {asked} {name}, at most {allowed} are answered")
    return weight
