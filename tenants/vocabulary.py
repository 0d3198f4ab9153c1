"""The words of the names that a shelf holds, each with the keys of its spellings; kept by the writer.

A word that no name holds any more is forgotten in the same transaction: an index is no second memory.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table, delete, select, tuple_

from tenants.database import put
from tenants.names import name_keys
from tenants.spelling import whole_key, word_keys
from tenants.tables import NameWordRow, WordKeyRow

NAME_WORD: Table = NameWordRow.metadata.tables["name_word"]
WORD_KEY: Table = WordKeyRow.metadata.tables["word_key"]
_AT_ONCE = 5_000
T = TypeVar("T")


def learn(connection: Connection, words: Collection[str]) -> None:
    """Store the keys of the words that are new."""
    known: set[str] = set()
    for some in _parts(sorted(words)):
        itself = select(WORD_KEY.c.word).where(WORD_KEY.c.key.in_(map(whole_key, some)))
        known.update(connection.execute(itself).scalars())
    _put_keys(connection, set(words) - known)


def forget(connection: Connection, names: Sequence[tuple[int, str]]) -> None:
    """Take names (row, latin) out, and the words that stand in no other name."""
    places = [(key, row) for row, latin in names for key in name_keys(latin)]
    for some in _parts(places):
        place = tuple_(NAME_WORD.c.word, NAME_WORD.c.name_row)
        connection.execute(delete(NAME_WORD).where(place.in_(some)))
    for word in sorted({key for key, _ in places if " " not in key}):
        left = select(NAME_WORD.c.word).where(NAME_WORD.c.word == word).limit(1)
        if connection.execute(left).first() is None:
            keys = WORD_KEY.c.key.in_(sorted(word_keys(word)))
            connection.execute(delete(WORD_KEY).where(keys, WORD_KEY.c.word == word))


def _put_keys(connection: Connection, words: Collection[str]) -> None:
    put(connection, WORD_KEY, sorted((key, word) for word in words for key in word_keys(word)))


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many as fit into one statement."""
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
