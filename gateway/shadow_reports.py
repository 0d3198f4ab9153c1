"""What a shadow engine tells, as findings for oversight and as lines of the process log: digests only.

The first difference of a day in a rule is a finding (`POLICY_SHADOW_DIFFERS`); each one is a line. How many
there were is in the state of the law (`gateway.policy_state`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.errors import AuditError
from audit.findings import Finding, FindingBook, Refs
from audit.severity import Severity
from policy.shadow_engine import Difference

RULE = "POLICY_SHADOW_DIFFERS"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class ShadowReports:
    """Keeps what the shadow of the node `node` tells; `served` and `shadow` are the engines' names."""

    node: str
    findings: FindingBook
    clock: Callable[[], float]
    served: str = ""
    shadow: str = ""

    def differs(self, difference: Difference) -> None:
        """Two engines decided differently; the one that serves was answered with."""
        text = (
            f"{difference.rule}: {self.served} gave {difference.served}, "
            f"{self.shadow} gave {difference.shadowed}, input {difference.document}"
        )
        log.error("%s: %s: %s", self.node, RULE, text)
        at = datetime.fromtimestamp(self.clock(), UTC)
        about = f"{difference.rule} {self.served} {self.shadow} {at.date()}"
        finding = Finding.of(RULE, Severity.HIGH, at, about, text, Refs())
        try:
            self.findings.add([finding])
        except AuditError as error:
            log.error("%s: finding %s not kept: %s: %s", self.node, RULE, error.code, error)  # noqa: TRY400  # no trace needed

    def failed(self, error: Exception) -> None:
        """The shadow has no answer; said once until it has answered again."""
        log.warning("%s: the shadow engine %s does not answer: %s", self.node, self.shadow, error)
