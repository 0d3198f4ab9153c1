"""Numbers as each language writes them: nothing is lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from sharing.numbers import written
from sharing.wording import Language


def test_each_language_has_its_own_signs() -> None:
    assert [written(15930.5, each, 1) for each in Language] == [
        "15,930.5",
        "15\u202f930,5",
        "15\xa0930,5",
    ]


@given(st.integers(-(10**15), 10**15), st.sampled_from(Language))
def test_every_figure_of_a_count_is_written(count: int, language: Language) -> None:
    text = written(count, language).replace("−", "-")  # Swedish has a minus of its own
    assert int("".join(each for each in text if each.isdigit() or each == "-")) == count
