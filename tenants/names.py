"""Names in one form that can be compared: Latin letters, lower case, words in a fixed order.

`latinise("Gagarin, Юрий") == latinise("Yury GAGARIN") == "gagarin yury"`.
"""

import re
from functools import lru_cache
from itertools import combinations

from rigour.text.translit import ascii_text

LONGEST = 300
LEAST = 3
"""Letters of a word by which a name is found; shorter ones only count where it is."""
_MOST_PAIRED = 12
_MOST_LETTERS, _MOST_RECORDS, _FEW = 1_023, 2**34, 256
_BREAK = re.compile(r"[^0-9a-z]+")
_JOINT = re.compile(r"['\u2019`\u02bc]")


def latinise(name: str) -> str:
    """The comparable form of at most `LONGEST` characters of `name`; empty when no letter is left."""
    return " ".join(sorted(words(name)))


def name_row(latin: str, record_row: int, ordinal: int) -> int:
    """The key of a name in its table: shorter names first, then as loaded.

    A search that stops at a bound has then seen the names of which a word is the largest part. Of a record's
    names, those after the 256th come behind all others.
    """
    letters = min(len(latin) - latin.count(" "), _MOST_LETTERS)
    if ordinal >= _FEW:
        letters, ordinal = _MOST_LETTERS + ordinal // _FEW, ordinal % _FEW
    return (letters * _MOST_RECORDS + record_row) * _FEW + ordinal


def first_row(letters: int) -> int:
    """The key before which all names of fewer letters stand, but for those behind a record's 256th."""
    return letters * _MOST_RECORDS * _FEW


def name_keys(latin: str) -> list[str]:
    """What leads to a name: its words, and any two of its twelve longest as `pair` writes them."""
    found = sorted({word for word in latin.split() if len(word) >= LEAST})
    longest = sorted(sorted(found, key=len, reverse=True)[:_MOST_PAIRED])
    return found + [f"{one} {other}" for one, other in combinations(longest, 2)]


def pair(one: str, other: str) -> str:
    """The key of names that hold both words."""
    return f"{min(one, other)} {max(one, other)}"


def words(name: str) -> list[str]:
    """Words of a name in Latin lower case, in their own order."""
    found: list[str] = []
    for word in _JOINT.sub("", name[:LONGEST]).split():
        found += _latin(word)
    return found


@lru_cache(maxsize=65_536)
def _latin(word: str) -> tuple[str, ...]:
    """Names repeat their words: transliteration through ICU costs 100 µs, this look-up 0.1 µs."""
    return tuple(part for part in _BREAK.split(ascii_text(word).lower()) if part)
