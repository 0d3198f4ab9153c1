"""The bodies of follow-up notices: what is written is read, and nothing else is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Mode, Purpose, Reason, Role, SubjectCategory, Urgency
from sharing.codes import OFFENCE
from sharing.errors import FieldRefused
from sharing.follow_up import FollowUp, FollowUpDecision, FollowUpWithdrawal
from sharing.inbox import ItemState

_ID = st.from_regex(r"[A-Za-z0-9_.:/*-]{1,128}", fullmatch=True)
_DIGEST = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
_TIME = st.integers(0, 2**40)
_MANDATES = st.builds(
    Mandate,
    id=_ID,
    actor=st.builds(Actor, st.just("fr.ofast"), _ID, st.frozensets(st.sampled_from(Role), min_size=1), _ID),
    purpose=st.sampled_from(Purpose),
    legal_basis=st.sampled_from(LegalBasis),
    case=_ID,
    offence=st.from_regex(OFFENCE, fullmatch=True),
    subject_category=st.sampled_from(SubjectCategory),
    aim=st.sampled_from(Aim),
    opened_at=_TIME,
    expires_at=_TIME,
)
_REQUESTS = st.builds(
    FollowUp,
    id=_ID,
    request=_DIGEST,
    query_id=_ID,
    reference=st.just("") | _ID,
    tier=st.sampled_from(Mode),
    reason=st.from_regex(r"[A-Z0-9][A-Z0-9_+]{0,63}", fullmatch=True),
    urgency=st.sampled_from(Urgency),
    mandate=_MANDATES,
    variables=st.dictionaries(st.text(max_size=8), st.text() | st.integers(0, 9), max_size=4),
)
_DECISIONS = st.builds(
    FollowUpDecision,
    id=_ID,
    item=_ID,
    request=_DIGEST,
    state=st.sampled_from(
        sorted(set(ItemState) - {ItemState.OPEN, ItemState.ACKNOWLEDGED, ItemState.WITHDRAWN})
    ),
    reason=st.just("") | st.sampled_from([each.value for each in Reason]),
    tier=st.sampled_from(Mode),
    until=_TIME,
)


_WITHDRAWALS = st.builds(
    FollowUpWithdrawal,
    id=_ID,
    item=_ID,
    request=_DIGEST,
    query_id=_ID,
    tier=st.sampled_from(Mode),
    reason=st.from_regex(r"[A-Z0-9][A-Z0-9_+]{0,63}", fullmatch=True),
    urgency=st.sampled_from(Urgency),
)


@given(_REQUESTS)
def test_a_request_is_read_as_it_was_written(told: FollowUp) -> None:
    found = FollowUp.read("fr.ofast", {**told.body, "id": told.id})
    assert found == told
    assert found.mandate.digest == told.mandate.digest


@given(_DECISIONS)
def test_a_decision_is_read_as_it_was_written(told: FollowUpDecision) -> None:
    assert FollowUpDecision.read("se.polisen", {**told.body, "id": told.id}) == told


@given(_WITHDRAWALS, st.data())
def test_a_withdrawal_is_read_as_it_was_written_and_nothing_else_is(
    told: FollowUpWithdrawal, data: st.DataObject
) -> None:
    body: dict[str, Any] = {**told.body, "id": told.id}
    assert FollowUpWithdrawal.read("fr.ofast", body) == told
    body[data.draw(st.sampled_from([*sorted(body), "more"]))] = data.draw(_JUNK)
    try:
        again = FollowUpWithdrawal.read("fr.ofast", body)
    except FieldRefused:
        return
    assert {**again.body, "id": again.id} == body


_JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(), max_size=2)


@given(_REQUESTS, st.data())
def test_whatever_else_is_refused_by_name(told: FollowUp, data: st.DataObject) -> None:
    body: dict[str, Any] = {**told.body, "id": told.id}
    where = data.draw(st.sampled_from([body, body["mandate"]]))
    key = data.draw(st.sampled_from(sorted(where)))
    where[key] = data.draw(_JUNK)
    try:
        again = FollowUp.read("fr.ofast", body)
    except FieldRefused:
        return
    assert {**again.body, "id": again.id} == body


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "OPEN"},
        {"state": "WITHDRAWN"},
        {"state": "DONE"},
        {"reason": "BECAUSE"},
        {"until": -1},
        {"more": 1},
        {"tier": "all"},
    ],
)
def test_a_decision_is_an_end_with_a_known_reason(changes: dict[str, Any]) -> None:
    told = FollowUpDecision("d-1", "f-1", "sha256:" + 64 * "0", ItemState.REFUSED, "POLICY", Mode.NONE, 0)
    with pytest.raises(FieldRefused):
        FollowUpDecision.read("se.polisen", {**told.body, "id": "d-1"} | changes)


@given(_REQUESTS)
def test_a_request_has_few_variables_and_no_other_keys(told: FollowUp) -> None:
    body: dict[str, Any] = {**told.body, "id": "f-1"}
    wrong: tuple[dict[str, Any], ...] = (
        {"variables": {str(each): 1 for each in range(17)}},
        {"more": 1},
        {"mandate": []},
    )
    for changes in wrong:
        with pytest.raises(FieldRefused):
            FollowUp.read("fr.ofast", body | changes)
