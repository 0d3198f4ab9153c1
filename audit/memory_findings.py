"""The book of findings in memory, for tests and simulated worlds."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from audit.errors import FindingRefused
from audit.findings import Change, Finding, Wanted


class MemoryFindings:
    """A dictionary of findings; see `audit.findings.FindingBook`."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: dict[str, Finding] = {}

    def add(self, findings: Sequence[Finding]) -> int:
        """Keep those that are not there yet."""
        before = len(self._found)
        for each in findings:
            self._found.setdefault(each.id, replace(each, number=len(self._found) + 1))
        return len(self._found) - before

    def get(self, finding_id: str) -> Finding:
        """Return a finding."""
        if finding_id not in self._found:
            raise FindingRefused(f"finding {finding_id[:80]!r}: there is none")
        return self._found[finding_id]

    def list(self, wanted: Wanted) -> Sequence[Finding]:
        """Return the findings that are wanted, newest first."""
        return list(islice(filter(wanted.admits, reversed(self._found.values())), wanted.first))

    def set_state(self, finding: Finding, change: Change) -> Finding:
        """Change a finding as it was read."""
        if self.get(finding.id) != finding:
            raise FindingRefused(f"finding {finding.id}: has changed since it was read")
        self._found[finding.id] = changed = finding.changed(change)
        return changed
