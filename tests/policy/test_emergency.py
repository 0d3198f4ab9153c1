"""What a question over a threat to life must say, and that its words stay out of what is printed."""

import pytest

from policy.emergency import LONGEST, MAX_TEXT, Emergency, Threat


@pytest.mark.parametrize(
    ("text", "said"),
    [("", False), (" \n\t", False), ("a van, armed men", True), ("x" * MAX_TEXT, True), ("x" * 501, False)],
)
def test_words_are_needed_and_few(text: str, said: bool) -> None:
    assert Emergency(Threat.ARMED_ATTACK, text).said is said


def test_its_words_are_not_printed() -> None:
    assert "armed men" not in repr(Emergency(Threat.ARMED_ATTACK, "armed men at the school"))


def test_it_lives_an_hour() -> None:
    assert LONGEST == 60 * 60
