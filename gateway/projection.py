"""Selection from plain mappings along a trusted document: the executor of answers that are already values.

The mappings carry the published names and types, so nothing is coerced here; a differential test holds the
result to strawberry's for every shipped document.
"""

from collections.abc import Mapping
from typing import Any

from gateway.errors import DocumentRejected
from tenants.selection import Node


def project(tree: tuple[Node, ...], value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """`value` cut down to `tree`, under the aliases of the document."""
    if value is None or not tree:
        return value
    if isinstance(value, list | tuple):
        return [project(tree, each) for each in value]
    if not isinstance(value, Mapping):
        raise DocumentRejected(f"selection {tree[0].name}: the value has no fields")
    return {node.key: project(node.children, value[node.name]) for node in tree}
