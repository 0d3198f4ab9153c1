"""One conformance suite for every outbox: what is put stays until it is acknowledged, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from sharing.errors import OutboxRefused, OutboxUnknown
from sharing.memory_outbox import MemoryOutbox
from sharing.outbox import LONGEST_PAUSE, MAX_BODY, Deliveries, Letter, Listed
from sharing.sql_outbox import SqlOutbox
from tests.sharing.office import NOW

EnginesOn = Callable[[str], Callable[[], Engine]]
SE, EU = "se.polisen", "eu.europol"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def outbox(request: pytest.FixtureRequest, engines_on: EnginesOn) -> Deliveries:
    return MemoryOutbox() if request.param == "memory" else SqlOutbox(engines_on(request.param)())


def letter(number: int = 1, **changes: Any) -> Letter:
    made = Letter(f"l-{number}", SE, "RECALL", {"grant": "g-1@2", "records": ["é"]}, NOW + number, NOW + 3600)
    return replace(made, **changes)


def test_a_letter_is_kept_as_it_was_put_and_once(outbox: Deliveries) -> None:
    outbox.put(letter(1), letter(2, to=EU), letter(1))
    outbox.put(letter(1))
    assert outbox.get("l-1") == letter(1)
    assert [each.id for each in outbox.listed(Listed())] == ["l-2", "l-1"]
    with pytest.raises(OutboxUnknown, match="l-9"):
        outbox.get("l-9")


@pytest.mark.parametrize("other", [{"body": {}}, {"to": EU}, {"type": "RECTIFY"}])
def test_another_letter_of_the_same_id_is_refused_and_nothing_of_it_is_kept(
    outbox: Deliveries, other: dict[str, Any]
) -> None:
    outbox.put(letter(1))
    with pytest.raises(OutboxRefused, match="l-1"):
        outbox.put(letter(2), letter(1, **other))
    with pytest.raises(OutboxRefused, match="l-3"):
        outbox.put(letter(3), letter(3, **other))
    assert [each.id for each in outbox.listed(Listed())] == ["l-1"]


def test_what_is_due_is_begun_once_and_comes_again_after_a_growing_pause(outbox: Deliveries) -> None:
    outbox.put(letter(1), letter(2))
    first, second = outbox.due(NOW)
    assert (first.id, second.id) == ("l-1", "l-2")
    assert outbox.begin(first, NOW)
    assert not outbox.begin(first, NOW), "another process is at it"
    assert [each.id for each in outbox.due(NOW)] == ["l-2"]
    again = outbox.get("l-1")
    assert (again.attempts, again.next_at) == (1, NOW + 5)
    assert outbox.begin(again, NOW + 5)
    assert outbox.get("l-1").next_at == NOW + 15
    assert [each.id for each in outbox.due(NOW + 15)] == ["l-2", "l-1"], "least tried first"
    assert [each.id for each in outbox.due(NOW + 15, limit=1)] == ["l-2"]


def test_a_node_is_left_alone_and_the_others_are_not(outbox: Deliveries) -> None:
    outbox.put(letter(1), letter(2), letter(3, to=EU), letter(4, next_at=NOW + 500))
    outbox.postpone(SE, NOW + 60)
    assert [each.id for each in outbox.due(NOW + 59)] == ["l-3"]
    assert [each.id for each in outbox.due(NOW + 60)] == ["l-1", "l-2", "l-3"]
    assert outbox.get("l-4").next_at == NOW + 500


def test_an_acknowledged_letter_is_told_no_more_and_its_first_acknowledgement_stays(
    outbox: Deliveries,
) -> None:
    outbox.put(letter(1))
    outbox.acknowledge("l-1", NOW + 9, '{"ended":2}')
    outbox.acknowledge("l-1", NOW + 99, "{}")
    found = outbox.get("l-1")
    assert (found.acknowledged_at, found.acknowledgement) == (NOW + 9, '{"ended":2}')
    assert not outbox.begin(found, NOW + 10)
    assert outbox.due(NOW + 10**6) == []
    assert outbox.overdue(NOW + 10**6) == []
    assert outbox.listed(Listed(owed=True)) == []
    with pytest.raises(OutboxUnknown):
        outbox.acknowledge("l-9", NOW, "{}")


def test_what_is_late_is_told_once_and_still_due(outbox: Deliveries) -> None:
    outbox.put(letter(1), letter(2, due_at=NOW + 7200))
    assert outbox.overdue(NOW + 3599) == []
    assert [each.id for each in outbox.overdue(NOW + 3600)] == ["l-1"]
    outbox.escalated("l-1", NOW + 3601)
    outbox.escalated("l-1", NOW + 9999)
    assert outbox.get("l-1").escalated_at == NOW + 3601
    assert [each.id for each in outbox.overdue(NOW + 7200)] == ["l-2"]
    assert [each.id for each in outbox.due(NOW + 7200)] == ["l-1", "l-2"]
    with pytest.raises(OutboxUnknown):
        outbox.escalated("l-9", NOW)


def test_letters_are_listed_by_type_node_and_time(outbox: Deliveries) -> None:
    outbox.put(letter(1), letter(2, to=EU), letter(3, type="RECTIFY"))

    def ids(**wanted: Any) -> list[str]:
        return [each.id for each in outbox.listed(Listed(**wanted))]

    assert ids(type="RECALL") == ["l-2", "l-1"]
    assert ids(to=SE) == ["l-3", "l-1"]
    assert ids(before=NOW + 2) == ["l-1"]
    assert ids(first=1) == ["l-3"]


def test_of_many_processes_one_begins(engines: Callable[[], Engine]) -> None:
    SqlOutbox(engines()).put(letter(1))
    boxes = [SqlOutbox(engines()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        began = list(pool.map(lambda box: box.begin(letter(1), NOW), boxes))
    assert sorted(began) == [False, False, False, True]


def test_of_many_processes_all_may_put_the_same(engines: Callable[[], Engine]) -> None:
    boxes = [SqlOutbox(engines()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda box: box.put(letter(1)), boxes))
    assert len(boxes[0].listed(Listed())) == 1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"id": "a letter"}, "id is not"),
        ({"to": "Se Polisen"}, "is no notice"),
        ({"type": "recall"}, "is no notice"),
        ({"body": {"id": "l-2"}}, "`id` of its own"),
        ({"body": {"text": "x" * MAX_BODY}}, "at most"),
        ({"due_at": NOW}, "is due"),
    ],
)
def test_what_could_never_be_told_is_no_letter(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(OutboxRefused, match=match):
        letter(1, **changes)


def test_the_pause_grows_to_a_quarter_of_an_hour_and_the_id_travels() -> None:
    assert letter(1, attempts=40).tried(NOW).next_at == NOW + LONGEST_PAUSE
    assert letter(1).told == {"grant": "g-1@2", "records": ["é"], "id": "l-1"}
