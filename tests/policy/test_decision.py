"""Values that carry permission cannot be made by hand, and bind what they rest on."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from policy.decision import Access, OversightPermit, Permit, Refusal, admit, issue
from policy.errors import NotAdmitted
from policy.filters import Field
from policy.judge import Judge
from policy.terms import Mode
from policy.wasm_engine import WasmEngine
from tests.policy.cases import AUDITOR
from tests.policy.law import ACTOR, HOME, MANDATE, NODE, NOW, QUESTION, grant, mandate, question


@dataclass(frozen=True)
class Receipt:
    subject: str
    digest: str = "sha256:" + "c" * 64


@pytest.fixture
async def permit(wasm_engine: WasmEngine) -> Permit:
    verdict = await Judge(wasm_engine, NODE).may_answer(MANDATE, QUESTION, HOME, [grant()], now=NOW)
    assert isinstance(verdict, Permit)
    return verdict


async def test_an_access_needs_the_receipt_for_this_permit(permit: Permit) -> None:
    access = admit(permit, Receipt(permit.digest))
    assert (access.permit, access.receipt_digest) == (permit, "sha256:" + "c" * 64)
    with pytest.raises(NotAdmitted, match="the receipt is for sha256:0"):
        admit(permit, Receipt("sha256:0"))


async def test_nobody_else_makes_one(permit: Permit) -> None:
    with pytest.raises(NotAdmitted):
        Permit(**facts_of(permit), mode=Mode.RECORD)
    with pytest.raises(NotAdmitted):
        replace(permit, max_rows=10_000)
    with pytest.raises(NotAdmitted):
        Access(permit, "sha256:0")
    with pytest.raises(NotAdmitted):
        OversightPermit("0", AUDITOR, "read", "INTEGRITY", "sha256:0", NOW)


def facts_of(permit: Permit) -> dict[str, Any]:
    return {
        each.name: getattr(permit, each.name) for each in fields(permit) if each.init and each.name != "mode"
    }


async def test_a_digest_binds_what_was_decided(permit: Permit) -> None:
    branch = permit.branches[0]
    changes: list[dict[str, Any]] = [
        {"id": "0"},
        {"partner": "eu.europol"},
        {"mandate": mandate(case="X")},
        {"mandate": replace(MANDATE, actor=replace(ACTOR, unit="u-9"))},
        {"question": question(arguments_digest="sha256:0")},
        {"branches": ()},
        {"branches": (replace(branch, mode=Mode.CORE),)},
        {"branches": (replace(branch, filter=Field("eq", "dataset", "cases")),)},
        {"shows": {**permit.shows, "address": ("g-1@1",)}},
        {"max_rows": 1},
        {"obligations": ("NOTIFY_PROVIDER",)},
        {"revision": "sha256:0"},
        {"decided_at": NOW + 1},
    ]
    assert issue(**facts_of(permit)).digest == permit.digest
    digests = {issue(**facts_of(permit) | change).digest for change in changes}
    assert len(digests | {permit.digest}) == len(changes) + 1


async def test_a_refusal_is_a_value(wasm_engine: WasmEngine) -> None:
    verdict = await Judge(wasm_engine, NODE).may_answer(MANDATE, QUESTION, HOME, [], now=NOW)
    assert isinstance(verdict, Refusal)
    with pytest.raises(AttributeError):
        verdict.reasons = ()  # type: ignore[misc]  # frozen
