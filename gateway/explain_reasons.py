"""Reasons and masks as an explanation tells them: each code of VOCABULARY with its rule and grant."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policy.explaining import RowRule, faults
from policy.grants import GrantTerms
from policy.terms import Mode, Reason

REST = "*"
"""All properties that are not named."""
Shown = Mapping[str, Any]


def reasons_shown(rules: Iterable[str], codes: Sequence[str]) -> list[Shown]:
    """The rules of a refusal, each with its code; a code that no rule stands for comes without one."""
    told = [
        {"code": each.code or Reason.POLICY.value, "rule": rule_of(each.rule, each.grant)}
        for each in faults(rules, codes)
    ]
    known = {each["code"] for each in told}
    return [*told, *({"code": each, "rule": None} for each in codes if each not in known)]


def rows_shown(rules: Iterable[RowRule]) -> list[Shown]:
    """Rules of rows, each with the code of what it withholds."""
    return [{"code": each.reason.value, "rule": each.rule} for each in rules]


def masks_shown(names: Iterable[str], terms: GrantTerms) -> list[Shown]:
    """Property names that a grant withholds: because it masks them, or because its tier shows core fields."""
    return [
        {"name": each, "code": Reason.FIELD_MASKED.value, "rule": rule_of(_withholds(each, terms), terms.ref)}
        for each in names
    ]


def withheld_names(terms: GrantTerms) -> list[str]:
    """What the grant's terms withhold of a record that it lists; none of a tier that lists no record."""
    if terms.mode.rank < Mode.CORE.rank:
        return []
    return sorted({*terms.masked, REST} if terms.mode is Mode.CORE else set(terms.masked))


def _withholds(name: str, terms: GrantTerms) -> str:
    return "field-masked" if {name, REST} & set(terms.masked) else "tier-core"


def rule_of(rule: str, grant: str) -> str:
    """A rule id, with the grant that it is about if there is one."""
    return f"{rule}:{grant}" if grant else rule
