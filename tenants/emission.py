"""The answer's JSON, written by the database as text from the rows of one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)

from policy.terms import Mode
from tenants.candidates import IDENTIFIER
from tenants.dialects import Expression, Words, concat, constant
from tenants.errors import PlanRejected
from tenants.selection import Node
from tenants.shape import REST
from tenants.sight import Sight

#: Fields of `Record` whose text needs no escape (checked at load), and their columns.
CODES: Mapping[str, str] = {
    "id": "id", "schema": "schema", "dataset": "dataset", "owner": "owner", "tlp": "tlp",
    "subjectCategory": "subject_category", "source": "source_evaluation",
    "information": "information_evaluation", "assessment": "assessment", "recordedAt": "recorded_at",
}  # fmt: skip
#: Fields of `Record` with any text or none.
TEXTS: Mapping[str, str] = {
    "caption": "caption", "caseRef": "case_ref", "handlingText": "handling_text", "authority": "authority",
    "provenance": "provenance", "findings": "findings",
}  # fmt: skip
_HIDDEN: ColumnElement[int] = literal_column("0")
PROPERTY = ("name", "values")
IDENTIFIER_VALUE = ("kind", "normal", "original")


def write_object(members: Sequence[tuple[str, Expression]]) -> Expression:
    """A JSON object; keys are names that need no escape."""
    parts: list[ColumnElement[str] | str] = []
    for number, (key, value) in enumerate(members):
        parts += [f'{"," if number else "{"}"{key}":', value]
    return concat([*parts, "}"]) if parts else constant("{}")


@dataclass(frozen=True, slots=True)
class Emission:
    """Writes `Record` objects from the details of a page; `links` are the references of its rows."""

    sight: Sight
    words: Words
    page: Subquery
    links: CTE

    def record(self, fields: tuple[Node, ...]) -> Expression:
        """One record as a JSON object; raises `PlanRejected` for a field it does not know."""
        return write_object([(node.key, self._field(node)) for node in fields])

    def _field(self, node: Node) -> Expression:
        if node.name in CODES:
            return concat(['"', self.page.c[CODES[node.name]], '"'])
        if node.name in TEXTS:
            return self.words.quoted(self.page.c[TEXTS[node.name]])
        writers: Mapping[str, Callable[[Node], Expression]] = {
            "__typename": lambda _: constant('"Record"'),
            "version": lambda _: cast(self.page.c.version, Text),
            "handling": lambda _: self.page.c.handling,
            "mode": self._mode,
            "grants": self._grants,
            "masked": self._masked,
            "properties": self._properties,
            "identifiers": self._identifiers,
        }
        if node.name not in writers:
            raise PlanRejected(f"Record has no field {node.name!r:.40} that the compiler knows")
        return writers[node.name](node)

    def _mode(self, _: Node) -> Expression:
        full = self.sight.has(self.page.c.bits, self.sight.shape.bits(Mode.RECORD))
        return case((full, constant(f'"{Mode.RECORD}"')), else_=constant(f'"{Mode.CORE}"'))

    def _grants(self, _: Node) -> Expression:
        """Refs of the grants that list the row, in the order of the decision."""
        shape, bits = self.sight.shape, self.page.c.bits
        listing = [n for n in range(len(shape.modes)) if shape.listing >> n & 1]
        return _array(
            [_if(self.sight.has(bits, 1 << n), bindparam(f"grant{n}", type_=Text)) for n in listing]
        )

    def _masked(self, _: Node) -> Expression:
        """Names withheld from the row; decided by its grants alone, whether it has them or not."""
        shown, bits = self.sight.shape.shown, self.page.c.bits
        names = sorted([*shown.named, (REST, shown.rest)])
        return _array([_if(~self.sight.has(bits, mask), constant(f',"{name}"')) for name, mask in names])

    def _properties(self, node: Node) -> Expression:
        source, element = self.words.elements(self.page.c.properties, "p")
        name = self.words.text_of(element, "name")
        values = self._values(name, self.words.json_of(element, "values"))
        members = {"name": self.words.quoted(name), "values": values}
        item = _members(node, members, "Property").label("item")
        visible = self.sight.shows(self.page.c.bits, name, self.sight.shape.shown)
        items = select(item).select_from(source).where(visible, values != constant("[]"))
        some = concat(["[", self.words.joined(items.correlate(self.page)), "]"])
        return self._unless_masked(node, PROPERTY, self.page.c.properties, some, ~exists(self._lost()))

    def _lost(self) -> Select[tuple[str]]:
        """References of the row to records that are not listed; an edge's ends always are."""
        links = self.links.alias()
        lost = select(links.c.end_id).where(links.c.record_row == self.page.c.row, links.c.shown == _HIDDEN)
        return lost.correlate(self.page)

    def _values(self, name: Expression, stored: Expression) -> Expression:
        """The values of a property without references to records that are not listed."""
        links, kept = self.links.alias(), self.links.alias()
        lost = select(links.c.end_id).where(links.c.record_row == self.page.c.row, links.c.shown == _HIDDEN)
        source, element = self.words.elements(stored, "v")
        record_id = self.words.plain_of(element)
        shown = select(kept.c.end_id).where(kept.c.record_row == self.page.c.row, kept.c.shown != _HIDDEN)
        item = self.words.together(concat(['"', record_id, '"']))
        some = select(concat(["[", item, "]"])).select_from(source).where(record_id.in_(shown))
        return case((exists(lost.where(links.c.property == name)), some.scalar_subquery()), else_=stored)

    def _identifiers(self, node: Node) -> Expression:
        entry = IDENTIFIER.alias("i")
        members = {name: self.words.quoted(entry.c[name]) for name in IDENTIFIER_VALUE}
        item = _members(node, members, "IdentifierValue").label("item")
        visible = self.sight.shows(self.page.c.bits, entry.c.property, self.sight.shape.shown)
        items = select(item, entry.c.ordinal).where(entry.c.record_row == self.page.c.row, visible)
        items = items.correlate(self.page)
        some = concat(["[", self.words.joined(items.order_by(entry.c.ordinal), ("ordinal",)), "]"])
        return self._unless_masked(node, IDENTIFIER_VALUE, self.page.c.identifiers, some, true())

    def _unless_masked(
        self,
        node: Node,
        form: tuple[str, ...],
        stored: ColumnElement[str],
        some: Expression,
        entire: ColumnElement[bool],
    ) -> Expression:
        """The stored text, if shown `entire`: no mask touches the row, its fields are wanted as stored."""
        if tuple((child.name, child.key) for child in node.children) != tuple((name, name) for name in form):
            return some
        shown = self.sight.shape.shown
        masks = {mask for _, mask in shown.named} | {shown.rest}
        whole = and_(entire, *[self.sight.has(self.page.c.bits, mask) for mask in sorted(masks)])
        return case((whole, stored), else_=some)


def _members(node: Node, members: Mapping[str, Expression], type_: str) -> Expression:
    known = {**members, "__typename": constant(f'"{type_}"')}
    unknown = [child.name for child in node.children if child.name not in known]
    if unknown or not node.children:
        raise PlanRejected(f"{type_} has no fields {unknown!r:.80} that the compiler knows")
    return write_object([(child.key, known[child.name]) for child in node.children])


def _if(condition: ColumnElement[bool], text: Expression) -> Expression:
    return case((condition, text), else_=constant(""))


def _array(items: Sequence[Expression]) -> Expression:
    """A JSON array of texts that are empty or begin with a comma."""
    return concat(["[", func.substr(concat(items), literal_column("2")), "]"]) if items else constant("[]")
