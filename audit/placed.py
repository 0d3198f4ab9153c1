"""Where a batch came to lie in the log: what its receipts are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.checkpoint import Checkpoint
from audit.draft import Batch
from audit.proof import Proof
from audit.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Placed:
    """The leaves from index `first` on, their paths, and the signed checkpoint that the paths lead to."""

    first: int
    paths: Sequence[Sequence[bytes]]
    note: str
    checkpoint: Checkpoint

    def receipts(self, batch: Batch) -> list[Receipt]:
        """Make the receipts of the batch that was placed here, in order."""
        return [
            Receipt.issue(draft.id, draft.claim, Proof(index, tuple(path), self.note), self.checkpoint)
            for index, (draft, path) in enumerate(zip(batch, self.paths, strict=True), self.first)
        ]
