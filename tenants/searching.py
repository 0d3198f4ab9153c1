"""Which names a search looks at, and how alike each is to what was asked.

1 names that hold all words; where those are few: 2 names that hold one of them, each word with a
bound of its own; 3 names that hold another spelling of a word which itself finds few (`spelling.py`). Bounds
count what the policy lets through, shorter names first (ADR 0303).
"""

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
    column,
    func,
    literal_column,
    select,
    table,
    true,
    union,
)

from tenants.arguments import TRIGRAM
from tenants.dialects import SqliteWords, Words, constant
from tenants.selection import Asked
from tenants.sight import Sight
from tenants.spelling import SOUND, spelling_keys
from tenants.tables import NameRow, NameWordRow, WordKeyRow

NAME: Table = NameRow.metadata.tables["name"]
NAME_WORD: Table = NameWordRow.metadata.tables["name_word"]
WORD_KEY: Table = WordKeyRow.metadata.tables["word_key"]
#: The full-text index of SQLite over the names.
_INDEX = table("name_text", column("rowid"), column("name_text"))
MOST_WITH_ALL_WORDS = 2_000
MOST_WITH_A_WORD = 120
MOST_OF_A_SPELLING = 60
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
    _near: dict[int, CTE] = field(init=False)

    def __post_init__(self) -> None:
        spelt = [number for number, word in enumerate(self.asked.words) if spelling_keys(word)]
        object.__setattr__(self, "_near", {number: self._spellings(number) for number in spelt})

    def entries(self) -> Subquery:
        """`record_row`, `property` and `score` of every name that is alike enough."""
        exact = select(NAME.c.row).where(NAME.c.latin == bindparam("text", type_=Text))
        rows = union(exact, *self._with_words()).subquery("hits")
        entries = select(NAME.c.record_row, NAME.c.property, self._similarity().label("score")).join(
            rows, rows.c.row == NAME.c.row
        )
        near = entries.subquery("near")
        return select(near).where(near.c.score >= _literal(WORST_SCORE)).subquery("entries")

    def _with_words(self) -> list[Select[Any]]:
        """The three sources; words of one or two letters find nothing by themselves."""
        long = [number for number, word in enumerate(self.asked.words) if len(word) >= TRIGRAM]
        every = self._holding("all", long, _literal(MOST_WITH_ALL_WORDS)).cte("all_words")
        few = _counted(every) < _literal(ENOUGH)
        found = [select(every.c.row)]
        for number in long:
            one = every
            if len(long) > 1:
                most = case((few, _literal(MOST_WITH_A_WORD)), else_=_literal(0))
                one = self._holding(f"any{number}", [number], most).cte(f"word{number}s")
                found.append(select(one.c.row))
            if number in self._near:
                found.append(self._spelt(number, and_(few, _counted(one) < _literal(ENOUGH))))
        return found

    def _holding(self, match: str, numbers: list[int], most: ColumnElement[int]) -> Select[Any]:
        """The first `most` names with these words, shorter ones first, by which a record may be found."""
        rows = self.sight.rows()
        if isinstance(self.words, SqliteWords):
            query = bindparam(match, type_=Text)
            hits = _INDEX.join(NAME, NAME.c.row == _INDEX.c.rowid).join(rows, rows.c.row == NAME.c.record_row)
            found = select(_INDEX.c.rowid.label("row")).where(_INDEX.c.name_text.op("MATCH")(query))
            return found.where(self._finds(rows)).select_from(hits).order_by(_INDEX.c.rowid).limit(most)
        likes = [NAME.c.latin.like(bindparam(f"like{number}", type_=Text)) for number in numbers]
        found = select(NAME.c.row).where(and_(*likes), self._finds(rows))
        hits = NAME.join(rows, rows.c.row == NAME.c.record_row)
        return found.select_from(hits).order_by(NAME.c.row).limit(most)

    def _finds(self, rows: Subquery) -> ColumnElement[bool]:
        return self.sight.shows(rows.c.bits, NAME.c.property, self.sight.shape.matched)

    def _spellings(self, number: int) -> CTE:
        """Other words that share a key with this one, and what they count for."""
        source, key = self.words.elements(bindparam(f"keys{number}", type_=Text), f"key{number}")
        keys = select(self.words.plain_of(key).label("key")).select_from(source).subquery()
        tenths = case((WORD_KEY.c.key.like(constant(f"{SOUND}%")), _literal(ALIKE)), else_=_literal(EDIT))
        found = select(WORD_KEY.c.word, func.max(tenths).label("tenths"))
        found = found.select_from(keys.join(WORD_KEY, WORD_KEY.c.key == keys.c.key))
        other = WORD_KEY.c.word != bindparam(f"word{number}", type_=Text)
        return found.where(other).group_by(WORD_KEY.c.word).cte(f"near{number}")

    def _spelt(self, number: int, wanted: ColumnElement[bool]) -> Select[Any]:
        """The first names with each of the other spellings."""
        near, rows = self._near[number], self.sight.rows()
        hits = NAME_WORD.join(NAME, NAME.c.row == NAME_WORD.c.name_row).join(
            rows, rows.c.row == NAME.c.record_row
        )
        first = select(NAME_WORD.c.name_row.label("row")).select_from(hits).correlate(near)
        first = first.where(NAME_WORD.c.word == near.c.word, self._finds(rows))
        first = first.order_by(NAME_WORD.c.name_row).limit(_literal(MOST_OF_A_SPELLING))
        if isinstance(
            self.words, SqliteWords
        ):  # it has no LATERAL; a list within a join is worked out for each
            name = NAME.alias(f"spelt{number}")
            return select(name.c.row).select_from(near.join(name, name.c.row.in_(first))).where(wanted)
        each = first.lateral(f"spelt{number}")
        return select(each.c.row).select_from(near.join(each, true())).where(wanted)

    def _similarity(self) -> ColumnElement[int]:
        """Dice's coefficient on letters, 0 to 1000, each word of the question at its tenths."""
        padded = constant(" ").op("||")(NAME.c.latin).op("||")(constant(" "))
        common: ColumnElement[int] = _literal(0)
        for number in range(len(self.asked.words)):
            whole = self.words.position(padded, bindparam(f"whole{number}", type_=Text)) > 0
            part = self.words.position(NAME.c.latin, bindparam(f"word{number}", type_=Text)) > 0
            tenths = case(
                (whole, _literal(WHOLE)), (part, _literal(PART)), else_=self._otherwise(number, padded)
            )
            common = common + tenths * bindparam(f"size{number}", type_=BigInteger)
        letters = func.length(func.replace(NAME.c.latin, literal_column("' '"), literal_column("''")))
        return common * _literal(200) // (letters + bindparam("letters", type_=BigInteger))

    def _otherwise(self, number: int, padded: ColumnElement[str]) -> ColumnElement[int]:
        """What the best other spelling of the word counts that the name holds."""
        if number not in self._near:
            return _literal(0)
        near = self._near[number].alias(f"other{number}")
        word = constant(" ").op("||")(near.c.word).op("||")(constant(" "))
        best = select(func.max(near.c.tenths)).where(self.words.position(padded, word) > 0)
        return func.coalesce(best.correlate(NAME).scalar_subquery(), _literal(0))


def _counted(found: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(found).scalar_subquery()


def _literal(value: int) -> ColumnElement[int]:
    return literal_column(str(value))
