"""One conformance suite for every grant book, and what makes a statement a grant."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, insert, text

from audit.canonical import encode
from audit.keys import SigningKey
from policy.grants import GrantTerms
from policy.question import Question
from policy.quota import Quota
from policy.terms import LegalBasis, Mode, Operation, Purpose, Role, SubjectCategory
from sharing.candidates import MAX_CANDIDATES, chosen
from sharing.encoding import unb64url
from sharing.errors import GrantConflict, GrantRefused, GrantUnknown
from sharing.grants import TYP, Approval, Grant, GrantBook, GrantRule
from sharing.jws import sign_statement
from sharing.memory_grants import MemoryGrants
from sharing.sql_candidates import statement
from sharing.sql_grants import SqlGrants
from sharing.tables import GrantReachRow, create_tables
from tests.sharing.office import DAY, NOW

KEY = SigningKey.from_seed("fr.ofast/grant", b"\3" * 32)
RULE = GrantRule.of(KEY.public)
TWO = (Approval("u-1", NOW), Approval("u-2", NOW))
SE, EU = "se.polisen", "eu.europol"


def terms(id: str = "g-1", to: tuple[str, ...] = (SE,), **changes: Any) -> GrantTerms:  # noqa: A002  # the field's name
    plain = GrantTerms(
        id,
        1,
        "fr.ofast",
        to,
        (Role.ANALYST,),
        (Purpose.OPERATIONAL_ANALYSIS,),
        (LegalBasis.ER_18_2_C,),
        (SubjectCategory.SUSPECT_OR_CONVICTED,),
        "cases",
        ("*",),
        Mode.RECORD,
        NOW - DAY,
        NOW + DAY,
    )
    return replace(plain, **changes)


def grant(id: str = "g-1", to: tuple[str, ...] = (SE,), **changes: Any) -> Grant:  # noqa: A002  # the field's name
    return RULE.sign(terms(id, to, **changes), TWO, KEY)


def asking(datasets: tuple[str, ...] = (), schemata: tuple[str, ...] = ()) -> Question:
    return Question(Operation.LOOKUP, "sha256:1", "sha256:2", schemata, datasets)


def revoked(old: Grant, at: int = NOW) -> Grant:
    return RULE.revoke(old, (Approval("u-3", at),), KEY, at=at)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def book(request: pytest.FixtureRequest, engines_on: Callable[[str], Callable[[], Engine]]) -> GrantBook:
    if request.param == "memory":
        return MemoryGrants(RULE)
    return SqlGrants(engines_on(request.param)(), RULE)


# ----- the port


def test_what_is_added_is_found(book: GrantBook) -> None:
    first, second = grant("g-1"), grant("g-2", (SE, EU))
    book.add(first)
    book.add(second)
    assert book.current("g-1") == first
    assert book.history("g-2") == (second,)
    assert book.list() == (first, second)
    assert book.list(after="g-1") == (second,)
    assert book.list(limit=1) == (first,)
    assert book.candidates(EU, NOW) == (second.terms,)
    assert set(book.candidates(SE, NOW)) == {first.terms, second.terms}
    assert book.candidates("xx.nobody", NOW) == ()


def test_unknown_ids(book: GrantBook) -> None:
    with pytest.raises(GrantUnknown, match="g-9"):
        book.current("g-9")
    assert book.history("g-9") == ()
    assert book.list() == ()


def test_revocation_is_the_next_version_and_works_at_once(book: GrantBook) -> None:
    old = grant()
    book.add(old)
    assert book.candidates(SE, NOW) == (old.terms,)
    new = revoked(old)
    book.add(new)
    assert (new.terms.version, new.terms.revoked_at) == (2, NOW)
    assert book.candidates(SE, NOW) == (new.terms,)
    assert book.history("g-1") == (old, new)
    assert book.current("g-1") == new
    with pytest.raises(GrantRefused, match="already"):
        revoked(new)


def test_versions_follow_each_other(book: GrantBook) -> None:
    book.add(grant())
    for wrong in (grant(), grant(version=3)):
        with pytest.raises(GrantConflict, match="g-1"):
            book.add(wrong)
    with pytest.raises(GrantConflict):
        book.add(grant("g-2", version=2))
    narrowed = grant(version=2, recipients=(EU,))
    book.add(narrowed)
    assert book.candidates(SE, NOW) == ()
    assert book.candidates(EU, NOW) == (narrowed.terms,)


def test_ended_grants_come_last_and_bounded(book: GrantBook) -> None:
    for number in range(15):
        book.add(grant(f"old-{number:02}", expires_at=NOW - number))
    live = grant("live", expires_at=NOW + 1)
    book.add(live)
    found = book.candidates(SE, NOW)
    assert found[0] == live.terms
    assert [one.id for one in found[1:]] == [f"old-{number:02}" for number in range(5)]
    assert book.candidates(SE, NOW + 1)[0] == live.terms


def test_at_most_fifty_the_last_to_end_first(book: GrantBook) -> None:
    for number in range(60):
        book.add(grant(f"g-{number:02}", expires_at=NOW + 1 + number))
    found = book.candidates(SE, NOW)
    assert len(found) == MAX_CANDIDATES
    assert [one.id for one in found] == [f"g-{number:02}" for number in range(59, 9, -1)]


def test_grants_for_the_case_are_not_crowded_out(book: GrantBook) -> None:
    for number in range(55):
        book.add(grant(f"other-{number:02}", cases=(f"C-{number}", "C-x"), expires_at=NOW + DAY))
    mine = grant("mine", cases=("FR-1", "FR-2"), expires_at=NOW + 1)
    anyone = grant("anyone", expires_at=NOW + 2)
    book.add(mine)
    book.add(anyone)
    found = book.candidates(SE, NOW, "FR-2")
    assert found[:2] == (anyone.terms, mine.terms)
    assert [one.id for one in found[2:]] == [f"other-{number}" for number in range(54, 49, -1)]


def test_grants_that_do_not_touch_the_question_do_not_exist_for_it(book: GrantBook) -> None:
    for number in range(55):
        book.add(grant(f"other-{number:02}", dataset=f"d-{number}", expires_at=NOW + DAY))
        book.add(grant(f"ships-{number:02}", schemata=("Vessel",), expires_at=NOW + DAY))
    book.add(grant("mine", schemata=("Company", "Person"), expires_at=NOW + 1))
    book.add(grant("all", dataset="*", expires_at=NOW + 2))
    found = book.candidates(SE, NOW, "FR-2", asking(datasets=("cases",), schemata=("Car", "Person")))
    assert [one.id for one in found] == ["all", "mine"]
    assert book.candidates(SE, NOW, "FR-2", asking(datasets=("d-7",)))[0].id == "other-07"
    assert len(book.candidates(SE, NOW, "FR-2", asking())) == MAX_CANDIDATES


def test_a_question_of_very_many_names_is_narrowed_by_the_law_alone(book: GrantBook) -> None:
    book.add(grant(dataset="d-1", schemata=("Vessel",)))
    assert book.candidates(SE, NOW, "", asking(schemata=("A", "B"))) == ()
    many = asking(datasets=("A", "B", "C"), schemata=tuple(f"S{number}" for number in range(9)))
    assert len(book.candidates(SE, NOW, "", many)) == 1


def test_a_forged_grant_is_not_added(book: GrantBook) -> None:
    forger = SigningKey.generate("fr.ofast/grant")
    forged = GrantRule.of(forger.public).sign(terms(), TWO, forger)
    with pytest.raises(GrantRefused, match="not among"):
        book.add(forged)
    assert book.list() == ()


NAMES = st.sampled_from(["A", "B", "C"])
DRAWN = st.fixed_dictionaries(
    {
        "recipients": st.sampled_from([(SE,), (EU,), (SE, EU)]),
        "cases": st.sampled_from([(), ("A",), ("B",), ("A", "B")]),
        "dataset": st.sampled_from(["*", "A", "B"]),
        "schemata": st.sampled_from([("*",), ("A",), ("A", "B"), ("*", "B")]),
        "expires_at": st.integers(NOW - 5, NOW + 5),
    }
)
SOME = st.lists(NAMES, max_size=2, unique=True).map(tuple)


@given(drawn=st.lists(st.tuples(DRAWN, st.booleans()), max_size=15), datasets=SOME, schemata=SOME)
def test_the_candidates_of_sql_are_those_of_the_rule(
    drawn: list[tuple[dict[str, Any], bool]], datasets: tuple[str, ...], schemata: tuple[str, ...]
) -> None:
    engine = create_engine("sqlite://")
    create_tables(engine)
    book, newest = SqlGrants(engine, RULE), []
    for number, (changes, ended) in enumerate(drawn):
        made = grant(f"g-{number}", **changes)
        book.add(made)
        newest.append(revoked(made, NOW - 1) if ended else made)
        if ended:
            book.add(newest[-1])
    known = [each.terms for each in newest]
    for case, asked in product(("", "A", "C"), (None, asking(datasets, schemata))):
        assert book.candidates(SE, NOW, case, asked) == chosen(known, SE, NOW, case, asked)
    engine.dispose()


# ----- SQL


def test_a_revocation_by_another_process_counts_at_the_next_call(engines: Callable[[], Engine]) -> None:
    here, there = SqlGrants(engines(), RULE), SqlGrants(engines(), RULE)
    old = grant()
    here.add(old)
    assert there.candidates(SE, NOW) == (old.terms,)
    here.add(revoked(old))
    assert [one.revoked_at for one in there.candidates(SE, NOW)] == [NOW]


def test_of_two_writers_one_wins(engines: Callable[[], Engine]) -> None:
    here, there = SqlGrants(engines(), RULE), SqlGrants(engines(), RULE)
    old = grant()
    here.add(old)
    here.add(revoked(old))
    with pytest.raises(GrantConflict):
        there.add(grant(version=2, recipients=(EU,)))
    with pytest.raises(GrantConflict):
        there.add(grant())
    assert len(there.history("g-1")) == 2


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("sharing_grant", "statement", "a.b.c"),
        ("sharing_grant", "digest", "sha256:0"),
        ("sharing_grant_reach", "digest", "sha256:0"),
        ("sharing_grant_reach", "version", "7"),
    ],
)
def test_a_row_that_was_edited_is_never_used(
    engines: Callable[[], Engine], table: str, column: str, value: str
) -> None:
    engine = engines()
    SqlGrants(engine, RULE).add(grant())
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {table} SET {column} = :value"),  # noqa: S608  # fixed names
            {"value": int(value) if value.isdigit() else value},
        )
    with pytest.raises(GrantRefused, match="g-1@"):
        SqlGrants(engine, RULE).candidates(SE, NOW)


def test_an_edited_statement_does_not_reach_who_verified_the_signed_one(
    engines: Callable[[], Engine],
) -> None:
    engine = engines()
    book, made = SqlGrants(engine, RULE), grant()
    book.add(made)
    assert book.candidates(SE, NOW) == (made.terms,)
    wider = RULE.sign(terms(mode=Mode.RECORD, max_rows=9999), TWO, KEY)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sharing_grant SET statement = :s").bindparams(s=wider.statement))
    assert book.candidates(SE, NOW) == (made.terms,)
    with pytest.raises(GrantRefused, match="the row says"):
        book.current("g-1")


def test_a_statement_under_anothers_id_is_refused(engines: Callable[[], Engine]) -> None:
    engine = engines()
    book = SqlGrants(engine, RULE)
    book.add(grant())
    with engine.begin() as connection:
        for table in ("sharing_grant", "sharing_grant_current", "sharing_grant_reach"):
            connection.execute(text(f"UPDATE {table} SET id = 'g-2'"))  # noqa: S608  # fixed names
    with pytest.raises(GrantRefused, match="statement is of g-1@1"):
        book.current("g-2")


FORMS = [(0, 0, False), (0, 0, True), (1, 0, True), (1, 3, True), (2, 8, True)]
VALUES: dict[str, object] = {"partner": SE, "now": NOW, "case_ref": "C-1"}
VALUES |= {f"{kind}{place}": "cases" for kind in ("dataset", "schema") for place in range(8)}


@pytest.mark.parametrize("form", FORMS)
def test_candidates_read_ranges_of_one_index(tmp_path: Path, form: tuple[int, int, bool]) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plan.db'}")
    create_tables(engine)
    sql = statement(*form)
    names = {name: value for name, value in VALUES.items() if f":{name}" in sql}
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", names)]
    reads = [line for line in plan if "sharing_grant_reach" in line or line.startswith("SEARCH fits")]
    assert len(reads) == sql.count("FROM sharing_grant_reach")
    whole = "(recipient=? AND case_ref=? AND dataset_ref=? AND schema_ref=? AND until"
    keyed = "(id=? AND recipient=? AND case_ref=? AND dataset_ref=? AND schema_ref=?)"
    assert all(whole in line or keyed in line for line in reads), plan
    assert not any("SCAN sharing" in line for line in plan), plan
    sorts = [line for line in plan if "TEMP B-TREE" in line]
    assert len(sorts) <= sql.count("AS bound"), "only what a limit has cut already may be sorted"
    engine.dispose()


@pytest.fixture
def crowd(engines: Callable[[], Engine]) -> Engine:
    """Three thousand grants to the asker, each for a case of its own, and one for the case asked."""
    engine = engines()
    book = SqlGrants(engine, RULE)
    book.add(grant("mine", cases=("C-1",)))
    row = {"version": 1, "digest": "sha256:0", "until": NOW + DAY, "recipient": SE}
    kinds = list(product(("#", "cases"), ("#", "*")))
    with engine.begin() as connection:
        connection.execute(
            insert(GrantReachRow),
            [
                row | {"id": f"o-{n}", "case_ref": case, "dataset_ref": dataset, "schema_ref": schema}
                for n in range(3_000)
                for case in ("#", f"OTHER-{n}")
                for dataset, schema in kinds
            ],
        )
        connection.execute(text("ANALYZE"))
    return engine


def test_a_crowd_of_grants_for_other_cases_is_not_walked_through(crowd: Engine) -> None:
    sql, names = statement(1, 0, case=True), VALUES | {"dataset0": "cases"}
    if crowd.dialect.name == "sqlite":
        steps = [0]

        def count() -> int:
            steps[0] += 1
            return 0

        with crowd.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.set_progress_handler(count, 1)
            rows = connection.exec_driver_sql(sql, {k: v for k, v in names.items() if f":{k}" in sql}).all()
            driver.set_progress_handler(None, 0)
        assert steps[0] < 5_000
    else:
        with crowd.connect() as connection:
            plan = [str(row[0]) for row in connection.execute(text(f"EXPLAIN ANALYZE {sql}"), names)]
            rows = connection.execute(text(sql), names).all()
        assert not any("Seq Scan" in line for line in plan), plan
        reads = [line for line in plan if "sharing_grant" in line and "Index" in line]
        assert reads
        for line in reads:
            read = float(line.split("actual ")[1].split("rows=")[1].split()[0]) if "actual " in line else 0
            assert read <= MAX_CANDIDATES + 5, line
    assert min(row[2] for row in rows) == "mine"
    assert len(rows) <= 1 + 5


# ----- statements


def test_two_officers_unless_the_rule_says_one() -> None:
    one_is_enough = GrantRule.of(KEY.public, officers=1)
    alone = one_is_enough.sign(terms(), TWO[:1], KEY)
    assert alone.approvals == TWO[:1]
    with pytest.raises(GrantRefused, match="1 approvals, 2 different officers"):
        RULE.admit(alone, None)
    for approvals in ((), TWO[:1], (TWO[0], TWO[0])):
        with pytest.raises(GrantRefused, match="different officers"):
            RULE.sign(terms(), approvals, KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": ()},
        {"roles": ()},
        {"purposes": ()},
        {"legal_bases": ()},
        {"categories": ()},
        {"schemata": ()},
        {"categories": (SubjectCategory.UNCATEGORISED,)},
        {"mode": Mode.NONE},
        {"expires_at": NOW - DAY},
        {"version": 0},
        {"max_rows": 0},
        {"max_rows": 10_001},
        {"owner": "se.polisen"},
        {"id": "a b"},
        {"recipients": ("SE",)},
        {"dataset": "a dataset"},
        {"masked": ("na me",)},
        {"record_ids": ("x",) * 1001},
    ],
)
def test_terms_that_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(GrantRefused):
        grant(**changes)


def test_old_keys_still_verify() -> None:
    new = SigningKey.generate("fr.ofast/grant")
    old = grant()
    assert GrantRule.of(new.public, KEY.public).open(old.statement) == old


@given(st.data())
def test_a_signed_statement_of_another_shape_is_refused(data: st.DataObject) -> None:
    payload = orjson.loads(unb64url(grant().statement.split(".")[1]))
    target = data.draw(st.sampled_from([payload, payload["terms"], payload["approvals"][0]]))
    key = data.draw(st.sampled_from([*sorted(target), "more"]))
    target[key] = data.draw(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.just([1])
    )
    statement = sign_statement(encode(payload), KEY, TYP)
    try:
        opened = RULE.open(statement)
    except GrantRefused:
        return
    assert orjson.loads(unb64url(opened.statement.split(".")[1])) == payload


def test_golden_statement() -> None:
    assert (
        grant(revoked_at=NOW).digest
        == "sha256:1590f06b0320d9108664fe3808b754f42328dfc69ac24a83a4eb57e55c22db68"
    )


def test_the_cache_of_verified_grants_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.sql_grants._CACHED", 3)
    engine = create_engine("sqlite://")
    create_tables(engine)
    book = SqlGrants(engine, RULE)
    for number in range(8):
        book.add(grant(f"g-{number}"))
    assert len(book.candidates(SE, NOW)) == len(book.candidates(SE, NOW)) == 8
    assert len(book._verified) <= 3
    engine.dispose()


# ----- versions


def test_one_officer_narrows_and_only_what_is_there(book: GrantBook) -> None:
    old = grant(cases=("A", "B"))
    book.add(old)
    within = replace(old.terms, version=2, cases=("A",))
    narrowed = RULE.narrow(old, within, TWO[:1], KEY)
    assert (narrowed.narrows, len(narrowed.approvals)) == (old.digest, 1)
    for wider in (replace(within, cases=()), replace(within, version=3), replace(within, max_rows=201)):
        with pytest.raises(GrantRefused, match="not within"):
            RULE.narrow(old, wider, TWO[:1], KEY)
    other = RULE.narrow(grant(cases=("A", "B", "C")), within, TWO[:1], KEY)
    with pytest.raises(GrantRefused, match="does not narrow"):
        book.add(other)
    with pytest.raises(GrantConflict):
        book.add(RULE.narrow(narrowed, replace(within, version=3), TWO[:1], KEY))
    book.add(narrowed)
    assert book.candidates(SE, NOW) == (within,)
    assert book.current("g-1") == narrowed


def test_a_narrowing_needs_the_version_before_it(book: GrantBook) -> None:
    with pytest.raises((GrantRefused, GrantConflict)):
        book.add(RULE.narrow(grant(), replace(grant().terms, version=2), TWO[:1], KEY))


def test_what_one_officer_signed_stays_readable_under_a_stricter_rule(
    engines: Callable[[], Engine],
) -> None:
    one = GrantRule.of(KEY.public, officers=1)
    SqlGrants(engines(), one).add(one.sign(terms(), TWO[:1], KEY))
    strict = SqlGrants(engines(), RULE)
    assert strict.current("g-1").officers == 1
    assert strict.candidates(SE, NOW) == (terms(),)
    with pytest.raises(GrantRefused, match="1 approvals, 2 different officers"):
        strict.add(one.sign(terms("g-2"), TWO[:1], KEY))


def test_the_state_of_a_version_is_computed() -> None:
    made = grant(not_before=NOW, expires_at=NOW + 10)
    assert made.state(1, NOW - 1) == "NOT_YET"
    assert made.state(1, NOW) == "ACTIVE"
    assert made.state(1, NOW + 10) == "EXPIRED"
    assert made.state(2, NOW) == "SUPERSEDED"
    assert revoked(made).state(2, NOW + 10) == "REVOKED"


OLD = (
    "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZnIub2Zhc3QvZ3JhbnQ6MGI2MzhhNmQiLCJ0eXAiOiJlbnRlbnRlLWdyYW50K2p3dCJ9"
    ".eyJhcHByb3ZhbHMiOlt7ImF0IjoxNzk1MDAwMDAwLCJvZmZpY2VyIjoidS0xIn0seyJhdCI6MTc5NTAwMDAwMCwib2ZmaWNlciI"
    "6InUtMiJ9XSwidGVybXMiOnsiY2FzZXMiOltdLCJjYXRlZ29yaWVzIjpbIlNVU1BFQ1RfT1JfQ09OVklDVEVEIl0sImRhdGFzZXQ"
    "iOiJjYXNlcyIsImV4cGlyZXNfYXQiOjE3OTUwODY0MDAsImlkIjoiZy1vbGQiLCJsZWdhbF9iYXNlcyI6WyJFUl8xOF8yX0MiXSw"
    "ibWFza2VkIjpbIm5vdGVzIl0sIm1heF9yb3dzIjoyMDAsIm1vZGUiOiJyZWNvcmQiLCJub3RfYmVmb3JlIjoxNzk0OTEzNjAwLCJ"
    "vd25lciI6ImZyLm9mYXN0IiwicHVycG9zZXMiOlsiT1BFUkFUSU9OQUxfQU5BTFlTSVMiXSwicmVjaXBpZW50cyI6WyJzZS5wb2x"
    "pc2VuIl0sInJlY29yZF9pZHMiOltdLCJyb2xlcyI6WyJhbmFseXN0Il0sInNjaGVtYXRhIjpbIioiXSwidW5pdHMiOltdLCJ2ZXJ"
    "zaW9uIjoxfX0.tZm-YIt0HDcWsAxgK5x_dfG1-kr-k9mOjpAq-v03Aq6CJwHEZop9DIexwfN89AkMkMEd6aMwTK7gxX0M5h0EAA"
)
"""A grant that was signed before grants had a quota."""


def test_a_grant_from_before_quotas_is_read_as_it_was_signed() -> None:
    opened = RULE.open(OLD)
    assert opened.terms == terms("g-old", masked=("notes",))
    assert opened.digest == "sha256:697207b69cddfca9777ff77e4cbea319243c25fc684c015dc22d73e70f951bb0"
    assert grant("g-old", masked=("notes",)).statement == OLD, "no quota adds nothing to what is signed"


def test_a_quota_is_signed_and_one_officer_may_set_or_lower_it(book: GrantBook) -> None:
    book.add(first := grant())
    alone = TWO[:1]
    set_ = RULE.narrow(first, terms(version=2, quota=Quota(questions_hour=60)), alone, KEY)
    book.add(set_)
    lower = RULE.narrow(set_, terms(version=3, quota=Quota(questions_hour=59, rows_day=9)), alone, KEY)
    book.add(lower)
    assert [each.terms.quota.limits for each in book.history("g-1")] == [
        {},
        {"questions_hour": 60},
        {"questions_hour": 59, "rows_day": 9},
    ]
    assert orjson.loads(unb64url(lower.statement.split(".")[1]))["terms"]["quota"] == lower.terms.quota.limits
    for wider in (Quota(questions_hour=60, rows_day=9), Quota(questions_hour=59), Quota()):
        with pytest.raises(GrantRefused, match="not within"):
            RULE.narrow(lower, terms(version=4, quota=wider), alone, KEY)


@pytest.mark.parametrize(
    "quota",
    [{}, {"questions_hour": 0}, {"rows_day": 1_000_000_001}, {"questions_week": 1}, {"rows_day": True}, []],
)
def test_a_quota_of_another_shape_is_refused(quota: Any) -> None:
    payload = orjson.loads(unb64url(grant().statement.split(".")[1]))
    payload["terms"]["quota"] = quota
    with pytest.raises(GrantRefused):
        RULE.open(sign_statement(encode(payload), KEY, TYP))
