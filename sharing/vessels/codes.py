"""Numbers and signs of ships: whose ships an MMSI and a call sign name.

`catalogues/maritime_digits.yaml` has the ITU's maritime identification digits, `catalogues/call_signs.yaml`
its series of call signs. Where they stand in an MMSI
depends on the kind of station (Recommendation ITU-R M.585-9). Call signs: Radio Regulations, Nos. 19.50 to
19.58: two characters that name the country, then two letters and perhaps a digit, or a letter and digits.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

_SERIES = r"(?:[A-Z]{2}|[A-Z][2-9]|[2-9][A-Z])"
_CALL_SIGN = re.compile(rf"{_SERIES}(?:[A-Z]{{2}}[2-9]?|[A-Z]?\d{{4}})")
_PREFIXES = re.compile(r"^(?:M/?[VSTY]|S/?[SVY]|F/?V)\s+")
LENGTH = 9
_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


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


class _Series(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    series: Mapping[str, tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}[A-Z]-[A-Z0-9]{2}[A-Z]\z")], ...]]


_Model = TypeVar("_Model", bound=BaseModel)


def station(mmsi: str) -> Station | None:
    """The kind of station of nine digits, None where they name none."""
    return next((kind for kind, form in _FORMS if form.fullmatch(mmsi)), None)


def countries(mmsi: str) -> frozenset[str]:
    """Whose station an MMSI names, ISO 3166 alpha-2 in lower case; none where its digits are nobody's."""
    found = next((told for _, form in _FORMS if (told := form.fullmatch(mmsi))), None)
    return _allocated().get(found[1], frozenset()) if found else frozenset()


def flag_fits(mmsi: str, flag: str) -> bool:
    """Whether the flag may be that of the MMSI; yes where the digits or the flag name no country."""
    return _fits(countries(mmsi), flag)


def sign_countries(sign: str) -> frozenset[str]:
    """Whose station a call sign names, as `countries`; none where no country's series begins it."""
    code = call_sign(sign)
    return frozenset() if code is None else _series().get(code[:3], frozenset())


def sign_fits(sign: str, flag: str) -> bool:
    """Whether the flag may be that of the call sign; yes where the series or the flag names no country."""
    return _fits(sign_countries(sign), flag)


def _fits(theirs: frozenset[str], flag: str) -> bool:
    """A territory and its state fit each other."""
    territories = _catalogue().territories
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
def _series() -> Mapping[str, frozenset[str]]:
    """Whose are the call signs that begin with three characters.

    The table writes letters in the third place (`AMA-AOZ`); a digit there goes with all of them.
    """
    found: dict[str, set[str]] = {}
    for country, series in _read("call_signs", _Series).series.items():
        for first, last in (each.split("-") for each in series):
            for begin in _from_to(first, last):
                found.setdefault(begin, set()).add(country)
    whole = {
        begin: named
        for begin, named in found.items()
        if begin[2] == "A" and found.get(f"{begin[:2]}Z") == named
    }
    digits = {f"{begin[:2]}{each}": named for begin, named in whole.items() for each in _DIGITS}
    return {begin: frozenset(named) for begin, named in (found | digits).items()}


def _from_to(first: str, last: str) -> Iterator[str]:
    """All three characters of a series, of which the first stays."""
    order = _LETTERS if first[1] in _LETTERS else _DIGITS
    for second in order[order.index(first[1]) : order.index(last[1]) + 1]:
        begin = _LETTERS.index(first[2]) if second == first[1] else 0
        end = _LETTERS.index(last[2]) if second == last[1] else len(_LETTERS) - 1
        yield from (f"{first[0]}{second}{third}" for third in _LETTERS[begin : end + 1])


@cache
def _catalogue() -> _Digits:
    return _read("maritime_digits", _Digits)


def _read(name: str, model: type[_Model]) -> _Model:
    path = resources.files("sharing").joinpath("catalogues", f"{name}.yaml")
    return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
