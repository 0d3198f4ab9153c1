"""Numbers and signs of ships: whose ships an MMSI names, and what has the form of a call sign.

`catalogues/maritime_digits.yaml` has the ITU's maritime identification digits. Where they stand in an MMSI
depends on the kind of station (Recommendation ITU-R M.585-9). Call signs: Radio Regulations, Nos. 19.50 to
19.58: two characters that name the country, then two letters and perhaps a digit, or a letter and digits.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

_SERIES = r"(?:[A-Z]{2}|[A-Z][2-9]|[2-9][A-Z])"
_CALL_SIGN = re.compile(rf"{_SERIES}(?:[A-Z]{{2}}[2-9]?|[A-Z]?\d{{4}})")
_PREFIXES = re.compile(r"^(?:M/?[VSTY]|S/?[SVY]|F/?V)\s+")
LENGTH = 9


class Station(StrEnum):
    """Which kind of station an MMSI names."""

    SHIP = "SHIP"
    GROUP = "GROUP"
    COAST = "COAST"
    HANDHELD = "HANDHELD"
    CRAFT = "CRAFT"
    """A craft of a parent ship."""
    AID = "AID"
    """An aid to navigation."""
    AIRCRAFT = "AIRCRAFT"
    """Search and rescue."""
    BEACON = "BEACON"
    """A transmitter for search and rescue; it has no country."""


_FORMS = (
    (Station.COAST, re.compile(r"00(\d{3})\d{4}")),
    (Station.GROUP, re.compile(r"0([1-9]\d{2})\d{5}")),
    (Station.AIRCRAFT, re.compile(r"111(\d{3})\d{3}")),
    (Station.BEACON, re.compile(r"97[024]()\d{6}")),
    (Station.CRAFT, re.compile(r"98(\d{3})\d{4}")),
    (Station.AID, re.compile(r"99(\d{3})\d{4}")),
    (Station.HANDHELD, re.compile(r"8(\d{3})\d{5}")),
    (Station.SHIP, re.compile(r"([2-7]\d{2})\d{6}")),
)


class _Digits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    digits: Mapping[str, tuple[int, ...]]
    territories: Mapping[str, str]


def station(mmsi: str) -> Station | None:
    """The kind of station of nine digits, None where they name none."""
    return next((kind for kind, form in _FORMS if form.fullmatch(mmsi)), None)


def countries(mmsi: str) -> frozenset[str]:
    """Whose station an MMSI names, ISO 3166 alpha-2 in lower case; none where its digits are nobody's."""
    found = next((told for _, form in _FORMS if (told := form.fullmatch(mmsi))), None)
    return _allocated().get(found[1], frozenset()) if found else frozenset()


def flag_fits(mmsi: str, flag: str) -> bool:
    """Whether the flag may be that of the MMSI; yes where the digits or the flag name no country.

    A territory and its state fit each other.
    """
    territories, theirs = _catalogue().territories, countries(mmsi)
    own = {flag, territories.get(flag, flag)}
    state = {territories.get(each, each) for each in theirs}
    return not theirs or not flag or bool(own & (theirs | state))


def call_sign(text: str) -> str | None:
    """A ship's call sign as it is compared, None where the text has no form of one."""
    code = re.sub(r"[\s./-]+", "", text).upper()
    return code if code.isascii() and _CALL_SIGN.fullmatch(code) else None


def ship_name(text: str) -> str:
    """A ship's name without what ships are called before it (MV, M/T, S/Y, FV)."""
    return _PREFIXES.sub("", text.strip().upper())


@cache
def _allocated() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for country, digits in _catalogue().digits.items():
        for each in digits:
            found.setdefault(str(each), set()).add(country)
    return {digits: frozenset(named) for digits, named in found.items()}


@cache
def _catalogue() -> _Digits:
    path = resources.files("sharing").joinpath("catalogues", "maritime_digits.yaml")
    return _Digits.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
