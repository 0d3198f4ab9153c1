"""Where a record comes from as evidence, in the desk's words: what is stated, what is missing, how it stands.

Codes only; `sharing.provenance_words` says them in words. Not stated, not shown and stated never look alike.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from policy.provenance import Admissibility, Gap, Provenance, Ruling, gaps, standing, strictest
from sharing.answer_shape import Record

Shown = Mapping[str, Any]
MASKED = "authority"
"""The property whose mask withholds the whole provenance."""
REST = "*"


class Told(StrEnum):
    """Whether a record's provenance is known here; NOT_SHOWN: its node withholds it, if there is any."""

    STATED = "STATED"
    NOT_STATED = "NOT_STATED"
    NOT_SHOWN = "NOT_SHOWN"


def provenance_shown(record: Record) -> Shown:
    """The provenance of a record as its node answered it."""
    stated, findings = record.provenance, record.findings
    told = standing(stated, findings)
    return {
        "told": _told(record).value,
        "instrument": stated.code.value if stated.code else None,
        "instrumentSays": stated.instrument,
        "reference": stated.reference,
        "authority": stated.authority,
        "method": stated.method,
        "acquisition": stated.acquisition.value if stated.acquisition else None,
        "digest": stated.digest,
        "tool": _tool(stated),
        "custody": [
            {"at": each.at.isoformat(), "by": each.by, "step": each.step.value}
            | {"before": each.before, "after": each.after}
            for each in stated.custody
        ],
        "notified": [
            {"country": each.country, "on": each.on.isoformat(), "reference": each.reference}
            for each in stated.notified
        ],
        "rulings": [
            *(_ruling(each, later=False) for each in stated.rulings),
            *(_ruling(each, later=True) for each in findings),
        ],
        "objections": [
            {"country": each.country, "ground": each.ground.value, "raised": each.raised.isoformat()}
            | {"reference": each.reference, "answered": each.answered and each.answered.isoformat()}
            for each in stated.objections
        ],
        "gaps": [{"entry": place, "code": code.value} for place, code in gaps(stated)],
        "standing": [{"country": country, "status": status.value} for country, status in told.items()],
        "strictest": status.value if (status := strictest(told)) else None,
    }


def _told(record: Record) -> Told:
    if record.provenance != Provenance() or record.findings:
        return Told.STATED
    withheld = {MASKED, REST} & set(record.masked)
    return Told.NOT_SHOWN if withheld and record.texts.get(MASKED) is None else Told.NOT_STATED


def _tool(stated: Provenance) -> Shown | None:
    tool = stated.tool
    return None if tool is None else {"name": tool.name, "version": tool.version, "digest": tool.digest}


def _ruling(ruling: Ruling, *, later: bool) -> Shown:
    said = {"country": ruling.country, "status": ruling.status.value, "court": ruling.court}
    return said | {"reference": ruling.reference, "decided": ruling.decided.isoformat(), "later": later}


def excluded(shown: Shown) -> frozenset[str]:
    """The countries in which it is excluded."""
    return frozenset(
        each["country"] for each in shown["standing"] if each["status"] == Admissibility.EXCLUDED.value
    )


def broken(shown: Shown) -> bool:
    """Whether its chain of custody is there and does not hold."""
    parted = {Gap.CUSTODY_TIME, Gap.CUSTODY_BREAK, Gap.CUSTODY_OTHER_ITEM, Gap.CUSTODY_DIGEST_MISSING}
    return any(each["code"] in parted for each in shown["gaps"])
