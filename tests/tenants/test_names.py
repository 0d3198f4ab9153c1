"""Names in any script, order and case have one comparable form."""

from hypothesis import given
from hypothesis import strategies as st

from tenants.names import LONGEST, latinise, name_keys, name_row, pair, words


def test_scripts_orders_and_marks_do_not_matter() -> None:
    assert latinise("Gagarin, Юрий") == latinise("YURY gagarin") == "gagarin yury"
    assert latinise("Åke  Göteborg-Öst") == "ake goteborg ost"
    assert latinise("O'Neill") == latinise("O\u2019Neill") == "oneill"


@given(st.text(max_size=400))
def test_the_form_is_plain_sorted_and_stable(name: str) -> None:
    form = latinise(name)
    assert form == latinise(form[:LONGEST]) or len(form) > LONGEST
    assert set(form) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert form.split() == sorted(words(name))


WORDS = st.lists(st.text("abc1", min_size=1, max_size=6), max_size=20)


@given(WORDS)
def test_a_name_is_found_by_its_words_and_by_two_of_them(held: list[str]) -> None:
    latin, long = " ".join(sorted(held)), {word for word in held if len(word) >= 3}
    keys = name_keys(latin)
    assert len(keys) == len(set(keys)) <= len(long) + 66
    assert long <= set(keys)
    pairs = {pair(one, other) for one in long for other in long - {one}}
    assert set(keys) - long <= pairs
    assert len(long) > 12 or pairs <= set(keys)


@given(
    names=st.lists(
        st.tuples(
            st.integers(1, 2**34 - 1), st.integers(0, 2_000), st.text("ab ", min_size=1, max_size=1_500)
        ),
        unique_by=lambda each: each[:2],
    )
)
def test_a_shorter_name_comes_first_then_as_loaded(names: list[tuple[int, int, str]]) -> None:
    rows = [name_row(latin, row, ordinal) for row, ordinal, latin in names]
    assert len(set(rows)) == len(names)
    assert all(0 <= row < 2**63 for row in rows)
    few = [
        (name_row(latin, row, n), len(latin.replace(" ", "")), row, n) for row, n, latin in names if n < 256
    ]
    short = [each for each in few if each[1] <= 1_000]
    assert sorted(short) == sorted(short, key=lambda each: each[1:])
