"""Matching: evidence, blocking, weights and the matcher, in this process and in one of its own."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import MatcherUnavailable, ModelRejected
from tenants.matching.blocking import MOST_ALIKE, candidate_pairs
from tenants.matching.comparable import Comparable, Family, alike
from tenants.matching.evidence import Evidence, Feature, Level, address, banded, day, features, number
from tenants.matching.matcher import Comparison, Matcher
from tenants.matching.process_names import ProcessNames, shared_names
from tenants.matching.weights import PACKAGED, load_weights
from tenants.model import OWN, load_model

MODEL = load_model()
WORDS = st.sampled_from(
    ["Ilze", "Bērziņa", "Karim", "al-Haddad", "كريم", "Ворошнин", "Vorochnine", "Göran", ""]
)


def person(handle: str, version: int = 1, /, **properties: str | tuple[str, ...]) -> Comparable:
    told = {name: (value,) if isinstance(value, str) else value for name, value in properties.items()}
    return Comparable(handle, version, "Person", told)


@pytest.fixture(scope="module")
def names() -> Iterator[ProcessNames]:
    names = ProcessNames(OWN)
    yield names
    names.close()


@pytest.fixture(scope="module")
def matcher(names: ProcessNames) -> Matcher:
    return Matcher(MODEL, load_weights(), names)


def compared(matcher: Matcher, left: Comparable, right: Comparable) -> Comparison:
    (found,) = matcher.compare([(left, right)])
    assert found is not None
    return found


def test_one_person_in_three_scripts_is_proposed_and_a_namesake_is_not(matcher: Matcher) -> None:
    home = person("fr.a/1", name="Alexandre Vorochnine", alias="Aleksandr Voroshnin", birthDate="1979-11-30")
    cyrillic = person("eu.b/1", name="Александр Ворошнин", birthDate="1979-11-30")
    namesake = person("eu.b/2", name="Александр Воронин", birthDate="1979-10-03")
    assert compared(matcher, home, cyrillic).band.name == "ALMOST_CERTAIN"
    assert compared(matcher, home, namesake).score < 0.5
    assert [(each.left, each.right) for each in matcher.proposals([home, cyrillic, namesake])] == [
        ("eu.b/1", "fr.a/1")
    ]
    arabic = compared(
        matcher,
        person("fr.a/2", name="Karim al-Haddad", birthDate="1985-03-08"),
        person("eu.b/3", name="كريم الحداد", birthDate="1985-03-08"),
    )
    assert (arabic.score > 0.99, arabic.calibrated, arabic.kinds) == (True, True, 2)


def test_a_birth_date_of_another_generation_speaks_against_an_equal_name(matcher: Matcher) -> None:
    father = person("fr.a/1", name="Björn Åkerström-Lind", birthDate="1961-02-17")
    son = person("se.b/1", name="Björn Åkerström-Lind", birthDate="1974-08-21")
    found = compared(matcher, father, son)
    assert found.score < 0.5
    told = {each.feature: (each.level, each.weight > 0) for each in found.evidence}
    assert told == {Feature.NAME: (Level.EQUAL, True), Feature.BIRTH_DATE: (Level.DIFFERENT, False)}


def test_what_rests_on_a_judgement_is_not_calibrated(matcher: Matcher) -> None:
    bare = (
        person("fr.a/1", name="Ilze Bērziņa", nationality="lv"),
        person("se.b/1", name="Ilze Bērziņa", nationality="lv"),
    )
    found = compared(matcher, *bare)
    assert (found.calibrated, found.kinds, found.band.name) == (False, 1, "POSSIBLE")


def test_what_cannot_be_one_thing_is_not_compared(matcher: Matcher) -> None:
    """Whatever schema a partner names, this model's or not."""
    one = person("fr.a/1", name="Karim al-Haddad")
    others = [
        Comparable("se.b/1", 1, schema, {"name": ("Karim al-Haddad",)})
        for schema in ("Call", "Nothing", "Person")
    ]
    told = matcher.compare([(one, other) for other in others])
    assert [each is None for each in told] == [True, True, False]


def test_an_earlier_view_of_the_same_version_is_never_taken_for_a_later_one(matcher: Matcher) -> None:
    """nomenklatura keeps what it made of a name under the entity's id."""
    other = person("se.b/1", name="Karim al-Haddad")
    unmasked = person("fr.a/1", name=("Göran Östergård-Vik", "Karim al-Haddad"))
    assert compared(matcher, unmasked, other).evidence[0].level is Level.EQUAL
    assert (
        compared(matcher, person("fr.a/1", name="Göran Östergård-Vik"), other).evidence[0].level
        is Level.DIFFERENT
    )


@given(left=st.lists(WORDS, max_size=3), right=st.lists(WORDS, max_size=3))
def test_the_two_sides_may_be_exchanged(matcher: Matcher, left: list[str], right: list[str]) -> None:
    a, b = person("fr.a/1", name=" ".join(left)), person("se.b/1", name=" ".join(right))
    there, back = compared(matcher, a, b), compared(matcher, b, a)
    assert math.isclose(there.score, back.score)
    assert {(each.feature, each.level) for each in there.evidence} == {
        (each.feature, each.level) for each in back.evidence
    }


def test_a_process_that_dies_is_told_and_the_next_question_starts_another() -> None:
    names = ProcessNames(OWN)
    pair = [(person("fr.a/1", name="Ilze"), person("se.b/1", name="Ilze"))]
    try:
        assert names.scores(pair)[0] is not None
        assert names._process is not None  # the process is what is killed
        names._process.kill()
        with pytest.raises(MatcherUnavailable, match="the process is gone"):
            names.scores(pair)
        assert names.scores(pair)[0] is not None
    finally:
        names.close()


def test_nodes_of_one_process_share_one_and_the_last_ends_it(tmp_path: Path) -> None:
    own = shutil.copytree(OWN, tmp_path / "schema")
    pair = [(person("fr.a/1", name="Ilze"), person("se.b/1", name="Ilze"))]
    with shared_names(own) as first:
        with shared_names(own) as second:
            assert second is first
            assert second.scores(pair)[0] is not None
        process = first._process  # whether it still runs is what is asked
        assert process is not None
        assert process.poll() is None
    assert process.poll() is not None
    with shared_names(own) as another:
        assert another is not first


@given(st.permutations(range(5)))
def test_the_order_of_the_records_does_not_matter(order: list[int]) -> None:
    records = [
        person("fr.a/1", name="Ilze Bērziņa", birthDate="1984-04-04"),
        person("se.b/1", name="Berzina Ilze", birthDate="1984-04-04"),
        person("se.b/2", name="Ilze Bērziņa", birthDate="1984-04-04"),
        person("eu.c/1", name="Somebody Else", birthDate="1984-04-04"),
        Comparable("eu.c/2", 1, "Company", {"name": ("Ilze Bērziņa",)}),
    ]
    pairs = [(a.handle, b.handle) for a, b in candidate_pairs(MODEL, [records[n] for n in order])]
    assert pairs == [
        *((("eu.c/1", other)) for other in ("fr.a/1", "se.b/1", "se.b/2")),
        ("fr.a/1", "se.b/1"),
        ("fr.a/1", "se.b/2"),
    ]


def test_a_key_that_many_share_makes_no_pair() -> None:
    crowd = [person(f"fr.a/{n}", birthDate="1984-04-04") for n in range(MOST_ALIKE)]
    assert not candidate_pairs(MODEL, [*crowd, person("se.b/1", birthDate="1984-04-04")])
    assert candidate_pairs(MODEL, [*crowd[1:], person("se.b/1", birthDate="1984-04-04")])


@pytest.mark.parametrize(
    ("left", "right", "family"),
    [
        ("Person", "Person", Family.PERSON),
        ("Company", "Organization", Family.ORGANISATION),
        ("Vessel", "Vessel", Family.THING),
        ("Person", "Company", None),
        ("Vessel", "Container", None),
        ("Payment", "Payment", None),
        ("Person", "Nothing", None),
    ],
)
def test_what_can_be_one_thing(left: str, right: str, family: Family | None) -> None:
    assert alike(MODEL, left, right) is alike(MODEL, right, left) is family


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1979-11-30", "1979-11-30", Level.EQUAL),
        ("1979-11-03", "1979-03-11", Level.CLOSE),
        ("1979-11-30", "1979-11-31", Level.CLOSE),
        ("1979-11-30", "1979-12-31", Level.SIMILAR),
        ("1979-11-30", "1961-02-17", Level.DIFFERENT),
        ("1979", "1979-11-30", Level.PARTLY),
        ("1979-11", "1979-12-30", Level.PARTLY),
        ("1979", "1980-11-30", Level.DIFFERENT),
        ("unknown", "unknown", Level.EQUAL),
    ],
)
def test_dates(left: str, right: str, level: Level) -> None:
    assert day(left, right) is day(right, left) is level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("AB1234567", "AB1234567", Level.EQUAL),
        ("AB1234567", "AB1234568", Level.CLOSE),
        ("AB1234567", "AC1234568", Level.SIMILAR),
        ("AB1234567", "ZZ7654321", Level.DIFFERENT),
        ("123", "124", Level.DIFFERENT),
    ],
)
def test_numbers(left: str, right: str, level: Level) -> None:
    assert number(left, right) is number(right, left) is level


def test_addresses_by_their_letters() -> None:
    assert address("12 rue de l'Estuaire 76600", "12 Rue de l’Estuaire, 76600") is Level.EQUAL
    assert address("12 rue de l'Estuaire 76600", "Hamngatan 4 Göteborg") is Level.DIFFERENT


def test_different_telephones_say_nothing_and_a_shared_one_says_something() -> None:
    def with_phone(handle: str, phone: str) -> Comparable:
        return Comparable(handle, 1, "Person", {}, (("phone", phone), ("plate", "AB123CD")))

    shared = list(features(with_phone("fr.a/1", "+331"), with_phone("se.b/1", "+331"), Family.PERSON))
    assert shared == [Evidence(Feature.CONTACT, Level.EQUAL, "phone +331", "phone +331")]
    assert not list(features(with_phone("fr.a/1", "+331"), with_phone("se.b/1", "+462"), Family.PERSON))


def test_the_fitted_weights_fall_with_the_level() -> None:
    """But for addresses, whose equal ones were too few in the random pairs to tell from close ones.

    Of birth dates without those that agree in part, which say less than all that is known does.
    """
    for weights in load_weights().values():
        for feature in set(Feature) - {Feature.ADDRESS}:
            told = [
                weights.shares[feature, level].weight for level in Level if (feature, level) in weights.shares
            ]
            if feature is Feature.BIRTH_DATE and told:
                del told[list(Level).index(Level.PARTLY)]
            assert told == sorted(told, reverse=True), (weights.family, feature)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PERSON:", "PEOPLE:"),
        ("EQUAL: [0.98, 0.6]", "EQUAL: [0.98, 0]"),
        ("least: 0,", "least: 0.2,"),
        ("GENDER:", "HAIR:"),
        ("  prior: -9.21", "  prior: often"),
    ],
)
def test_a_table_that_is_not_in_shape_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = PACKAGED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "weights.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelRejected, match=r"weights\.yaml"):
        load_weights(path)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_resemblance_is_no_lower_level(a: float, b: float) -> None:
    order = list(Level)
    assert (order.index(banded(max(a, b)))) <= order.index(banded(min(a, b)))
