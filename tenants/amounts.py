"""Amounts and currencies as banks and customs write them: decimal commas, grouped thousands, ISO 4217."""

import re
from functools import cache

import pycountry

from tenants.errors import RecordRejected

LONGEST = 40
_SPACES = re.compile("[\\s'\u2019\u00a0\u202f\u2009]")
_GROUPS = {",": ".", ".": ","}


def read_number(text: str, decimal: str, named: str) -> str:
    """The number with a point and no groups; `decimal` is before its fraction, the other sign in groups.

    Raises `RecordRejected` (`NUMBER`): a wrong sign is never guessed, `1.234` with a decimal comma is 1234.
    """
    bare = _SPACES.sub("", text) if len(text) <= LONGEST else ""
    if not _form(decimal).fullmatch(bare):
        reason = f"{text!r:.60} is no number with {decimal!r} before its fraction"
        raise RecordRejected("NUMBER", named, reason)
    return bare.replace(_GROUPS[decimal], "").replace(decimal, ".").removeprefix("+")


def read_currency(text: str, named: str) -> str:
    """The ISO 4217 code; raises `RecordRejected` (`CURRENCY`)."""
    code = text.strip().upper()
    if code not in _currencies():
        raise RecordRejected("CURRENCY", named, f"{text!r:.40} is no currency of ISO 4217")
    return code


@cache
def _form(decimal: str) -> re.Pattern[str]:
    point, group = re.escape(decimal), re.escape(_GROUPS[decimal])
    return re.compile(rf"[+-]?(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)(?:{point}[0-9]+)?")


@cache
def _currencies() -> frozenset[str]:
    return frozenset(each.alpha_3 for each in pycountry.currencies)
