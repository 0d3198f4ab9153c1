"""The secrets of a node in a backup: one JWE (RFC 7516) under a passphrase, by joserfc.

`PBES2-HS512+A256KW` (RFC 7518, 4.8) with 300,000 rounds of PBKDF2 wraps the key, `A256GCM` encrypts. Inside
is a JSON object: the path of each file in the home, and its bytes in Base64. Any program for JWE opens it.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import TypeAdapter, ValidationError

from audit.keys import read_secret
from gateway.errors import BackupRefused
from gateway.manifest import KEYS, Within

_ALGORITHMS: Final = ["PBES2-HS512+A256KW", "A256GCM"]
_ROUNDS: Final = 300_000
_SHORTEST: Final = 16
_FILES: Final = TypeAdapter(dict[Within, str])


def read_passphrase(path: Path) -> bytes:
    """The first line of a file that is its owner's alone; `BackupRefused` if it is short.

    `KeyRefused` if others may touch the file.
    """
    said = read_secret(path).split(b"\n", 1)[0].strip()
    if len(said) < _SHORTEST:
        raise BackupRefused(f"{path.name}: a passphrase has {_SHORTEST} bytes or more, this has {len(said)}")
    return said


def seal(files: Mapping[str, bytes], passphrase: bytes) -> bytes:
    """The files under the passphrase; opened once more before it is returned."""
    inside = json.dumps({path: base64.b64encode(data).decode() for path, data in files.items()})
    header = {"alg": _ALGORITHMS[0], "enc": _ALGORITHMS[1], "p2c": _ROUNDS}
    try:
        sealed = jwe.encrypt_compact(header, inside, OctKey.import_key(passphrase), _ALGORITHMS).encode()
    except JoseError as error:
        raise BackupRefused(f"{KEYS}: cannot be sealed ({error})") from error
    if unseal(sealed, passphrase) != dict(files):
        raise BackupRefused(f"{KEYS}: does not open again")
    return sealed


def unseal(sealed: bytes, passphrase: bytes) -> dict[str, bytes]:
    """The files; `BackupRefused` for another passphrase, or for what `seal` has not made."""
    try:
        opened = jwe.decrypt_compact(sealed, OctKey.import_key(passphrase), _ALGORITHMS).plaintext
        files = _FILES.validate_json(opened or b"")
        return {path: base64.b64decode(data, validate=True) for path, data in files.items()}
    except (JoseError, ValidationError, binascii.Error, ValueError) as error:
        raise BackupRefused(f"{KEYS}: does not open with this passphrase") from error
