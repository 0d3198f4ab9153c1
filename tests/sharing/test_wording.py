"""Every grant can be read aloud in every language, and nothing that restricts it is left out."""

import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policy.grants import GrantTerms
from policy.quota import Quota
from policy.terms import Mode, SubjectCategory
from sharing.wording import Catalogue, Language, catalogue, sentence
from tests.policy.draws import grant_of
from tests.sharing.office import NOW
from tests.sharing.test_grants import terms

PARIS = ZoneInfo("Europe/Paris")
LANGUAGES = pytest.mark.parametrize("language", list(Language))


def drawn(rng: random.Random) -> GrantTerms:
    """Terms that a statement may hold: nothing empty that covers, nothing shown to nobody."""
    made = grant_of(rng, 1)
    plain = terms()
    return replace(
        made,
        **{
            name: getattr(made, name) or getattr(plain, name)
            for name in ("recipients", "roles", "purposes", "legal_bases", "categories", "schemata")
        },
        mode=made.mode if made.mode is not Mode.NONE else Mode.HIT,
        quota=Quota(*(rng.choice([None, 1, rng.randint(2, 9999)]) for _ in range(4))),
    )


@LANGUAGES
@given(seed=st.integers(0, 2**32), officers=st.integers(1, 5))
def test_every_restriction_is_named(language: Language, seed: int, officers: int) -> None:
    made, say = drawn(random.Random(seed)), catalogue(language)
    told = sentence(made, officers, language, PARIS)
    names = {made.owner, *made.recipients, *made.cases, *made.units, *made.record_ids, str(made.max_rows)}
    names |= {say.tiers[made.mode], *(say.roles[each] for each in made.roles)}
    names |= {say.purposes[each] for each in made.purposes} | {say.bases[each] for each in made.legal_bases}
    names |= {say.categories[each] for each in made.categories}
    names |= {say.all_masked} if "*" in made.masked else set(made.masked)
    names |= {say.every_schema} if "*" in made.schemata else set(made.schemata)
    names |= {say.every_dataset} if made.dataset == "*" else {made.dataset}
    names |= {say.limits[name].of(most) for name, most in made.quota.limits.items()}
    assert {each for each in names if each not in told} == set()
    assert told.count("(Europe/Paris)") == (2 if made.revoked_at is None else 3)
    assert "{" not in told


def test_it_reads_like_a_sentence() -> None:
    made = terms(cases=("SE-7", "FR-1"), masked=("notes",), recipients=("se.polisen", "eu.europol"))
    assert sentence(made, 2, Language.EN, ZoneInfo("UTC")) == (
        "fr.ofast shows se.polisen and eu.europol whole records (T3): records of every kind in the dataset "
        "cases, only for and of the case SE-7 and FR-1, without notes, at most 200 records to a question; to "
        "people in the role analyst, for operational analysis, on the basis of Europol Regulation Art. "
        "18(2)(c), about suspects and convicted persons; from 2026-11-17 11:06:40+00:00 (UTC) until "
        "2026-11-19 11:06:40+00:00 (UTC), approved by 2 officers."
    )


def test_a_quota_is_named_with_each_limit() -> None:
    told = sentence(terms(quota=Quota(questions_hour=60, rows_day=1)), 2, Language.EN, ZoneInfo("UTC"))
    assert (
        "to a question, and for each recipient at most 60 questions an hour and one record a day; to" in told
    )


@LANGUAGES
def test_one_officer_and_an_end(language: Language) -> None:
    told = sentence(terms(revoked_at=NOW), 1, language, PARIS)
    assert catalogue(language).approvals.one in told
    assert told.endswith("2026-11-18 12:06:40+01:00 (Europe/Paris).")


@LANGUAGES
def test_a_catalogue_without_a_word_is_refused(language: Language) -> None:
    whole = catalogue(language).model_dump()
    less = {each: word for each, word in whole["categories"].items() if each != SubjectCategory.VICTIM}
    unlimited = {"limits": {name: word for name, word in whole["limits"].items() if name != "rows_day"}}
    with pytest.raises(ValidationError, match="words for limits"):
        Catalogue.model_validate(whole | unlimited)
    twice = whole["categories"] | {SubjectCategory.VICTIM: whole["categories"][SubjectCategory.WITNESS]}
    for wrong in (less, twice):
        with pytest.raises(ValidationError, match="one for each code"):
            Catalogue.model_validate(whole | {"categories": wrong})
