"""Whether a partner's address is one that the node connects to, told before it is tried.

The connection itself is held to `Reach` when it is made (`sharing.http_courier`); this is for who sets a node
up and would otherwise see a partner that answers a browser and never the node.
"""

import socket
from urllib.parse import urlsplit

from sharing.reach import Reach

_HTTPS = 443


def out_of_reach(url: str, reach: Reach) -> str | None:
    """Why the node connects to none of the addresses that the host of `url` has now, or `None`.

    A name that leads nowhere gives `None`: who connects says so.
    """
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _HTTPS, type=socket.SOCK_STREAM)
    except OSError:
        return None
    refusals = [reach.refusal(str(address[0])) for *_, address in found]
    return refusals[0] if refusals and all(refusals) else None
