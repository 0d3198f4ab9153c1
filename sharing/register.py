"""The register: which record, in which version, went to which partner under which grants.

A projection of what the log has sealed beside its disclosures: made anew at will, never the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_GIVEN = 1_000


@dataclass(frozen=True, slots=True)
class Given:
    """One record in one answer; `place` is the leaf that says so, `at` Unix seconds, `grants` are refs."""

    place: int
    record: str
    version: int
    partner: str
    query_id: str
    at: int
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a record that a partner was given."""

    record: str
    partner: str
    version: int


@dataclass(frozen=True, slots=True)
class Reached:
    """A partner that was given a record, and the oldest and the newest version it was given."""

    record: str
    partner: str
    oldest: int
    newest: int


class Register(Protocol):
    """What was given to whom, by leaf of the log."""

    def reached(self) -> int:
        """The last leaf that was taken in; -1 before the first."""

    def extend(self, given: Sequence[Given], reached: int) -> None:
        """Take in what the leaves up to `reached` gave, all or none; what is there already stays."""

    def of_record(self, record: str, limit: int = MOST_GIVEN, *, besides: str = "") -> Sequence[Given]:
        """To whom a record went, newest first; what the node `besides` was given is left out."""

    def of_grant(self, grant_id: str, version: int, limit: int = MOST_GIVEN) -> Sequence[Given]:
        """What went out under a grant in its versions up to `version`, newest first."""

    def partners_of(self, grant_id: str, version: int) -> Sequence[str]:
        """The nodes to which anything went under a grant in its versions up to `version`, by id."""

    def newest(self, after: tuple[str, str] = ("", ""), limit: int = MOST_GIVEN) -> Sequence[Newest]:
        """Every record with the newest version each partner was given, by record and partner, a page."""

    def reached_by(self, records: Sequence[str]) -> Sequence[Reached]:
        """Whom these records went to, by record and partner; one indexed question for thousands."""
