"""The plan compiler: (selection shape, access shape) to one SQL statement that emits the answer's JSON.

The statement is compiled once per shape; arguments and the literals of the policy's filters are bound
parameters. It contains the policy's view as a subquery, and `Sight.guard` refuses one that reads records past
it. It gives one row: payload, hit, count, and the distinct `bits` of the listed rows.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, Text, and_, bindparam, case, cast, func, literal_column, not_, or_, select
from sqlalchemy.sql.compiler import SQLCompiler

from policy.decision import Branch
from policy.terms import Operation
from tenants.candidates import IDENTIFIER, Candidates
from tenants.dialects import Expression, Words, concat, constant, truth
from tenants.emission import Emission, write_object
from tenants.errors import PlanRejected
from tenants.selection import Asked, Node, Selection, check_tree
from tenants.shape import AccessShape, Sightline
from tenants.sight import Sight

MOST_PLANS = 512
Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL for one driver, and the names of its parameters in order (constants by value)."""

    sql: str
    names: tuple[str, ...]
    constants: Parameters

    def arguments(self, values: Parameters) -> tuple[object, ...]:
        """The parameters in the order of the driver."""
        constants = self.constants
        return tuple([values[name] if name in values else constants[name] for name in self.names])


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a question's statement: what was seen, and the page of it that is listed."""

    sight: Sight
    seen: CTE
    page: CTE

    @property
    def uncounted(self) -> ColumnElement[bool]:
        """Rows that stand in `contact`, not in the list."""
        return and_(self.seen.c.counted, not_(self.seen.c.listed))


class Compiler:
    """Compiles for one database and keeps the most recent plans."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._plans: OrderedDict[object, Statement] = OrderedDict()

    def plan(self, selection: Selection, asked: Asked, line: Sightline, branches: Sequence[Branch]) -> Statement:
        """The statement that answers `selection`; `PlanRejected` for fields it does not know."""
        key = ("answer", selection.operation, selection.tree, argument_shape(asked), line.shape)
        return self._kept(key, lambda: self._answer(selection, asked, line.shape, branches))

    def rows(self, selection: Selection, asked: Asked, line: Sightline, branches: Sequence[Branch]) -> Statement:
        """The statement that gives the listed rows, unmasked but for what the view masks, for `rows_view`."""
        key = ("rows", selection.operation, argument_shape(asked), line.shape)
        return self._kept(key, lambda: self._rows(selection.operation, asked, line.shape, branches))

    def summary(self, selection: Selection, asked: Asked, line: Sightline, branches: Sequence[Branch]) -> Statement:
        """The statement that gives category, listed and counted of everything seen, for `rows_view`."""
        key = ("summary", selection.operation, argument_shape(asked), line.shape)
        return self._kept(key, lambda: self._summary(selection.operation, asked, line.shape, branches))

    def entries(self, selection: Selection, asked: Asked, line: Sightline, branches: Sequence[Branch]) -> Statement:
        """The statement that gives the identifiers of the listed rows, unmasked, for `rows_view`."""
        key = ("entries", selection.operation, argument_shape(asked), line.shape)
        return self._kept(key, lambda: self._entries(selection.operation, asked, line.shape, branches))

    def _kept(self, key: object, make: Callable[[], Statement]) -> Statement:
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = make()
            if len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return found

    def _answer(self, selection: Selection, asked: Asked, shape: AccessShape, branches: Sequence[Branch]) -> Statement:
        check_tree(selection.tree)
        draft = self._draft(selection.operation, asked, shape, branches)
        total = select(func.count()).select_from(draft.page).scalar_subquery()
        listed = case((total > _first(), _first()), else_=total)
        shown = cast(draft.page.c.bits, Text).label("item")
        bits = self._words.joined(select(shown).distinct())
        contacts = select(func.count()).select_from(draft.seen).where(draft.uncounted).scalar_subquery()
        count = case((total > 0, listed), else_=contacts if shape.counting else literal_column("0"))
        payload = write_object([(node.key, self._answer_field(node, draft)) for node in selection.tree])
        columns = (payload.label("payload"), _any(draft.seen).label("hit"), count.label("count"), bits.label("bits"))
        return self._compiled(select(*columns), draft.sight)

    def _draft(self, operation: Operation, asked: Asked, shape: AccessShape, branches: Sequence[Branch]) -> Draft:
        sight = Sight(shape, branches)
        seen = Candidates(sight, self._words, asked).seen(operation)
        page = select(seen).where(seen.c.listed)
        if asked.after is not None:
            page = page.where(_beyond(operation, seen))
        ordered = page.order_by(*_order(operation, seen)).limit(_first() + literal_column("1"))
        return Draft(sight, seen, ordered.cte("page"))

    def _answer_field(self, node: Node, draft: Draft) -> Expression:
        writers: Mapping[str, Callable[[], Expression]] = {
            "__typename": lambda: constant('"Answer"'),
            "hit": lambda: truth(_any(draft.seen)),
            "more": lambda: truth(
                select(func.count()).select_from(draft.page).scalar_subquery() > _first()
            ),
            "contact": lambda: self._contact(node, draft),
            "records": lambda: self._records(node, draft),
        }
        if node.name not in writers:
            raise PlanRejected(f"Answer has no field {node.name!r:.40} that the compiler knows")
        return writers[node.name]()

    def _records(self, node: Node, draft: Draft) -> Expression:
        if not node.children:
            raise PlanRejected("records without fields")
        page = draft.page
        document = Emission(draft.sight, self._words, page).record(node.children)
        rows = select(document.label("item"), page.c.score, page.c.id)
        rows = rows.order_by(page.c.score.desc(), page.c.id).limit(_first())
        return concat(["[", self._words.joined(rows, ("-score", "id")), "]"])

    def _contact(self, node: Node, draft: Draft) -> Expression:
        if not draft.sight.shape.counting:
            return constant("null")
        seen = draft.seen
        counted = select(func.count()).select_from(seen).where(draft.uncounted).scalar_subquery()
        category = concat(['"', seen.c.subject_category, '"'])
        categories = select(category.label("item")).where(draft.uncounted).distinct().order_by("item")
        members: Mapping[str, Expression] = {
            "__typename": constant('"Contact"'),
            "count": cast(counted, Text),
            "categories": concat(["[", self._words.joined(categories, ("item",)), "]"]),
            "spoc": bindparam("spoc", type_=Text),
            "reference": bindparam("reference", type_=Text),
        }
        if not node.children or not {child.name for child in node.children} <= members.keys():
            raise PlanRejected("Contact has no such fields that the compiler knows")
        body = write_object([(child.key, members[child.name]) for child in node.children])
        return case((counted > 0, body), else_=constant("null"))

    def _rows(self, operation: Operation, asked: Asked, shape: AccessShape, branches: Sequence[Branch]) -> Statement:
        draft = self._draft(operation, asked, shape, branches)
        page = draft.page
        return self._compiled(select(page).order_by(page.c.score.desc(), page.c.id), draft.sight)

    def _entries(self, operation: Operation, asked: Asked, shape: AccessShape, branches: Sequence[Branch]) -> Statement:
        draft = self._draft(operation, asked, shape, branches)
        owner = draft.page.c.row == IDENTIFIER.c.record_row
        entries = select(IDENTIFIER).join(draft.page, owner).order_by(IDENTIFIER.c.record_row, IDENTIFIER.c.ordinal)
        return self._compiled(entries, draft.sight)

    def _summary(self, operation: Operation, asked: Asked, shape: AccessShape, branches: Sequence[Branch]) -> Statement:
        draft = self._draft(operation, asked, shape, branches)
        seen = draft.seen
        return self._compiled(select(seen.c.subject_category, seen.c.listed, seen.c.counted), draft.sight)

    def _compiled(self, statement: Select[tuple[object, ...]], sight: Sight) -> Statement:
        sight.guard(statement)
        compiled = statement.compile(dialect=self._words.dialect, compile_kwargs={"render_postcompile": True})
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise PlanRejected("the dialect has no positional parameters")
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return Statement(str(compiled), tuple(compiled.positiontup), constants)


def argument_shape(asked: Asked) -> tuple[object, ...]:
    """What of the arguments decides the SQL."""
    return (
        asked.after is not None,
        len(asked.identifiers),
        tuple(len(word) >= 3 for word in asked.words),  # noqa: PLR2004  # a trigram
        len(asked.schemata),
        asked.country is not None,
        asked.dataset is not None,
        asked.hops,
    )


def argument_values(asked: Asked) -> dict[str, object]:
    """The values of the parameters that come from the arguments."""
    values: dict[str, object] = {"first": asked.first, "after": asked.after, "id": asked.id}
    values |= {f"kind{n}": kind for n, (kind, _) in enumerate(asked.identifiers)}
    values |= {f"normal{n}": normal for n, (_, normal) in enumerate(asked.identifiers)}
    values |= {f"schema{n}": name for n, name in enumerate(asked.schemata)}
    values |= {"country": asked.country, "dataset": asked.dataset}
    return values | _word_values(asked) if asked.words else values


def _word_values(asked: Asked) -> dict[str, object]:
    """`all` and `any` are queries of SQLite's FTS5: every word a phrase of trigrams."""
    phrases = [f'"{word}"' for word in asked.words if len(word) >= 3]  # noqa: PLR2004  # a trigram
    values: dict[str, object] = {"text": asked.text, "all": " ".join(phrases), "any": " OR ".join(phrases)}
    values["letters"] = sum(map(len, asked.words))
    values |= {f"word{n}": word for n, word in enumerate(asked.words)}
    values |= {f"size{n}": len(word) for n, word in enumerate(asked.words)}
    return values | {f"like{n}": f"%{word}%" for n, word in enumerate(asked.words)}


def _first() -> ColumnElement[int]:
    return bindparam("first", type_=BigInteger)


def _any(seen: CTE) -> ColumnElement[bool]:
    return select(func.count()).select_from(seen).scalar_subquery() > literal_column("0")


def _order(operation: Operation, seen: CTE) -> tuple[ColumnElement[object], ...]:
    return (seen.c.score.desc(), seen.c.id) if operation is Operation.SEARCH else (seen.c.id,)


def _beyond(operation: Operation, seen: CTE) -> ColumnElement[bool]:
    """Behind the record that the last page ended with; behind nothing when that one is not seen any more."""
    after = bindparam("after", type_=Text)
    if operation is not Operation.SEARCH:
        return seen.c.id > after
    last = seen.alias("last")
    score = select(last.c.score).where(last.c.id == after, last.c.listed).scalar_subquery()
    return or_(seen.c.score < score, and_(seen.c.score == score, seen.c.id > after))
