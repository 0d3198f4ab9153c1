"""Every code of a refusal has words in every language, and no two codes the same ones."""

from collections.abc import Callable
from typing import Any

import pytest

from policy.handling import Barred
from policy.terms import Reason
from sharing.follow_up import NotTaken
from sharing.reason_words import reason_catalogue, whole, words
from sharing.wording import Language


@pytest.mark.parametrize("language", list(Language))
def test_every_code_has_words_of_its_own(language: Language) -> None:
    told = {code: words(code, language) for code in (*Reason, *NotTaken, *Barred)}
    assert len(set(told.values())) == len(told)
    assert not {code for code, said in told.items() if not said or code in said}


def test_what_a_partner_says_beyond_the_vocabulary_stays_a_code() -> None:
    assert words("THEIR_OWN_CODE", Language.SV) == "THEIR_OWN_CODE"


def _missing(told: dict[str, Any]) -> None:
    del told["QUOTA"]


def _unknown(told: dict[str, Any]) -> None:
    told["NO_SUCH_CODE"] = told["QUOTA"]


def _untranslated(told: dict[str, Any]) -> None:
    del told["QUOTA"]["sv"]


def _alike(told: dict[str, Any]) -> None:
    told["QUOTA"]["fr"] = told["POLICY"]["fr"]


@pytest.mark.parametrize("bend", [_missing, _unknown, _untranslated, _alike])
def test_a_catalogue_with_a_gap_is_refused(bend: Callable[[dict[str, Any]], None]) -> None:
    told: dict[str, Any] = {code: dict(said) for code, said in reason_catalogue().items()}
    bend(told)
    with pytest.raises(ValueError, match="reasons:"):
        whole(told)
