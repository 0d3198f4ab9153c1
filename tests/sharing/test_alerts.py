"""Alerts: kept once, rejected for good, said in every language with what would disprove them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from sharing.alert_words import AlertCatalogue, AlertCode, Disproof, belief, catalogue, disproofs, sentence
from sharing.alerts import Alert, AlertBook, AlertKind, AlertState, Said
from sharing.errors import AlertRefused, AlertUnknown
from sharing.memory_alerts import MemoryAlerts
from sharing.sql_alerts import SqlAlerts
from sharing.wording import Language
from tenants.identifiers import KINDS
from tests.sharing.office import NOW


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def book(request: pytest.FixtureRequest) -> Iterator[AlertBook]:
    if request.param == "memory":
        yield MemoryAlerts()
        return
    yield SqlAlerts(request.getfixturevalue("engines_on")(request.param)())


def alert(number: int = 1, **other: Any) -> Alert:
    made = Alert(
        id=f"a-{number}",
        kind=AlertKind.STANDING,
        subject="u-1",
        case="hmac-sha256:" + "1" * 64,
        code=AlertCode.STANDING_RECORD.value,
        arguments={"owner": "fr.ofast", "kind": "phone", "tier": "T2", "handle": "fr.ofast/R-1", "at": "now"},
        about="hmac-sha256:" + "2" * 64,
        statements=(Said("fr.ofast", "T2", "fr.ofast/R-1", ("H2",), "w-1"),),
        disproof=tuple(Disproof),
        at=NOW,
    )
    return replace(made, **other)


def test_an_alert_is_kept_once_and_listed_for_its_person(book: AlertBook) -> None:
    assert book.add(alert(1, score=0.5))
    assert not book.add(alert(1))
    assert book.add(alert(2, at=NOW + 1))
    assert book.add(alert(3, subject=""))
    assert book.of("u-1") == [alert(2, at=NOW + 1), alert(1, score=0.5)]
    assert book.of("") == [alert(3, subject="")]
    assert book.of("u-1", limit=1) == [alert(2, at=NOW + 1)]
    with pytest.raises(AlertUnknown):
        book.get("a-9")


def test_the_same_evidence_is_not_told_again_to_who_rejected_it_in_that_case(book: AlertBook) -> None:
    book.add(alert(1))
    seen = book.get("a-1").seen("p-1", NOW + 1)
    book.put(seen)
    assert book.of("u-1", AlertState.SEEN) == [seen]
    book.put(seen.rejected("p-1", NOW + 2, "OTHER_PERSON"))
    kept = book.get("a-1")
    assert (kept.state, kept.by, kept.changed_at, kept.reason) == (
        AlertState.REJECTED, "p-1", NOW + 2, "OTHER_PERSON",
    )  # fmt: skip
    assert not book.add(alert(2, at=NOW + 5, statements=(replace(alert().statements[0], source="w-9"),)))
    assert book.add(alert(3, case="hmac-sha256:" + "3" * 64))
    assert book.add(alert(4, subject="u-2"))
    assert book.add(alert(5, statements=(Said("fr.ofast", "T2", "fr.ofast/R-2"),)))
    with pytest.raises(AlertRefused):
        book.put(seen)
    with pytest.raises(AlertRefused):
        kept.seen("p-1", NOW)
    with pytest.raises(AlertUnknown):
        book.put(alert(9))


@pytest.mark.parametrize(
    "wrong",
    [{"statements": ()}, {"disproof": ()}, {"code": "no code"}, {"id": ""}, {"score": 1.5}],
)
def test_what_nobody_could_check_is_no_alert(wrong: dict[str, Any]) -> None:
    with pytest.raises(AlertRefused):
        alert(1, **wrong)
    with pytest.raises(AlertRefused):
        alert(1).rejected("p-1", NOW, "free text")


PARIS = ZoneInfo("Europe/Paris")
PHONE = {Language.EN: "telephone number", Language.FR: "numéro de téléphone", Language.SV: "telefonnummer"}
MIDNIGHT = {
    Language.EN: "since 2 May 2026 at 00:30 (Europe/Paris)",
    Language.FR: "depuis le 2 mai 2026 à 00:30 (Europe/Paris)",
    Language.SV: "sedan den 2 maj 2026 kl. 00:30 (Europe/Paris)",
}


def test_every_kind_of_identifier_has_its_words() -> None:
    assert set(catalogue().kinds) == set(KINDS)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", AlertCode)
def test_every_alert_is_one_sentence_with_its_facts(code: AlertCode, language: Language) -> None:
    facts = {
        "owner": "fr.ofast",
        "asker": "se.polisen",
        "kind": "phone",
        "tier": "T1",
        "handle": "fr.ofast/R-1",
    }
    arguments = facts | {"at": "2026-05-01T22:30:00Z", "reference": "d-1"}
    said = sentence(alert(1, code=code.value, arguments=arguments), language, PARIS)
    assert PHONE[language] in said
    assert "T22:30" not in said
    if code is AlertCode.STANDING_RECORD:
        assert MIDNIGHT[language] in said
    assert "T1" in said
    assert "?" not in said
    assert all(disproofs(alert(), language))
    assert {"u-1", "OTHER"}.isdisjoint(disproofs(alert(), language))


def test_a_score_is_believed_only_where_it_is_calibrated() -> None:
    assert "uncalibrated" in belief(alert(), Language.EN)
    assert belief(alert(score=0.61234), Language.EN).startswith("uncalibrated score 0.61")
    assert belief(alert(score=0.97, calibrated=True), Language.EN).startswith("97 of 100")


def test_a_code_from_a_later_version_is_said_as_it_is() -> None:
    later = alert(1, code="MATCH_FOUND", arguments={"band": "4"}, disproof=("TWINS",))
    assert sentence(later, Language.EN, PARIS) == "MATCH_FOUND band=4"
    assert disproofs(later, Language.EN) == ["TWINS"]


def test_a_catalogue_that_says_less_in_a_language_is_refused() -> None:
    told = catalogue().model_dump(mode="json")
    told["sentences"]["STANDING_HIT"]["sv"] = "…"
    with pytest.raises(ValidationError, match="not said alike"):
        AlertCatalogue.model_validate(told)
    del told["sentences"]["STANDING_HIT"]
    with pytest.raises(ValidationError, match="one sentence for each code"):
        AlertCatalogue.model_validate(told)
