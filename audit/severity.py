"""How much a finding matters: the scale that every finding in this room is measured on."""

from enum import StrEnum


class Severity(StrEnum):
    """From what is only worth knowing to what must be looked at before anything else."""

    INFO = "INFO"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """The place on the scale, 0 for `INFO`."""
        return _SCALE.index(self)


_SCALE = tuple(Severity)
