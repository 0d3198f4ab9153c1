"""A node's home folder: what lies where, and how a new one is made.

`node.toml` settings; `keys/` private keys, mode 0600, one per use; `node.card.json` the public ones;
`directory.jws` the federation's signed directory and `federation.vkey` the pinned key that signs it;
`records.sqlite` the shelf; `sharing.sqlite` grants and mandates; `audit.sqlite` and `audit.guard` the log;
`witness.sqlite` what the node has seen of its partners' logs; `trust.policy` who must cosign its own.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit.errors import AuditError
from audit.keys import SignatureType, VerifyKey, write_secret
from audit.sealing import BlobKey
from audit.signer import Signer
from gateway.errors import SettingsRejected
from gateway.reception import Person, people_text
from gateway.settings import Settings, parse_settings, read_settings
from gateway.signers import new_signer
from sharing.directory import Directory, DirectoryNode, NodeKey
from sharing.errors import SharingError
from sharing.keys import KeyRing, Use

KEY_LIFE = timedelta(days=730)
_DIGEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Home:
    """The places in one node's home."""

    path: Path

    @property
    def keys(self) -> Path:
        """The folder of private keys."""
        return self.path / "keys"

    @property
    def directory(self) -> Path:
        """The federation's signed directory, once the node has joined one."""
        return self.path / "directory.jws"

    @property
    def federation_key(self) -> Path:
        """The pinned public key of the federation."""
        return self.path / "federation.vkey"

    @property
    def card(self) -> Path:
        """What the node gives to the federation: its name, address and public keys."""
        return self.path / "node.card.json"

    @property
    def guard(self) -> Path:
        """The log's last signed head."""
        return self.path / "audit.guard"

    @property
    def witness_key(self) -> Path:
        """The key with which the node cosigns its partners' checkpoints; an old home has none."""
        return self.keys / "witness.key"

    @property
    def trust_policy(self) -> Path:
        """Who must cosign the node's own log, where its settings name this file."""
        return self.path / "trust.policy"

    @property
    def people(self) -> Path:
        """Whom a demo's sign-in page offers, where the settings name this file."""
        return self.path / "people.json"

    def settings(self) -> Settings:
        """The node's settings."""
        return read_settings(self.path)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a new node is told about itself; a country is two letters, `spoc` the contact for follow-ups.

    `sections` are added to those of `node.toml`, each value in place of the usual one.
    """

    id: str
    name: str
    country: str
    spoc: str
    port: int
    address: str = ""
    desk: str = ""
    demo: bool = False
    issuer: str = ""
    people: tuple[Person, ...] = ()
    examples: tuple[str, ...] = ()
    policy: Mapping[str, object] = field(default_factory=dict)
    store: Mapping[str, str] = field(default_factory=dict)
    witness: Mapping[str, object] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def public_address(self) -> str:
        """Where partners reach the node; on this machine unless told otherwise."""
        return self.address or f"http://127.0.0.1:{self.port}"


def create(path: Path, profile: Profile, *, now: datetime) -> Home:
    """Make a node's home with fresh keys, for its owner alone.

    `SettingsRejected`, and nothing is made, if there is one already or it would not be taken.
    """
    home, settings = Home(path), _toml(profile)
    if (path / "node.toml").exists():
        raise SettingsRejected(f"{path}: is a node's home already; its keys are not made anew")
    part = parse_settings(settings, path / "node.toml").keys
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)

    def made(use: str, name: str, kind: SignatureType = SignatureType.NOTE) -> Signer:
        return new_signer(path, part, use, name, kind)

    ring = KeyRing.generate(profile.id, made)
    log_key = made(Use.LOG, f"{profile.id}/log")
    ring.save(home.keys)
    log_key.save(home.keys / "log.key")
    witness_key = made("witness", f"{profile.id}/witness", SignatureType.COSIGNATURE)
    witness_key.save(home.witness_key)
    BlobKey.generate().save(home.keys / "blob.key")
    write_secret(home.keys / "digest.key", os.urandom(_DIGEST_KEY).hex().encode())
    write_secret(home.keys / "session.key", os.urandom(_DIGEST_KEY).hex().encode())
    if profile.demo:
        write_secret(home.keys / "client.secret", b"demo")
    card = _card(profile, ring, log_key, now) | {"witness_vkey": witness_key.public.vkey}
    if profile.people:
        home.people.write_text(people_text(profile.people), encoding="utf-8")
    home.card.write_text(json.dumps(card, indent=2, ensure_ascii=False))
    write_secret(path / "node.toml", settings.encode())
    return home


def _card(profile: Profile, ring: KeyRing, log_key: Signer, now: datetime) -> dict[str, object]:
    uses = (
        (Use.MESSAGE, ring.message),
        (Use.MANDATE, ring.mandate),
        (Use.GRANT, ring.grant),
        (Use.LOG, log_key),
    )
    life = {"not_before": int(now.timestamp()) - 60, "not_after": int((now + KEY_LIFE).timestamp())}
    return {
        "id": profile.id,
        "name": profile.name,
        "country": profile.country,
        "spoc": profile.spoc,
        "address": profile.public_address,
        "log_origin": log_key.name,
        "log_vkey": log_key.public.vkey,
        "keys": [{"use": str(use), "vkey": key.public.vkey} | life for use, key in uses],
    }


_NO_CARD = (ValueError, RecursionError, AuditError, SharingError)


def read_card(path: Path) -> DirectoryNode:
    """A node's card as the directory's entry; `SettingsRejected` if it is none."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        keys = tuple(
            NodeKey(Use(key["use"]), VerifyKey.parse(key["vkey"]), key["not_before"], key["not_after"])
            for key in card.pop("keys")
        )
        return DirectoryNode(keys=keys, **card)
    except (OSError, LookupError, TypeError, AttributeError, *_NO_CARD) as error:
        raise SettingsRejected(f"{path}: is no node's card ({error})") from error


def sign_directory(
    cards: tuple[DirectoryNode, ...], key: Signer, *, version: int, now: datetime, days: int
) -> str:
    """The federation's directory over these nodes, signed."""
    life = (int(now.timestamp()), int((now + timedelta(days=days)).timestamp()))
    federation = key.name.partition("/")[0]
    return Directory(federation, version, *life, cards).sign(key)


def now_utc() -> datetime:
    """The time of this machine's clock."""
    return datetime.now(UTC)


def _toml(profile: Profile) -> str:
    signin: dict[str, object] = {"issuer": profile.issuer}
    signin |= {"client_secret_file": "keys/client.secret"} if profile.demo else {}  # nosec B105  # a place
    signin |= {"people_file": "people.json"} if profile.people else {}
    signin |= {"examples": profile.examples} if profile.examples else {}
    sections: dict[str, Mapping[str, object]] = {
        "node": {
            "id": profile.id,
            "name": profile.name,
            "country": profile.country,
            "spoc": profile.spoc,
            "profile": "demo" if profile.demo else "production",
        },
        "listen": {"port": profile.port, "address": profile.public_address}
        | ({"desk": profile.desk} if profile.desk else {}),
        "policy": profile.policy,
        "keys": profile.keys,
        "store": profile.store,
        "witness": profile.witness,
        "signin": signin if profile.issuer else {},
        "limits": {"free_documents": True} if profile.demo else {},
    }
    for name, told in profile.sections.items():
        sections[name] = {**sections.get(name, {}), **told}
    lines = ["# Settings of this node. Secrets lie in keys/, never here."]
    for name, values in sections.items():
        if values:
            lines += ["", f"[{name}]", *(f"{key} = {_toml_value(value)}" for key, value in values.items())]
    if not profile.issuer:
        lines += [
            "",
            "# The service's own identity provider; the node does not serve without it.",
            "# [signin]",
        ]
        lines += ['# issuer = "https://idp.example.org"']
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    """A string, a number, a boolean or a list of these in TOML; JSON's spelling of them is TOML's."""
    return json.dumps(value, ensure_ascii=False)
