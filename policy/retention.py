"""How long the evidence of an operation is kept: periods from the law's tables (`rego/data.json`).

Regulation (EU) 2018/1725 Art. 88(2): logs are erased after three years, unless needed for ongoing control.
National law may say another period, for all entries or for a kind of entry; then the table says it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from policy.bundle import Bundle
from policy.errors import RuleBroken

_PERIOD = re.compile(r"P([1-9][0-9]{0,3})([YMD])", re.ASCII)
_MONTHS = 12
_LAST_DAY_EVERYWHERE = 28


@dataclass(frozen=True, slots=True)
class Period:
    """A whole number of years, months or days, as ISO 8601 writes it: `P3Y`, `P18M`, `P90D`."""

    months: int
    days: int

    @classmethod
    def parse(cls, text: object) -> "Period":
        """Read a period; `RuleBroken` (`retention-period`) if it is none."""
        found = _PERIOD.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise RuleBroken("retention-period", f"{text!r:.40} is not a period like P3Y, P18M or P90D")
        number = int(found[1])
        months = {"Y": number * _MONTHS, "M": number}.get(found[2], 0)
        return cls(months, number if found[2] == "D" else 0)

    def after(self, day: date) -> date:
        """The day this period after `day`; a 29th to 31st becomes the 28th where the month has none."""
        year, month = divmod(day.year * _MONTHS + day.month - 1 + self.months, _MONTHS)
        try:
            moved = day.replace(year=year, month=month + 1)
        except ValueError:
            moved = day.replace(year=year, month=month + 1, day=_LAST_DAY_EVERYWHERE)
        return moved + timedelta(days=self.days)


COPY: Final = Period(36, 0)
"""After which a copy that left is reviewed, else erased (Regulation (EU) 2016/794 Art. 31(2))."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The period of every kind of entry: its own where the table names one, else the default."""

    default: Period
    kinds: Mapping[str, Period]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Retention":
        """The periods in the law's tables; `RuleBroken` if there is no table or a period is none."""
        table = data["law"].get("retention")
        if not isinstance(table, dict) or table.keys() != {"default", "kinds"}:
            raise RuleBroken("retention-table", f"{table!r:.80} has not exactly `default` and `kinds`")
        kinds = {str(kind): Period.parse(text) for kind, text in table["kinds"].items()}
        return cls(Period.parse(table["default"]), kinds)

    @classmethod
    def packaged(cls) -> "Retention":
        """The periods that came with this installation's law."""
        return cls.of(Bundle.packaged().data)

    def until(self, kind: str, day: date) -> date:
        """The last day on which what identifies a person in an entry of `kind`, made on `day`, is kept."""
        return self.kinds.get(kind, self.default).after(day)
