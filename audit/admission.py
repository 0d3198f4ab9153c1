"""Which batches of a group may go into the log: no `once` key twice, no blob erased that is not there.

Pure: what the store holds is told beforehand, what the batches before took is remembered.
"""

from dataclasses import dataclass

from audit.canonical import parse_object
from audit.draft import Batch, Draft, erased_of, once_keys
from audit.entry import Kind
from audit.errors import AuditError, Duplicate, ErasureRefused
from audit.ranges import ranges_of

MAX_ERASED = 1000
"""Blobs that one entry erases at most."""

_APPROVALS = 2


@dataclass(slots=True)
class Admission:
    """Takes the batches of one group in order; `spent` keys and `sealed` indexes are what the store holds."""

    origin: str
    spent: set[str]
    sealed: set[int]

    def refusal(self, batch: Batch) -> AuditError | None:
        """Return why the batch may not be appended, or None and count what it takes."""
        keys, erased = once_keys(batch), erased_of([batch])
        if len(set(keys)) < len(keys) or not self.spent.isdisjoint(keys):
            return Duplicate(f"log {self.origin}: this {batch[0].claim.kind} is logged already")
        if gone := sorted(set(erased) - self.sealed):
            return ErasureRefused(
                f"log {self.origin}: of {len(erased)} blobs to erase, {len(gone)} are not there "
                f"or gone already: leaves {', '.join(ranges_of(gone)[:5])}"
            )
        for draft in batch:
            if (draft.erased or draft.claim.kind is Kind.ERASED) and (wrong := _wrong(draft)):
                return ErasureRefused(f"log {self.origin}: an erasure of {len(draft.erased)} blobs {wrong}")
        self.spent.update(keys)
        self.sealed.difference_update(erased)
        return None


def _wrong(draft: Draft) -> str:
    """Return what is wrong with an erasure: the leaf must say exactly what goes, why, and by whom."""
    record, erased = parse_object(draft.leaf), draft.erased
    if draft.claim.kind is not Kind.ERASED or record.get("ranges", []) != ranges_of(erased):
        return f"in a leaf of kind {draft.claim.kind} that says ranges {record.get('ranges')}"
    if not erased:
        return ""
    if len(erased) > MAX_ERASED or record.get("records") != len(erased) or not record.get("reasons"):
        return f"(at most {MAX_ERASED}) whose leaf says {record.get('records')}, for {record.get('reasons')}"
    if len(set(record.get("approvers", []))) < _APPROVALS:
        return f"approved by {record.get('approvers')}, {_APPROVALS} persons are needed"
    return ""
