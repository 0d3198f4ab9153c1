"""What a load changes of a record that is there already: put right, or no longer for those who had it.

Equal content is no change. A change takes back when it makes the record one that earlier recipients may no
longer hold, as far as the record itself tells; whatever else differs puts it right, and the next look at it
is decided anew by its node.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from policy.provenance import Admissibility, read_provenance, read_rulings, standing, strictest
from policy.terms import SubjectCategory, Tlp

WITHDRAWN = "RECORD_WITHDRAWN"
EXPIRED = "RETENTION_EXPIRED"
UNCATEGORISED = "UNCATEGORISED"
HANDLING = "HANDLING_CODE"
ONGOING = "ONGOING_INVESTIGATION"
EVIDENCE = "EVIDENCE_"
_STRICTEST_FIRST = tuple(Tlp)
_SCOPE = ("dataset", "case_ref", "owner", "schema")

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Record `id` is about to have `version`; `reason` says why older ones are taken back, if they are.

    `ruling` says how it stands as evidence now, where that changed.
    """

    id: str
    version: int
    reason: str = ""
    ruling: str = ""


def taken_back(before: Columns, after: Columns, now: int) -> str:
    """Why what was given of a record is taken back, as a code; empty when the change puts it right.

    Both are rows of the table `record`, `now` is Unix seconds. 1. Its source has withdrawn it, or it belongs
    to another dataset, case, owner or schema. 2. It is not kept any longer. 3. A person lost its category.
    4. A handling code came, or the TLP became stricter. 5. An investigation is under way now.
    """
    if after["retain_until"] == 0 or any(before[name] != after[name] for name in _SCOPE):  # 1
        return WITHDRAWN
    if after["retain_until"] is None or after["retain_until"] <= now:  # 2
        return EXPIRED
    if after["subject_category"] == SubjectCategory.UNCATEGORISED:  # 3
        return UNCATEGORISED
    if _codes(after) - _codes(before) or _strictness(after) < _strictness(before):  # 4
        return HANDLING
    return ONGOING if after["ongoing"] and not before["ongoing"] else ""  # 5


def change_of(before: Columns, after: Columns, now: int) -> Change:
    """What becomes of a record; both are rows of the table `record`."""
    return Change(before["id"], after["version"], taken_back(before, after, now), ruled(before, after))


def ruled(before: Columns, after: Columns) -> str:
    """`EVIDENCE_` and the strictest status among those that changed in any country; empty if none did."""
    told, now = _standing(before), _standing(after)
    changed = {country: status for country, status in now.items() if told.get(country) is not status}
    status = strictest(changed)
    return "" if status is None else f"{EVIDENCE}{status.value}"


def _standing(row: Columns) -> dict[str, Admissibility]:
    return standing(read_provenance(row["provenance"] or "{}"), read_rulings(row["findings"] or "[]"))


def _codes(row: Columns) -> set[str]:
    return set(orjson.loads(row["handling"]))


def _strictness(row: Columns) -> int:
    return _STRICTEST_FIRST.index(Tlp(row["tlp"]))
