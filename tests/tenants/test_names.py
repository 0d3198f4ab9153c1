"""Names in any script, order and case have one comparable form."""

from hypothesis import given
from hypothesis import strategies as st

from tenants.names import LONGEST, latinise, words


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
