"""What is said of two ways of looking, on known ranks; and the field's matcher in parts and in any order."""

from hypothesis import given
from hypothesis import strategies as st
from nomenklatura.matching.logic_v2.model import LogicV2
from nomenklatura.matching.logic_v2.names.match import name_match

from tenants.matching.comparable import Comparable
from tenants.matching.nomenklatura_names import NomenklaturaNames
from tenants.model import load_model
from tests.bench.matching.nomenklatura_alone import scored
from tests.bench.matching.paired import Split, paired

ranks = st.lists(st.one_of(st.none(), st.floats(1, 100)), min_size=1, max_size=20)


def person(handle: str, name: str) -> Comparable:
    return Comparable(handle, 1, "Person", {"name": (name,)})


@given(ranks)
def test_a_way_against_itself_is_no_different(told: list[float | None]) -> None:
    found = paired("one", told, told, rounds=40)
    assert (found.mean, found.low, found.high) == (0, 0, 0)
    assert found.finding == "no difference shown"
    assert [each.chance for each in found.splits] == [1, 1]


def test_what_finds_more_on_the_same_queries_is_better_and_the_other_worse() -> None:
    ours, theirs = [1.0] * 30 + [None] * 10, [1.0] * 10 + [3.0] * 20 + [None] * 10
    found, turned = paired("one", ours, theirs), paired("other", theirs, ours)
    assert (found.finding, turned.finding) == ("better", "worse")
    assert 0 < found.low < found.mean < found.high
    assert found.mean == -turned.mean
    assert found.splits == (Split(1, 20, 0), Split(10, 0, 0))


def test_one_query_more_of_many_shows_no_difference() -> None:
    assert paired("one", [1.0] * 50, [1.0] * 49 + [None]).finding == "no difference shown"


def test_the_chance_of_a_split_is_that_of_a_fair_coin() -> None:
    assert Split(1, 5, 0).chance == 2 / 2**5
    assert Split(1, 0, 5).chance == 2 / 2**5
    assert Split(1, 4, 4).chance == 1


def test_many_scores_are_those_of_each_pair_by_itself() -> None:
    """One id may hold two names: what nomenklatura keeps of the one is never taken for the other."""
    queries = [person("se.polisen/1", "Ivan Petrov"), person("se.polisen/2", "Anna Lund")]
    held = [person("fr.ofast/1", name) for name in ("Ana Lund", "Anna Lunde", "Petrov Ivan")]
    found = scored(queries, held)
    names, config = NomenklaturaNames(load_model()), LogicV2.default_config()
    assert found == [
        [name_match(names.proxy(query), names.proxy(known), config).score for query in queries]
        for known in held
    ]
    assert found[-1][0] > found[-1][1]
