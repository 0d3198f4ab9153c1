"""Where a node may connect to: no address out of reach is ever connected to, whatever a name leads to."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import Undelivered
from sharing.http_courier import HttpCourier
from sharing.reach import NEVER, Reach
from tests.sharing.office import open_office

FR, SE = "fr.ofast", "se.polisen"
EVERYTHING = Reach.of(["0.0.0.0/0", "::/0"], loopback=True)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "this machine"),
        ("127.255.0.9", "this machine"),
        ("::1", "this machine"),
        ("::ffff:127.0.0.1", "this machine"),
        ("64:ff9b::7f00:1", "this machine"),
        ("2002:7f00:1::", "this machine"),
        ("10.0.0.7", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("fd12:3456::1", "private"),
        ("::ffff:10.0.0.7", "private"),
        ("64:ff9b::a00:7", "private"),
        ("169.254.169.254", "of the network itself"),
        ("::ffff:169.254.169.254", "of the network itself"),
        ("168.63.129.16", "of the network itself"),
        ("fd00:ec2::254", "of the network itself"),
        ("fe80::1", "of the network itself"),
        ("fe80::1%lo", "of the network itself"),
        ("0.0.0.0", "of the network itself"),  # noqa: S104  # an address under test, nothing listens there
        ("::", "of the network itself"),
        ("224.0.0.1", "of the network itself"),
        ("255.255.255.255", "of the network itself"),
        ("ff02::1", "of the network itself"),
        ("fr.example", "no address"),
    ],
)
def test_places_where_no_partner_is(address: str, why: str) -> None:
    assert why in str(Reach().refusal(address))


@pytest.mark.parametrize(
    "address", ["192.0.32.10", "2a00:1450::1", "::ffff:192.0.32.10", "64:ff9b::c000:200a"]
)
def test_public_places_are_in_reach(address: str) -> None:
    assert Reach().refusal(address) is None


def test_a_private_line_is_in_reach_once_it_is_named() -> None:
    line = Reach.of(["10.20.0.0/16", "fd12::/32"], loopback=False)
    assert [line.refusal(each) for each in ("10.20.255.1", "fd12:0:1::1")] == [None, None]
    assert "private" in str(line.refusal("10.21.0.1"))
    assert "this machine" in str(line.refusal("127.0.0.1"))
    for wrong in ("10.20.0.1/16", "10.20.0.0/33", "fr.example", ""):
        with pytest.raises(ValueError, match=r"\W|^$"):
            Reach.of([wrong], loopback=False)


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_what_is_never_in_reach_stays_so_and_each_spelling_is_judged_alike(address: Any) -> None:
    if any(address in network for network in NEVER):
        assert EVERYTHING.refusal(str(address)) is not None
    if isinstance(address, IPv4Address):
        mapped = ip_address((0xFFFF << 32) | int(address))
        for reach in (Reach(), EVERYTHING):
            assert reach.refusal(str(mapped)) == reach.refusal(str(address))


Resolved = list[tuple[Any, ...]]


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> list[str]:
    """Let every name lead to the first of `answers`, next time to the second; which names is kept."""
    left, asked = list(answers), list[str]()
    usual = socket.getaddrinfo

    def resolve(host: Any, port: Any, *more: Any, **named: Any) -> Resolved:
        if str(host).replace(".", "").isdigit():
            return list(usual(host, port, *more, **named))
        asked.append(str(host))
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, int(port))) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


async def sent(reach: Reach, address: str) -> str:
    """What is said of a delivery to a node at `address` that was not made."""
    office = await open_office(FR, SE)
    there = replace(office[SE].entry, address=address)
    courier = await HttpCourier.open(ssl.create_default_context(), reach=reach)
    try:
        with pytest.raises(Undelivered) as told:
            await courier.deliver(await office[FR].ask(there), 1)
        return str(told.value)
    finally:
        await courier.close()
        await office.close()


async def listening(seen: list[str]) -> socket.socket:
    """A socket of this machine at which nobody must knock."""
    trap = socket.socket()
    trap.bind(("127.0.0.1", 0))
    trap.listen()
    trap.setblocking(False)
    seen.append(str(trap.getsockname()[1]))
    return trap


def knocked(trap: socket.socket) -> bool:
    try:
        trap.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["10.0.0.1", "127.0.0.1"]])
async def test_a_name_that_leads_to_this_machine_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    ports: list[str] = []
    trap = await listening(ports)
    asked = resolving(monkeypatch, answers)
    said = await sent(Reach(), f"https://se.example:{ports[0]}")
    assert asked == ["se.example"]
    assert "this machine" in said or "private" in said
    assert not knocked(trap)
    trap.close()


async def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One look gives the metadata service, the next this machine: each is judged when it is connected to."""
    ports: list[str] = []
    trap = await listening(ports)
    resolving(monkeypatch, ["169.254.1.1"], ["127.0.0.1"])
    for _ in range(2):
        said = await sent(
            Reach.of(["169.254.0.0/16", "127.0.0.0/8"], loopback=False), f"https://se.example:{ports[0]}"
        )
        assert "of the network itself" in said or "this machine" in said
    assert not knocked(trap)
    trap.close()


async def test_a_numeric_address_out_of_reach_is_not_connected_to() -> None:
    ports: list[str] = []
    trap = await listening(ports)
    assert "this machine" in await sent(Reach(), f"https://127.0.0.1:{ports[0]}")
    assert not knocked(trap)
    assert "private" in await sent(Reach(), "https://10.0.0.1:8443")
    assert "of the network itself" in await sent(Reach(), "https://169.254.169.254")
    assert "this machine" not in await sent(Reach(loopback=True), f"https://127.0.0.1:{ports[0]}")
    assert knocked(trap)
    trap.close()
