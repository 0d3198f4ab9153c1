"""The partner directory: who takes part, where, and with which keys, signed by the federation.

Versioned, expiring, never rolled back, and closed when it has expired. What must hold of every document:
one signature of a known federation key over canonical JSON; node ids, addresses and key ids unique; every key
named after its node and use. Old keys stay in the document for verification; a signature is accepted only
within its key's `not_before` (inclusive) to `not_after` (exclusive), Unix seconds, which overlap on rotation.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, Self

from audit.canonical import JSON, encode
from audit.errors import AuditError
from audit.keys import SignatureType, VerifyKey
from audit.signer import Signer
from sharing import reading
from sharing.codes import NODE_ID
from sharing.encoding import digest
from sharing.errors import DirectoryExpired, DirectoryRefused, DirectoryRolledBack, FieldRefused
from sharing.jws import MAX_STATEMENT, open_statement, sign_statement
from sharing.keys import Use, kid
from sharing.reach import check_host, check_port

TYP = "entente-directory+jwt"
_MAX_NODES = 200
_MAX_KEYS = 16
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|\[[0-9a-f:]+\]"
_ADDRESS = re.compile(rf"(https?)://({_HOST})(?::([1-9][0-9]{{0,4}}))?")
_LOOPBACK = re.compile(r"127(?:\.[0-9]{1,3}){3}|localhost|\[::1\]")
_LAST_PORT = 65_535
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LATER_LOG = re.compile(r"\.[1-9][0-9]{0,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NAME = 200


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A public key of a node, what it is for, and when signatures by it are accepted."""

    use: Use
    key: VerifyKey
    not_before: int
    not_after: int
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kid", kid(self.key))
        if self.not_after <= self.not_before:
            raise FieldRefused(f"key {self.kid}: not_after {self.not_after} is not after {self.not_before}")

    def valid_at(self, now: int) -> bool:
        """Whether a signature made at `now` is accepted."""
        return self.not_before <= now < self.not_after


@dataclass(frozen=True, slots=True)
class DirectoryNode:
    """One partner. `address` is scheme, host and port without a path; `spoc` the contact for follow-ups.

    `log_origin` is the name in its log's checkpoints and `log_vkey` the C2SP verifier key of that log;
    `log_keys` are that key and older ones of the same log. `witness_vkey` is the key with which it cosigns
    its partners' checkpoints, empty for a node that does not.
    """

    id: str
    name: str
    country: str
    address: str
    spoc: str
    keys: tuple[NodeKey, ...]
    log_origin: str
    log_vkey: str
    witness_vkey: str = ""
    log_keys: tuple[VerifyKey, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_node(self)
        old = (key.key for key in self.keys if key.use is Use.LOG and key.key.vkey != self.log_vkey)
        object.__setattr__(self, "log_keys", (VerifyKey.parse(self.log_vkey), *old))

    @property
    def authority(self) -> str:
        """Host and port as `@authority` has them: lower case, no default port (RFC 9421 section 2.2.3)."""
        return self.address.partition("://")[2]

    @property
    def secure(self) -> bool:
        """Whether the address is https; plain http exists on loopback only."""
        return self.address.startswith("https://")

    def key(self, kid: str, use: Use) -> NodeKey | None:
        """The key of that id, if the node has it for that use."""
        return next((key for key in self.keys if key.kid == kid and key.use is use), None)


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory that was opened or is about to be signed. Times are Unix seconds."""

    federation: str
    version: int
    issued_at: int
    expires_at: int
    nodes: tuple[DirectoryNode, ...]
    by_id: Mapping[str, DirectoryNode] = field(init=False, repr=False, compare=False)
    by_kid: Mapping[str, tuple[DirectoryNode, NodeKey]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {node.id: node for node in self.nodes}
        by_kid = {key.kid: (node, key) for node in self.nodes for key in node.keys}
        if len(by_id) != len(self.nodes) or len({node.address for node in self.nodes}) != len(self.nodes):
            raise DirectoryRefused(f"directory {self.version}: a node id or address stands twice")
        if len(by_kid) != sum(len(node.keys) for node in self.nodes):
            raise DirectoryRefused(f"directory {self.version}: a key id stands twice")
        if self.expires_at <= self.issued_at or self.version < 1:
            raise DirectoryRefused(f"directory {self.version}: version or life is wrong")
        object.__setattr__(self, "by_id", MappingProxyType(by_id))
        object.__setattr__(self, "by_kid", MappingProxyType(by_kid))

    def expired(self, now: int) -> bool:
        """Whether it may no longer be used."""
        return now >= self.expires_at

    def recipients(self, ids: Iterable[str], now: int) -> tuple[DirectoryNode, ...]:
        """The nodes to send to; `DirectoryExpired` when nothing may be sent any more."""
        if self.expired(now):
            raise DirectoryExpired(f"directory {self.version}: expired at {self.expires_at}, it is {now}")
        return tuple(map(self.node, ids))

    def node(self, node_id: str) -> DirectoryNode:
        """The node of that id; `DirectoryRefused` when there is none."""
        if node_id not in self.by_id:
            raise DirectoryRefused(f"node {node_id[:80]!r}: not among {sorted(self.by_id)}")
        return self.by_id[node_id]

    def sign(self, key: Signer) -> str:
        """The directory as a compact JWS."""
        return sign_statement(encode(_written(self)), key, TYP)

    @classmethod
    def open(cls, text: str, federation: Sequence[VerifyKey], *, now: int) -> Self:
        """Read and verify a document; `DirectoryRefused` or, past its life, `DirectoryExpired`."""
        try:
            payload = open_statement(text, {kid(key): key for key in federation}, TYP)
            opened = cls._read(reading.json_object(payload, MAX_STATEMENT))
            reading.same(encode(_written(opened)), payload)
        except (AuditError, ValueError) as error:
            raise DirectoryRefused(f"directory: {error}") from error
        if opened.expired(now):
            raise DirectoryExpired(f"directory {opened.version}: expired at {opened.expires_at}, it is {now}")
        return opened

    @classmethod
    def _read(cls, value: reading.Object) -> Self:
        reading.exact(value, frozenset({"federation", "version", "issued_at", "expires_at", "nodes"}))
        return cls(
            reading.matching(value, "federation", NODE_ID),
            reading.whole(value, "version", 1),
            reading.whole(value, "issued_at"),
            reading.whole(value, "expires_at"),
            tuple(_read_node(node) for node in reading.items(value, "nodes", _MAX_NODES)),
        )


class DirectoryStore(Protocol):
    """Remembers which directory was last in use, so that none is rolled back, over restarts too."""

    def last(self) -> tuple[int, str] | None:
        """Version and digest of the last accepted document, if any."""

    def keep(self, version: int, digest: str, text: str) -> None:
        """Make the document the last accepted one, unless a newer one is; durable on return."""

    def text(self) -> str | None:
        """The last accepted document."""


def accept(text: str, federation: Sequence[VerifyKey], store: DirectoryStore, *, now: int) -> Directory:
    """Open a document and make it the current one; `DirectoryRolledBack` if a newer one was seen."""
    opened = Directory.open(text, federation, now=now)
    found, seen = digest(text.encode()), store.last()
    if seen is not None and (opened.version < seen[0] or (opened.version == seen[0] and found != seen[1])):
        raise DirectoryRolledBack(
            f"directory {opened.version} ({found}): last seen was {seen[0]} ({seen[1]})",
        )
    store.keep(opened.version, found, text)
    return opened


def _check_node(node: DirectoryNode) -> None:
    if not NODE_ID.fullmatch(node.id) or not _COUNTRY.fullmatch(node.country):
        raise FieldRefused(f"node {node.id[:80]!r}: id or country {node.country[:8]!r} is malformed")
    address = _ADDRESS.fullmatch(node.address)
    if address is None or int(address[3] or 1) > _LAST_PORT or address[3] == _DEFAULT_PORTS[address[1]]:
        raise FieldRefused(f"node {node.id}: address {node.address[:80]!r} is not scheme://host[:port]")
    here = _LOOPBACK.fullmatch(address[2]) is not None
    if address[1] == "http" and not here:
        raise FieldRefused(f"node {node.id}: plain http to {address[2]} leaves the machine")
    try:
        check_host(address[2])
        check_port(None if here else address[3])
    except FieldRefused as error:
        raise FieldRefused(f"node {node.id}: {error}") from error
    if node.log_origin != VerifyKey.parse(node.log_vkey).name:
        raise FieldRefused(f"node {node.id}: log origin {node.log_origin!r} is not the name in its key")
    if node.witness_vkey:
        _check_witness(node.id, VerifyKey.parse(node.witness_vkey))
    for key in node.keys:
        if not _named(key.key.name, f"{node.id}/{key.use}", key.use):
            raise FieldRefused(f"node {node.id}: key {key.kid} is not named {node.id}/{key.use}")


def _named(name: str, wanted: str, use: Use) -> bool:
    """Whether a key has its node's and use's name; a log after a compromised one is `<node>/log.<n>`."""
    return name == wanted or (use is Use.LOG and _LATER_LOG.fullmatch(name.removeprefix(wanted)) is not None)


def _check_witness(node: str, key: VerifyKey) -> None:
    if (key.name, key.type) != (f"{node}/witness", SignatureType.COSIGNATURE):
        raise FieldRefused(
            f"node {node}: key {key.name} of type {key.type:#04x} is not a cosignature key {node}/witness"
        )


def _written(directory: Directory) -> dict[str, JSON]:
    names = ("federation", "version", "issued_at", "expires_at")
    return {name: getattr(directory, name) for name in names} | {
        "nodes": [_written_node(n) for n in directory.nodes]
    }


_NODE_TEXTS = ("id", "name", "country", "address", "spoc", "log_origin", "log_vkey")


def _written_node(node: DirectoryNode) -> dict[str, JSON]:
    keys = [
        {"use": str(k.use), "vkey": k.key.vkey, "not_before": k.not_before, "not_after": k.not_after}
        for k in node.keys
    ]
    witness = {"witness_vkey": node.witness_vkey} if node.witness_vkey else {}
    return {name: getattr(node, name) for name in _NODE_TEXTS} | witness | {"keys": keys}


def _read_node(value: object) -> DirectoryNode:
    node = reading.exact(value, frozenset({*_NODE_TEXTS, "keys"}), frozenset({"witness_vkey"}))
    texts = {name: reading.text(node, name, _NAME) for name in node if name != "keys"}
    keys = tuple(_read_key(key) for key in reading.items(node, "keys", _MAX_KEYS))
    return DirectoryNode(keys=keys, **texts)


def _read_key(value: object) -> NodeKey:
    key = reading.exact(value, frozenset({"use", "vkey", "not_before", "not_after"}))
    vkey = VerifyKey.parse(reading.text(key, "vkey", _NAME * 2))
    return NodeKey(
        Use(reading.text(key, "use", 20)),
        vkey,
        reading.whole(key, "not_before"),
        reading.whole(key, "not_after"),
    )
