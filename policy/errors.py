"""What can break in the law; a refusal is not among it, that is a value (`policy.decision.Refusal`)."""

from policy.terms import Reason


class PolicyError(Exception):
    """Any breakage of this room; the border turns it into the refusal `POLICY_UNAVAILABLE`."""

    code = "POLICY_UNAVAILABLE"


class NotAdmitted(PolicyError):
    """A value that carries permission was asked for without what it rests on."""


class EngineFailed(PolicyError):
    """The engine did not answer, or answered something that is no decision."""


class Exhausted(EngineFailed):
    """One decision took more steps than rules on trial are given."""


class FilterRejected(PolicyError):
    """A row filter is outside of the algebra: operator, column, literal type, depth or size."""


class RuleBroken(PolicyError):
    """Something is not as it must be; `rule` is the id of what, free of content and fit for the log."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule


class GrantRejected(RuleBroken):
    """Terms of a grant are outside of what may be decided on: a type, the alphabet, a size or a time."""


class ConsentRejected(RuleBroken):
    """Terms of a consent are outside of what may be decided on: a type, the alphabet, a size or a time."""


class ProvenanceRejected(RuleBroken):
    """What is stated about where evidence comes from is not as it must be; `rule` names the part."""

    code = "PROVENANCE"


class InputRejected(RuleBroken):
    """A mandate, question or act may not enter the law: a type, the alphabet, a size. The asker's fault."""

    code = Reason.POLICY.value


class DecisionRejected(RuleBroken):
    """The engine's decision does not hold against the grants."""
