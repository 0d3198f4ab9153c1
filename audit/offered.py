"""What a gateway offers to the sequencer, made into drafts: nothing is taken on its word.

The sequencer's process derives whatever it can from the leaf's own bytes, so that a gateway that was taken
over can append entries of its node, and can neither date them elsewhere, nor hide an intent, nor claim a kind
or a subject that the leaf does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.draft import Batch, Draft
from audit.entry import MAX_ONCE, OPERATIONS, Kind, Operation, closed_by, read_leaf
from audit.errors import EntryRefused
from audit.receipt import claim_of
from audit.sealing import Blob
from audit.store import FOREVER
from audit.wire import Wanted

SKEW = timedelta(seconds=60)
"""How far a leaf's time may lie from the sequencer's clock, before or behind it."""

_ADMINISTRATION = (Operation.ADMINISTRATION,)


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms on which leaves are taken: the node they are of, and the sequencer's time."""

    node: str
    now: datetime

    def drafts(self, wanted: Sequence[Wanted]) -> list[Draft]:
        """Return the batch; `FormatRefused` or `EntryRefused` if no entry of this node could have made it.

        1. There is at least one leaf, and each is one: canonical, content-free, of known fields.
        2. It is this node's, of an operation that its kind may be, dated within 60 seconds of now.
        3. There is a sealed blob exactly if the leaf commits to one; its `once` key has the length of one.
        """
        if not wanted:
            raise EntryRefused(f"log of {self.node}: a batch without entries was offered")
        return [self._draft(each) for each in wanted]

    def _draft(self, wanted: Wanted) -> Draft:
        record = read_leaf(wanted.leaf)
        kind, operation = Kind(record["kind"]), record["operation"]
        if record["node"] != self.node:
            raise EntryRefused(f"{kind}: an entry of {record['node']} was offered to the log of {self.node}")
        if operation not in OPERATIONS.get(kind, _ADMINISTRATION):
            raise EntryRefused(f"{kind}: is no {operation}")
        self._check_time(kind, record["at"])
        if bool(wanted.sealed) != ("commitment" in record) or bool(wanted.sealed) != bool(wanted.wrapped_key):
            raise EntryRefused(f"{kind}: the leaf's commitment and what came sealed do not belong together")
        if len(wanted.once) > MAX_ONCE or not wanted.once.isprintable():
            raise EntryRefused(f"{kind}: a `once` key has 1 to {MAX_ONCE} characters that can be printed")
        if max(wanted.lapses, *wanted.erased, 0) > FOREVER:
            raise EntryRefused(f"{kind}: a time or a leaf beyond {FOREVER} was offered")
        return Draft(
            id=record["id"],
            claim=claim_of(wanted.leaf),
            at=record["at"],
            leaf=wanted.leaf,
            blob=Blob(wanted.sealed, wanted.wrapped_key) if wanted.sealed else None,
            closes=closed_by(record),
            once=wanted.once or None,
            lapses=wanted.lapses,
            erased=wanted.erased,
        )

    def _check_time(self, kind: Kind, told: str) -> None:
        try:
            at = datetime.fromisoformat(told)
            apart = abs(at - self.now)
        except (TypeError, ValueError) as error:
            raise EntryRefused(f"{kind}: {told} is no moment in time") from error
        if apart > SKEW:
            raise EntryRefused(
                f"{kind}: dated {told}, the sequencer's clock says {self.now.isoformat()}; "
                f"{SKEW.seconds} seconds between them are allowed"
            )


def wanted(batch: Batch) -> tuple[Wanted, ...]:
    """Return what a gateway sends of its drafts."""
    return tuple(
        Wanted(
            draft.leaf,
            draft.blob.sealed if draft.blob else b"",
            draft.blob.wrapped_key if draft.blob else b"",
            draft.once or "",
            draft.lapses,
            draft.erased,
        )
        for draft in batch
    )
