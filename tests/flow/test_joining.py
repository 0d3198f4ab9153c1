"""`entente join`: two administrators enrol each other's nodes; whatever differs stops it and is logged."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.canonical import parse_object
from audit.keys import SigningKey
from gateway.cli import main
from gateway.home import Home, Profile, create, read_card, sign_directory
from gateway.joining import Enrolment, FingerprintDiffers, Joining, JoiningRefused, card_fingerprint
from gateway.logs import open_log
from tests.flow.test_doctor import answering

FR, SE = "fr.test", "se.test"
KEY = SigningKey.generate("federation.test/directory")


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[dict[str, Home]]:
    """Two nodes that do not know each other, each with something that answers at its address."""
    made = {}
    with ExitStack() as stack:
        for name in (FR, SE):
            port = stack.enter_context(answering({"node": name})).server_port
            profile = Profile(name, name, name[:2].upper(), "spoc@test", port, f"http://127.0.0.1:{port}")
            made[name] = create(tmp_path / name, profile, now=datetime.now(UTC))
            made[name].federation_key.write_text(KEY.public.vkey)
        yield made


def directory(homes: dict[str, Home], version: int = 1, key: SigningKey = KEY) -> str:
    cards = tuple(read_card(home.card) for home in homes.values())
    return sign_directory(cards, key, version=version, now=datetime.now(UTC), days=30)


def join(homes: dict[str, Home], node: str, *options: str | Path) -> Result:
    other = SE if node == FR else FR
    command = ["join", str(homes[node].path), str(homes[other].card), "--by", "Ada Admin", *map(str, options)]
    return CliRunner().invoke(main, command)


async def actions(home: Home) -> list[str]:
    log = await open_log(home, home.settings())
    try:
        leaves = [each.leaf for each in await log.entries(0, log.head.size)]
    finally:
        await log.close()
    assert all(b"Ada" not in leaf for leaf in leaves), "who did it is sealed"
    return [parse_object(leaf)["action"] for leaf in leaves]  # type: ignore[misc]  # a code


def test_two_administrators_enrol_each_other_and_an_interruption_costs_nothing(
    homes: dict[str, Home], tmp_path: Path
) -> None:
    signed = tmp_path / "directory.jws"
    signed.write_text(directory(homes))
    read = {node: card_fingerprint(read_card(home.card)) for node, home in homes.items()}
    for node, other in ((FR, SE), (SE, FR)):
        begun = json.loads(join(homes, node, "--json").output)
        assert begun["own_fingerprint"] == read[node]
        assert begun["partner_fingerprint"] is None, "what is to be heard is not shown before"
        assert (list(begun["done"]), begun["next"]) == (["CARD"], "COMPARED")
        early = join(homes, node, "--directory", signed, "--json")
        assert json.loads(early.output)["next"] == "COMPARED", "no directory before the comparison"
        assert not homes[node].directory.exists()
        heard = json.loads(
            join(homes, node, "--heard", read[other].upper().replace(" ", "-"), "--json").output
        )
        assert heard["next"] == "DIRECTORY"
        whole = join(homes, node, "--directory", signed)
        assert whole.exit_code == 0, whole.output
        assert whole.output.count("[x]") == 4
        assert homes[node].directory.read_text() == signed.read_text()
        assert json.loads(join(homes, node, "--json").output)["next"] is None


async def test_every_step_is_in_the_log_once_and_so_is_a_card_that_differs(homes: dict[str, Home]) -> None:
    enrolment = Enrolment(
        homes[FR], read_card(homes[SE].card), "Ada Admin", lambda: datetime.now(UTC).timestamp()
    )
    await enrolment.read()
    await enrolment.read()
    with pytest.raises(FingerprintDiffers) as differs:
        await enrolment.compare("0000 " * 8)
    assert card_fingerprint(enrolment.partner) not in str(differs.value), "nobody copies what is to be heard"
    with pytest.raises(JoiningRefused, match="COMPARED comes first"):
        await enrolment.take(directory(homes))
    await enrolment.compare(card_fingerprint(enrolment.partner))
    await enrolment.take(directory(homes))
    state = await enrolment.reach()
    assert state.next is None
    assert await actions(homes[FR]) == [
        "PARTNER_CARD", "PARTNER_CARD_DIFFERS", "PARTNER_COMPARED", "PARTNER_DIRECTORY", "PARTNER_REACHED",
    ]  # fmt: skip


async def test_a_directory_with_other_keys_than_those_compared_is_not_taken(homes: dict[str, Home]) -> None:
    enrolment = Enrolment(
        homes[FR], read_card(homes[SE].card), "Ada Admin", lambda: datetime.now(UTC).timestamp()
    )
    await enrolment.read()
    await enrolment.compare(card_fingerprint(enrolment.partner))
    with pytest.raises(JoiningRefused, match="directory"):
        await enrolment.take(directory(homes, key=SigningKey.generate("federation.test/directory")))
    with pytest.raises(JoiningRefused, match=f"does not name {SE}"):
        await enrolment.take(directory({FR: homes[FR]}))
    card = json.loads(homes[SE].card.read_text())
    card["address"] = "http://127.0.0.1:9"
    homes[SE].card.write_text(json.dumps(card))
    with pytest.raises(JoiningRefused, match=f"another address or other keys of {SE}"):
        await enrolment.take(directory(homes))
    assert not homes[FR].directory.exists()
    other = Enrolment(homes[FR], read_card(homes[SE].card), "Ada Admin", enrolment.now)
    assert other.state() == Joining(SE, other.state().card), "another card begins anew"


async def test_the_own_card_and_one_with_the_own_keys_are_refused(homes: dict[str, Home]) -> None:
    own = Enrolment(homes[FR], read_card(homes[FR].card), "Ada Admin", lambda: 0.0)
    with pytest.raises(JoiningRefused, match="is the own card"):
        await own.read()
    assert await actions(homes[FR]) == []


async def test_somebody_else_at_the_partners_address(homes: dict[str, Home]) -> None:
    with answering({"node": "xx.other"}) as stranger:
        card = json.loads(homes[SE].card.read_text())
        card["address"] = f"http://127.0.0.1:{stranger.server_port}"
        homes[SE].card.write_text(json.dumps(card))
        enrolment = Enrolment(
            homes[FR], read_card(homes[SE].card), "Ada", lambda: datetime.now(UTC).timestamp()
        )
        await enrolment.read()
        await enrolment.compare(card_fingerprint(enrolment.partner))
        await enrolment.take(directory(homes))
        with pytest.raises(JoiningRefused, match=r"answers as 'xx\.other'"):
            await enrolment.reach()


async def test_a_partner_that_the_node_connects_to_nowhere_is_not_said_to_answer(
    homes: dict[str, Home],
) -> None:
    """A node that others reach from outside connects to no address of its own machine."""
    settings = homes[FR].path / "node.toml"
    settings.write_text(
        re.sub(r'address = ".*"', 'address = "https://fr.example:8443"', settings.read_text())
    )
    enrolment = Enrolment(homes[FR], read_card(homes[SE].card), "Ada", lambda: datetime.now(UTC).timestamp())
    await enrolment.read()
    await enrolment.compare(card_fingerprint(enrolment.partner))
    await enrolment.take(directory(homes))
    with pytest.raises(JoiningRefused, match=r"127\.0\.0\.1 is this machine"):
        await enrolment.reach()
