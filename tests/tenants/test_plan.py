"""A plan is compiled once per shape, and never without the policy's view."""

import pytest
from sqlalchemy import func, select

from policy.decision import Branch
from policy.filters import Field
from policy.terms import Mode, Operation
from tenants import plan
from tenants.answering import Desk, masked
from tenants.dialects import PostgresWords, SqliteWords, Words
from tenants.errors import PlanRejected
from tenants.plan import Compiler
from tenants.selection import Node, Selection
from tenants.shape import sightline
from tenants.sight import RECORD, Sight
from tests.tenants.permits import TREE, access

BRANCHES = (
    Branch("g1@1", Mode.RECORD, Field("eq", "dataset", "a")),
    Branch("g2@1", Mode.CONTACT, Field("eq", "owner", "b")),
)
SHAPE = sightline(access(BRANCHES, {"*": ("g1@1",)})).shape


@pytest.mark.parametrize("words", [SqliteWords(), PostgresWords()])
def test_values_are_parameters_and_shapes_share_a_statement(words: Words) -> None:
    desk = Desk(Compiler(words, {}), "spoc")
    asked = [
        desk.prepare(
            access([Branch("g1@1", Mode.RECORD, Field("eq", "dataset", secret))], {"*": ("g1@1",)}),
            Selection(Operation.ENTITY, {"id": secret}, TREE),
        )
        for secret in ("sesame", "another")
    ]
    assert asked[0].statement is asked[1].statement
    assert "sesame" not in asked[0].statement.sql
    assert "sesame" in asked[0].arguments
    assert "another" in asked[1].arguments


def test_what_differs_in_shape_differs_in_statement() -> None:
    desk = Desk(Compiler(SqliteWords(), {}), "spoc")
    open_ = access(BRANCHES, {"*": ("g1@1",)})
    statements = {
        desk.prepare(
            key, Selection(Operation.LOOKUP, {"value": "+33612345678", "kind": "phone", **more}, tree)
        ).statement.sql
        for key in (
            open_,
            access(BRANCHES, {"*": ("g1@1",), "phone": ()}),
            access(BRANCHES[:1], {"*": ("g1@1",)}),
        )
        for more in ({}, {"after": "x"})
        for tree in (TREE, (Node("hit"),))
    }
    assert len(statements) == 12


def test_old_plans_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_PLANS", 2)
    plan.plans_of.cache_clear()
    compiler = Compiler(SqliteWords(), {})
    desk = Desk(compiler, "spoc")
    for alias in "abc":
        desk.prepare(
            access(BRANCHES, {"*": ()}), Selection(Operation.ENTITY, {"id": "x"}, (Node("hit", alias),))
        )
    assert len(compiler._plans) == 2


def test_two_shelves_share_their_plans_if_the_model_is_the_same() -> None:
    access_, selection = access(BRANCHES, {"*": ()}), Selection(Operation.ENTITY, {"id": "x"}, TREE)
    one, same, other = (
        Desk(Compiler(SqliteWords(), captions), "spoc").prepare(access_, selection).statement
        for captions in ({}, {}, {"Person": ("name", "lastName")})
    )
    assert one is same
    assert one is not other


@pytest.mark.parametrize(
    "statement",
    [
        select(RECORD.c.id),
        select(RECORD.alias("r").c.id),
        select(func.count()).select_from(RECORD),
        select(select(RECORD.c.id).subquery().c.id),
        select(select(RECORD.c.id).limit(1).scalar_subquery()),
        select(func.coalesce(select(RECORD.c.id).scalar_subquery(), "")),
        select(RECORD.c.id).cte("c").select(),
    ],
)
def test_a_statement_past_the_view_does_not_compile(statement: object) -> None:
    sight = Sight(SHAPE, BRANCHES, {})
    with pytest.raises(PlanRejected):
        sight.guard(statement)  # type: ignore[arg-type]  # every form of statement
    rows = sight.rows()
    sight.guard(select(rows.c.id))
    with pytest.raises(PlanRejected):
        sight.guard(select(rows.c.id).where(rows.c.id.in_(select(RECORD.c.id))))


def test_a_statement_without_any_view_does_not_compile() -> None:
    with pytest.raises(PlanRejected, match="without the policy's view"):
        Sight(SHAPE, BRANCHES, {}).guard(select(func.now()))


def test_masked_names_are_those_withheld_from_any_row() -> None:
    shape = sightline(access(BRANCHES, {"name": ("g1@1",), "phone": (), "*": ("g1@1",)})).shape
    assert masked(shape, "") == ()
    assert masked(shape, "1") == ("phone",)
    assert masked(shape, "1,2") == ("*", "name", "phone")
