"""Where an expansion leads: along edges, and along references both ways, one hop after the other.

An edge leads on by its ends as far as no mask hides them, any other reference only where its property is
shown. What is not listed leads nowhere and is never reached, so nothing that an answer may not show lies
between. `counted` tells how much lies around each start without a record of it.
"""

from dataclasses import dataclass

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    distinct,
    func,
    literal_column,
    not_,
    or_,
    select,
    union,
)

from tenants.sight import LINK, Sight

MOST_EDGES = 2_000
MOST_COUNTED = 200
"""Neighbours of one schema that an answer counts; a record with more is too common to tell how many."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What lies around `starts` records (parameters `id0` …) within one view."""

    sight: Sight
    starts: int

    def reached(self, hops: int) -> Subquery:
        """Ids of what is found within `hops`; the starts and what is not listed may still be among them."""
        near, found = self._starting("hop0"), list[CTE]()
        for hop in range(1, hops + 1):
            touching = self._touching(near, hop)
            found += [touching, self._targets(near, touching).cte(f"targets{hop}")]
            if hop < hops:
                near = self._found(found[-2:]).cte(f"hop{hop}")
        return union(*[select(part.c.id) for part in found]).subquery("reached")

    def is_start(self, rows: FromClause) -> ColumnElement[bool]:
        """Whether a row is one of the starts."""
        return rows.c.id.in_([bindparam(f"id{n}", type_=Text) for n in range(self.starts)])

    def listed(self, rows: FromClause) -> ColumnElement[bool]:
        """Whether a row is one that an answer lists."""
        return self.sight.has(rows.c.bits, self.sight.shape.listing)

    def counted(self) -> Subquery:
        """Lines `start`, `schema`, `number`: how many listed neighbours, no starts, each listed start has."""
        near, rows, touched = self._starting("counted0"), self.sight.rows(), LINK.alias("touched")
        touching = (
            select(near.c.id.label("start"), rows.c.row, rows.c.id, rows.c.bits)
            .join(touched, touched.c.end_id == near.c.id)
            .join(rows, rows.c.row == touched.c.record_row)
            .where(self.listed(rows), self._leads(rows.c.bits, touched))
            .cte("counted1")
        )
        far, out = LINK.alias("far"), LINK.alias("out")
        pairs = union(
            select(touching.c.start, touching.c.id),
            select(touching.c.start, far.c.end_id)
            .join(far, far.c.record_row == touching.c.row)
            .where(far.c.is_end, self._leads(touching.c.bits, far)),
            select(near.c.id, out.c.end_id)
            .join(out, out.c.record_row == near.c.row)
            .where(self._leads(near.c.bits, out)),
        ).subquery("pairs")
        other = self.sight.rows()
        return (
            select(pairs.c.start, other.c.schema, func.count(distinct(other.c.id)).label("number"))
            .join(other, other.c.id == pairs.c.id)
            .where(self.listed(other), not_(self.is_start(other)))
            .group_by(pairs.c.start, other.c.schema)
            .subquery("neighbours")
        )

    def _starting(self, name: str) -> CTE:
        rows = self.sight.rows()
        found = select(rows.c.row, rows.c.id, rows.c.bits).where(self.is_start(rows), self.listed(rows))
        return found.cte(name)

    def _found(self, parts: list[CTE]) -> Select[tuple[int, str, int]]:
        """The listed rows among these, but for the starts."""
        rows = self.sight.rows()
        ids = union(*[select(part.c.id) for part in parts])
        found = select(rows.c.row, rows.c.id, rows.c.bits)
        return found.where(rows.c.id.in_(ids), self.listed(rows), not_(self.is_start(rows)))

    def _touching(self, near: CTE, hop: int) -> CTE:
        """Listed rows that refer to `near`, edges among them; the first as loaded."""
        link, rows = LINK.alias(f"near{hop}"), self.sight.rows()
        found = select(link.c.record_row, link.c.property, link.c.is_end)
        touched = found.join(near, near.c.id == link.c.end_id).subquery(f"touched{hop}")
        return (
            select(rows.c.row, rows.c.id, rows.c.bits)
            .join(touched, touched.c.record_row == rows.c.row)
            .where(self.listed(rows), self._leads(rows.c.bits, touched))
            .distinct()
            .order_by(rows.c.row)
            .limit(literal_column(str(MOST_EDGES)))
            .cte(f"touching{hop}")
        )

    def _targets(self, near: CTE, touching: CTE) -> CompoundSelect[tuple[str]]:
        """What `near` refers to, and the ends of the edges that touch it."""
        far, out = LINK.alias(), LINK.alias()
        return union(
            select(far.c.end_id.label("id"))
            .join(touching, touching.c.row == far.c.record_row)
            .where(far.c.is_end, self._leads(touching.c.bits, far)),
            select(out.c.end_id.label("id"))
            .join(near, near.c.row == out.c.record_row)
            .where(self._leads(near.c.bits, out)),
        )

    def _leads(self, bits: ColumnElement[int], link: FromClause) -> ColumnElement[bool]:
        """Whether a question may follow this reference of a row with `bits`."""
        shape = self.sight.shape
        end = self.sight.shows(bits, link.c.property, shape.matched.within(shape.listing))
        return or_(
            and_(link.c.is_end, end),
            and_(not_(link.c.is_end), self.sight.shows(bits, link.c.property, shape.shown)),
        )
