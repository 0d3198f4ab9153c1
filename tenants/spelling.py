"""Keys that two spellings of one word share: a letter more, less, other or exchanged; the same sound; a part.

Two words that are one edit apart share a key: the shorter one, or both without the letter in which they
differ. Words that sound alike share the code of their consonants (Metaphone), whatever vowels a
transliteration writes: Ворошнин and Vorochnine, محمد and Mohammed. Arabic articles may be written or not.
A word is found by any part of it: what stands in it from a letter on begins with the part.
"""

import re
from functools import lru_cache

from rigour.text.phonetics import metaphone

from tenants.names import LEAST

SHORTEST = 4
"""Letters; a shorter word is like too many others. One letter less needs a word of one letter more."""
_LONGEST = 24
_CODE = 3
SOUND = "~"
"""Before a key that is a sound: none of the letters that a word is made of."""
PART = "."
"""Before a key that is the rest of a word from one of its letters on, cut at its twenty-fourth."""
WHOLE = "="
"""Before the key that only the word itself has."""
_LETTERS = re.compile(rf"[a-z]{{{SHORTEST},}}")
_MUTE = str.maketrans("", "", "HWY")
_ARTICLE = re.compile(r"[ae]l(?=[a-z]{4})")


@lru_cache(maxsize=65_536)
def spelling_keys(word: str) -> frozenset[str]:
    """The keys of a word in Latin lower case; none for what is short or holds a digit."""
    if not _LETTERS.fullmatch(word):
        return frozenset()
    found = {word, *_sounds(word)}
    if SHORTEST < len(word) <= _LONGEST:
        found |= {word[:place] + word[place + 1 :] for place in range(len(word))}
    return frozenset(found)


def word_keys(word: str) -> frozenset[str]:
    """All keys under which a word of a name is stored: of its spellings, its parts and itself."""
    rests = {f"{PART}{word[place : place + _LONGEST]}" for place in range(len(word) - LEAST + 1)}
    return spelling_keys(word) | rests | {whole_key(word)}


def whole_key(word: str) -> str:
    """The key that no other word has."""
    return f"{WHOLE}{word}"


def part_keys(part: str) -> tuple[str, str]:
    """Between which keys (the second excluded) the words stand that hold the part's first letters."""
    start = f"{PART}{part[:_LONGEST]}"
    return start, f"{start}{SOUND}"


def _sounds(word: str) -> set[str]:
    heard = {_sound(word), _sound(_ARTICLE.sub("", word, count=1))}
    return {f"{SOUND}{code}" for code in heard if len(code) >= _CODE}


def _sound(word: str) -> str:
    """Metaphone without a vowel in front, and without the letters that are written or not."""
    code = metaphone(word).lstrip("AEIOUWY")
    return code[:1] + code[1:].translate(_MUTE)
