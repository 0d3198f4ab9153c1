"""Where a question looks first: for each operation the rows that may answer it, best index first.

A candidate names the property by which it was found; only those found by a property that is not masked
remain (`AccessShape.matched`). Candidates are bounded; bounds count what the policy lets through, in an order
of its own, so that rows which a partner may not see never crowd out rows which it may (ADR 0303).
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.selectable import SelectBase

from policy.terms import Operation
from tenants.dialects import Words, constant
from tenants.neighbours import Neighbourhood
from tenants.profiles.kept import PROFILE
from tenants.searching import NameSearch
from tenants.selection import Asked
from tenants.shape import Masks
from tenants.sight import Sight
from tenants.tables import CountryRow, IdentifierRow

IDENTIFIER: Table = IdentifierRow.metadata.tables["identifier"]
COUNTRY: Table = CountryRow.metadata.tables["country"]
MOST_LOOKED_UP = 10_000
COMPOUNDS = "compounds"
"""The property by which a profile is found."""
BAND = 50_000
"""Millionths of a score that are told apart where the compounds are not shown."""
HIT = ("row", "stamp", "score")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Builds the candidates of one question within one view."""

    sight: Sight
    words: Words
    asked: Asked

    def seen(self, operation: Operation) -> CTE:
        """Visible rows found, once each: `listed`, `counted`, `score` beside the columns they need."""
        return {
            Operation.LOOKUP: self._lookup, Operation.SEARCH: self._search, Operation.ENTITY: self._entity,
            Operation.EXPAND: self._expand, Operation.PROFILE: self._profile,
        }[operation]().cte("seen")  # fmt: skip

    def _entity(self) -> SelectBase:
        rows = self.sight.rows()
        return self._select(rows).where(rows.c.id == bindparam("id"))

    def _lookup(self) -> SelectBase:
        pairs = [
            and_(IDENTIFIER.c.normal == bindparam(f"normal{n}"), IDENTIFIER.c.kind == bindparam(f"kind{n}"))
            for n in range(len(self.asked.identifiers))
        ]
        entries = select(IDENTIFIER.c.record_row, IDENTIFIER.c.property, _score(0)).where(
            or_(false(), *pairs)
        )
        seen = self._of(entries.subquery("entries"))
        return seen.order_by(seen.selected_columns.id).limit(_literal(MOST_LOOKED_UP))

    def _search(self) -> SelectBase:
        return self._of(NameSearch(self.sight, self.words, self.asked).entries())

    def _expand(self) -> SelectBase:
        around, rows = Neighbourhood(self.sight, len(self.asked.ids)), self.sight.rows()
        start = around.is_start(rows)
        if not self.asked.hops:
            return self._select(rows).where(start, self._listed(rows))
        found = around.reached(self.asked.hops)
        near = rows.c.id.in_(select(found.c.id))
        wanted = or_(near, start) if self.asked.starts else and_(near, not_(start))
        return self._select(rows).where(wanted, self._listed(rows))

    def _profile(self) -> SelectBase:
        """What resembles a profile. Who is not shown the compounds is told in which band the score lies.

        An exact score would tell them: with a few dozen questions more, a hidden profile could be worked out.
        """
        source, element = self.words.elements(bindparam("hits", type_=Text), "h")
        told = [cast(self.words.text_of(element, name), BigInteger).label(name) for name in HIT]
        hits = select(*told).select_from(source).subquery("hits")
        same = and_(PROFILE.c.record_row == hits.c.row, PROFILE.c.stamp == hits.c.stamp)
        entries = select(
            PROFILE.c.record_row, literal_column(f"'{COMPOUNDS}'").label("property"), hits.c.score
        )
        found = self._of(entries.select_from(hits.join(PROFILE, same)).subquery("entries")).subquery("found")
        least = bindparam("threshold", type_=BigInteger)
        band = found.c.score // _literal(BAND) * _literal(BAND)
        exact = self.sight.shows(found.c.bits, constant(COMPOUNDS), self.sight.shape.shown)
        score = case((exact, found.c.score), (band > least, band), else_=least)
        others = [each for each in found.c if each.name != "score"]
        return select(*others, score.label("score"))

    def _of(self, entries: FromClause) -> Select[tuple[object, ...]]:
        """Visible rows of index entries (record_row, property, score)."""
        matched = self.sight.shape.matched
        if not matched.exceptions and matched.rest == (1 << len(self.sight.shape.modes)) - 1:
            found = select(entries.c.record_row, func.max(entries.c.score).label("score")).group_by(
                entries.c.record_row
            )
            best = found.subquery("found")
            rows = self.sight.rows()
            listed = self._listed(rows)
            chosen = self._select(rows, best.c.score).join(best, best.c.record_row == rows.c.row)
        else:
            rows, best = self.sight.rows(), self._through(entries, matched)
            listed = best.c.listed != 0
            chosen = self._select(rows, best.c.score, listed, best.c.counted != 0).join(
                best, best.c.record_row == rows.c.row
            )
        return chosen.where(*self._narrowed(rows), *self._told(rows, listed))

    def _through(self, entries: FromClause, matched: Masks) -> Subquery:
        """One line per row, with whether a listing and whether a counting branch may find it by an entry."""
        rows, shape = self.sight.rows(), self.sight.shape
        listed, counted = matched.within(shape.listing), matched.within(shape.counting)
        marks = [
            func.max(
                case(
                    (self.sight.shows(rows.c.bits, entries.c.property, masks), _literal(1)), else_=_literal(0)
                )
            )
            for masks in (listed, counted)
        ]
        return (
            select(
                entries.c.record_row,
                func.max(entries.c.score).label("score"),
                marks[0].label("listed"),
                marks[1].label("counted"),
            )
            .join(rows, rows.c.row == entries.c.record_row)
            .where(self.sight.shows(rows.c.bits, entries.c.property, matched))
            .group_by(entries.c.record_row)
            .subquery("found")
        )

    def _narrowed(self, rows: Subquery) -> list[ColumnElement[bool]]:
        """The question's own filters, on top of the policy's view; a masked country is not looked at."""
        asked = self.asked
        wanted: list[ColumnElement[bool]] = []
        if asked.schemata:
            wanted.append(rows.c.schema.in_([bindparam(f"schema{n}") for n in range(len(asked.schemata))]))
        if asked.dataset is not None:
            wanted.append(rows.c.dataset == bindparam("dataset"))
        if asked.country is not None:
            shape = self.sight.shape
            masks = shape.matched.within(shape.listing) if shape.listing else shape.matched
            shown = self.sight.shows(rows.c.bits, COUNTRY.c.property, masks)
            entry = select(COUNTRY.c.code).where(
                COUNTRY.c.record_row == rows.c.row, COUNTRY.c.code == bindparam("country")
            )
            wanted.append(exists(entry.where(shown)))
        return wanted

    def _told(self, rows: Subquery, listed: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        """Filters on what only a record tells: they find what is listed, by what is shown of it."""
        asked, day = self.asked, func.substr(rows.c.recorded_at, _literal(1), _literal(10))
        given = {name: bindparam(name, type_=Text) for name in asked.told}
        tests: dict[str, Callable[[ColumnElement[str]], ColumnElement[bool]]] = {
            "case_ref": lambda value: self.sight.case_of(rows) == value,
            "source": lambda value: rows.c.source_evaluation <= value,
            "information": lambda value: rows.c.information_evaluation <= value,
            "since": lambda value: day >= value,
            "until": lambda value: day <= value,
        }
        return [listed, *(tests[name](value) for name, value in given.items())] if given else []

    def _select(
        self, rows: Subquery, score: ColumnElement[int] | None = None, *marks: ColumnElement[bool]
    ) -> Select[tuple[object, ...]]:
        listed, counted = marks or (
            self._listed(rows),
            self.sight.has(rows.c.bits, self.sight.shape.counting),
        )
        return select(
            rows.c.row,
            rows.c.id,
            rows.c.subject_category,
            rows.c.bits,
            (_literal(0) if score is None else score).label("score"),
            listed.label("listed"),
            counted.label("counted"),
        )

    def _listed(self, rows: Subquery) -> ColumnElement[bool]:
        return self.sight.has(rows.c.bits, self.sight.shape.listing)


def _literal(value: int) -> ColumnElement[int]:
    return literal_column(str(value))


def _score(value: int) -> ColumnElement[int]:
    return _literal(value).label("score")
