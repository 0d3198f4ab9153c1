"""The sockets of everything that connects to partners and witnesses: none is made to a place out of reach."""

import errno
import socket
from collections.abc import Callable
from typing import Any

from sharing.reach import Reach

ANYWHERE_PUBLIC = Reach()


class PlaceRefused(PermissionError):
    """The address that was about to be connected to is none of a partner."""


def sockets_within(reach: Reach) -> Callable[[tuple[Any, ...]], socket.socket]:
    """What aiohttp makes its sockets with: it is handed the resolved address that it connects to next.

    Numeric addresses come this way too; nothing is resolved again in between.
    """

    def make(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        why = reach.refusal(str(address[0]))
        if why is not None:
            raise PlaceRefused(errno.EACCES, why)
        return socket.socket(family, kind, protocol)

    return make


def why_not(error: Exception) -> str:
    """What may be told of a connection that was not made: the place out of reach, else the kind of error."""
    refused = isinstance(error, OSError) and error.errno == errno.EACCES and str(error.strerror)
    return refused or type(error).__name__
