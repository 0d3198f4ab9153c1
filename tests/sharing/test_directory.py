from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from audit.canonical import encode
from audit.errors import KeyRefused
from audit.keys import SignatureType, SigningKey
from sharing.directory import TYP, Directory, DirectoryNode, NodeKey, accept
from sharing.encoding import b64url, unb64url
from sharing.errors import DirectoryExpired, DirectoryRefused, DirectoryRolledBack
from sharing.jws import sign_statement
from sharing.keys import KeyRing, Use
from sharing.sql_directory import SqlDirectoryStore
from tests.sharing.office import DAY, NOW, Office, entry_of

FEDERATION = SigningKey.from_seed("eu.entente/federation", b"\1" * 32)


def _node(**changes: Any) -> DirectoryNode:
    entry = entry_of(
        KeyRing.generate("fr.ofast"), SigningKey.generate("fr.ofast/log"), "https://fr.example:8443"
    )
    return replace(entry, **changes)


def test_round_trip(office: Office) -> None:
    text = office.directory.sign(office.federation)
    assert Directory.open(text, [office.federation.public], now=NOW) == office.directory


def test_an_expired_directory_opens_nothing_and_sends_nothing(office: Office) -> None:
    text = office.directory.sign(office.federation)
    end = office.directory.expires_at
    assert Directory.open(text, [office.federation.public], now=end - 1) == office.directory
    with pytest.raises(DirectoryExpired, match=f"expired at {end}"):
        Directory.open(text, [office.federation.public], now=end)
    with pytest.raises(DirectoryExpired):
        office.directory.recipients(["se.polisen"], end)
    assert [node.id for node in office.directory.recipients(["se.polisen"], end - 1)] == ["se.polisen"]


def test_another_federation_is_not_believed(office: Office) -> None:
    with pytest.raises(DirectoryRefused, match="not among"):
        Directory.open(office.directory.sign(FEDERATION), [office.federation.public], now=NOW)


def test_an_unknown_node_is_named(office: Office) -> None:
    with pytest.raises(DirectoryRefused, match=r"xx\.nobody.*eu\.europol"):
        office.directory.node("xx.nobody")


def test_no_rollback_over_restarts(office: Office, engines: Callable[[], Engine]) -> None:
    first, second = office.directory, replace(office.directory, version=2)
    trusted = [office.federation.public]
    store = SqlDirectoryStore(engines())
    assert store.last() is None
    assert store.text() is None
    accept(first.sign(office.federation), trusted, store, now=NOW)
    accept(first.sign(office.federation), trusted, store, now=NOW)
    accept(second.sign(office.federation), trusted, store, now=NOW)
    again = SqlDirectoryStore(engines())
    with pytest.raises(DirectoryRolledBack, match=r"directory 1 .* last seen was 2"):
        accept(first.sign(office.federation), trusted, again, now=NOW)
    changed = replace(second, expires_at=second.expires_at + 1)
    with pytest.raises(DirectoryRolledBack):
        accept(changed.sign(office.federation), trusted, again, now=NOW)
    assert again.text() == second.sign(office.federation)


def test_a_race_cannot_go_back(engines: Callable[[], Engine]) -> None:
    store = SqlDirectoryStore(engines())
    store.keep(5, "sha256:a", "five")
    with pytest.raises(DirectoryRolledBack, match="stored is 5"):
        store.keep(4, "sha256:b", "four")
    with pytest.raises(DirectoryRolledBack):
        store.keep(5, "sha256:c", "other five")
    store.keep(5, "sha256:a", "five")
    assert store.last() == (5, "sha256:a")


@pytest.mark.parametrize(
    "address",
    [
        "http://fr.example:8443",
        "http://10.0.0.1",
        "ftp://fr.example",
        "https://fr.example/path",
        "https://user@fr.example",
        "https://fr.example:443",
        "https://fr.example:0",
        "https://fr.example:65536",
        "https://FR.example",
        "https://fr..example",
        "https://",
        "https://fr.example\r\nx: y",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:secret@fr.example",
        "https://fr.example#part",
        "https://fr.example?part",
        "https://fr.example\\@evil.example",
        "https://fr.example:22",
        "https://fr.example:80",
        "https://xn--fr-xka.example",
        "https://fr.xn--p1ai",
        "https://frа.example",
        "https://127.1:8443",
        "https://2130706433",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://010.0.0.1",
        "https://[0:0:0:0:0:0:0:1]",
        "https://[::ffff:127.0.0.1]",
        "https://[:]",
    ],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"node fr\.ofast"):
        _node(address=address)


@pytest.mark.parametrize(
    "address",
    [
        "https://fr.example",
        "https://fr.example:8443",
        "https://10.20.0.5:8443",
        "https://[2001:db8::1]:8443",
        "http://127.0.0.1:8000",
        "http://[::1]:81",
        "http://localhost:8",
    ],
)
def test_addresses_that_are_taken(address: str) -> None:
    node = _node(address=address)
    assert node.authority == address.partition("://")[2]
    assert node.secure is address.startswith("https")


def test_names_must_agree() -> None:
    stranger = SigningKey.generate("se.polisen/message").public
    for changes, match in (
        ({"id": "FR"}, "malformed"),
        ({"country": "fra"}, "malformed"),
        ({"log_origin": "se.polisen/log"}, "log origin"),
        ({"keys": (NodeKey(Use.MESSAGE, stranger, 1, 2),)}, "is not named"),
    ):
        with pytest.raises(ValueError, match=match):
            _node(**changes)
    with pytest.raises(ValueError, match="not after"):
        NodeKey(Use.MESSAGE, stranger, 2, 2)


def test_a_witness_key_is_of_its_node_and_kind() -> None:
    key = SigningKey.generate("fr.ofast/witness", SignatureType.COSIGNATURE).public
    node = _node(witness_vkey=key.vkey)
    signed = Directory("eu.entente", 1, NOW - DAY, NOW + DAY, (node,)).sign(FEDERATION)
    assert Directory.open(signed, [FEDERATION.public], now=NOW).nodes == (node,)
    for wrong in (
        SigningKey.generate("fr.ofast/witness").public.vkey,
        SigningKey.generate("se.polisen/witness", SignatureType.COSIGNATURE).public.vkey,
        "no key",
    ):
        with pytest.raises((ValueError, KeyRefused)):
            _node(witness_vkey=wrong)


def test_nothing_stands_twice() -> None:
    node, other = _node(), _node(address="https://other.example")
    for nodes in ((node, other), (node, replace(node, id="fr.ofast")), (node, node)):
        with pytest.raises(DirectoryRefused, match="twice"):
            Directory("eu.entente", 1, 0, 1, nodes)
    twice = replace(node, keys=(*node.keys, node.keys[0]))
    with pytest.raises(DirectoryRefused, match="key id"):
        Directory("eu.entente", 1, 0, 1, (twice,))
    for version, expires in ((0, 1), (1, 0)):
        with pytest.raises(DirectoryRefused, match="life"):
            Directory("eu.entente", version, 0, expires, (node,))


def test_old_log_keys_stay_for_verification() -> None:
    old = SigningKey.generate("fr.ofast/log").public
    node = _node()
    kept = replace(node, keys=(*node.keys, NodeKey(Use.LOG, old, 1, 2)))
    assert [key.vkey for key in kept.log_keys] == [node.log_vkey, old.vkey]


@given(st.data())
def test_a_signed_document_of_another_shape_is_refused(data: st.DataObject) -> None:
    good = Directory("eu.entente", 1, NOW - DAY, NOW + DAY, (_NODE,))
    payload = orjson.loads(unb64url(good.sign(FEDERATION).split(".")[1]))
    target = data.draw(st.sampled_from([payload, payload["nodes"][0], payload["nodes"][0]["keys"][0]]))
    key = data.draw(st.sampled_from(sorted(target)))
    value = data.draw(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.just([{}]))
    target[key] = value
    text = sign_statement(encode(payload), FEDERATION, TYP)
    try:
        opened = Directory.open(text, [FEDERATION.public], now=NOW)
    except DirectoryRefused:
        return
    assert opened.sign(FEDERATION) == text


def test_a_document_in_another_spelling_is_refused() -> None:
    text = Directory("eu.entente", 1, NOW - DAY, NOW + DAY, (_NODE,)).sign(FEDERATION)
    spaced = unb64url(text.split(".")[1]).replace(b":", b": ", 1)
    assert b64url(spaced) != text.split(".")[1]
    with pytest.raises(DirectoryRefused, match="spelling"):
        Directory.open(sign_statement(spaced, FEDERATION, TYP), [FEDERATION.public], now=NOW)


_NODE = _node()
