"""A person's marks meet whatever spells them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.marks import marks_of

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


@pytest.mark.parametrize("text", ["", "  ", "Loizeau", "fr-7c1e05", "+33 1 99 00 12 35", "x" * 400])
def test_others_do_not(text: str) -> None:
    assert not OWN & marks_of([text], country="FR")


@given(st.text(max_size=40))
def test_a_text_meets_itself(text: str) -> None:
    assert bool(marks_of([text]) & marks_of([text.strip()])) == bool(text.strip())
