"""The adapter of `audit.signer.Signer` for keys on a PKCS#11 token: Ed25519 by CKM_EDDSA (PKCS#11 3.1, 6.3).

The private half is made on the token, sensitive and not extractable, and one that could be taken out is not
used. A token proves at every opening that its private half belongs to the public half that the node's card
shows: it signs a text that is none of the product's, and the signature is verified here.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from audit.errors import KeyRefused
from audit.key_reference import KeyReference
from audit.keys import KEY_SIZE, SignatureType, VerifyKey, write_secret
from audit.pkcs11_module import Token
from audit.pkcs11_uri import KeyUri

_CURVE: Final = bytes.fromhex("06032b6570")
"""CKA_EC_PARAMS: the object identifier of Ed25519 (RFC 8410) in DER."""
_PREFIXES: Final = (b"", b"\x04\x20", b"\x03\x21\x00")
"""What stands before the 32 bytes of CKA_EC_POINT: nothing, the head of an octet string, of a bit string."""
_PROBE: Final = b"entente/key-probe/v1\n"
_SIGNATURE: Final = 64
_ID: Final = 16


@dataclass(slots=True)
class Pkcs11Key:
    """A key on a token; `open` and `create` are the ways to one."""

    token: Token = field(repr=False)
    reference: KeyReference
    _found: tuple[pkcs11.Session, pkcs11.PrivateKey] | None = field(default=None, init=False, repr=False)

    @classmethod
    def open(cls, token: Token, reference: KeyReference) -> Self:
        """The key that a reference names, looked at and tried.

        `KeyUnavailable` where it is not, `KeyRefused` for another key, or one that could be taken out.
        """
        key = cls(token, reference)
        token.run(key._check)
        probe = _PROBE + os.urandom(KEY_SIZE)
        if not reference.public.verify(key.sign(probe), probe):
            raise KeyRefused(
                f"key {key.name}: what {reference.uri.text} signs is not of {reference.public.key_id.hex()}"
            )
        return key

    @classmethod
    def create(cls, token: Token, name: str, type: SignatureType, label: str) -> Self:  # noqa: A002  # as in audit.keys
        """Make a new key on the token; nothing names it until it is saved."""
        uri = replace(token.uri, object=label, id=os.urandom(_ID))
        raw = token.run(lambda session: _generated(session, uri), writing=True)
        return cls.open(token, KeyReference(uri, VerifyKey(name, raw, type)))

    @property
    def public(self) -> VerifyKey:
        """The public half."""
        return self.reference.public

    @property
    def name(self) -> str:
        """The key's name."""
        return self.reference.public.name

    @property
    def waits(self) -> bool:
        """A token has to answer."""
        return True

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the token's signature; `KeyUnavailable` when it gives none."""
        signature = self.token.run(lambda session: self._signed(session, data))
        if len(signature) != _SIGNATURE:
            raise KeyRefused(f"key {self.name}: the token gave {len(signature)} bytes for a signature")
        return signature

    def look(self) -> None:
        """Raise `KeyUnavailable` unless the token shows the key now."""
        self.token.run(lambda session: _one(session, ObjectClass.PRIVATE_KEY, self.reference.uri))

    def save(self, path: Path) -> None:
        """Write the reference to a new file of mode 0600; an existing file is never overwritten."""
        write_secret(path, self.reference.text)

    def _signed(self, session: pkcs11.Session, data: bytes) -> bytes:
        found = self._found
        if found is None or found[0] is not session:
            found = self._found = session, _one(session, ObjectClass.PRIVATE_KEY, self.reference.uri)
        signature: bytes = found[1].sign(data, mechanism=Mechanism.EDDSA)
        return signature

    def _check(self, session: pkcs11.Session) -> None:
        """The public half is the one that is wanted, and the private half cannot be taken out."""
        uri = self.reference.uri
        raw = _raw(_one(session, ObjectClass.PUBLIC_KEY, uri))
        if raw != self.public.raw:
            raise KeyRefused(f"key {self.name}: {uri.text} has another public half than {self.public.vkey}")
        private = _one(session, ObjectClass.PRIVATE_KEY, uri)
        if private[Attribute.EXTRACTABLE] or not private[Attribute.SENSITIVE]:
            raise KeyRefused(f"key {self.name}: {uri.text} can be taken out of its token")


def destroy(token: Token, uri: KeyUri) -> None:
    """Take both halves of a key off the token; none there is as good."""

    def both(session: pkcs11.Session) -> None:
        for half in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
            for each in _all(session, half, uri):
                each.destroy()

    token.run(both, writing=True)


def listed(token: Token, label: str) -> list[KeyUri]:
    """The private keys on the token with this label."""
    uri = replace(token.uri, object=label)
    found = token.run(lambda session: [each.id for each in _all(session, ObjectClass.PRIVATE_KEY, uri)])
    return [replace(uri, id=bytes(each)) for each in found]


def _generated(session: pkcs11.Session, uri: KeyUri) -> bytes:
    """The public half of a new key pair on the token."""
    curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _CURVE}, local=True)
    public, _ = curve.generate_keypair(
        mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        id=uri.id,
        label=uri.object,
        store=True,
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    )
    return _raw(public)


def _raw(public: pkcs11.PublicKey) -> bytes:
    """The 32 bytes of a public key, however the token wraps them."""
    point = bytes(public[Attribute.EC_POINT])
    found = [
        prefix for prefix in _PREFIXES if len(point) == len(prefix) + KEY_SIZE and point.startswith(prefix)
    ]
    if not found:
        raise KeyRefused(f"PKCS#11 key: {len(point)} bytes of public half, Ed25519 has {KEY_SIZE}")
    return point[len(found[0]) :]


def _one(session: pkcs11.Session, half: ObjectClass, uri: KeyUri) -> pkcs11.Object:
    found = _all(session, half, uri)
    if len(found) != 1:
        raise pkcs11.NoSuchKey(f"{len(found)} keys are {uri.text}")
    return found[0]


def _all(session: pkcs11.Session, half: ObjectClass, uri: KeyUri) -> list[pkcs11.Object]:
    """What the token has under a label and an id, where they are said."""
    wanted = {Attribute.CLASS: half, Attribute.KEY_TYPE: KeyType.EC_EDWARDS}
    wanted |= {Attribute.LABEL: uri.object} if uri.object else {}
    wanted |= {Attribute.ID: uri.id} if uri.id else {}
    return list(session.get_objects(wanted))
