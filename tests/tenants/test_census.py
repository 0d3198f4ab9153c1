"""A census counts what an oracle counts record by record, on both databases, whatever the policy."""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings

from policy.decision import Access
from policy.terms import Mode, Operation
from tests.tenants import test_views
from tests.tenants.permits import access
from tests.tenants.policies import accesses
from tests.tenants.test_views import Filled

filled = test_views.filled


def _mode(answer: dict[str, Any]) -> Mode:
    if answer["records"]:
        return Mode(answer["records"][0]["mode"])
    return Mode.CONTACT if answer["contact"] else Mode.HIT


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(key=accesses())
async def test_every_record_that_is_seen_counts_once(filled: Filled, key: Access) -> None:
    answers = {
        record.id: (record.kind.name, filled.oracle.answer(key, Operation.ENTITY, {"id": record.id}))
        for record in filled.oracle.records
    }
    seen = {name: (schema, answer) for name, (schema, answer) in answers.items() if answer["hit"]}
    listed = {name: answer["records"][0] for name, (_, answer) in seen.items() if answer["records"]}
    census = await filled.view.census(key)
    assert census.counts == Counter((schema, _mode(answer)) for schema, answer in seen.values())
    assert {name: (each.schema, list(each.grants)) for name, each in census.listed.items()} == {
        name: (record["schema"], record["grants"]) for name, record in listed.items()
    }
    assert not census.more


async def test_no_branch_counts_nothing(filled: Filled) -> None:
    census = await filled.view.census(access((), {}))
    assert (dict(census.counts), dict(census.listed), census.more) == ({}, {}, False)
