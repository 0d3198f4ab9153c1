"""A person at the desk of a node: what every resolver and use case gets to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotAllowed
from gateway.node import Node
from gateway.sessions import Session
from policy.mandate import Actor
from policy.terms import Role


@dataclass(slots=True)
class Listener:
    """Who takes an answer in parts (ADR 0715): is `told` each, and has `left` when nobody waits any more."""

    told: Callable[[Mapping[str, Any]], None]
    left: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person; with a `listener` where the answer is taken in parts."""

    node: Node
    session: Session
    listener: Listener | None = None

    def require(self, role: Role) -> Actor:
        """The actor, if it holds `role`; `NotAllowed` names the role that is missing."""
        if role not in self.session.actor.roles:
            raise NotAllowed(f"role {role.value}: is not held by the person who is signed in")
        return self.session.actor

    def me(self) -> Mapping[str, Any]:
        """The person, as the schema's `Me`."""
        actor = self.session.actor
        roles = sorted(role.value for role in actor.roles)
        return {"node": actor.node, "name": self.session.name, "unit": actor.unit, "roles": roles}
