"""Where partners may be: how an address is spelt, and at which places of a network nobody is looked for.

The directory is signed, yet a name in it is resolved by others each time. A name that leads to this machine,
to the own network or to a provider's metadata service would make the node ask what strangers cannot reach.
Pure: who connects asks `Reach` about the very address that is about to be connected to, so that a name which
changes its mind between the look and the connection (DNS rebinding) gains nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from sharing.errors import FieldRefused

Network = IPv4Network | IPv6Network
NEVER: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this host (RFC 1122)
            "169.254.0.0/16",  # link-local; the metadata service of most providers
            "168.63.129.16/32",  # a provider's, among public addresses
            "100.100.100.200/32",  # another one's
            "224.0.0.0/4",  # many at once
            "240.0.0.0/4",  # reserved, and the broadcast address
            "::/128",  # unspecified
            "fe80::/10",  # link-local
            "fd00:ec2::254/128",  # a metadata service
            "ff00::/8",  # many at once
        ),
    )
)
"""No partner is at these, whatever the settings say."""
_NAT64 = IPv6Network("64:ff9b::/96")
_FIRST_FREE_PORT = 1024
_HTTPS = 443


def check_host(host: str) -> None:
    """Raise `FieldRefused` for a host that two programs could read differently.

    An IPv4 address has four decimal parts without leading zeros (no `127.1`, no `0x7f.1`, no `2130706433`),
    an IPv6 address its shortest spelling; a name has no label in Punycode, which people cannot read.
    """
    if host.startswith("["):
        _check_six(host[1:-1])
        return
    labels = host.split(".")
    if any(label.startswith("xn--") for label in labels):
        raise FieldRefused(f"host {host[:80]}: a name in Punycode; partners' names are plain letters")
    last = labels[-1]
    if last.isdigit() or (last[:2] == "0x" and set(last[2:]) <= set("0123456789abcdef")):
        try:
            IPv4Address(host)
        except ValueError as error:
            raise FieldRefused(f"host {host[:80]}: is a number, but no address of four parts") from error


def _check_six(text: str) -> None:
    try:
        address = IPv6Address(text)
    except ValueError as error:
        raise FieldRefused(f"host [{text[:80]}]: is no IPv6 address") from error
    if str(address) != text:
        raise FieldRefused(f"host [{text}]: is written [{address}] in short")


def check_port(port: str | None) -> None:
    """Raise `FieldRefused` for a port at which other services listen; `None` is https' own."""
    if port is not None and int(port) < _FIRST_FREE_PORT:
        raise FieldRefused(f"port {port}: partners listen at {_HTTPS} or from {_FIRST_FREE_PORT} on")


@dataclass(frozen=True, slots=True)
class Reach:
    """Public addresses, those of `networks` (private lines of services), and with `loopback` this machine."""

    networks: tuple[Network, ...] = ()
    loopback: bool = False

    @classmethod
    def of(cls, networks: Sequence[str], *, loopback: bool) -> Self:
        """From texts such as `10.20.0.0/16`; `ValueError` for what is no network."""
        return cls(tuple(map(ip_network, networks)), loopback)

    def refusal(self, address: str) -> str | None:
        """Why nothing is connected to at the numeric `address`, or `None`."""
        try:
            place = _meant(ip_address(address))
        except ValueError:
            return f"{address[:60]!r} is no address"
        if place.is_loopback:
            return None if self.loopback else f"{place} is this machine"
        if any(place in network for network in NEVER):
            return f"{place} is a place of the network itself, no partner's"
        if place.is_global or any(place in network for network in self.networks):
            return None
        return f"{place} is private and in none of [reach] networks"


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner
