"""What can break in the law; a refusal is not among it, that is a value (`policy.decision.Refusal`)."""


class PolicyError(Exception):
    """Any breakage of this room; the border turns it into the refusal `POLICY_UNAVAILABLE`."""

    code = "POLICY_UNAVAILABLE"


class NotAdmitted(PolicyError):
    """A value that carries permission was asked for without what it rests on."""


class EngineFailed(PolicyError):
    """The engine did not answer, or answered something that is no decision."""


class FilterRejected(PolicyError):
    """A row filter is outside of the algebra: operator, column, literal type, depth or size."""
