"""The port to the shelf: the only way to rows, and it needs an `Access`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson

from policy.decision import Access
from tenants.census import Census
from tenants.selection import Selection


@dataclass(frozen=True, slots=True)
class Found:
    """What one question found, within its access.

    `payload` is the JSON of the operation's `Answer`, exactly the fields selected. `count` is how many
    records it lists, or how many it counts in `contact` when it lists none. `masked` are the property names
    withheld from at least one listed record (`*`: all that are not named), whether the record has them or
    not. `given` are the listed records as JSON without brackets, `["<id>",<version>,<bits>],…`: bit n is set
    when branch n of the permit matches the record. It is empty when none is listed. `replica`: it was read
    from one, which held every change that the primary held at the time.
    """

    hit: bool
    payload: bytes
    count: int
    masked: tuple[str, ...]
    given: bytes = b""
    replica: bool = False

    @property
    def around(self) -> int:
        """Of how many records it tells how much lies around them, where it lists and counts none."""
        if self.count or not self.hit:
            return 0
        return len({each["id"] for each in orjson.loads(self.payload).get("neighbours") or ()})


class View(Protocol):
    """Reads current records. Every adapter answers alike (tests/tenants/test_views.py)."""

    async def read(self, access: Access, selection: Selection) -> Found:
        """Answer a question from one compiled statement.

        Raises `QuestionRejected` (arguments or selection), `QuestionTooHeavy`, `ShelfUnavailable`.
        """

    async def rows(self, access: Access, selection: Selection) -> Mapping[str, object]:
        """The same answer, as Python values assembled row by row: what `read` would give, parsed."""

    async def census(self, access: Access) -> Census:
        """All that the access lets through, counted; for the records' owner, never for an answer.

        Raises `QuestionTooHeavy`, `ShelfUnavailable`.
        """

    async def columns(self, access: Access, record_id: str) -> Mapping[str, object] | None:
        """What a policy may filter on, of one record, hidden or not: to explain why it is shown or is not.

        The access must be for a question about this very record. None when there is no such record. Raises
        `QuestionRejected`, `ShelfUnavailable`.
        """
