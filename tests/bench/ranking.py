"""The full ranking of the names on a shelf: every name is scored, none is left out by an index or a bound.

It knows of the product's search what counts (the keys of spellings, tenths, the worst score), nothing of how
it finds names.
"""

import sqlite3
from collections import defaultdict
from pathlib import Path

from tenants.names import latinise
from tenants.spelling import spelling_keys

WORST = 500


class FullRanking:
    """The names of one SQLite shelf, read once."""

    def __init__(self, shelf: Path) -> None:
        source = sqlite3.connect(f"{shelf.resolve().as_uri()}?mode=ro", uri=True)
        self._names = source.execute("SELECT latin, count(*) FROM name GROUP BY latin").fetchall()
        source.close()
        holding: dict[str, list[int]] = defaultdict(list)
        for place, (latin, _) in enumerate(self._names):
            for word in set(latin.split()):
                holding[word].append(place)
        self._words = [(word, spelling_keys(word), places) for word, places in holding.items()]

    def best(self, asked: str, first: int) -> list[int]:
        """The scores of the `first` best names, best first."""
        words = list(dict.fromkeys(latinise(asked).split()))
        common: dict[int, int] = defaultdict(int)
        for word in words:
            for place, tenths in self._met(word).items():
                common[place] += tenths * len(word)
        asked_letters = sum(map(len, words))
        scores: list[int] = []
        for place, met in common.items():
            latin, number = self._names[place]
            score = _dice(met, latin, asked_letters)
            if score >= WORST:
                scores += [score] * min(number, first)
        return sorted(scores, reverse=True)[:first]

    def _met(self, word: str) -> dict[int, int]:
        """For each name that meets the word: at how many tenths."""
        found: dict[int, int] = {}
        keys = spelling_keys(word)
        for held, others, places in self._words:
            if tenths := _tenths(word, held, keys & others):
                found |= {place: max(tenths, found.get(place, 0)) for place in places}
        return found


def score(asked: str, name: str) -> int:
    """How alike a name is: Dice's coefficient on letters, words at their tenths."""
    words, latin = list(dict.fromkeys(latinise(asked).split())), latinise(name)
    common = sum(
        len(word)
        * max(_tenths(word, held, spelling_keys(word) & spelling_keys(held)) for held in latin.split())
        for word in words
    )
    return _dice(common, latin, sum(map(len, words)))


def _dice(common: int, latin: str, asked_letters: int) -> int:
    return common * 200 // (len(latin.replace(" ", "")) + asked_letters)


def _tenths(word: str, held: str, shared: frozenset[str]) -> int:
    if word == held:
        return 10
    if word in held or any(key.isalpha() for key in shared):
        return 8
    return 7 if shared else 0
