"""The demo's past and its telephone: enough of it, the same each time, planted cases among ordinary ones."""

from collections import Counter
from typing import Any

import pytest

from deploy.demo import telephone
from deploy.demo.past import past
from deploy.demo.story import NODES
from gateway.demo.cast import people
from tenants.marks import marks_of, meet

SATURDAY = 5


@pytest.fixture(scope="module", params=range(7))
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What went before a demo that begins on that day of the week, the next one after `weekday`."""
    return {**past(418, request.param), "weekday": request.param}


def test_the_same_seed_gives_the_same_past() -> None:
    assert past(418, 3) == past(418, 3)
    assert past(418, 3)["acts"] != past(419, 3)["acts"]


def test_the_logs_get_five_thousand_entries_over_ninety_days(told: dict[str, Any]) -> None:
    entries: Counter[str] = Counter()
    for act in told["acts"]:
        own = "nodes" in act
        assert not own or act["nodes"] == [act["node"]]
        entries += {node: 4 if node == act["node"] else 0 if own else 2 for node in NODES}
    quarters = {
        (a["subject"], a["mandate"]["case"], a["days_ago"], a["seconds"] // 21_600) for a in told["acts"]
    }
    assert entries.total() + len(quarters) >= 5_000
    assert min(entries.values()) > 900
    moments = [(-act["days_ago"], act["seconds"]) for act in told["acts"]]
    assert moments == sorted(moments)
    assert {act["days_ago"] for act in told["acts"]} <= set(range(1, 91))
    assert moments[0][0] < -85


def test_few_are_asked_at_night_or_on_a_weekend(told: dict[str, Any]) -> None:
    def late(act: dict[str, Any]) -> bool:
        day = (told["weekday"] - (act["days_ago"] - 1)) % 7
        return day >= SATURDAY or not 6 <= act["seconds"] // 3600 < 20

    rate = sum(map(late, told["acts"])) / len(told["acts"])
    assert 0.01 < rate < 0.15


def test_one_officer_asks_for_the_own_name_at_fourteen_past_two(told: dict[str, Any]) -> None:
    known = {each["subject"]: marks_of((each["subject"], each["name"])) for each in people()}
    own = [act for act in told["acts"] if meet(known[act["subject"]], act["arguments"].values())]
    (act,) = own
    assert (act["days_ago"], act["seconds"] // 60) == (3, 2 * 60 + 14)
    assert act["node"] == "fr.ofast"


def test_the_telephone_is_one_device_with_its_numbers_and_names_that_try_a_screen() -> None:
    records = list(telephone.records(418))
    assert records == list(telephone.records(418))
    counted = Counter(each["schema"] for each in records)
    assert counted == {"Device": 1, "PhoneNumber": 180, "UnknownLink": 180, "ExtractedMessage": 180}
    numbers = [each["properties"]["number"][0] for each in records if each["schema"] == "PhoneNumber"]
    assert len(set(numbers)) == len(numbers)
    names = " ".join(each["properties"]["name"][0] for each in records if "name" in each["properties"])
    assert all(sign in names for sign in ("<script>", "\u202e", "é", "ö", "å"))
