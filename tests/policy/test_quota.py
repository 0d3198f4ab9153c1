"""Budgets: never more than the limit in any window, whatever comes in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from policy.quota import (
    UNLIMITED,
    Account,
    Allowed,
    Budget,
    Charge,
    Guard,
    OverQuota,
    Quota,
    Scope,
    Span,
    Unit,
    account,
    guarded,
    merged,
    spend,
)

NOW = 1_700_000_123
BUDGETS = (
    Budget(Scope.PERSON, Unit.QUESTIONS, Span.HOUR, 3),
    Budget(Scope.PERSON, Unit.QUESTIONS, Span.DAY, 5),
    Budget(Scope.CASE, Unit.QUESTIONS, Span.HOUR, 4),
)
GUARD = Guard(misses=10, percent=90, lowered=2)


def _charges(person: str, case: str, now: int, amount: int = 1) -> list[Charge]:
    whose = {Scope.PERSON: person, Scope.CASE: case}
    return [each.charge(whose[each.scope], amount, now) for each in BUDGETS]


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["p-1", "p-2"]),
        st.sampled_from(["c-1", "c-2"]),
        st.integers(NOW, NOW + 3 * 86_400),
        st.integers(1, 3),
    ),
    max_size=40,
)


@given(_EVENTS)
def test_no_window_ever_holds_more_than_its_limit(events: list[tuple[str, str, int, int]]) -> None:
    counts: dict[Account, int] = {}
    mosts = {(each.scope, each.span): each.most for each in BUDGETS}
    for event in events:
        verdict = spend(_charges(*event), counts)
        if isinstance(verdict, Allowed):
            counts |= verdict.spent
        else:
            assert verdict.renews_at > event[2]
            assert verdict.renews_at % 3600 == 0
            assert counts.get(verdict.account, 0) + event[3] > verdict.most
    assert all(count <= mosts[at.scope, at.span] for at, count in counts.items())


@given(_EVENTS)
def test_what_is_over_fits_again_when_it_renews(events: list[tuple[str, str, int, int]]) -> None:
    counts: dict[Account, int] = {}
    for person, case, now, amount in events:
        verdict = spend(_charges(person, case, now, amount), counts)
        if isinstance(verdict, Allowed):
            counts |= verdict.spent
            continue
        later = spend(_charges(person, "unheard", verdict.renews_at, amount), {})
        assert isinstance(later, Allowed)


_COUNTS = st.dictionaries(
    st.builds(
        account,
        st.sampled_from(Scope),
        st.sampled_from(["a", "b", "a/b"]),
        st.sampled_from(Unit),
        st.sampled_from(Span),
        st.integers(0, 10_000),
    ),
    st.integers(0, 100),
)


@given(st.lists(_COUNTS, max_size=4).flatmap(lambda parts: st.tuples(st.just(parts), st.permutations(parts))))
def test_merging_is_order_free(parts: tuple[list[dict[Account, int]], list[dict[Account, int]]]) -> None:
    one, other = parts
    assert merged(one) == merged(other)
    assert merged([merged(one[:1]), merged(one[1:])]) == merged(one)


@given(_COUNTS)
def test_keys_tell_accounts_apart(counts: dict[Account, int]) -> None:
    assert len({each.key for each in counts}) == len(counts)
    assert all(Account.of(each.key) == each for each in counts)
    assert all(each.start <= each.renews_at - each.span.seconds for each in counts)


def test_the_last_to_renew_is_named_and_nothing_is_spent() -> None:
    counts = {each.account: each.most for each in _charges("p-1", "c-1", NOW)}
    verdict = spend(_charges("p-1", "c-1", NOW), counts)
    day = NOW - NOW % 86_400 + 86_400
    assert verdict == OverQuota(account(Scope.PERSON, "p-1", Unit.QUESTIONS, Span.DAY, NOW), 5, day)
    assert verdict.account.rule == "quota-person-questions-day"


def test_asking_what_is_left_spends_nothing_and_is_never_refused() -> None:
    charges = _charges("p-1", "c-1", NOW, amount=0)
    counts = {each.account: each.most + 1 for each in charges}
    verdict = spend(charges, counts)
    assert verdict == Allowed(counts, 0)
    assert spend(charges, {}) == Allowed(dict.fromkeys(counts, 0), 3)
    assert spend([], {}) == Allowed({}, UNLIMITED)


def test_misses_lower_the_persons_hour_and_nothing_else() -> None:
    misses = account(Scope.PERSON, "p-1", Unit.MISSES, Span.DAY, NOW)
    questions = account(Scope.PERSON, "p-1", Unit.QUESTIONS, Span.DAY, NOW)
    charges = _charges("p-1", "c-1", NOW)
    for counts, lowered in (
        ({misses: 9, questions: 9}, False),
        ({misses: 10, questions: 11}, True),
        ({misses: 10, questions: 12}, False),
    ):
        hour, *others = guarded(charges, counts, GUARD)
        assert hour.most == (2 if lowered else 3)
        assert others == charges[1:]
    assert guarded([Charge(charges[0].account, 1, 1)], {misses: 50}, GUARD)[0].most == 1


_LIMIT = st.none() | st.integers(1, 9)
_QUOTAS = st.builds(Quota, _LIMIT, _LIMIT, _LIMIT, _LIMIT)


@given(_QUOTAS, _QUOTAS, st.sampled_from(list(Unit)), st.integers(1, 10))
def test_a_quota_within_another_never_allows_more(one: Quota, other: Quota, unit: Unit, amount: int) -> None:
    def allows(quota: Quota) -> bool:
        charges = [each.charge("fr.ofast/g-1", amount, NOW) for each in quota.budgets(unit)]
        return isinstance(spend(charges, {}), Allowed)

    if one.within(other) and allows(one):
        assert allows(other)
    assert one.within(Quota())
    assert Quota().within(one) == (one == Quota())
    assert one.within(other) == all(
        (mine if mine is not None else UNLIMITED) <= (theirs if theirs is not None else UNLIMITED)
        for mine, theirs in zip(
            (one.questions_hour, one.questions_day, one.rows_hour, one.rows_day),
            (other.questions_hour, other.questions_day, other.rows_hour, other.rows_day),
            strict=True,
        )
    )


def test_a_grants_emergencies_are_counted_apart() -> None:
    quota = Quota(questions_hour=3, rows_day=7)
    assert quota.budgets(Unit.QUESTIONS) == (Budget(Scope.GRANT, Unit.QUESTIONS, Span.HOUR, 3),)
    assert quota.budgets(Unit.EMERGENCIES) == (Budget(Scope.GRANT, Unit.EMERGENCIES, Span.HOUR, 3),)
    assert quota.budgets(Unit.ROWS) == (Budget(Scope.GRANT, Unit.ROWS, Span.DAY, 7),)
    assert quota.budgets(Unit.MISSES) == ()
    (over,) = quota.budgets(Unit.ROWS)
    assert over.charge("fr.ofast/g-1", 1, NOW).account.rule == "quota-grant-rows-day:g-1"
