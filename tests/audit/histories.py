"""Logs as their witnesses see them: signed checkpoints and proofs of made-up histories."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.checkpoint import Checkpoint
from audit.keys import SignatureType, SigningKey
from audit.merkle import leaf_hash, prove_consistency, subtree_root
from audit.submission import Submission
from tests.audit.samples import KEY

WITNESS_KEY = SigningKey.from_seed("w.example/witness", b"\7" * 32, SignatureType.COSIGNATURE)
NOW = 1_790_000_000


@dataclass(frozen=True)
class History:
    """The leaves of a log, and the key that signs its checkpoints."""

    leaves: Sequence[bytes]
    key: SigningKey = KEY

    @classmethod
    def of(cls, size: int, fork_at: int | None = None, key: SigningKey = KEY) -> "History":
        """`size` leaves; from `fork_at` on they are others than in the history without a fork."""
        end = size if fork_at is None else fork_at
        return cls([b"%d" % i if i < end else b"other %d" % i for i in range(size)], key)

    def node(self, level: int, index: int) -> bytes:
        part = self.leaves[index << level : (index + 1) << level]
        return subtree_root([leaf_hash(leaf) for leaf in part])

    def root(self, size: int) -> bytes:
        return subtree_root([leaf_hash(leaf) for leaf in self.leaves[:size]])

    def note(self, size: int) -> str:
        return Checkpoint(self.key.name, size, self.root(size)).sign(self.key)

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(prove_consistency(self.node, old, new))

    def offer(self, old: int, new: int) -> bytes:
        """The body of a request that goes from `old` to `new` leaves."""
        return Submission(old, self.proof(old, new) if old <= new else (), self.note(new)).body
