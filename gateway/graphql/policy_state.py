"""The law at this node, for oversight and administrators. See `gateway.policy_state`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import policy_state
from gateway.visit import Visit


@strawberry.type(description="What the comparison with a second engine found since the node's start.")
class PolicyShadow:
    """A shadow engine: it decides nothing."""

    engine: str
    same: int
    differing: int
    failed: int
    dropped: int


@strawberry.type(description="Which engine decides, by which revision of the law.")
class PolicyState:
    """The engine, the pinned revision, and the shadow, if one is compared."""

    engine: str
    revision: str
    shadow: PolicyShadow | None


@strawberry.type
class PolicyQuery:
    """Where the law stands."""

    @strawberry.field(
        graphql_type=PolicyState,
        description="The law that decides at this node; role oversight or administrator.",
    )
    def policy_state(self, info: Info[Visit, None]) -> Mapping[str, Any]:
        """The state."""
        return policy_state.policy_state(info.context)
