"""The two tables of who may not be both, and that they say what the product promises."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.duties import APART, BY_ANOTHER, Step, kept_apart, must_be_another
from policy.terms import Role

TOGETHER = {frozenset(), frozenset({Role.ANALYST, Role.LIAISON}), *(frozenset({role}) for role in Role)}


def test_of_all_sets_of_roles_these_may_be_one_persons() -> None:
    every = {frozenset(each) for size in range(len(Role) + 1) for each in combinations(Role, size)}
    assert {each for each in every if kept_apart(each) is None} == TOGETHER
    for each in APART:
        assert kept_apart({each.one, each.other}) == each
        assert each.why


@pytest.mark.parametrize("step", Step)
@given(person=st.text(max_size=5), before=st.lists(st.text(max_size=5), max_size=4))
def test_a_second_step_takes_somebody_else(step: Step, person: str, before: list[str]) -> None:
    assert must_be_another(step, person, before) == (BY_ANOTHER[step] if person in before else None)
    assert must_be_another(step, person, [*before, person]) == BY_ANOTHER[step]
