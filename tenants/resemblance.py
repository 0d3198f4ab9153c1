"""How alike a text and a name are, in words: which word met which, and how. The shelf's measure, explained.

`candidates` finds by this measure in SQL; here it is worked out again for a name that was shown, so that what
several nodes answer is put in one order, and everybody can see why.
"""

from dataclasses import dataclass
from enum import StrEnum

from tenants.names import words
from tenants.searching import ALIKE, EDIT, PART, WHOLE
from tenants.spelling import SOUND, spelling_keys


class How(StrEnum):
    """In which way a word of the question met a word of a name; the best first."""

    EXACT = "EXACT"
    SCRIPT = "SCRIPT"
    SPELLING = "SPELLING"
    PART = "PART"
    SOUND = "SOUND"


_TENTHS = {How.EXACT: WHOLE, How.SCRIPT: WHOLE, How.SPELLING: EDIT, How.PART: PART, How.SOUND: ALIKE}


@dataclass(frozen=True, slots=True, order=True)
class Met:
    """A word as it was asked for, the word as the name has it, and how they met."""

    asked: str
    held: str
    how: How


@dataclass(frozen=True, slots=True)
class Resemblance:
    """`score` from 0 to 1000; `met` in the order of the question, at most one for each of its words."""

    score: int
    name: str
    met: tuple[Met, ...]


def resemblance(text: str, name: str) -> Resemblance:
    """The measure between what was asked and one name."""
    asked, held = _words(text), _words(name)
    met = [each for word, written in asked.items() if (each := _best(word, written, held))]
    common = sum(_TENTHS[each.how] * len(latin) for each, latin in met)
    letters = sum(map(len, asked)) + sum(map(len, words(name)))
    score = common * 200 // letters if letters else 0
    return Resemblance(min(score, 1000), name, tuple(each for each, _ in met))


def _best(word: str, written: str, held: dict[str, str]) -> tuple[Met, str] | None:
    order = list(How)
    found = sorted(
        (order.index(how), other) for other in held if (how := _how(word, written, other, held[other]))
    )
    if not found:
        return None
    place, other = found[0]
    return Met(written, held[other], order[place]), word


def _how(word: str, written: str, other: str, held: str) -> How | None:
    if word == other:
        return How.EXACT if written == held or (written.isascii() and held.isascii()) else How.SCRIPT
    keys = spelling_keys(word) & spelling_keys(other)
    if any(not key.startswith(SOUND) for key in keys):
        return How.SPELLING
    if word in other:
        return How.PART
    return How.SOUND if keys else None


def _words(text: str) -> dict[str, str]:
    """The Latin words of a text, each with how it is written there."""
    found: dict[str, str] = {}
    for written in text.split():
        for word in words(written):
            found.setdefault(word, written.casefold().strip(",.;"))
    return found
