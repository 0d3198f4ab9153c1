"""A person at the desk of a node: what every resolver and use case gets to work with."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotAllowed
from gateway.node import Node
from gateway.sessions import Session, Sessions
from gateway.step_up import check_proof
from policy.duties import Step, must_be_another
from policy.mandate import Actor
from policy.terms import Role


@dataclass(slots=True)
class Listener:
    """Who takes an answer in parts (ADR 0715): is `told` each, and has `left` when nobody waits any more."""

    told: Callable[[Mapping[str, Any]], None]
    left: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person; with a `listener` where the answer is taken in parts.

    `sessions` are all of the node's, where the person came by one of them.
    """

    node: Node
    session: Session
    listener: Listener | None = None
    sessions: Sessions | None = None

    def require(self, role: Role) -> Actor:
        """The actor, if it holds `role`; `NotAllowed` names the role that is missing."""
        if role not in self.session.actor.roles:
            raise NotAllowed(f"role {role.value}: is not held by the person who is signed in")
        return self.session.actor

    def proven(self) -> None:
        """`StepUpNeeded` unless who is at the desk was proved lately; without a sign-in nobody is asked."""
        if (rule := self.node.settings.signin) is not None:
            check_proof(rule, self.session.authentication, self.node.clock())

    def as_another(self, step: Step, what: str, before: Collection[str]) -> None:
        """`NotAllowed` unless the person is another one than those `before`, as the step asks for."""
        if said := must_be_another(step, self.session.actor.subject, before):
            raise NotAllowed(f"{what}: {said}")

    def me(self) -> Mapping[str, Any]:
        """The person, as the schema's `Me`."""
        actor = self.session.actor
        roles = sorted(role.value for role in actor.roles)
        return {"node": actor.node, "name": self.session.name, "unit": actor.unit, "roles": roles}
