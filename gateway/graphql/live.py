"""A question's answer as it comes: an event for each node that has answered, at the end the whole (ADR 0715).

Spoken to whoever accepts `text/event-stream`; the request is the same. `part`: the
`data` as far as one node's answer goes, logged before it is sent. `next`: the result that is otherwise the
only answer, or its errors. `complete`: nothing follows. Who stops listening stops no question that is under
way: what partners disclose is logged to the end. An answer of many questions begins no further one then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import StreamingResponse

from gateway.visit import Listener

MEDIA_TYPE = "text/event-stream"
Result: TypeAlias = Mapping[str, Any]
Running: TypeAlias = Callable[[Listener], Awaitable[Result]]
"""Works on the question, tells the listener the data of each part, returns the result; it raises nothing."""


def wanted_live(request: Request) -> bool:
    """Whether the client takes the answer in parts."""
    return MEDIA_TYPE in request.headers.get("accept", "")


class LiveAnswers:
    """The questions of one door that are answered in parts."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def response(self, running: Running) -> StreamingResponse:
        """Start the question; the response tells how it goes."""
        events: asyncio.Queue[bytes] = asyncio.Queue()
        listener = Listener(lambda data: events.put_nowait(_event("part", {"data": data})))

        async def follow() -> None:
            result = await running(listener)
            events.put_nowait(_event("next", result))
            events.put_nowait(_COMPLETE)

        task = asyncio.create_task(follow())
        self._under_way.add(task)  # the loop itself would forget it
        task.add_done_callback(self._under_way.discard)
        return StreamingResponse(_until_complete(events, listener), media_type=MEDIA_TYPE)


async def _until_complete(events: asyncio.Queue[bytes], listener: Listener) -> AsyncIterator[bytes]:
    event = b""
    try:
        while event is not _COMPLETE:
            event = await events.get()
            yield event
    finally:
        listener.left = True


def _event(name: str, value: Mapping[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(value))


_COMPLETE = _event("complete", {})
