"""Fan-out: one question to many nodes at once, one status per node as data.

One deadline for all and one per node; a node that failed again and again is left alone for a while and said
to be. Nothing is tried twice and nothing is sent later. Whatever a node does, the others' answers are not
lost.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from policy.terms import Status
from sharing.backoff import BackoffStore, Pause, after_failure
from sharing.courier import Courier
from sharing.errors import MergeRefused, ReplyTooLarge, TimedOut, Undelivered, Unreachable
from sharing.message import Reply, Silence
from sharing.opening_reply import open_answer
from sharing.sealed import Sealed

Clock: TypeAlias = Callable[[], float]
"""Seconds since 1970."""

_LOG = logging.getLogger(__name__)
_STATUS: Mapping[type[Undelivered], Status] = MappingProxyType(
    {
        TimedOut: Status.TIMED_OUT,
        Unreachable: Status.UNREACHABLE,
        ReplyTooLarge: Status.INVALID_ANSWER,
    }
)
_FAILURES = frozenset({Status.TIMED_OUT, Status.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds to wait: for all nodes together, and for each."""

    overall: float = 5.0
    per_node: float = 4.0


async def fan_out(
    sealed: Sequence[Sealed],
    courier: Courier,
    backoff: BackoffStore,
    *,
    deadlines: Deadlines,
    clock: Clock = time.time,
) -> tuple[Reply, ...]:
    """Ask all nodes at once; one reply per node, in the order of `sealed`.

    1. Each node stands in `sealed` once. 2. Nodes in a pause are not asked. 3. All others are, at the same
    time. 4. What has not come by the overall deadline is cancelled and `TIMED_OUT`. 5. Failures lengthen a
    node's pause, any opened reply ends it.
    """
    nodes = [parcel.to.id for parcel in sealed]
    if len(set(nodes)) != len(nodes):  # 1
        raise MergeRefused(f"fan-out: a node stands twice among {sorted(nodes)}")
    started, pauses = clock(), backoff.pauses()
    now_ms = int(started * 1000)
    resting = {node for node in nodes if node in pauses and pauses[node].until_ms > now_ms}  # 2
    replies: dict[str, Reply] = {node: _resting(node, pauses[node], int(started)) for node in resting}
    asked = [parcel for parcel in sealed if parcel.to.id not in resting]
    heard = await _ask_all(asked, courier, deadlines, clock)  # 3, 4
    changes = _changes(heard, pauses, int(clock() * 1000))  # 5
    if changes:
        backoff.put(changes)
    replies |= heard
    return tuple(replies[node] for node in nodes)


async def _ask_all(
    sealed: Sequence[Sealed], courier: Courier, deadlines: Deadlines, clock: Clock
) -> dict[str, Reply]:
    tasks = {parcel.to.id: asyncio.create_task(_ask(parcel, courier, deadlines, clock)) for parcel in sealed}
    try:
        if tasks:
            await asyncio.wait(tasks.values(), timeout=deadlines.overall)
    finally:
        late = [task for task in tasks.values() if task.cancel()]
        await asyncio.gather(*late, return_exceptions=True)
    return {node: _outcome(node, task, deadlines, int(clock())) for node, task in tasks.items()}


async def _ask(sealed: Sealed, courier: Courier, deadlines: Deadlines, clock: Clock) -> Reply:
    try:
        raw = await courier.deliver(sealed, min(deadlines.per_node, deadlines.overall))
    except Undelivered as error:
        return Silence(sealed.to.id, _STATUS[type(error)], str(error), int(clock()))
    return open_answer(raw, sealed, now=int(clock()))


def _outcome(node: str, task: asyncio.Task[Reply], deadlines: Deadlines, now: int) -> Reply:
    if task.cancelled():
        return Silence(
            node, Status.TIMED_OUT, f"{node}: nothing within {deadlines.overall:.3f} s for all", now
        )
    if error := task.exception():
        _LOG.error("fan-out to %s failed", node, exc_info=error)
        return Silence(node, Status.UNREACHABLE, f"{node}: {type(error).__name__} on our side", now)
    return task.result()


def _resting(node: str, pause: Pause, now: int) -> Silence:
    until = datetime.fromtimestamp(pause.until_ms / 1000, UTC).isoformat(timespec="seconds")
    return Silence(
        node, Status.UNREACHABLE, f"{node}: not asked before {until}, {pause.failures} failures", now
    )


def _changes(heard: Mapping[str, Reply], pauses: Mapping[str, Pause], now_ms: int) -> dict[str, Pause | None]:
    failed = {
        node for node, reply in heard.items() if isinstance(reply, Silence) and reply.status in _FAILURES
    }
    changes: dict[str, Pause | None] = {
        node: after_failure(pauses.get(node, Pause()), now_ms) for node in failed
    }
    return changes | dict.fromkeys((heard.keys() & pauses.keys()) - failed)
