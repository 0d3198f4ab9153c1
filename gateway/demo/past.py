"""The demo's past: questions of ninety days, put through its nodes when it is made.

Each is asked like any other: mandate, decision, log, answer, log. Nothing is written in their place. Only the
clock that the nodes are given says the moment at which the question belongs, so their logs are as long, and
as old, as those of services at work. Nobody cosigns a log of that time: witnesses begin when the nodes run.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.answer import answer
from gateway.ask import Asking, ask
from gateway.delivering import deliver_due
from gateway.demo.cast import people
from gateway.home import Home
from gateway.mandates import open_
from gateway.node import Node
from gateway.notice_door import TYPES
from gateway.notices import receive
from gateway.sessions import Session
from gateway.standing import Wanting, watch
from gateway.visit import Visit
from gateway.wiring import open_node
from policy.mandate import Actor
from policy.terms import Aim, LegalBasis, Operation, Purpose, Role, SubjectCategory
from sharing.loopback_courier import Handler, LoopbackCourier
from sharing.mandates import Justification
from tenants.marks import marks_of

DAY = 86_400
Act = Mapping[str, Any]


@dataclass(slots=True)
class Clock:
    """Unix seconds from a moment on; it can be put forward, never back."""

    at: float
    _since: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        """The time."""
        return self.at + time.monotonic() - self._since

    def until(self, moment: float) -> None:
        """Let time pass until `moment`, unless it has passed already."""
        self.at, self._since = max(moment, self()), time.monotonic()


@asynccontextmanager
async def together(
    homes: Mapping[str, Home], clock: Callable[[], float]
) -> AsyncIterator[Mapping[str, Node]]:
    """The nodes of these homes in one process, each at the doors of the others, all by one clock."""
    doors: dict[str, Handler] = {}
    notices: dict[str, Handler] = {}
    nodes: dict[str, Node] = {}
    async with AsyncExitStack() as stack:
        for name, home in homes.items():
            opened = open_node(home, clock=clock, away=LoopbackCourier(doors, notices))
            nodes[name] = node = await stack.enter_async_context(opened)
            doors[name], notices[name] = _doors(node)
        yield nodes


def _doors(node: Node) -> tuple[Handler, Handler]:
    return (
        lambda headers, body: answer(node, headers, body),
        lambda headers, body: receive(node, TYPES, headers, body),
    )


async def live(
    nodes: Mapping[str, Node], clock: Clock, acts: Sequence[Act], told: Callable[[], object]
) -> None:
    """Ask the questions in their order, each at its moment; `told` is called after each.

    A person opens a mandate for a case every quarter of a day; `days_ago` counts from the last midnight, UTC.
    """
    midnight = int(time.time()) // DAY * DAY
    visits: dict[str, Visit] = {}
    mandates: dict[tuple[str, str, int], str] = {}
    for act in acts:
        moment = midnight - act["days_ago"] * DAY + act["seconds"]
        clock.until(moment)
        subject = act["subject"]
        if subject not in visits:
            visits[subject] = visit_of(nodes[act["node"]], subject)
        visit = visits[subject]
        key = (subject, f"{sorted(act['mandate'].items())}", moment // (DAY // 4))
        if key not in mandates:
            mandates[key] = await _mandate(visit, act["mandate"])
        asking = Asking(Operation(act["operation"]), act["arguments"], mandates[key], act.get("nodes"))
        await ask(visit, asking)
        told()


async def watching(nodes: Mapping[str, Node], told: Mapping[str, Any]) -> None:
    """Place a standing question at all nodes; it is delivered when this returns, but for who is silent."""
    node = nodes[told["node"]]
    visit = visit_of(node, told["subject"])
    await watch(visit, Wanting(told["identifier"], await _mandate(visit, told["mandate"]), told["kind"]))
    await deliver_due(node)


def visit_of(node: Node, subject: str) -> Visit:
    """Somebody of the demo at their desk, known by the marks that the sign-in would know."""
    person = next(each for each in people() if each["subject"] == subject)
    roles = frozenset(map(Role, person["roles"]))
    actor = Actor(node.id, subject, roles, person["unit"])
    marks = marks_of((subject, person["name"]))
    return Visit(node, Session(actor, person["name"], "", node.clock(), node.clock(), marks))


async def _mandate(visit: Visit, told: Mapping[str, str]) -> str:
    why = Justification(
        purpose=Purpose(told["purpose"]),
        legal_basis=LegalBasis(told["legal_basis"]),
        case=told["case"],
        offence=told["offence"],
        subject_category=SubjectCategory(told["subject_category"]),
        aim=Aim(told["aim"]),
    )
    return str((await open_(visit, why, None))["id"])
