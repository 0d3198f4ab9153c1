"""Container codes that do not check: which one character, read otherwise, would make the check digit right.

ISO 6346: three letters of the owner, the category (U, J or Z), six digits, and a check digit over the ten.
A suggestion is a proposal with its reason and is never taken by a program: several codes check, and the right
one may differ in more than one character.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from stdnum import iso6346

CATEGORIES = "UJZ"
LETTERS = 3
DIGITS_FROM = 4
LENGTH = 11
_SEPARATORS = re.compile(r"[\W_]+")
_FORM = re.compile(rf"[A-Z]{{3}}[{CATEGORIES}]\d{{7}}")
#: Characters that a camera or an eye takes for each other; an assumption, no norm.
_ALIKE = (
    "0ODQ", "1IL7", "2Z7", "3B8", "49A", "5S6", "6G8", "8B0", "89", "CG", "EF", "MNH", "UVJ", "VY", "PRF",
    "KX", "WVM",
)  # fmt: skip


class Slip(StrEnum):
    """What may have happened."""

    MISREAD = "MISREAD"
    """One character was taken for another that looks like it."""
    TRANSPOSED = "TRANSPOSED"
    """Two neighbouring characters changed places."""
    OTHER = "OTHER"
    """One character is another, for no reason that the writing gives."""


_ORDER = tuple(Slip)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`code` checks. `place` counts characters from 1: `read` stands there now, `instead` would."""

    code: str
    slip: Slip
    place: int
    read: str
    instead: str

    @property
    def reason(self) -> str:
        """One sentence, in English."""
        match self.slip:
            case Slip.TRANSPOSED:
                return f"characters {self.place} and {self.place + 1}: {self.read} may be {self.instead}"
            case Slip.MISREAD:
                return f"character {self.place}: {self.read} looks like {self.instead}"
            case Slip.OTHER:
                return f"character {self.place}: {self.instead} instead of {self.read}"


def plain(raw: str) -> str:
    """Letters and digits of `raw`, upper case."""
    return _SEPARATORS.sub("", raw).upper()


def checks(code: str) -> bool:
    """Whether a plain code has the form of ISO 6346 and its check digit is right."""
    return bool(code.isascii() and _FORM.fullmatch(code) and iso6346.calc_check_digit(code[:-1]) == code[-1])


def check_digit(code: str) -> str | None:
    """The digit that belongs behind the first ten characters, None where they are those of no code."""
    stem = code[: LENGTH - 1]
    return str(iso6346.calc_check_digit(stem)) if code.isascii() and _FORM.fullmatch(f"{stem}0") else None


def suggestions(raw: str) -> tuple[Suggestion, ...]:
    """Every code that checks and differs from `raw` in one character or one transposition, likely ones first.

    None for a code that checks, and for what has not eleven characters.
    """
    code = plain(raw)
    if len(code) != LENGTH or not code.isascii() or checks(code):
        return ()
    found: dict[str, Suggestion] = {}
    for each in (*_transposed(code), *_substituted(code)):
        if checks(each.code):
            found.setdefault(each.code, each)
    return tuple(sorted(found.values(), key=lambda each: (_ORDER.index(each.slip), each.place, each.code)))


def perhaps(raw: str) -> str:
    """The likely suggestions, for the end of a sentence that turns a code down; empty where there is none."""
    likely = [each for each in suggestions(raw) if each.slip is not Slip.OTHER]
    return "".join(f"; perhaps {each.code} ({each.reason})" for each in likely)


def _transposed(code: str) -> Iterator[Suggestion]:
    for at, (one, other) in enumerate(pairwise(code)):
        if one != other:
            changed = code[:at] + other + one + code[at + 2 :]
            yield Suggestion(changed, Slip.TRANSPOSED, at + 1, one + other, other + one)


def _substituted(code: str) -> Iterator[Suggestion]:
    for at, read in enumerate(code):
        for instead in _allowed(at):
            if instead != read:
                alike = any(read in group and instead in group for group in _ALIKE)
                slip = Slip.MISREAD if alike else Slip.OTHER
                yield Suggestion(code[:at] + instead + code[at + 1 :], slip, at + 1, read, instead)


def _allowed(at: int) -> str:
    """The characters that may stand at a place, counted from 0."""
    if at < LETTERS:
        return string.ascii_uppercase
    return CATEGORIES if at < DIGITS_FROM else string.digits
