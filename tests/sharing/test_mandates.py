from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from policy.mandate import Actor
from policy.terms import Aim, LegalBasis, Purpose, Role, SubjectCategory
from sharing.errors import MandateEnded, MandateRefused, MandateUnknown
from sharing.mandates import MAX_LIFE, Justification, new_mandate
from sharing.sql_mandates import SqlMandates
from tests.sharing.office import NOW

ACTOR = Actor("fr.ofast", "u-1", frozenset({Role.ANALYST, Role.LIAISON}), "U-3")


def opened(actor: Actor = ACTOR, **changes: Any) -> Any:
    parts: dict[str, Any] = {
        "purpose": Purpose.OPERATIONAL_ANALYSIS,
        "legal_basis": LegalBasis.ER_18_2_C,
        "case": "FR-1",
        "offence": "DRUG_TRAFFICKING",
        "subject_category": SubjectCategory.LIKELY_OFFENDER,
        "aim": Aim.IDENTIFY_PERSON,
    }
    life = changes.pop("life", 3600)
    return new_mandate(actor, Justification(**(parts | changes)), now=NOW, life=life)


def test_a_mandate_lives_until_it_ends(engines: Callable[[], Engine]) -> None:
    book = SqlMandates(engines())
    mandate = opened(life=60)
    book.add(mandate)
    assert SqlMandates(engines()).get(mandate.id, "u-1", NOW) == mandate
    assert book.get(mandate.id, "u-1", NOW + 59) == mandate
    with pytest.raises(MandateEnded, match=f"{mandate.id}': expired at {NOW + 60}"):
        book.get(mandate.id, "u-1", NOW + 60)


def test_a_mandate_is_its_actors_alone(engines: Callable[[], Engine]) -> None:
    book, mandate = SqlMandates(engines()), opened()
    book.add(mandate)
    for id, subject in ((mandate.id, "u-2"), ("m-0", "u-1")):  # noqa: A001  # the field's name
        with pytest.raises(MandateUnknown, match="none that") as told:
            book.get(id, subject, NOW)
        assert not isinstance(told.value, MandateEnded), "whether it exists is not told to others"
    assert book.of("u-2", NOW) == ()


def test_revoked_at_once_and_once(engines: Callable[[], Engine]) -> None:
    book, mandate = SqlMandates(engines()), opened()
    book.add(mandate)
    book.revoke(mandate.id, NOW + 10)
    book.revoke(mandate.id, NOW + 99)
    assert book.get(mandate.id, "u-1", NOW + 9) == mandate
    with pytest.raises(MandateEnded, match=f"was closed at {NOW + 10}"):
        book.get(mandate.id, "u-1", NOW + 10)
    with pytest.raises(MandateUnknown, match="m-0"):
        book.revoke("m-0", NOW)


def test_what_was_closed_is_told_from_what_ran_out(engines: Callable[[], Engine]) -> None:
    book, closed, over = SqlMandates(engines()), opened(), opened(life=5)
    for each in (closed, over):
        book.add(each)
    book.revoke(closed.id, NOW + 10)
    assert (book.closed_at(closed.id), book.closed_at(over.id), book.closed_at("m-0")) == (
        NOW + 10,
        None,
        None,
    )
    assert book.closed(NOW + 10) == {closed.id}
    assert book.closed(NOW + 11) == frozenset()


def test_the_last_to_end_comes_first(engines: Callable[[], Engine]) -> None:
    book = SqlMandates(engines())
    made = [opened(life=life) for life in (10, 30, 20)]
    for mandate in made:
        book.add(mandate)
    assert book.of("u-1", NOW) == (made[1], made[2], made[0])
    assert book.of("u-1", NOW + 20) == (made[1],)
    assert book.of("u-1", NOW, limit=1) == (made[1],)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"case": ""}, "case"),
        ({"case": "a case"}, "case"),
        ({"offence": "\u202e"}, "offence"),
        ({"life": 0}, "lives 0"),
        ({"life": MAX_LIFE + 1}, "at most"),
        ({"subject_category": SubjectCategory.UNCATEGORISED}, "category"),
        ({"actor": Actor("fr.ofast", "u-1", frozenset({Role.OVERSIGHT}), "U")}, "needs analyst"),
        ({"actor": Actor("fr.ofast", "Jean Exemple", frozenset({Role.ANALYST}), "U")}, "subject"),
        ({"purpose": "CURIOSITY"}, "CURIOSITY"),
    ],
)
def test_every_part_is_required(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(MandateRefused, match=match):
        opened(**changes)
