"""A courier for a node among its partners: its own door within the process, all others over the wire."""

from sharing.courier import Courier
from sharing.sealed import Parcel, RawReply


class PostCourier:
    """Delivers to `own` through `home`, to all others through `away`; the same sealed bytes both ways."""

    def __init__(self, own: str, home: Courier, away: Courier) -> None:
        self._own, self._home, self._away = own, home, away

    async def deliver(self, sealed: Parcel, timeout: float) -> RawReply:  # noqa: ASYNC109  # the port's signature
        """See `Courier.deliver`."""
        courier = self._home if sealed.to.id == self._own else self._away
        return await courier.deliver(sealed, timeout)

    async def close(self) -> None:
        """See `Courier.close`."""
        await self._home.close()
        await self._away.close()
