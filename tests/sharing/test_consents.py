"""Consents: what their statements hold, and one suite for every adapter of `ConsentBook`."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text, update
from sqlmodel import Session, col

from audit.canonical import encode, parse_object
from audit.keys import SigningKey, VerifyKey
from policy.handling import DataUse
from policy.onward import MAX_CONSENTS, MAX_RELEASED
from policy.terms import Handling, Purpose
from sharing.consent_tables import ConsentRow, OnwardRow
from sharing.consents import (
    MAX_RECORDS,
    MOST,
    TYP,
    Consent,
    ConsentBook,
    ConsentTerms,
    Used,
    open_consent,
    sign_consent,
    terms_read,
    terms_written,
    withdraw,
)
from sharing.encoding import b64url, unb64url
from sharing.errors import ConsentConflict, ConsentRefused, ConsentUnknown, FieldRefused
from sharing.grants import Approval
from sharing.jws import sign_statement
from sharing.keys import kid
from sharing.memory_consents import MemoryConsents
from sharing.sql_consents import SqlConsents
from tests.sharing.office import DAY, NOW

KEY = SigningKey.generate("se.polisen/grant")
KEYS = {kid(KEY.public): KEY.public}
BOTH = (Approval("p-1", NOW), Approval("p-2", NOW))
TERMS = ConsentTerms(
    id="fr.ofast:c-1",
    version=1,
    provider="se.polisen",
    recipient="fr.ofast",
    use=DataUse.JUDICIAL,
    purposes=(Purpose.OPERATIONAL_ANALYSIS,),
    not_before=NOW,
    expires_at=NOW + DAY,
    records=("se-p-4", "se-p-5"),
)
USED = Used("se-p-4", "cases", "SE-1", ("g-1@2",), DataUse.JUDICIAL, Purpose.OPERATIONAL_ANALYSIS)
Open = Callable[[], ConsentBook]


def signed(**changes: Any) -> Consent:
    return sign_consent(replace(TERMS, **changes), BOTH, KEY, officers=2)


def keys_of(node: str) -> Mapping[str, VerifyKey]:
    return KEYS if node == "se.polisen" else {}


def test_a_statement_says_what_was_signed() -> None:
    consent = signed(to=("fr.parquet",))
    assert open_consent(consent.statement, KEYS) == consent
    assert consent.terms.code is Handling.H1
    assert consent.terms.ref == "fr.ofast:c-1@1"


@pytest.mark.parametrize(
    "changes",
    [
        {"use": DataUse.INTERNAL},
        {"use": DataUse.ONWARD},
        {"purposes": ()},
        {"records": ()},
        {"expires_at": NOW},
        {"recipient": "eu.europol"},
        {"id": "c-1"},
        {"version": 0},
    ],
)
def test_terms_that_permit_nothing_definite_are_not_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(ConsentRefused):
        signed(**changes)


def test_it_takes_the_officers_of_the_nodes_rule_and_one_to_withdraw() -> None:
    for approvals in ((), BOTH[:1], (BOTH[0], BOTH[0])):
        with pytest.raises(ConsentRefused, match="2 officers are needed"):
            sign_consent(TERMS, approvals, KEY, officers=2)
    last = withdraw(signed(), BOTH[0], KEY, at=NOW + 5)
    assert (last.terms.version, last.terms.until, last.terms.holds(NOW + 1)) == (2, NOW + 5, False)
    with pytest.raises(ConsentRefused, match="withdrawn at"):
        withdraw(last, BOTH[0], KEY, at=NOW + 6)


def test_a_forged_consent_is_none() -> None:
    thief = SigningKey.generate("se.polisen/grant")
    europol = SigningKey.generate("eu.europol/grant")
    forged = sign_consent(TERMS, BOTH, thief, officers=2)
    with pytest.raises(ConsentRefused, match="not among"):
        open_consent(forged.statement, KEYS)
    payload = encode(parse_object(unb64url(signed().statement.split(".")[1])))
    foreign = sign_statement(payload, europol, TYP)
    with pytest.raises(ConsentRefused, match="not whose grant keys"):
        open_consent(foreign, {kid(europol.public): europol.public})
    head, _, signature = signed().statement.split(".")
    longer = payload.replace(str(NOW + DAY).encode(), str(NOW + 9 * DAY).encode())
    with pytest.raises(ConsentRefused, match="does not hold"):
        open_consent(f"{head}.{b64url(longer)}.{signature}", KEYS)


@pytest.mark.parametrize(
    "said", [[], [{"officer": "p-1", "at": 1}, {"officer": "p-1", "at": 2}]], ids=["nobody", "twice"]
)
def test_approvals_are_of_different_people(said: list[Any]) -> None:
    statement = sign_statement(encode({"terms": terms_written(TERMS), "approvals": said}), KEY, TYP)
    with pytest.raises(ConsentRefused, match="nobody approved"):
        open_consent(statement, KEYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"record": "se-p-6"},
        {"use": DataUse.ONWARD},
        {"purpose": Purpose.CROSS_CHECKING},
        {"to": ("fr.parquet",)},
    ],
)
def test_it_is_for_that_record_use_purpose_and_recipient(changes: dict[str, Any]) -> None:
    assert TERMS.covers(USED, NOW)
    assert not TERMS.covers(replace(USED, **changes), NOW)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({"datasets": ("cases",)}, True),
        ({"datasets": ("ports",)}, False),
        ({"cases": ("SE-1",)}, True),
        ({"cases": ("SE-2",)}, False),
        ({"grants": ("g-1",)}, True),
        ({"grants": ("g-2",)}, False),
        ({"to": ("fr.parquet",)}, False),
    ],
)
def test_every_scope_that_is_named_binds(scope: dict[str, Any], *, covered: bool) -> None:
    assert replace(TERMS, **scope).covers(USED, NOW) is covered
    assert replace(TERMS, records=(), **scope).covers(USED, NOW) is covered


def test_a_record_without_grants_is_under_none() -> None:
    assert not replace(TERMS, grants=("g-1",)).covers(replace(USED, grants=()), NOW)


def test_it_holds_in_its_period_only() -> None:
    assert [TERMS.covers(USED, at) for at in (NOW - 1, NOW, NOW + DAY - 1, NOW + DAY)] == [
        False, True, True, False
    ]  # fmt: skip


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_foreign_terms_are_read_or_refused(value: Any) -> None:
    with pytest.raises(FieldRefused):
        terms_read(value)


@given(
    st.sampled_from(sorted(terms_written(TERMS))), st.none() | st.integers() | st.text() | st.lists(st.text())
)
def test_one_foreign_field_is_read_as_it_stands_or_refused(name: str, value: Any) -> None:
    told = terms_written(TERMS) | {name: value}
    with suppress(ValueError):
        assert terms_written(terms_read(told)) == told


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_book(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> Open:
    if request.param == "memory":
        kept = MemoryConsents()
        return lambda: kept
    connect = engines_on(request.param)
    return lambda: SqlConsents(connect(), keys_of)


def test_a_consent_is_kept_once(open_book: Open) -> None:
    first = signed()
    assert open_book().add(first)
    book = open_book()
    assert not book.add(first)
    assert book.current("se.polisen", "fr.ofast:c-1") == first
    assert list(book.in_force("se.polisen", "fr.ofast", NOW)) == [first]
    with pytest.raises(ConsentUnknown, match="c-2"):
        book.current("se.polisen", "fr.ofast:c-2")
    with pytest.raises(ConsentConflict, match="stored is"):
        book.add(signed(records=("se-p-9",)))


def test_a_withdrawal_is_final_in_whatever_order_it_comes(open_book: Open) -> None:
    first = signed()
    last = withdraw(first, BOTH[0], KEY, at=NOW + 5)
    book = open_book()
    assert book.add(last)
    assert not book.add(first)
    assert book.current("se.polisen", "fr.ofast:c-1") == last
    assert list(book.history("se.polisen", "fr.ofast:c-1")) == [last]
    assert not book.in_force("se.polisen", "fr.ofast", NOW)
    with pytest.raises(ConsentConflict, match="final"):
        book.add(signed(version=3))


def test_books_list_newest_versions(open_book: Open) -> None:
    book = open_book()
    one, two = signed(), signed(id="fr.ofast:c-2", expires_at=NOW + 2 * DAY)
    later = signed(version=2, records=("se-p-4",))
    other = signed(id="eu.europol:c-1", recipient="eu.europol")
    for each in (one, two, other, later):
        assert book.add(each)
    assert list(book.listed(recipient="fr.ofast")) == [two, later]
    assert list(book.history("se.polisen", "fr.ofast:c-1")) == [one, later]
    assert not book.history("fr.ofast", "fr.ofast:c-1")
    assert list(book.listed(provider="se.polisen", first=1)) == [two]
    assert not book.listed(provider="fr.ofast")
    assert list(book.in_force("se.polisen", "fr.ofast", NOW)) == [later, two]
    assert list(book.in_force("se.polisen", "fr.ofast", NOW + DAY)) == [two]
    assert list(book.in_force("se.polisen", "fr.ofast", NOW - 1)) == []
    assert len(book.listed(first=MOST + 1)) == 3


@pytest.mark.parametrize(
    "change",
    [{"statement": "x.y.z"}, {"recipient": "eu.europol"}, {"until": NOW + 9 * DAY}],
    ids=["statement", "recipient", "until"],
)
def test_a_row_that_was_not_signed_so_is_refused(
    engines: Callable[[], Engine], change: dict[str, Any]
) -> None:
    engine = engines()
    book = SqlConsents(engine, keys_of)
    book.add(signed())
    with engine.begin() as connection:
        connection.execute(update(ConsentRow).where(col(ConsentRow.version) == 1).values(**change))
    with pytest.raises(ConsentRefused):
        book.current("se.polisen", "fr.ofast:c-1")


def test_a_provider_that_left_is_not_believed(engines: Callable[[], Engine]) -> None:
    engine = engines()
    SqlConsents(engine, keys_of).add(signed())
    with pytest.raises(ConsentRefused, match="not among"):
        SqlConsents(engine, lambda _: {}).in_force("se.polisen", "fr.ofast", NOW)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM sharing_consent")).scalar() == 1


# --- what a decision reads

EU, FR = "eu.europol", "fr.ofast"
PASSING: dict[str, Any] = {
    "id": f"{EU}:c-1",
    "recipient": EU,
    "use": DataUse.ONWARD,
    "to": (FR, "nl.politie"),
    "records": ("se-p-4",),
}
PURPOSE = Purpose.OPERATIONAL_ANALYSIS


def passing(**changes: Any) -> Consent:
    return signed(**PASSING | changes)


def test_a_decision_reads_what_permits_it(open_book: Open) -> None:
    book, consent = open_book(), passing()
    assert book.onward(EU, FR, PURPOSE, NOW) == ()
    assert book.add(consent)
    (found,) = open_book().onward(EU, FR, PURPOSE, NOW)
    assert (found.ref, found.provider, found.records) == (consent.terms.ref, "se.polisen", ("se-p-4",))
    assert found.covers(EU, FR, PURPOSE, NOW)
    assert book.onward(EU, "nl.politie", PURPOSE, NOW + DAY - 1) == (found,)
    for other in ((FR, FR, PURPOSE, NOW), (EU, "fr.customs", PURPOSE, NOW), (EU, EU, PURPOSE, NOW)):
        assert book.onward(*other) == ()
    assert book.onward(EU, FR, Purpose.CROSS_CHECKING, NOW) == ()
    assert book.onward(EU, FR, PURPOSE, NOW - 1) == book.onward(EU, FR, PURPOSE, NOW + DAY) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"use": DataUse.JUDICIAL},
        {"records": (), "datasets": ("cases",)},
        {"cases": ("SE-1",)},
        {"grants": ("g-1",)},
        {"withdrawn_at": NOW},
    ],
)
def test_a_decision_reads_no_other_consent(open_book: Open, changes: dict[str, Any]) -> None:
    book = open_book()
    assert book.add(passing(**changes))
    assert book.onward(EU, FR, PURPOSE, NOW) == ()


def test_a_withdrawal_is_read_at_once_and_in_whatever_order_it_comes(open_book: Open) -> None:
    one, other = passing(), passing(id=f"{EU}:c-2")
    first, second = open_book(), open_book()
    for book in (first, second):
        book.add(one)
        assert [each.ref for each in second.onward(EU, FR, PURPOSE, NOW)] == [one.terms.ref]
    first.add(withdraw(one, BOTH[0], KEY, at=NOW))
    assert second.onward(EU, FR, PURPOSE, NOW) == ()
    assert first.add(withdraw(other, BOTH[0], KEY, at=NOW + 5))
    assert not first.add(other)
    assert second.onward(EU, FR, PURPOSE, NOW) == ()


def test_the_newest_version_alone_is_read(open_book: Open) -> None:
    book = open_book()
    book.add(passing())
    book.add(passing(version=2, to=("nl.politie",), records=("se-p-5",)))
    assert book.onward(EU, FR, PURPOSE, NOW) == ()
    (found,) = book.onward(EU, "nl.politie", PURPOSE, NOW)
    assert (found.version, found.records) == (2, ("se-p-5",))


def test_a_decision_reads_no_more_than_it_may(open_book: Open) -> None:
    book = open_book()
    for number in range(MAX_CONSENTS + 1):
        book.add(passing(id=f"{EU}:few-{number:02}", expires_at=NOW + DAY + number))
    found = book.onward(EU, FR, PURPOSE, NOW)
    assert [each.id for each in found] == [f"{EU}:few-{number:02}" for number in range(MAX_CONSENTS, 0, -1)]
    many = tuple(f"se-p-{number}" for number in range(MAX_RECORDS))
    for number in range(2):
        book.add(passing(id=f"{EU}:many-{number}", expires_at=NOW + 9 * DAY, records=many))
    found = book.onward(EU, FR, PURPOSE, NOW)
    assert [each.id for each in found[:2]] == [f"{EU}:many-0", f"{EU}:few-{MAX_CONSENTS:02}"]
    assert sum(len(each.records) for each in found) <= MAX_RELEASED
    assert len(found) == MAX_CONSENTS - 1, "one that finds no room opens nothing"


def test_a_consent_that_is_not_believed_opens_nothing(
    engines: Callable[[], Engine], caplog: pytest.LogCaptureFixture
) -> None:
    engine, listed = engines(), dict(KEYS)
    book = SqlConsents(engine, lambda _: listed)
    book.add(passing())
    book.add(passing(id=f"{EU}:c-2"))
    assert len(book.onward(EU, FR, PURPOSE, NOW)) == 2
    with engine.begin() as connection:
        spoilt = update(ConsentRow).where(col(ConsentRow.id) == f"{EU}:c-1")
        connection.execute(spoilt.values(statement="x.y.z"))
    assert [each.id for each in SqlConsents(engine, keys_of).onward(EU, FR, PURPOSE, NOW)] == [f"{EU}:c-2"]
    listed.clear()
    assert book.onward(EU, FR, PURPOSE, NOW) == (), "a key that is no longer listed"
    assert "CONSENT_REFUSED" in caplog.text


def test_what_a_newer_version_forbids_is_not_read_wherever_the_index_stands(
    engines: Callable[[], Engine],
) -> None:
    engine = engines()
    book = SqlConsents(engine, keys_of)
    book.add(passing())
    with Session(engine) as session:
        stale = [row.model_dump() for row in session.scalars(select(OnwardRow))]
    book.add(withdraw(passing(), BOTH[0], KEY, at=NOW))
    with engine.begin() as connection:  # as two processes that store both at the same time leave it
        connection.execute(insert(OnwardRow), stale)
    assert book.onward(EU, FR, PURPOSE, NOW) == ()
