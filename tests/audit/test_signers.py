"""The port to a private key: one suite for files and tokens; then what only a token can do wrong."""

import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pkcs11 import Attribute, KeyType, Mechanism

from audit import pkcs11_module
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import Cosigner, cosign
from audit.errors import AuditError, AuditUnavailable, KeyRefused, KeyUnavailable
from audit.key_reference import KeyReference, public_half, reference_in
from audit.keys import SignatureType, SigningKey, VerifyKey, write_secret
from audit.note import Note
from audit.pkcs11_module import Module, Token
from audit.pkcs11_signer import Pkcs11Key, destroy, listed
from audit.pkcs11_uri import MAX_URI, KeyUri
from audit.signer import Load, Signer
from tests.components import SoftTokens

NAME = "fr.ofast/log"
LABEL = "fr.ofast/log"


@pytest.fixture(scope="module")
def pin(soft_tokens: SoftTokens, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pin") / "token.pin"
    write_secret(path, f"{soft_tokens.pin}\nonly the first line counts\n".encode())
    return path


@pytest.fixture(scope="module")
def module(soft_tokens: SoftTokens) -> Module:
    return pkcs11_module.module_at(str(soft_tokens.module))


@pytest.fixture
def token(soft_tokens: SoftTokens, module: Module, pin: Path) -> Token:
    return Token(module, KeyUri(token=soft_tokens.make()), pin)


Make = Callable[[str, SignatureType], Signer]


@pytest.fixture(params=["file", "token"])
def port(request: pytest.FixtureRequest) -> tuple[Make, Load]:
    """How a key is made and found again, for each adapter."""
    if request.param == "file":
        return SigningKey.generate, SigningKey.load
    token: Token = request.getfixturevalue("token")

    def load(path: Path) -> Signer:
        reference = reference_in(path.read_bytes())
        assert reference is not None
        return Pkcs11Key.open(token, reference)

    return lambda name, kind: Pkcs11Key.create(token, name, kind, name), load


# The suite of the port


def test_what_it_signs_its_public_half_verifies_and_no_other_does(port: tuple[Make, Load]) -> None:
    make, _ = port
    key, other = make(NAME, SignatureType.NOTE), make(NAME, SignatureType.NOTE)
    for data in (b"", b"x", b"checkpoint\n" * 400, bytes(range(256)) * 64):
        signature = key.sign(data)
        assert len(signature) == 64
        assert key.public.verify(signature, data)
        assert key.sign(data) == signature, "Ed25519 has no randomness"
        assert not other.public.verify(signature, data)
        assert not key.public.verify(signature, data + b"x")
    assert (key.name, key.public.name) == (NAME, NAME)
    key.look()


def test_it_is_saved_once_for_its_owner_alone_and_found_again(
    port: tuple[Make, Load], tmp_path: Path
) -> None:
    make, load = port
    key, path = make(NAME, SignatureType.COSIGNATURE), tmp_path / "witness.key"
    key.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_half(path) == key.public
    found = load(path)
    assert found.public == key.public
    assert found.public.type is SignatureType.COSIGNATURE
    assert found.sign(b"same") == key.sign(b"same")
    with pytest.raises(KeyRefused, match=r"witness\.key"):
        key.save(path)


def test_a_log_and_a_witness_sign_with_it(port: tuple[Make, Load]) -> None:
    make, _ = port
    key, witness = make(NAME, SignatureType.NOTE), make("se.polisen/witness", SignatureType.COSIGNATURE)
    note = Checkpoint(NAME, 3, bytes(32)).sign(key)
    checkpoint = open_checkpoint(note, [key.public])
    line = cosign(checkpoint.text, witness, 1_800_000_000)
    assert Note.parse(note + line.line).verified_by([Cosigner(witness.public)])


def test_threads_share_it(port: tuple[Make, Load]) -> None:
    make, _ = port
    key = make(NAME, SignatureType.NOTE)
    texts = [b"%d" % each for each in range(60)]
    with ThreadPoolExecutor(6) as pool:
        signed = list(pool.map(key.sign, texts))
    assert all(key.public.verify(signature, data) for signature, data in zip(signed, texts, strict=True))


def test_it_shows_nothing_of_its_private_half(port: tuple[Make, Load], soft_tokens: SoftTokens) -> None:
    make, _ = port
    key = make(NAME, SignatureType.NOTE)
    assert "PRIVATE" not in repr(key)
    assert soft_tokens.pin not in repr(key)
    if isinstance(key, SigningKey):
        assert key.skey[-44:] not in repr(key)


@pytest.fixture(scope="module")
def two(soft_tokens: SoftTokens, module: Module, pin: Path) -> tuple[Signer, Signer]:
    """A key in memory and one on a token."""
    token = Token(module, KeyUri(token=soft_tokens.make()), pin)
    return SigningKey.generate(NAME), Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)


@given(data=st.binary(max_size=4096))
def test_whatever_is_signed_one_kind_of_public_key_verifies_both(
    two: tuple[Signer, Signer], data: bytes
) -> None:
    for key, other in (two, two[::-1]):
        signature = key.sign(data)
        assert VerifyKey.parse(key.public.vkey).verify(signature, data)
        assert not other.public.verify(signature, data)


# A token that goes away, and comes back


def test_without_the_token_nothing_is_signed_and_with_it_signing_goes_on(
    soft_tokens: SoftTokens, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    before = key.sign(b"x")
    with soft_tokens.taken_away():
        for act in (lambda: key.sign(b"x"), key.look, lambda: Pkcs11Key.open(token, key.reference)):
            with pytest.raises(KeyUnavailable) as caught:
                act()
            assert (caught.value.code, isinstance(caught.value, AuditUnavailable)) == (
                "KEY_UNAVAILABLE",
                True,
            )
            assert soft_tokens.pin not in caught.value.diagnostics()
    with pytest.raises(KeyUnavailable):
        key.sign(b"x")  # it is left alone for a moment
    monkeypatch.setattr(pkcs11_module, "PAUSE", 0.0)
    token._silent_until = 0.0
    assert key.sign(b"x") == before
    key.look()
    assert Pkcs11Key.open(token, key.reference).public == key.public


def test_a_token_that_is_away_is_not_asked_at_every_signature(
    soft_tokens: SoftTokens, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, asked = Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL), list[float]()
    anew = Module.anew

    def counted(self: Module) -> None:
        asked.append(time.monotonic())
        anew(self)

    monkeypatch.setattr(pkcs11_module, "PAUSE", 3600.0)
    monkeypatch.setattr(Module, "anew", counted)
    with soft_tokens.taken_away():
        for _ in range(50):
            with pytest.raises(KeyUnavailable):
                key.sign(b"x")
    assert len(asked) == 1


def test_sessions_of_other_tokens_outlive_a_module_that_is_made_anew(
    soft_tokens: SoftTokens, module: Module, token: Token, pin: Path
) -> None:
    other = Token(module, KeyUri(token=soft_tokens.make()), pin)
    keys = [Pkcs11Key.create(each, NAME, SignatureType.NOTE, LABEL) for each in (token, other)]
    signed = [key.sign(b"x") for key in keys]
    with module.lock:
        module.anew()
    assert [key.sign(b"x") for key in keys] == signed


def test_no_token_two_tokens_and_no_module_are_named(
    soft_tokens: SoftTokens, module: Module, token: Token, pin: Path, tmp_path: Path
) -> None:
    key = Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    with pytest.raises(KeyUnavailable, match=r"token=nobody.*0 tokens"):
        Pkcs11Key.open(Token(module, KeyUri(token="nobody"), pin), key.reference)
    soft_tokens.make(token.uri.token)
    with module.lock:
        module.anew()
    twin = Token(module, token.uri, pin)
    with pytest.raises(KeyUnavailable, match="2 tokens"):
        Pkcs11Key.open(twin, key.reference)
    with pytest.raises(KeyUnavailable, match=r"nowhere\.so"):
        Pkcs11Key.open(Token(Module(str(tmp_path / "nowhere.so")), token.uri, pin), key.reference)


def test_a_token_is_told_from_its_twin_by_its_serial_number(
    soft_tokens: SoftTokens, module: Module, token: Token, pin: Path
) -> None:
    key = Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    signed, serial = key.sign(b"x"), token.run(lambda session: str(session.token.serial.decode()))
    soft_tokens.make(token.uri.token)
    with module.lock:
        module.anew()
    uri = replace(token.uri, serial=serial, manufacturer="SoftHSM project", model="SoftHSM v2")
    assert Pkcs11Key.open(Token(module, uri, pin), key.reference).sign(b"x") == signed


# The PIN


def test_a_refused_pin_is_shown_once_and_a_new_one_is_tried(
    soft_tokens: SoftTokens, module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, label = tmp_path / "pin", soft_tokens.make()
    write_secret(path, b"wrong-one\n")
    token = Token(module, KeyUri(token=label), path)
    monkeypatch.setattr(pkcs11_module, "PAUSE", 0.0)
    with pytest.raises(KeyUnavailable, match="PinIncorrect"):
        Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    with pytest.raises(KeyUnavailable, match="refused the PIN in pin"):
        Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    path.write_bytes(soft_tokens.pin.encode())
    assert Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL).sign(b"x")


@pytest.mark.parametrize(
    ("data", "mode", "match"), [(b"123456", 0o640, "0640"), (b"\xff\xfe", 0o600, "UTF-8")]
)
def test_a_pin_file_is_its_owners_alone_and_text(
    soft_tokens: SoftTokens, module: Module, tmp_path: Path, data: bytes, mode: int, match: str
) -> None:
    path = tmp_path / "pin"
    path.write_bytes(data)
    path.chmod(mode)
    with pytest.raises(KeyRefused, match=match):
        Pkcs11Key.create(
            Token(module, KeyUri(token=soft_tokens.make()), path), NAME, SignatureType.NOTE, LABEL
        )


# Keys that are not what they should be


def pair(token: Token, **private: bool) -> KeyReference:
    """A key pair made with other attributes than the product's."""
    uri = replace(token.uri, object=LABEL, id=b"made-elsewhere")

    def made(session: pkcs11.Session) -> bytes:
        curve = session.create_domain_parameters(
            KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}, local=True
        )
        told = {Attribute[name.upper()]: value for name, value in private.items()}
        public, _ = curve.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            id=uri.id,
            label=LABEL,
            store=True,
            private_template=told,
        )
        return bytes(public[Attribute.EC_POINT])[2:]

    return KeyReference(uri, VerifyKey(NAME, token.run(made, writing=True)))


@pytest.mark.parametrize("private", [{"extractable": True}, {"sensitive": False}])
def test_a_private_key_that_could_be_taken_out_is_not_used(token: Token, private: dict[str, bool]) -> None:
    with pytest.raises(KeyRefused, match="can be taken out"):
        Pkcs11Key.open(token, pair(token, **private))


def test_a_key_made_by_the_tokens_own_tools_is_as_good(token: Token) -> None:
    assert Pkcs11Key.open(token, pair(token, extractable=False, sensitive=True)).sign(b"x")


def test_the_public_half_on_the_token_must_be_the_one_that_is_known(token: Token) -> None:
    key = Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL)
    other = SigningKey.generate(NAME).public
    with pytest.raises(KeyRefused, match="another public half"):
        Pkcs11Key.open(token, KeyReference(key.reference.uri, other))


def test_halves_that_do_not_belong_together_are_found_by_a_signature(token: Token) -> None:
    mine, other = (Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL) for _ in range(2))

    def mixed(session: pkcs11.Session) -> None:
        for each in list(session.get_objects({Attribute.ID: mine.reference.uri.id})):
            if each.object_class is pkcs11.ObjectClass.PRIVATE_KEY:
                each.destroy()
        (stray,) = list(
            session.get_objects(
                {Attribute.ID: other.reference.uri.id, Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}
            )
        )
        stray[Attribute.ID] = mine.reference.uri.id

    token.run(mixed, writing=True)
    with pytest.raises(KeyRefused, match="signs is not of"):
        Pkcs11Key.open(token, mine.reference)


def test_a_destroyed_key_is_gone_and_destroying_it_twice_is_once(token: Token) -> None:
    one, other = (Pkcs11Key.create(token, NAME, SignatureType.NOTE, LABEL) for _ in range(2))
    assert {each.id for each in listed(token, LABEL)} == {one.reference.uri.id, other.reference.uri.id}
    for _ in range(2):
        destroy(token, one.reference.uri)
    assert [each.id for each in listed(token, LABEL)] == [other.reference.uri.id]
    assert listed(token, "another label") == []
    with pytest.raises(KeyUnavailable, match="0 keys"):
        Pkcs11Key.open(token, one.reference)
    assert other.sign(b"x")


# Addresses and references, as bytes of strangers


TEXT = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=4)
URIS = st.builds(
    KeyUri,
    token=TEXT,
    manufacturer=TEXT,
    model=TEXT,
    serial=TEXT,
    object=TEXT,
    id=st.binary(min_size=1, max_size=64),
)


@given(URIS)
def test_an_address_is_read_as_it_was_written(uri: KeyUri) -> None:
    assert KeyUri.parse(uri.text) == uri
    assert KeyUri.parse(uri.text).text == uri.text
    assert KeyUri.parse(uri.of_token.text) == uri.of_token


def test_examples_of_the_specification() -> None:
    """RFC 7512, section 3: those that name a token; attributes of a library or a slot are not taken."""
    told = KeyUri.parse(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;id=%69%95%3E%5C%F4%BD%EC%91"
    )
    assert told.token == "The Software PKCS#11 Softtoken"
    assert told.manufacturer == "Snake Oil, Inc."
    assert told.id == bytes.fromhex("69953e5cf4bdec91")
    assert KeyUri.parse("pkcs11:object=a%2Fb;type=private;token=x").object == "a/b"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("pkcs11:", "malformed"),
        ("pkcs11:object=x", "no token"),
        ("http:token=x", "not in the form"),
        ("pkcs11:token=", "malformed"),
        ("pkcs11:token=a;token=b", "twice"),
        ("pkcs11:token=a;type=public", "not private"),
        ("pkcs11:token=a?pin-value=1234", "has a query"),
        ("pkcs11:token=a;slot-id=1", "not known"),
        ("pkcs11:token=a;x-vendor=1", "not known"),
        ("pkcs11:token=%ff", "not UTF-8"),
        ("pkcs11:token=a%0Ab", "plain text"),
        ("pkcs11:token=%20a", "plain text"),
        (f"pkcs11:token={'a' * 33}", "33 bytes"),
        (f"pkcs11:token=a;object={'a' * MAX_URI}", "not in the form"),
    ],
)
def test_other_addresses_are_refused(text: str, match: str) -> None:
    with pytest.raises(KeyRefused, match=match):
        KeyUri.parse(text)


def test_a_pin_in_an_address_is_not_repeated() -> None:
    with pytest.raises(KeyRefused) as caught:
        KeyUri.parse("pkcs11:token=a?pin-value=86420")
    assert "86420" not in str(caught.value)


@given(URIS, st.sampled_from(SignatureType))
def test_a_reference_is_read_as_it_was_written(uri: KeyUri, kind: SignatureType) -> None:
    reference = KeyReference(uri, SigningKey.generate(NAME, kind).public)
    assert reference_in(reference.text) == reference


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: b"pkcs11:" + text.encode()))
def test_foreign_bytes_are_no_reference_or_refused(data: bytes) -> None:
    for read in (KeyReference.parse, reference_in):
        try:
            found = read(data)
        except AuditError:
            continue
        assert found is None or read(found.text) == found


@pytest.mark.parametrize("data", [b"pkcs11:token=a", b"pkcs11:token=a\nvkey", b"pkcs11:token=a;id=%01\n\n\n"])
def test_half_a_reference_is_refused(data: bytes, tmp_path: Path) -> None:
    write_secret(tmp_path / "log.key", data)
    with pytest.raises(KeyRefused):
        public_half(tmp_path / "log.key")


@pytest.fixture(autouse=True)
def _no_token_kept() -> Iterator[None]:
    """A token is a test's own."""
    yield
    pkcs11_module.token_at.cache_clear()
