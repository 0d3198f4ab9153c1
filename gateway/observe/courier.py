"""A courier that says how long its deliveries take and how far the partners' clocks are from ours."""

import re
import time
from collections.abc import Callable

from gateway.observer import Observer
from sharing.courier import Courier
from sharing.sealed import Parcel, RawReply

_CREATED = re.compile(r";created=([0-9]{1,12})(?:;|$)")


class ObservedCourier:
    """Delivers through `courier`; only what came back whole is measured, the rest is an outcome."""

    def __init__(self, courier: Courier, observer: Observer, clock: Callable[[], float]) -> None:
        self._courier, self._observer, self._clock = courier, observer, clock

    async def deliver(self, sealed: Parcel, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's signature
        """See `Courier.deliver`."""
        started = time.perf_counter()
        reply = await self._courier.deliver(sealed, timeout)
        seconds = time.perf_counter() - started
        self._observer.delivered(sealed.to.id, seconds, self._skew(reply, seconds))
        return reply

    async def close(self) -> None:
        """See `Courier.close`."""
        await self._courier.close()

    def _skew(self, reply: RawReply, seconds: float) -> float | None:
        """By the time in the reply's signature, in whole seconds, against the middle of the delivery."""
        created = _CREATED.search(reply.headers.get("signature-input", ""))
        return int(created[1]) + 0.5 - (self._clock() - seconds / 2) if created else None
