"""The plan compiler: (selection shape, access shape) to one SQL statement that emits the answer's JSON.

The statement is compiled once per shape; arguments and the literals of the policy's filters are bound
parameters. It contains the policy's view as a subquery, and `Sight.guard` refuses one that reads records past
it. It gives one row: payload, hit, count, and the distinct `bits` of the listed rows.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

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
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.compiler import SQLCompiler

from policy.decision import Branch
from policy.terms import Operation
from tenants.arguments import argument_shape, first_rows
from tenants.candidates import COMPOUNDS, IDENTIFIER, Candidates
from tenants.dialects import Expression, Words, concat, constant, truth
from tenants.emission import Emission, write_object
from tenants.errors import PlanRejected
from tenants.neighbours import MOST_COUNTED, Neighbourhood
from tenants.profile_told import SCORES, TOLD
from tenants.profiles.index import Resembling
from tenants.selection import Asked, Node, Selection, check_tree
from tenants.shape import Sightline
from tenants.sight import Sight

MOST_PLANS = 512
SCORED = frozenset({Operation.SEARCH, Operation.PROFILE})
"""Operations whose answers are in the order of their scores."""
_NONE: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL for one driver, and the names of its parameters in order; `constants` are those the plan fixed."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    def arguments(self, values: Mapping[str, object]) -> tuple[object, ...]:
        """The parameters in the order of the driver."""
        constants = self.constants
        return tuple([values[name] if name in values else constants[name] for name in self.names])


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a question's statement: what was seen, and the page of it that is listed."""

    sight: Sight
    asked: Asked
    seen: CTE
    page: CTE

    @property
    def counted(self) -> ColumnElement[bool]:
        """Rows that stand in `contact`, not in the list."""
        return and_(self.seen.c.counted, not_(self.seen.c.listed))


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is made from; `asked` and `branches` give the form, their values are bound later."""

    selection: Selection
    asked: Asked
    line: Sightline
    branches: Sequence[Branch]
    resembling: Resembling | None = None

    @property
    def operation(self) -> Operation:
        """The operation asked for."""
        return self.selection.operation


class Plans:
    """The most recent plans, for every shelf and thread of a process: no row and no value stands in them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, Statement] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: object) -> Statement | None:
        """The plan under a key, which is now the most recent."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: object, plan: Statement) -> None:
        """Keep a plan, and no more than `MOST_PLANS` of them."""
        with self._lock:
            self._kept[key] = plan
            if len(self._kept) > MOST_PLANS:
                self._kept.popitem(last=False)


@lru_cache(maxsize=8)
def plans_of(_words: type[Words], _captions: tuple[tuple[str, tuple[str, ...]], ...]) -> Plans:
    """The plans for one kind of database and one model, which are all that a plan takes from its shelf."""
    return Plans()


class Compiler:
    """Compiles for one kind of database, what it has not compiled yet; `captions`: see `Sight`."""

    def __init__(self, words: Words, captions: Mapping[str, tuple[str, ...]]) -> None:
        self._words = words
        self._captions = captions
        self._plans = plans_of(type(words), tuple(sorted(captions.items())))

    def answer(self, question: Question) -> Statement:
        """The statement that answers; `PlanRejected` for fields the compiler does not know."""
        return self._kept("answer", question, question.selection.tree, self._answer)

    def rows(self, question: Question) -> Statement:
        """The statement that gives the listed rows with their bits, for `rows_view`."""
        return self._kept("rows", question, (), self._rows)

    def summary(self, question: Question) -> Statement:
        """The statement that gives category, listed and counted of everything seen, for `rows_view`."""
        return self._kept("summary", question, (), self._summary)

    def entries(self, question: Question) -> Statement:
        """The statement that gives the identifiers of the listed rows, unmasked, for `rows_view`."""
        return self._kept("entries", question, (), self._entries)

    def references(self, question: Question) -> Statement:
        """The statement that gives what the listed rows refer to, for `rows_view`."""
        return self._kept("references", question, (), self._references)

    def neighbours(self, question: Question) -> Statement:
        """The statement that gives start, schema and number of neighbours, for `rows_view`."""
        return self._kept("neighbours", question, (), self._around)

    def once(self, question: Question, make: Callable[[Sight], Select[Any]]) -> Statement:
        """A statement over the view of a question, not kept; `PlanRejected` if it reads past it."""
        sight = self._draft(question).sight
        return self._compiled(make(sight), sight)

    def _kept(
        self,
        sort: str,
        question: Question,
        tree: tuple[Node, ...],
        make: Callable[[Question, Draft], Select[Any]],
    ) -> Statement:
        key = (sort, question.operation, tree, argument_shape(question.asked), question.line.shape)
        found = self._plans.get(key)
        if found is None:
            draft = self._draft(question)
            found = self._compiled(make(question, draft), draft.sight)
            self._plans.keep(key, found)
        return found

    def _draft(self, question: Question) -> Draft:
        sight = Sight(question.line.shape, question.branches, self._captions)
        seen = Candidates(sight, self._words, question.asked).seen(question.operation)
        page = select(seen.c.row, seen.c.id, seen.c.bits, seen.c.score).where(seen.c.listed)
        if question.asked.after is not None:
            page = page.where(_beyond(question.operation, seen))
        ordered = page.order_by(*_order(question.operation, seen)).limit(first_rows() + literal_column("1"))
        return Draft(sight, question.asked, seen, ordered.cte("page"))

    def _answer(self, question: Question, draft: Draft) -> Select[Any]:
        tree = question.selection.tree
        check_tree(tree)
        tallies, rows = self._tallies(question, draft), self._listed(tree, draft)
        members = [(node.key, self._field(node, draft, tallies, rows)) for node in tree]
        total, contacts = tallies.c.total, tallies.c.counted if draft.sight.shape.counting else _NONE
        count = case((total > first_rows(), first_rows()), (total > _NONE, total), else_=contacts)
        payload = write_object(members).label("payload")
        columns = (payload, tallies.c.hit, count.label("count"), rows.c.bits, rows.c.given)
        return select(*columns).select_from(tallies.join(rows, true()))

    def _tallies(self, question: Question, draft: Draft) -> Subquery:
        """One row: `total` of the page (one more than `first` when there are more), `hit`, `counted`."""
        shape = draft.sight.shape
        total = select(func.count()).select_from(draft.page).scalar_subquery()
        seen = select(func.count()).select_from(draft.seen).scalar_subquery()
        everything = question.asked.after is None and shape.listing == shape.every
        columns: list[ColumnElement[Any]] = [total.label("total")]
        columns.append(((total if everything else seen) > _NONE).label("hit"))
        if shape.counting:
            counted = select(func.count()).select_from(draft.seen).where(draft.counted)
            columns.append(counted.scalar_subquery().label("counted"))
        return select(*columns).subquery("tallies")

    def _listed(self, tree: tuple[Node, ...], draft: Draft) -> Subquery:
        """One row: `items`, the listed records as JSON; `bits`, their distinct bits; `given`, which rows.

        `scores` are those of the records, where the question is for what resembles a profile.
        """
        details = draft.sight.details(draft.page)
        emission = Emission(draft.sight, self._words, details, draft.sight.references(draft.page))
        fields = [node.children for node in tree if node.name == "records"]
        if not all(fields) or len(fields) > 1:
            raise PlanRejected("records without fields, or twice")
        item = emission.record(fields[0]) if fields else constant("")
        keys = (details.c.score.desc(), details.c.id)
        given = _given(details).label("given")
        score = _score(tree, draft, details).label("told")
        listed = select(item.label("item"), given, details.c.bits, details.c.score, details.c.id, score)
        rows = listed.order_by(*keys).limit(first_rows()).subquery("listed")
        items, ids, scores = (
            self._words.together(each, (rows.c.score.desc(), rows.c.id)).label(name)
            for name, each in (("items", rows.c.item), ("given", rows.c.given), ("scores", rows.c.told))
        )
        bits = self._words.distinct(rows.c.bits).label("bits")
        wanted = (scores,) if draft.asked.profile is not None else ()
        return select(items, bits, ids, *wanted).subquery("rows")

    def _field(self, node: Node, draft: Draft, tallies: Subquery, rows: Subquery) -> Expression:
        writers: Mapping[str, Callable[[], Expression]] = {
            "__typename": lambda: constant('"Answer"'),
            "hit": lambda: truth(tallies.c.hit),
            "more": lambda: truth(tallies.c.total > first_rows()),
            "contact": lambda: self._contact(node, draft, tallies),
            "records": lambda: concat(["[", rows.c["items"], "]"]),
            **({"neighbours": lambda: self._neighbours(node, draft)} if draft.asked.ids else {}),
            **({"profile": lambda: _profile(node, rows)} if draft.asked.profile is not None else {}),
        }
        if node.name not in writers:
            raise PlanRejected(f"Answer has no field {node.name!r:.40} that the compiler knows")
        return writers[node.name]()

    def _contact(self, node: Node, draft: Draft, tallies: Subquery) -> Expression:
        if not draft.sight.shape.counting:
            return constant("null")
        category = concat(['"', draft.seen.c.subject_category, '"'])
        categories = select(category.label("item")).where(draft.counted).distinct().order_by("item")
        members: Mapping[str, Expression] = {
            "__typename": constant('"Contact"'),
            "count": cast(tallies.c.counted, Text),
            "categories": concat(["[", self._words.joined(categories, ("item",)), "]"]),
            "spoc": bindparam("spoc", type_=Text),
            "reference": bindparam("reference", type_=Text),
        }
        if not node.children or not {child.name for child in node.children} <= members.keys():
            raise PlanRejected("Contact has no such fields that the compiler knows")
        body = write_object([(child.key, members[child.name]) for child in node.children])
        return case((tallies.c.counted > _NONE, body), else_=constant("null"))

    def _neighbours(self, node: Node, draft: Draft) -> Expression:
        around = Neighbourhood(draft.sight, len(draft.asked.ids)).counted()
        most: ColumnElement[int] = literal_column(str(MOST_COUNTED))
        many = around.c.number > most
        members: Mapping[str, Expression] = {
            "__typename": constant('"Neighbours"'),
            "id": concat(['"', around.c.start, '"']),
            "schema": concat(['"', around.c.schema, '"']),
            "count": cast(case((many, most), else_=around.c.number), Text),
            "tooCommon": truth(many),
        }
        if not node.children or not {child.name for child in node.children} <= members.keys():
            raise PlanRejected("Neighbours has no such fields that the compiler knows")
        body = write_object([(child.key, members[child.name]) for child in node.children])
        keys = (around.c.start, around.c.schema)
        items = select(body.label("item"), *keys).order_by(*keys)
        return concat(["[", self._words.joined(items, ("start", "schema")), "]"])

    @staticmethod
    def _around(_: Question, draft: Draft) -> Select[Any]:
        around = Neighbourhood(draft.sight, len(draft.asked.ids)).counted()
        return select(around).order_by(around.c.start, around.c.schema)

    @staticmethod
    def _rows(_: Question, draft: Draft) -> Select[Any]:
        rows = draft.sight.details(draft.page)
        return select(rows).order_by(rows.c.score.desc(), rows.c.id)

    @staticmethod
    def _entries(_: Question, draft: Draft) -> Select[Any]:
        entries = select(IDENTIFIER).join(draft.page, draft.page.c.row == IDENTIFIER.c.record_row)
        return entries.order_by(IDENTIFIER.c.record_row, IDENTIFIER.c.ordinal)

    @staticmethod
    def _references(_: Question, draft: Draft) -> Select[Any]:
        return select(draft.sight.references(draft.page))

    @staticmethod
    def _summary(_: Question, draft: Draft) -> Select[Any]:
        return select(draft.seen.c.subject_category, draft.seen.c.listed, draft.seen.c.counted)

    def _compiled(self, statement: Select[Any], sight: Sight) -> Statement:
        sight.guard(statement)
        compiled = statement.compile(dialect=self._words.dialect, compile_kwargs={"render_postcompile": True})
        if not isinstance(compiled, SQLCompiler):
            raise PlanRejected(f"{type(compiled).__name__} compiles no statements")
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return Statement(str(compiled), tuple(compiled.positiontup or ()), constants)


def _given(details: Subquery) -> Expression:
    """Which record is listed, in which version and by which branches: `["R-1",3,5]`."""
    version, bits = (cast(each, Text) for each in (details.c.version, details.c.bits))
    return concat(['["', details.c.id, '",', version, ",", bits, "]"])


def _score(tree: tuple[Node, ...], draft: Draft, details: Subquery) -> Expression:
    """The score of one record as it is told, or nothing."""
    fields = [
        each for node in tree if node.name == "profile" for each in node.children if each.name == SCORES
    ]
    if not fields:
        return constant("")
    members: Mapping[str, Expression] = {
        "__typename": constant('"ProfileScore"'),
        "id": concat(['"', details.c.id, '"']),
        "score": cast(details.c.score, Text),
        "exact": truth(draft.sight.shows(details.c.bits, constant(COMPOUNDS), draft.sight.shape.shown)),
    }
    if not fields[0].children or not {child.name for child in fields[0].children} <= members.keys():
        raise PlanRejected("ProfileScore has no such fields that the compiler knows")
    return write_object([(child.key, members[child.name]) for child in fields[0].children])


def _profile(node: Node, rows: Subquery) -> Expression:
    """What the method says is worked out before (`profile_told`); the scores are those of the page."""
    if not node.children or not {child.name for child in node.children} <= {SCORES, *TOLD}:
        raise PlanRejected("ProfileMatching has no such fields that the compiler knows")
    scores = concat(["[", rows.c.scores, "]"])
    return write_object(
        [
            (child.key, scores if child.name == SCORES else bindparam(f"profile_{child.key}", type_=Text))
            for child in node.children
        ]
    )


def _order(operation: Operation, seen: CTE) -> tuple[ColumnElement[Any], ...]:
    return (seen.c.score.desc(), seen.c.id) if operation in SCORED else (seen.c.id,)


def _beyond(operation: Operation, seen: CTE) -> ColumnElement[bool]:
    """Behind the record that the last page ended with; behind nothing when that one is not seen any more."""
    after = bindparam("after", type_=Text)
    if operation is not Operation.SEARCH:
        return seen.c.id > after
    last = seen.alias("last")
    score = select(last.c.score).where(last.c.id == after, last.c.listed).scalar_subquery()
    return or_(seen.c.score < score, and_(seen.c.score == score, seen.c.id > after))
