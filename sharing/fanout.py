"""Fan-out: one question to many nodes at once, one status per node as data.

One deadline for all and one per node; a node that failed again and again is left alone for a while and said
to be. Nothing is tried twice and nothing is sent later. Whatever a node does, the others' answers are not
lost.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
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
    arriving = as_they_come(sealed, courier, backoff, deadlines=deadlines, clock=clock)
    replies = {reply.node: reply async for reply in arriving}
    return tuple(replies[parcel.to.id] for parcel in sealed)


async def as_they_come(
    sealed: Sequence[Sealed],
    courier: Courier,
    backoff: BackoffStore,
    *,
    deadlines: Deadlines,
    clock: Clock = time.time,
) -> AsyncGenerator[Reply]:
    """The replies of a fan-out, each as soon as it is there; the steps are those of `fan_out`.

    The deadlines run while the caller is at work on a reply: what came meanwhile is not lost. Whoever stops
    early must close the generator, which ends what is under way.
    """
    nodes = [parcel.to.id for parcel in sealed]
    if len(set(nodes)) != len(nodes):  # 1
        raise MergeRefused(f"fan-out: a node stands twice among {sorted(nodes)}")
    started, pauses = clock(), backoff.pauses()
    now_ms = int(started * 1000)
    resting = {node for node in nodes if node in pauses and pauses[node].until_ms > now_ms}  # 2
    asked = [parcel for parcel in sealed if parcel.to.id not in resting]
    tasks = {asyncio.create_task(_ask(each, courier, deadlines, clock)): each.to.id for each in asked}  # 3
    heard: dict[str, Reply] = {}
    try:
        for node in sorted(resting):
            yield _resting(node, pauses[node], int(started))
        async for task in _done(set(tasks), deadlines.overall):  # 4
            reply = heard[tasks[task]] = _outcome(tasks[task], task, deadlines, int(clock()))
            yield reply
    finally:
        await _cancelled(tasks)
    changes = _changes(heard, pauses, int(clock() * 1000))  # 5
    if changes:
        backoff.put(changes)


async def _done(under_way: set[asyncio.Task[Reply]], seconds: float) -> AsyncIterator[asyncio.Task[Reply]]:
    """Each task when it is done; those that are not within `seconds` last, cancelled."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    while under_way:
        done, under_way = await asyncio.wait(
            under_way, timeout=max(ends - loop.time(), 0), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            break
        for task in done:
            yield task
    await _cancelled(under_way)
    for task in under_way:
        yield task


async def _cancelled(tasks: Iterable[asyncio.Task[Reply]]) -> None:
    late = [task for task in tasks if task.cancel()]
    await asyncio.gather(*late, return_exceptions=True)


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
