"""A person's marks meet whatever spells them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.marks import marks_of, meet

OWN = marks_of(
    ["fr-7c1e04", "Hélène Brévard-Loizeau", "helene@ofast.example", "+33 1 99 00 12 34"], country="FR"
)


@pytest.mark.parametrize(
    "text",
    [
        "FR-7C1E04",
        "BREVARD LOIZEAU, Helene",
        " Helene@OFAST.example ",
        "0033 199001234",
        "01 99 00 12 34",
    ],
)
def test_every_spelling_of_a_mark_meets_it(text: str) -> None:
    assert OWN & marks_of([text], country="FR")
    assert meet(OWN, ["other", text], country="FR")


@pytest.mark.parametrize("text", ["", "  ", "Loizeau", "fr-7c1e05", "+33 1 99 00 12 35", "x" * 400])
def test_others_do_not(text: str) -> None:
    assert not OWN & marks_of([text], country="FR")
    assert not meet(OWN, [text], country="FR")


@given(st.text(max_size=40))
def test_a_text_meets_itself(text: str) -> None:
    assert bool(marks_of([text]) & marks_of([text.strip()])) == bool(text.strip())


SPELLINGS = st.sampled_from(
    ["+33 1 99 00 12 34", "0033199001234", "01-99-00-12-34", "helene@OFAST.example", "Loizeau-Brévard Hélène"]
)


@given(st.one_of(SPELLINGS, st.text(max_size=40), st.from_regex(r"[+0-9 ./-]{4,20}", fullmatch=True)))
def test_the_short_way_finds_what_the_long_way_finds(text: str) -> None:
    assert meet(OWN, [text], country="FR") == bool(OWN & marks_of([text], country="FR"))


@pytest.mark.parametrize("marks", [frozenset[str](), OWN])
def test_who_has_no_marks_meets_nobody(marks: frozenset[str]) -> None:
    assert not meet(marks, [])
    assert not meet(frozenset(), ["fr-7c1e04", "Hélène"])
