"""A person at the desk of a node: what every resolver and use case gets to work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotAllowed
from gateway.node import Node
from gateway.sessions import Session
from policy.mandate import Actor
from policy.terms import Role


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person."""

    node: Node
    session: Session

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
