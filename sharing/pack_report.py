"""What checking an evidence pack found: numbered steps with what does not hold."""

from dataclasses import dataclass, field

HOLDS, DOES_NOT_HOLD, USAGE, UNREADABLE, NOT_CHECKED = 0, 1, 2, 3, 4
"""Exit codes, the first four as `python -m audit`; the last when signatures could not be checked."""

MAX_FINDINGS = 100


@dataclass(slots=True)
class Step:
    """One step in words; `notes` say what was looked at, `findings` what does not hold."""

    number: int
    words: str
    notes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def find(self, finding: object) -> None:
        """Add a finding; beyond a hundred they are not told apart any more."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(str(finding))


@dataclass(slots=True)
class PackReport:
    """The steps, and how signatures were checked (`cryptography`, `openssl` or `nothing`)."""

    signatures: str
    steps: list[Step] = field(default_factory=list)
    compare: dict[str, str] = field(default_factory=dict)

    def begin(self, words: str) -> Step:
        """Start the next step."""
        self.steps.append(Step(len(self.steps) + 1, words))
        return self.steps[-1]

    @property
    def findings(self) -> list[str]:
        """What does not hold, over all steps."""
        return [finding for step in self.steps for finding in step.findings]

    @property
    def code(self) -> int:
        """The exit code."""
        if self.findings:
            return DOES_NOT_HOLD
        return NOT_CHECKED if self.signatures == "nothing" else HOLDS
