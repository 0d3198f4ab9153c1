"""Handling codes: what each demands of each use, and the high-water mark that is inherited."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.handling import LIFTED_FOR, Conditions, DataUse, Mark, high_water, withheld
from policy.terms import Handling, InformationEvaluation, Reason, SourceEvaluation, Tlp

MARKS = st.builds(
    Mark,
    st.frozensets(st.sampled_from(Handling)),
    st.sampled_from(SourceEvaluation),
    st.sampled_from(InformationEvaluation),
    st.sampled_from(Tlp),
)
ALL_SET = Conditions(permitted=True, acknowledged=True, named=True)


def mark(*handling: Handling, tlp: Tlp = Tlp.AMBER) -> Mark:
    return Mark(frozenset(handling), SourceEvaluation.B, InformationEvaluation.N2, tlp)


@pytest.mark.parametrize(
    ("use", "code", "reason"),
    [
        (DataUse.JUDICIAL, Handling.H1, Reason.JUDICIAL_AUTHORISATION_NEEDED),
        (DataUse.ONWARD, Handling.H2, Reason.THIRD_PARTY_CONSENT),
        (DataUse.INTERNAL, Handling.H3, Reason.HANDLING_CODE),
        (DataUse.ONWARD, Handling.H3, Reason.HANDLING_CODE),
        (DataUse.JUDICIAL, Handling.H3, Reason.HANDLING_CODE),
    ],
)
def test_a_code_withholds_its_use_until_its_condition_stands(
    use: DataUse, code: Handling, reason: Reason
) -> None:
    assert withheld(mark(code), use, Conditions()) is reason
    assert withheld(mark(code), use, ALL_SET) is None


@pytest.mark.parametrize(("use", "code"), list(product(DataUse, Handling)))
def test_codes_are_flags_and_no_ladder(use: DataUse, code: Handling) -> None:
    asked = code in {LIFTED_FOR.get(use), Handling.H3}
    assert (withheld(mark(code), use, Conditions()) is not None) is asked


def test_a_permission_for_one_condition_is_none_for_another() -> None:
    both = mark(Handling.H1, Handling.H3)
    assert withheld(both, DataUse.JUDICIAL, Conditions(permitted=True)) is Reason.HANDLING_CODE
    assert withheld(both, DataUse.JUDICIAL, Conditions(acknowledged=True)) is (
        Reason.JUDICIAL_AUTHORISATION_NEEDED
    )


@pytest.mark.parametrize("tlp", [Tlp.RED, Tlp.AMBER_STRICT])
def test_strict_tlp_reaches_no_other_organisation_without_permission(tlp: Tlp) -> None:
    assert withheld(mark(tlp=tlp), DataUse.ONWARD, Conditions(named=True)) is Reason.THIRD_PARTY_CONSENT
    assert withheld(mark(tlp=tlp), DataUse.ONWARD, Conditions(permitted=True, named=True)) is None


@pytest.mark.parametrize("use", list(DataUse))
def test_red_is_for_named_persons(use: DataUse) -> None:
    assert withheld(mark(tlp=Tlp.RED), use, Conditions(permitted=True)) is Reason.HANDLING_CODE
    assert withheld(mark(tlp=Tlp.RED), use, Conditions(permitted=True, named=True)) is None


@given(st.lists(MARKS), st.randoms())
def test_the_high_water_mark_knows_no_order_and_no_number(marks: list[Mark], random: object) -> None:
    shuffled = [*marks, *marks]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a `random.Random`
    assert high_water(shuffled) == high_water(marks)
    assert high_water([high_water(marks), *marks]) == high_water(marks)


@given(st.lists(MARKS), MARKS)
def test_one_more_mark_never_makes_it_less_strict(marks: list[Mark], more: Mark) -> None:
    before, after = high_water(marks), high_water([*marks, more])
    assert before.handling | more.handling == after.handling
    assert after.source.value == max(before.source.value, more.source.value)
    assert after.information.value == max(before.information.value, more.information.value)
    strictest_first = list(Tlp)
    assert strictest_first.index(after.tlp) == min(map(strictest_first.index, (before.tlp, more.tlp)))


@given(st.lists(MARKS, min_size=1), st.sampled_from(DataUse), st.booleans(), st.booleans(), st.booleans())
def test_what_one_record_withholds_the_whole_withholds(
    marks: list[Mark], use: DataUse, permitted: bool, acknowledged: bool, named: bool
) -> None:
    conditions = Conditions(permitted=permitted, acknowledged=acknowledged, named=named)
    if any(withheld(each, use, conditions) for each in marks):
        assert withheld(high_water(marks), use, conditions)


@given(MARKS, MARKS, MARKS)
def test_the_high_water_mark_is_a_least_upper_bound(one: Mark, other: Mark, third: Mark) -> None:
    """A semilattice: what is derived from derived things carries what deriving all at once gives."""
    assert one.above(other) == other.above(one)
    assert one.above(other).above(third) == one.above(other.above(third))
    assert one.above(one) == one == one.above(Mark()) == Mark().above(one)
    assert high_water([high_water([one, other]), high_water([third])]) == high_water([third, other, one])
    bound = one.above(other)
    assert within(one, bound)
    assert within(other, bound)
    assert within(bound, third) or not (within(one, third) and within(other, third))


def within(mark: Mark, other: Mark) -> bool:
    """Whether `other` is at least as strict in every part."""
    return mark.above(other) == other


@given(MARKS, MARKS, MARKS)
def test_a_stricter_part_never_makes_the_whole_less_strict(part: Mark, stricter: Mark, rest: Mark) -> None:
    more = part.above(stricter)
    assert within(part.above(rest), more.above(rest))


UNKNOWN = st.text(max_size=6)


@given(
    st.lists(st.sampled_from([each.value for each in Handling]) | UNKNOWN, max_size=4),
    st.sampled_from([each.value for each in SourceEvaluation]) | UNKNOWN,
    st.sampled_from([each.value for each in InformationEvaluation]) | UNKNOWN,
    st.sampled_from([each.value for each in Tlp]) | UNKNOWN,
    MARKS,
)
def test_an_unknown_word_is_as_strict_as_any_that_could_stand_there(
    handling: list[str], source: str, information: str, tlp: str, known: Mark
) -> None:
    read = Mark.read(handling, source, information, tlp)
    if set(handling) - {each.value for each in Handling}:
        assert {Handling.H1, Handling.H2, Handling.H3} <= read.handling
    for name, word, words in (
        ("source", source, SourceEvaluation),
        ("information", information, InformationEvaluation),
        ("tlp", tlp, Tlp),
    ):
        if word not in {each.value for each in words}:
            assert getattr(read, name) == getattr(read.above(known), name)


@given(MARKS)
def test_a_mark_is_read_as_it_was_written(written: Mark) -> None:
    words = [each.value for each in written.handling]
    read = Mark.read(words, written.source.value, written.information.value, written.tlp.value)
    assert read == written
    assert read.evaluation == f"{written.source.value}{written.information.value}"


def test_what_is_not_known_is_as_strict_as_can_be() -> None:
    read = Mark.read(["H0", "H9"], "Z", "", "PINK")
    assert read == Mark(frozenset(Handling), SourceEvaluation.X, InformationEvaluation.N4, Tlp.RED)
