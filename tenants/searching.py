"""Which names a search looks at, and how alike each is to what was asked.

1 names that hold all words; where those are few: 2 names that hold two of the words, one of them perhaps in
another spelling or as a part (`spelling.py`); where these are few as well: 3 names that hold another form of
two words, and names that hold one word, or another form of one that finds few. Each word, and each two of
them, has a list of its own in the index and a bound of its own: what is read does not grow with the shelf.
Bounds count what the policy lets through, shorter names first (ADR 0303).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    union,
)
from sqlalchemy.sql.selectable import SelectBase

from tenants.dialects import SqliteWords, Words, constant
from tenants.names import LEAST
from tenants.selection import Asked
from tenants.sight import Sight
from tenants.spelling import SHORTEST, SOUND, spelling_keys
from tenants.tables import NameRow, NameWordRow, WordKeyRow

NAME: Table = NameRow.metadata.tables["name"]
NAME_WORD: Table = NameWordRow.metadata.tables["name_word"]
WORD_KEY: Table = WordKeyRow.metadata.tables["word_key"]
MOST_WITH_ALL_WORDS, MOST_OF_A_SPELLING = 240, 24
MOST_NARROWED, MOST_NARROWED_SPELLINGS = 2_000, 60  # where filters leave few, or a tier counts them
MOST_WITH_A_WORD = 40
ENOUGH = 40  # names with all words, or with one of them: then no others are looked for in its place
WORST_SCORE = 500  # of 1000
WHOLE, PART, EDIT, ALIKE = 10, 8, 8, 7
"""Tenths that a word counts: as it stands, as part of another, but for one letter, by its sound."""


@dataclass(frozen=True, slots=True)
class NameSearch:
    """The names of one question within one view."""

    sight: Sight
    words: Words
    asked: Asked
    _spelt: dict[int, CTE] = field(init=False)
    _near: dict[int, CTE] = field(init=False)

    def __post_init__(self) -> None:
        long = [number for number, word in enumerate(self.asked.words) if len(word) >= LEAST]
        spelt = [number for number in long if spelling_keys(self.asked.words[number])]
        object.__setattr__(self, "_spelt", {number: self._spellings(number) for number in spelt})
        object.__setattr__(self, "_near", {number: self._others(number) for number in long})

    def entries(self) -> CTE:
        """`record_row`, `property` and `score` of every name that is alike enough."""
        rows = union(*self._sources()).cte("hits")
        scored = select(NAME.c.record_row, NAME.c.property, self._similarity().label("score"))
        near = scored.join(rows, rows.c.row == NAME.c.row).cte("near").prefix_with("MATERIALIZED")
        return select(near).where(near.c.score >= _literal(WORST_SCORE)).cte("entries")

    def _sources(self) -> Iterator[Select[Any]]:
        """The lists of names, each only where those before it gave few."""
        most = MOST_NARROWED if self._wide else MOST_WITH_ALL_WORDS
        every = self._first(bindparam("every", type_=Text), most, whole=self._several).cte("all_words")
        yield select(every.c.row)
        few = _counted(every) < _literal(ENOUGH)
        if len(self._near) == 1:
            yield from (self._lists(select(near.c.key).where(few), "forms") for near in self._near.values())
            return
        pairs = self._lists(union(*self._pairs(few)), "pairs").cte("two_words")
        yield select(pairs.c.row)
        fewer = and_(few, _counted(pairs) < _literal(ENOUGH))
        alone = {number: self._alone(number, fewer) for number in self._near}
        for number, one in alone.items():
            yield select(one.c.row).where(one.c.row < bindparam(f"most{number}", type_=BigInteger))
        rare = [(near, _counted(alone[number]) < _literal(ENOUGH)) for number, near in self._near.items()]
        forms = [select(near.c.key).where(fewer, those) for near, those in rare]
        yield self._lists(union(*self._both(fewer), *forms), "forms")

    @property
    def _wide(self) -> bool:
        """Whether the page is not the best of the names found: filters stand between, or they are counted."""
        return self.asked.narrowed or self.sight.shape.counting != 0

    @property
    def _several(self) -> bool:
        """Whether a key of two words does not stand for the whole question."""
        return len(self._near) > len(("one", "other"))

    def _pairs(self, few: ColumnElement[bool]) -> Iterator[Select[Any]]:
        """Keys of two words of the question, one of them perhaps in another form."""
        if self._several:
            pairs = self._keys("pairs")
            yield select(pairs.c.key).where(few)
        for number, near in self._near.items():
            others = self._keys(f"others{number}")
            yield select(_pair(near.c.key, others.c.key)).select_from(near.join(others, true())).where(few)

    def _both(self, fewer: ColumnElement[bool]) -> Iterator[Select[Any]]:
        """Keys of other forms of the two longest words."""
        longest = sorted(self._near, key=lambda number: -len(self.asked.words[number]))[:2]
        if all(len(self.asked.words[number]) >= SHORTEST for number in longest):
            one, other = (self._near[number].alias(f"form{number}") for number in longest)
            yield select(_pair(one.c.key, other.c.key)).select_from(one.join(other, true())).where(fewer)

    def _alone(self, number: int, wanted: ColumnElement[bool]) -> CTE:
        """Names with one word of the question."""
        most = case((wanted, _literal(MOST_WITH_A_WORD)), else_=_literal(0))
        return self._first(bindparam(f"word{number}", type_=Text), most).cte(f"word{number}s")

    def _lists(self, keys: SelectBase, name: str) -> Select[Any]:
        """The first names under each of the keys."""
        key = keys.subquery(f"{name}_keys")
        most = MOST_NARROWED_SPELLINGS if self._wide else MOST_OF_A_SPELLING
        first = self._first(next(iter(key.c)), most).correlate(key)
        if isinstance(
            self.words, SqliteWords
        ):  # it has no LATERAL; a list within a join is worked out for each
            found = NAME.alias(f"{name}_names")
            return select(found.c.row).select_from(key.join(found, found.c.row.in_(first)))
        each = first.lateral(f"{name}_names")
        return select(each.c.row).select_from(key.join(each, true()))

    def _first(
        self, key: ColumnElement[str], most: ColumnElement[int] | int, *, whole: bool = False
    ) -> Select[Any]:
        """The first `most` names under a key, shorter ones first, by which a record may be found.

        `whole`: only those that hold every word.
        """
        rows, shape = self.sight.rows(), self.sight.shape
        place = NAME_WORD.c.name_row
        hits = NAME_WORD.join(rows, rows.c.row == _record_row(place))
        wanted = [NAME_WORD.c.word == key]
        if whole or shape.matched.exceptions:
            hits = hits.join(NAME, NAME.c.row == place)
        wanted.append(self.sight.shows(rows.c.bits, NAME.c.property, shape.matched))
        wanted += [self._holds(number) for number in self._near] if whole else []
        found = select(place.label("row")).select_from(hits).where(*wanted).order_by(place)
        return found.limit(_literal(most) if isinstance(most, int) else most)

    def _keys(self, name: str) -> Subquery:
        """The keys of a parameter that is a JSON array."""
        source, key = self.words.elements(bindparam(name, type_=Text), f"{name}_key")
        return select(self.words.plain_of(key).label("key")).select_from(source).subquery(f"{name}_keys")

    def _others(self, number: int) -> CTE:
        """Other words that hold this one or are other spellings of it."""
        word = bindparam(f"word{number}", type_=Text)
        start, end = (bindparam(f"{which}{number}", type_=Text) for which in ("start", "end"))
        held = self.words.position(WORD_KEY.c.word, word) > 0
        found = [
            select(WORD_KEY.c.word.label("key")).where(WORD_KEY.c.key >= start, WORD_KEY.c.key < end, held)
        ]
        if number in self._spelt:
            found.append(select(self._spelt[number].c.key))
        other = union(*found).subquery()
        return select(other.c.key).where(other.c.key != word).cte(f"near{number}")

    def _spellings(self, number: int) -> CTE:
        """Other words that share a key with this one, and what they count for."""
        keys = self._keys(f"keys{number}")
        tenths = case((WORD_KEY.c.key.like(constant(f"{SOUND}%")), _literal(ALIKE)), else_=_literal(EDIT))
        found = select(WORD_KEY.c.word.label("key"), func.max(tenths).label("tenths"))
        found = found.select_from(keys.join(WORD_KEY, WORD_KEY.c.key == keys.c.key))
        other = WORD_KEY.c.word != bindparam(f"word{number}", type_=Text)
        return found.where(other).group_by(WORD_KEY.c.word).cte(f"spelt{number}")

    def _similarity(self) -> ColumnElement[int]:
        """Dice's coefficient on letters, 0 to 1000, each word of the question at its tenths."""
        padded = _padded(NAME.c.latin)
        common: ColumnElement[int] = _literal(0)
        for number in range(len(self.asked.words)):
            part = self.words.position(NAME.c.latin, bindparam(f"word{number}", type_=Text)) > 0
            tenths = case(
                (self._holds(number), _literal(WHOLE)),
                (part, _literal(PART)),
                else_=self._otherwise(number, padded),
            )
            common = common + tenths * bindparam(f"size{number}", type_=BigInteger)
        letters = func.length(func.replace(NAME.c.latin, literal_column("' '"), literal_column("''")))
        return common * _literal(200) // (letters + bindparam("letters", type_=BigInteger))

    def _holds(self, number: int) -> ColumnElement[bool]:
        """Whether a name holds a word as it stands."""
        return self.words.position(_padded(NAME.c.latin), bindparam(f"whole{number}", type_=Text)) > 0

    def _otherwise(self, number: int, padded: ColumnElement[str]) -> ColumnElement[int]:
        """What the best other spelling of the word counts that the name holds."""
        if number not in self._spelt:
            return _literal(0)
        near = self._spelt[number].alias(f"other{number}")
        best = select(func.max(near.c.tenths)).where(self.words.position(padded, _padded(near.c.key)) > 0)
        return func.coalesce(best.correlate(NAME).scalar_subquery(), _literal(0))


def _padded(text: ColumnElement[str]) -> ColumnElement[str]:
    return constant(" ").op("||")(text).op("||")(constant(" "))


def _record_row(name: ColumnElement[int]) -> ColumnElement[int]:
    """The record of a name, from the name's own row (`names.name_row`)."""
    return name.op(">>")(_literal(8)).op("&")(_literal((1 << 34) - 1))


def _pair(one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[str]:
    """The key of two words (`names.pair`)."""
    space = constant(" ")
    return case((one < other, one.op("||")(space).op("||")(other)), else_=other.op("||")(space).op("||")(one))


def _counted(found: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(found).scalar_subquery()


def _literal(value: int) -> ColumnElement[int]:
    return literal_column(str(value))
