"""The kinds of records that a node knows, for people who say what of them is shared."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(description="A schema of the entity model, and the properties that its records may have.")
class RecordKind:
    """A kind of record."""

    name: str
    properties: list[str]


@strawberry.type
class KindQuery:
    """What there can be; nothing of what there is."""

    @strawberry.field(
        graphql_type=list[RecordKind], description="The kinds of records of the entity model, by name."
    )
    def record_kinds(self, info: VisitInfo) -> list[Shown]:
        """The model."""
        told = info.context.node.properties
        return [{"name": name, "properties": sorted(told[name])} for name in sorted(told)]
