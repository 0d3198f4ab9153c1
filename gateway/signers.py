"""The private keys of a home as something that signs: from its files, or from the token that these refer to.

`keys/<use>.key` holds the key, or says where on a token it is (`audit.key_reference`); a rotation moves a key
to where the settings want it. What talks to tokens is loaded only where a file refers to one.
"""

import importlib
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from audit.errors import KeyRefused, KeyUnavailable
from audit.key_reference import KeyReference, reference_in
from audit.keys import SignatureType, SigningKey, read_secret
from audit.pkcs11_uri import KeyUri
from audit.signer import Signer
from gateway.key_settings import USES, KeysPart
from gateway.settings import read_settings
from sharing.directory import DirectoryNode

log = logging.getLogger(__name__)


def loader(home: Path) -> Callable[[Path], Signer]:
    """How the key files of a home are read."""
    return partial(load_signer, home)


def load_signer(home: Path, path: Path) -> Signer:
    """The key that a file of the home holds or refers to; `KeyRefused` or `KeyUnavailable`."""
    reference = referred(path)
    if reference is None:
        return SigningKey.load(path)
    found: Signer = _adapter().Pkcs11Key.open(
        _token(home, read_settings(home).keys, reference.uri), reference
    )
    return found


def new_signer(home: Path, keys: KeysPart, use: str, name: str, kind: SignatureType) -> Signer:
    """A new key where the settings want it; nothing names it until it is saved."""
    uri = keys.token(use)
    if uri is None:
        return SigningKey.generate(name, kind)
    token = _token(home, keys, uri)
    made: Signer = _adapter().Pkcs11Key.create(token, name, kind, uri.object or name)
    return made


def referred(path: Path) -> KeyReference | None:
    """Where on a token the key of a file is; None for a key in the file itself, and for no file."""
    return reference_in(read_secret(path)) if path.exists() else None


def destroyed(home: Path, references: Iterable[KeyReference]) -> tuple[str, ...]:
    """Take keys off their tokens for good; for one that is out of reach, what remains to be done."""
    to_do = []
    for each in references:
        try:
            _adapter().destroy(_token(home, read_settings(home).keys, each.uri), each.uri)
        except (KeyUnavailable, KeyRefused) as error:
            log.warning("key %s: is still in its module: %s", each.public.name, error)
            to_do.append(f"take {each.uri.text} off its token with the token's own tools: {error}")
    return tuple(to_do)


def left_over(home: Path, node: str) -> list[KeyUri]:
    """The keys on the settings' tokens under this node's labels to which no file of the home refers.

    What a change that was cut short has left. `KeyUnavailable` when a token is out of reach.
    """
    keys, known = read_settings(home).keys, {each.uri.id for each in _references(home / "keys")}
    found: dict[bytes, KeyUri] = {}
    for use in USES:
        uri = keys.token(use)
        if uri is not None:
            label = uri.object or f"{node}/{use}"
            found |= {each.id: each for each in _adapter().listed(_token(home, keys, uri), label)}
    return [uri for number, uri in found.items() if number not in known]


def check_places(home: Path, keys: KeysPart, card: DirectoryNode) -> None:
    """Raise `KeyRefused` unless every key that the settings want on a token is there, and on the node's card.

    A key that lies in a file although a token was asked for is no key to start with.
    """
    shown = {each.key.vkey for each in card.keys} | {card.witness_vkey}
    for use in USES:
        wanted, path = keys.token(use), home / "keys" / f"{use}.key"
        if wanted is None or not path.exists():
            continue
        reference = referred(path)
        if reference is None:
            raise KeyRefused(
                f"{use} key: lies in {path.name}, node.toml wants it on {wanted.text}; "
                f"`entente keys rotate {home} --use {use}` makes one there"
            )
        if reference.public.vkey not in shown:
            raise KeyRefused(f"{use} key: {reference.public.vkey} of {path.name} is not on the node's card")


def _references(folder: Path) -> list[KeyReference]:
    """All that the files of a folder of keys refer to."""
    found = (referred(path) for path in sorted(folder.glob("*.key")))
    return [each for each in found if each is not None]


def _token(home: Path, keys: KeysPart, uri: KeyUri) -> Any:  # noqa: ANN401  # of a package that few nodes have
    if keys.module is None or keys.pin_file is None:
        raise KeyRefused(
            f"{uri.text}: a key is there, and [keys] in node.toml names no module or no pin_file"
        )
    module = _loaded("audit.pkcs11_module")
    return module.token_at(keys.module, uri.of_token, home / keys.pin_file)


def _adapter() -> Any:  # noqa: ANN401  # as above
    return _loaded("audit.pkcs11_signer")


def _loaded(name: str) -> Any:  # noqa: ANN401  # as above
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise KeyRefused(
            f"a key lies on a token, and {error.name} is not installed; `entente[pkcs11]` brings it"
        ) from error
