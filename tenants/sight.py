"""The policy's view in SQL: the only way in which a statement of this room may name the table of records.

`Sight.rows()` is a subquery over the rows that a decision lets through, with the bits of the branches that
each matches; `details` gives a page of them all columns, masked ones masked. Whatever a question filters,
sorts or counts, it does on top of that. Persons without a category are never in it; an edge is in it only
when both of its ends are listed (an end that is absent, or an edge itself, is not).
`guard` refuses a statement that reaches the table past it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from sqlalchemy import (
    CTE,
    Alias,
    ClauseElement,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Table,
    and_,
    case,
    exists,
    false,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.visitors import HasTraverseInternals

from policy.decision import Branch
from policy.terms import SubjectCategory
from tenants.errors import PlanRejected
from tenants.lowering import lower
from tenants.shape import AccessShape, Masks, prefix
from tenants.tables import LinkRow, RecordRow

RECORD: Table = RecordRow.metadata.tables["record"]
LINK: Table = LinkRow.metadata.tables["link"]
#: Columns that no grant masks, as far as a question needs them before its page is known.
_OPEN = (
    "row", "id", "schema", "dataset", "subject_category", "source_evaluation", "information_evaluation",
    "recorded_at",
)  # fmt: skip
#: Columns of a record that follow the masks, and the property name that masks them: whoever may not know the
#: authority may not read it out of the provenance.
MASKED_COLUMNS = {
    "case_ref": "caseRef", "handling_text": "handlingText", "authority": "authority",
    "provenance": "authority", "findings": "authority",
}  # fmt: skip


class Sight:
    """The view of one access shape; `branches` give the filters, whose literals are bound parameters.

    `captions` are the properties a schema takes its caption from, first choice first.
    """

    def __init__(
        self, shape: AccessShape, branches: Sequence[Branch], captions: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.shape = shape
        self._captions = captions
        self._filters = tuple(branch.filter for branch in branches)
        self._numbers = count()
        self._made: set[FromClause] = set()

    def rows(self) -> Subquery:
        """Visible rows: what a question may filter, sort and count by, and `bits`."""
        record = self._alias("r")
        visible = and_(self._passes(record, range(len(self._filters))), self._whole(record))
        columns = [record.c[name] for name in _OPEN] + [record.c.case_ref.label("unmasked_case")]
        bits = self._bits(record).label("bits")
        return select(*columns, bits).where(visible).subquery(f"s{next(self._numbers)}")

    def case_of(self, rows: Subquery) -> ColumnElement[str]:
        """The case of each of `rows()` as its record would show it: NULL where it is masked or not listed."""
        shown = self.has(rows.c.bits, self.shape.shown.of(MASKED_COLUMNS["case_ref"]))
        return self._masked(rows.c.unmasked_case, shown)

    def details(self, page: CTE) -> Subquery:
        """Every column of the rows of `page` (`row`, `bits`, `score` of this view), masked ones masked."""
        record, bits = self._alias("d"), page.c.bits
        plain = [column for column in record.c if column.name not in (*MASKED_COLUMNS, "caption")]
        masked = [
            self._masked(record.c[column], self.has(bits, self.shape.shown.of(name))).label(column)
            for column, name in MASKED_COLUMNS.items()
        ]
        named = self.shows(bits, record.c.caption_property, self.shape.shown)
        told = and_(named, *self._untold(record, bits))
        caption = self._masked(record.c.caption, told).label("caption")
        columns = (*plain, *masked, caption, bits, page.c.score)
        return select(*columns).join(page, page.c.row == record.c.row).subquery("details")

    def has(self, bits: ColumnElement[int], mask: int) -> ColumnElement[bool]:
        """Whether a row matches one of the branches in `mask`."""
        every = (1 << len(self._filters)) - 1
        if not mask & every:
            return false()
        if mask & every == every:
            return true()
        return bits.op("&")(_number(mask)) != 0

    def shows(self, bits: ColumnElement[int], name: ColumnElement[str], masks: Masks) -> ColumnElement[bool]:
        """Whether the property `name` is in `masks` for a row with `bits`; NULL names are not."""
        arms = masks.exceptions
        rest = self.has(bits, masks.rest)
        if not arms:
            return rest
        return (
            case(
                *[(name == mark, self._one(self.has(bits, mask))) for mark, mask in arms],
                else_=self._one(rest),
            )
            == 1
        )

    def references(self, page: CTE) -> CTE:
        """What rows of `page` refer to, but for the ends of edges; `shown` is 1 for a record that is listed.

        A record that is hidden and one that does not exist are told apart by nothing.
        """
        rows = self.rows()
        wanted = self.has(rows.c.bits, self.shape.listing)
        listed = exists(select(rows.c.row).where(rows.c.id == LINK.c.end_id, wanted))
        columns = (LINK.c.record_row, LINK.c.property, LINK.c.end_id, self._one(listed).label("shown"))
        links = select(*columns).join(page, page.c.row == LINK.c.record_row)
        return links.where(not_(LINK.c.is_end)).cte("links")

    def guard(self, statement: Select[tuple[object, ...]]) -> None:
        """Raise `PlanRejected` when the statement names the records other than through this view."""
        for source in _sources(statement):
            if source not in self._made and RECORD in (source, getattr(source, "element", None)):
                raise PlanRejected(f"statement reads {source} without the policy's view")
        if not self._made:
            raise PlanRejected("statement without the policy's view")

    def _alias(self, letter: str) -> Alias:
        alias = RECORD.alias(f"{letter}{next(self._numbers)}")
        if not isinstance(alias, Alias):
            raise PlanRejected(f"{alias} is no alias of the table of records")
        self._made.add(alias)
        return alias

    def _bits(self, record: FromClause) -> ColumnElement[int]:
        if len(self._filters) == 1:
            return _number(1)
        total: ColumnElement[int] = _number(0)
        for number, filter_ in enumerate(self._filters):
            total = total + case(
                (lower(filter_, record, prefix(number)), _number(1 << number)), else_=_number(0)
            )
        return total

    def _passes(self, record: FromClause, numbers: Sequence[int]) -> ColumnElement[bool]:
        """One of the branches lets the row through, and it is no person without a category."""
        filters = [lower(self._filters[number], record, prefix(number)) for number in numbers]
        category = record.c.subject_category != literal_column(f"'{SubjectCategory.UNCATEGORISED}'")
        return and_(category, or_(false(), *filters))

    def _whole(self, record: FromClause) -> ColumnElement[bool]:
        """The row is no edge, or no end of it is missing, an edge itself, or not listed."""
        listing = self.shape.listing
        link, end = LINK.alias(f"l{next(self._numbers)}"), self._alias("e")
        listed = self._passes(end, [number for number in range(len(self._filters)) if listing >> number & 1])
        found = select(end.c.row).where(end.c.id == link.c.end_id, not_(end.c.is_edge), listed)
        lost = select(link.c.end_id).where(link.c.record_row == record.c.row, link.c.is_end, ~exists(found))
        return or_(not_(record.c.is_edge), ~exists(lost))

    def _untold(self, record: FromClause, bits: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
        """A caption by a later choice tells that the earlier ones are absent: they must be shown as well."""
        shown = self.shape.shown
        kinds: dict[tuple[str, int], list[str]] = {}
        for kind, names in sorted(self._captions.items()):
            for place, name in enumerate(names):
                for mask in {shown.of(earlier) for earlier in names[:place]}:
                    if shown.of(name) & ~mask:
                        kinds.setdefault((name, mask), []).append(kind)
        for (name, mask), those in sorted(kinds.items()):
            chosen = record.c.schema.in_([literal_column(f"'{kind}'") for kind in those])
            yield or_(
                record.c.caption_property != literal_column(f"'{name}'"), not_(chosen), self.has(bits, mask)
            )

    @staticmethod
    def _masked(column: ColumnElement[str], shown: ColumnElement[bool]) -> ColumnElement[str]:
        return case((shown, column), else_=None)

    @staticmethod
    def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return case((condition, _number(1)), else_=_number(0))


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _sources(statement: ClauseElement) -> Iterator[FromClause]:
    """Every table, or alias of one, that a part of the statement is or takes a column from."""
    seen: set[int] = set()
    waiting: list[HasTraverseInternals] = [statement]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        source = getattr(part, "table", part)
        if isinstance(source, Table | Alias) and isinstance(getattr(source, "element", source), Table):
            yield source
        else:
            waiting.extend(part.get_children())
            waiting.extend([source] if source is not part and source is not None else [])
