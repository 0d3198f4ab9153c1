"""Templates: each can be filled and signed, and none can be used without saying for whom."""

from typing import Any

import pytest
from pydantic import ValidationError

from policy.grants import GrantTerms
from policy.quota import Quota
from policy.terms import Mode, Purpose
from sharing.errors import TemplateRefused
from sharing.templates import Template, template, templates
from tests.sharing.office import DAY, NOW
from tests.sharing.test_grants import KEY, RULE, TWO

GIVEN: dict[str, Any] = {"recipients": ("se.polisen",), "dataset": "cases", "cases": ("FR-1",)}
EVERY = pytest.mark.parametrize("id", list(templates()))


@EVERY
def test_filled_it_can_be_signed(id: str) -> None:  # noqa: A002  # the field's name
    told = template(id).filled(GIVEN)
    days = told.pop("days")
    made = GrantTerms(
        id="g-1", version=1, owner="fr.ofast", not_before=NOW, expires_at=NOW + days * DAY, **told
    )
    assert RULE.sign(made, TWO, KEY).terms == made


@EVERY
def test_what_must_be_given_has_no_default(id: str) -> None:  # noqa: A002  # the field's name
    for name in template(id).given:
        for empty in (GIVEN | {name: ()}, {each: value for each, value in GIVEN.items() if each != name}):
            with pytest.raises(TemplateRefused, match=f"{id}: {name} must be given"):
                template(id).filled(empty)


def test_what_is_given_replaces_what_is_prefilled() -> None:
    told = template("port-alerts").filled(GIVEN | {"days": 10, "mode": Mode.HIT, "masked": ()})
    assert (told["days"], told["mode"], told["masked"]) == (10, Mode.HIT, ("notes",))
    assert Purpose.CROSS_CHECKING in told["purposes"]
    assert told["quota"] == Quota(questions_hour=500, questions_day=5000)
    assert template("port-alerts").filled(GIVEN | {"quota": Quota()})["quota"] == Quota()


def test_an_unknown_one_is_told_which_there_are() -> None:
    with pytest.raises(TemplateRefused, match="port-alerts"):
        template("everything")


@pytest.mark.parametrize(
    "changes",
    [
        {"texts": {"en": {"title": "T", "text": "T"}}},
        {"given": ["recipients"]},
        {"given": ["recipients", "dataset", "nothing"]},
        {"terms": {}},
        {"terms": template("port-alerts").terms.model_dump() | {"quota": {"questions_week": 1}}},
        {"more": 1},
    ],
)
def test_a_malformed_one_is_refused(changes: dict[str, Any]) -> None:
    whole = template("port-alerts").model_dump()
    with pytest.raises(ValidationError):
        Template.model_validate(whole | changes)
