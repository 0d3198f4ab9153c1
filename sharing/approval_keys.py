"""Keys that persons hold themselves (WebAuthn), with which they approve: whose each is, and how it ended.

A key is one person's, of one identity provider, and stays in the book when it has ended: what it signed must
stay explicable. Times are Unix seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class KeyEnd(StrEnum):
    """How a key ended: not at all, by its holder, or by an administrator, who clears the way for another."""

    LIVE = ""
    REMOVED = "REMOVED"
    RESET = "RESET"


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a key: the identity provider that knows them, and the node's id for them."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class ApprovalKey:
    """One credential; `id` is its own (base64url).

    `cose` is its public key as the authenticator gave it (COSE, base64url), `spki` the same as a DER
    SubjectPublicKeyInfo (hex). `count` is how often the authenticator says it was used, 0 for those that do
    not count; `synced` that its maker keeps copies of it (a passkey); `aaguid` is the authenticator's model.
    """

    id: str
    person: Person
    label: str
    cose: str = field(repr=False)
    spki: str = field(repr=False)
    aaguid: str
    transports: tuple[str, ...]
    synced: bool
    count: int
    added_at: int
    used_at: int | None = None
    ended_at: int | None = None
    end: KeyEnd = KeyEnd.LIVE


class KeyBook(Protocol):
    """A node's keys; they survive restarts, and all its processes see them."""

    def add(self, key: ApprovalKey) -> bool:
        """Keep a new one, durably; False, with nothing done, if one of that id was ever there."""

    def of(self, person: Person) -> Sequence[ApprovalKey]:
        """All that the person ever had, the oldest first, ended ones too."""

    def kept(self, issuer: str) -> Sequence[ApprovalKey]:
        """All keys of the issuer's persons that were not reset, by person, the oldest first."""

    def used(self, key: ApprovalKey, count: int, at: int) -> bool:
        """Note a use `at`, and the count that came with it, durably.

        False, with nothing done, if the key has ended, or its count is not what it was when it was read.
        """

    def find(self, key_id: str) -> ApprovalKey | None:
        """The key of that id, whoever holds it."""

    def removed(self, key_id: str, at: int) -> bool:
        """End a key, durably; False if it is not there or has ended."""

    def reset(self, person: Person, at: int) -> int:
        """Mark all keys of the person as reset, durably; how many there were that were not."""
