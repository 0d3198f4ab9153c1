"""Receipts: proofs that an entry is in a log, and what they entitle to.

A `Receipt` is made by the log alone, when it has made an entry durable and signed a head over it: a step that
must not run before its entry is logged takes a `Receipt`. Text from elsewhere becomes a `ForeignReceipt`,
which proves nothing until `verify`; what comes out of that is a `VerifiedReceipt`, never a `Receipt`, so
another's paper opens no door here.

The text is a tlog-proof whose `extra` line holds canonical JSON: `kind`, `leaf` (the leaf's hash), `subject`.
The hash is what the proof verifies; `kind` and `subject` of a foreign receipt are its sender's word until the
leaf is shown.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from audit.canonical import parse_object
from audit.checkpoint import Checkpoint
from audit.entry import Kind
from audit.errors import FormatRefused, ProofRefused
from audit.fields import DIGEST
from audit.merkle import HASH_SIZE, leaf_hash
from audit.note import Note, Verifier
from audit.proof import Proof


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt is for: the entry's kind, its leaf's hash, the digest it is about (may be empty)."""

    kind: Kind
    leaf_hash: bytes
    subject: str

    @property
    def extra(self) -> bytes:
        """The claim as the canonical JSON of the `extra` line; all its values are of safe characters."""
        return f'{{"kind":"{self.kind}","leaf":"{self.leaf_hash.hex()}","subject":"{self.subject}"}}'.encode()

    @classmethod
    def parse(cls, extra: bytes) -> Self:
        """Read the `extra` bytes; `FormatRefused` if they are not a claim's."""
        facts = parse_object(extra)
        try:
            claim = cls(Kind(facts["kind"]), bytes.fromhex(facts["leaf"]), facts["subject"])
        except (KeyError, TypeError, ValueError) as error:
            raise FormatRefused("receipt: the extra line names no kind, leaf and subject") from error
        if (
            len(claim.leaf_hash) != HASH_SIZE
            or (claim.subject and not DIGEST(claim.subject))
            or claim.extra != extra
        ):
            raise FormatRefused("receipt: the extra line is no claim in its canonical form")
        return claim


@dataclass(frozen=True, slots=True)
class _Paper:
    """What every receipt tells."""

    text: str
    origin: str
    index: int
    size: int
    claim: Claim

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the text: what a counterpart's entry commits to."""
        return "sha256:" + sha256(self.text.encode()).hexdigest()

    @property
    def leaf_digest(self) -> str:
        """`sha256:<hex>` of the leaf's hash: which leaf it is, the same for every receipt of that leaf."""
        return "sha256:" + self.claim.leaf_hash.hex()

    @property
    def kind(self) -> Kind:
        """The entry's kind."""
        return self.claim.kind

    @property
    def subject(self) -> str:
        """The digest that the entry is about."""
        return self.claim.subject

    @property
    def leaf_hash(self) -> bytes:
        """The 32 bytes of the leaf's hash."""
        return self.claim.leaf_hash


class Mint:
    """What the log shows to make receipts; nothing outside `audit` may name this class."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Receipt(_Paper):
    """The node's own log has made entry `entry_id` durable and signed a head over it. The log makes these."""

    entry_id: str
    mint: Mint

    def __post_init__(self) -> None:
        """Refuse a receipt that no log made."""
        if type(self.mint) is not Mint:
            raise ProofRefused(f"receipt for {self.claim.kind}: not made by a log")

    @classmethod
    def issue(cls, entry_id: str, claim: Claim, proof: Proof, checkpoint: Checkpoint) -> Self:
        """Make the receipt that `proof` proves; called by the log only."""
        text = str(Proof(proof.index, proof.path, proof.checkpoint, claim.extra))
        return cls(text, checkpoint.origin, proof.index, checkpoint.size, claim, entry_id, Mint())

    @staticmethod
    def parse(text: str) -> "ForeignReceipt":
        """Read a receipt that came as text; it proves nothing before `verify`."""
        return ForeignReceipt.parse(text)


@dataclass(frozen=True, slots=True)
class ForeignReceipt(_Paper):
    """A receipt as its text says, not verified."""

    proof: Proof

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text; `FormatRefused` if it is not a receipt's."""
        proof = Proof.parse(text)
        checkpoint = Checkpoint.parse(Note.parse(proof.checkpoint).text)
        return cls(
            text, checkpoint.origin, proof.index, checkpoint.size, Claim.parse(proof.extra or b""), proof
        )

    def verify(self, *keys: Verifier) -> "VerifiedReceipt":
        """Check the receipt against the keys of its origin; `ProofRefused` if it does not hold.

        1. A key named like the origin has signed the checkpoint, and no known signature on it is bad.
        2. The audit path leads from the leaf's hash to the signed root.
        """
        self.proof.verify(self.leaf_hash, keys)
        return VerifiedReceipt(self.text, self.origin, self.index, self.size, self.claim, leaf_shown=False)

    def verify_leaf(self, leaf: bytes, *keys: Verifier) -> "VerifiedReceipt":
        """Check as `verify`, and that `leaf` is the one in the tree and says kind and subject itself."""
        if claim_of(leaf) != self.claim:
            raise ProofRefused(
                f"receipt of {self.origin}: the leaf shown is not leaf {self.index}, or says otherwise"
            )
        self.proof.verify(self.leaf_hash, keys)
        return VerifiedReceipt(self.text, self.origin, self.index, self.size, self.claim, leaf_shown=True)


@dataclass(frozen=True, slots=True)
class VerifiedReceipt(_Paper):
    """The log `origin` has signed a tree that holds the leaf with `leaf_hash`.

    `kind` and `subject` are proved when `leaf_shown`; else they are the sender's word, to be held to the
    signed message that the receipt came in.
    """

    leaf_shown: bool


def claim_of(leaf: bytes) -> Claim:
    """Return the claim that leaf bytes support; `FormatRefused` if they are no leaf."""
    record = parse_object(leaf)
    try:
        return Claim(Kind(record["kind"]), leaf_hash(leaf), record.get("subject", ""))
    except (KeyError, ValueError) as error:
        raise FormatRefused("leaf: has no known kind") from error
