"""Tiers and follow-ups by the command line alone, at running nodes over HTTP.

One stage for all: three requests are answered in whole, in part, and not at all; then what a grant shows is
narrowed tier by tier, and each next question shows exactly that.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gateway.demo.cast import Stage
from gateway.demo.run import running
from tests.flow.commands import said, until

pytestmark = [pytest.mark.slow, pytest.mark.long]
CASE, BOX, PHONE, ACCOUNT = "FR-2026-0418", "XQZU 418026-6", "+46701740642", "SE4298900000000418026000"
FR, SE = "fr.ofast", "se.polisen"
ANALYST, OFFICERS = "fr-7c1e04", ("se-83fe0c", "se-2c65a9")
TERMS = (
    "--to", FR, "--dataset", "cases", "--schema", "Container", "--tier", "record", "--mask", "sealNumber",
    "--purpose", "OPERATIONAL_ANALYSIS", "--basis", "ER_20_2A", "--category", "NOT_A_PERSON",
    "--role", "analyst", "--days", "30",
)  # fmt: skip


class People:
    """The analyst of one node and the two officers of the other, at their commands."""

    def __init__(self, stage: Stage) -> None:
        self._at_home = ("--node", stage.address(FR), "--as", ANALYST)
        self._officers = [("--node", stage.address(SE), "--as", each) for each in OFFICERS]

    def analyst(self, *arguments: str) -> Any:
        return json.loads(said(*arguments, "--json", *self._at_home))

    def reads(self, *arguments: str) -> str:
        """What the analyst sees without `--json`, in one line."""
        return " ".join(said(*arguments, *self._at_home).split())

    def officer(self, *arguments: str, second: bool = False) -> Any:
        return json.loads(said(*arguments, "--json", *self._officers[second]))

    def asked(self, value: str) -> tuple[Any, list[Mapping[str, Any]], str]:
        """What the other node shows of it: its status, its records, and the question's id."""
        told = self.analyst("ask", "lookup", value, "--case", CASE)
        (status,) = [each for each in told["nodes"] if each["node"] == SE]
        return status, [each["record"] for each in told["claims"] if each["node"] == SE], told["queryId"]

    def requested(self, value: str, tier: str) -> str:
        """The id of a question that gave a contact, after more was requested on it."""
        status, _, query = self.asked(value)
        number = status["contact"]["reference"]
        wish = ("followup", "request", query, SE, "lookup", value, "--tier", tier, "--reference", number)
        (made,) = self.analyst(*wish, "--reason", "ARREST_IMMINENT", "--urgency", "URGENT_DIRECT")
        assert made["state"] == "OPEN"
        return query

    def ruled(self, item: str, *ruling: str) -> Any:
        """The item after both officers decided the same."""
        (waiting,) = self.officer("followup", "decide", item, *ruling)
        assert (waiting["state"], waiting["approvals"]) == ("OPEN", 1)
        (ended,) = self.officer("followup", "decide", item, *ruling, second=True)
        return ended


@pytest.fixture(scope="module")
def people(stage: Stage) -> Iterator[People]:
    with running(stage):
        yield People(stage)


def test_answered_answered_in_part_and_refused(people: People) -> None:
    whole, part, refused = (
        people.requested(value, tier) for value, tier in ((BOX, "core"), (PHONE, "record"), (ACCOUNT, "core"))
    )
    waits = until(lambda: found if len(found := people.officer("inbox")) == 3 else None)
    items = {each["queryId"]: each["id"] for each in waits}
    assert {each["tierGiven"] for each in waits} == {"contact"}
    assert all(each["dueAtLocal"].endswith("+00:00 (UTC)") for each in waits)

    (tried,) = people.officer("followup", "decide", items[whole], "answer", "--dry-run")
    assert [each["id"] for each in tried["records"]] == ["se-ct-1"]
    assert people.ruled(items[whole], "answer", "--days", "3")["state"] == "ANSWERED"
    less = ("partial", "--tier", "core", "--record", "se-ph-1", "--mask", "country")
    assert people.ruled(items[part], *less)["state"] == "PARTLY_ANSWERED"
    (ended,) = people.officer(
        "followup", "decide", items[refused], "refuse", "--reason", "ONGOING_INVESTIGATION"
    )
    assert (ended["state"], ended["approvals"]) == ("REFUSED", 0)

    until(lambda: not [each for each in people.analyst("followup", "list") if each["state"] == "OPEN"])
    told = {each["queryId"]: each for each in people.analyst("followup", "list")}
    assert (told[whole]["state"], told[whole]["tierGiven"]) == ("ANSWERED", "core")
    assert (told[part]["state"], told[part]["tierGiven"]) == ("PARTLY_ANSWERED", "core")
    assert "an investigation that is under way stands against it" in people.reads("followup", "list")
    swedish = people.reads("followup", "list", "--query", refused, "--language", "sv")
    assert "REFUSED, ONGOING_INVESTIGATION: en pågående utredning hindrar det" in swedish

    query = people.requested(ACCOUNT, "record")
    (open_,) = people.analyst("followup", "list", "--query", query)
    for _ in range(2):
        (withdrawn,) = people.analyst("followup", "withdraw", open_["id"])
        assert (withdrawn["state"], withdrawn["overdue"]) == ("WITHDRAWN", False)
    (ended,) = until(lambda: people.officer("inbox", "--state", "WITHDRAWN"))
    assert (ended["queryId"], ended["decidedBy"], ended["clock"]) == (query, FR, None)

    seen = people.analyst("seen", "fr.ofast/fr-ct-1", "--case", CASE)
    assert (seen["handle"], seen["complete"]) == ("fr.ofast/fr-ct-1", True)
    assert "partner" in people.reads("seen", "fr.ofast/fr-ct-1", "--case", CASE)

    _, records, _ = people.asked(BOX)
    assert [(each["id"], each["mode"]) for each in records] == [("se-ct-1", "core")]
    _, records, _ = people.asked(PHONE)
    assert [(each["id"], each["mode"]) for each in records] == [("se-ph-1", "core")]
    assert "country" in records[0]["masked"]
    assert {each["name"] for each in records[0]["properties"]} == {"name", "number"}
    status, records, _ = people.asked(ACCOUNT)
    assert (status["status"], status["contact"]["count"], records) == ("ANSWERED", 1, [])


def test_a_grant_narrowed_tier_by_tier_counts_at_the_next_question(people: People) -> None:
    people.officer("grants", "revoke", "--partner", FR, "--reason", "over")
    status, records, _ = people.asked(BOX)
    assert (status["status"], records) == ("REFUSED", [])
    assert "GRANT_REVOKED" in status["reasons"]

    draft = people.officer("grants", "draft", *TERMS)["proposal"]
    people.officer("grants", "propose", draft)
    grant = people.officer("grants", "approve", draft, second=True)["id"]
    status, (record,), _ = people.asked(BOX)  # T3: the record, less what is masked
    assert (status["status"], status["count"], status["contact"]) == ("ANSWERED", 1, None)
    names = {each["name"] for each in record["properties"]}
    assert (record["mode"], "notes" in names, "sealNumber" in names) == ("record", True, False)
    assert record["masked"] == ["sealNumber"]
    assert "sealNumber" in people.reads("ask", "lookup", BOX, "--case", CASE)

    assert people.officer("grants", "supersede", grant, "--tier", "core")["state"] == "ACTIVE"
    _, (record,), _ = people.asked(BOX)  # T2: the core set
    assert record["mode"] == "core"
    assert {each["name"] for each in record["properties"]} == {"name", "containerCode", "isoType", "country"}

    assert people.officer("grants", "supersede", grant, "--tier", "contact")["state"] == "ACTIVE"
    status, records, _ = people.asked(BOX)  # T1: how many, which category, whom to ask under which number
    assert (status["status"], status["count"], records) == ("ANSWERED", 1, [])
    contact = status["contact"]
    assert (contact["count"], contact["categories"], bool(contact["reference"])) == (
        1,
        ["NOT_A_PERSON"],
        True,
    )
    assert contact["spoc"] == "spoc.polisen@demo.example"

    assert people.officer("grants", "supersede", grant, "--tier", "hit")["state"] == "ACTIVE"
    status, records, _ = people.asked(BOX)  # T0: that there is a hit
    assert (status["status"], status["count"], status["contact"], records) == ("ANSWERED", 0, None, [])
    assert (status["more"], status["reasons"]) == (False, [])
    nothing, records, _ = people.asked(ACCOUNT)
    assert (nothing["status"], nothing["count"], nothing["contact"], records) == ("NO_HIT", 0, None, [])
