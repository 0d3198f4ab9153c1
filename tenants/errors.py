"""What can break on the shelf, one family, each with a stable code.

A bad row, a bad identifier and a bad mapping are foreign data: their errors carry a code of their own, the
field they are about and a reason that names both sides.
"""

from typing import Self


class ShelfError(Exception):
    """Any breakage of this room; `code` is stable, the message is for logs and owners only."""

    code = "SHELF_UNAVAILABLE"


class ShelfUnavailable(ShelfError):
    """The database does not answer, or is not one that this version understands."""


class Rejected(ShelfError):
    """Foreign input that is not taken: `code`, `field` (empty when it is the whole thing) and `reason`."""

    code = "REJECTED"

    def __init__(self, code: str, field: str, reason: str) -> None:
        super().__init__(f"{code} {field}: {reason}" if field else f"{code}: {reason}")
        self.code = code
        self.field = field
        self.reason = reason

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:
        return type(self), (self.code, self.field, self.reason)


class IdentifierRejected(Rejected):
    """A value is no identifier of the kind it is said to be."""


class RecordRejected(Rejected):
    """A row of a source is no record: its envelope, its entity or its form."""


class MappingRejected(Rejected):
    """A mapping file cannot be read as one."""


class SourceRejected(Rejected):
    """A file cannot be loaded at all: absent, no text, changed while it was read."""


class QuestionRejected(Rejected):
    """The arguments of a question are outside of what its operation takes."""


class CategoryRefused(ShelfError):
    """A record is not given this category: it is no person without one, or another version than was seen."""

    code = "CATEGORY_REFUSED"


class RulingRefused(ShelfError):
    """A ruling is not entered: the record is not here, or has it already."""

    code = "RULING_REFUSED"


class CalibrationRefused(Rejected):
    """Labelled profiles say too little, or nothing, of what a score means."""


class PlanRejected(ShelfError):
    """The compiler does not cover this selection; the rows view does."""

    code = "NOT_COMPILED"


class ModelRejected(ShelfError):
    """The entity model on disk contradicts itself."""

    code = "MODEL_REJECTED"


class QuestionTooHeavy(ShelfError):
    """The database gave up on a question after its budget."""

    code = "QUESTION_TOO_HEAVY"


class MatcherUnavailable(ShelfError):
    """The process that compares names is gone or late."""

    code = "MATCHER_UNAVAILABLE"
