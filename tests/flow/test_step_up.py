"""What is hard to take back takes a fresh proof of who is there; without it nothing is done or written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway import liaise, propose
from gateway.evidence import Wanted, taken
from gateway.export import Exporting, export
from gateway.oversight.identity import identity
from gateway.report_cases import Outlet, Source
from gateway.reports import Reporting, report
from gateway.settings import SignInPart
from gateway.step_up import StepUpNeeded, check_proof
from gateway.visit import Visit
from policy.onward import DataUse
from policy.terms import Role
from sharing.reports.written import Kind
from sharing.sessions import UNKNOWN, Authentication
from tests.flow.test_grants import TERMS
from tests.world import Ground, World, open_world

SE = "se.polisen"
HANDLES = ("fr.ofast/fr-ct-1",)
RULE = '\n[signin]\nissuer = "http://127.0.0.1:9"\nstep_up_seconds = 300\nstep_up_acr = ["mfa", "card"]\n'


@pytest.fixture
async def strict(tmp_path: Path, ground: Ground) -> AsyncIterator[World]:
    """Three nodes at which people sign in."""
    async with open_world(tmp_path, replace(ground, settings=RULE)) as opened:
        yield opened


def proved(visit: Visit, ago: int = 0, acr: str = "card") -> Visit:
    known = Authentication("idp|1", "s-1", visit.node.now() - ago, acr)
    return replace(visit, session=replace(visit.session, authentication=known))


async def test_each_of_them_is_refused_without_a_proof_and_leaves_no_trace(strict: World) -> None:
    officer = strict.visit(SE, "officer-a", Role.LIAISON)
    analyst, auditor = strict.visit(SE), strict.visit(SE, "auditor", Role.OVERSIGHT)
    mandate = await strict.mandate(analyst)
    draft = propose.draft(officer, TERMS, 30)
    proposed = await propose.propose(proved(officer), TERMS, 30)
    opened = len(await strict.log(SE)) - 1
    size, waiting = strict.nodes[SE].log.head.size, len(propose.waiting(officer))
    acts: dict[str, Callable[[Visit], Awaitable[Any]]] = {
        "propose": lambda who: propose.propose(who, TERMS, 30),
        "propose a draft": lambda who: propose.propose_draft(who, draft["proposal"]),
        "approve": lambda who: propose.approve(who, proposed["proposal"]),
        "export": lambda who: export(who, Exporting(HANDLES, mandate, DataUse.INTERNAL)),
        "report": lambda who: report(
            who, Reporting(Kind.CASE, (Source(mandate, handles=HANDLES),), Outlet(DataUse.INTERNAL))
        ),
        "evidence": lambda who: taken(who, Wanted("FR-2026-0418", "YEARLY_REVIEW")),
        "identity": lambda who: identity(who, opened, "COMPLAINT"),
    }
    people = {"export": analyst, "report": analyst, "evidence": auditor, "identity": auditor}
    people["approve"] = strict.visit(SE, "officer-b", Role.LIAISON)
    for name, act in acts.items():
        person = people.get(name, officer)
        for lacking in (person, proved(person, 300), proved(person, 0, "password")):
            with pytest.raises(StepUpNeeded):
                await act(lacking)
    assert strict.nodes[SE].log.head.size == size
    assert len(propose.waiting(officer)) == waiting


async def test_with_a_fresh_proof_they_are_done_and_to_narrow_or_end_a_grant_takes_none(
    strict: World,
) -> None:
    officer, second = strict.visit(SE, "officer-a", Role.LIAISON), strict.visit(SE, "officer-b", Role.LIAISON)
    assert (await propose.propose(officer, TERMS, 30, dry_run=True))["dryRun"]
    proposed = await propose.propose(proved(officer, 200, "mfa"), TERMS, 30)
    granted = await propose.approve(proved(second), proposed["proposal"], proposed["digest"])
    assert granted["state"] == "ACTIVE"
    narrower = await propose.supersede(second, granted["id"], {"days": 10})
    assert (narrower["state"], narrower["narrows"]) == ("ACTIVE", True)
    with pytest.raises(StepUpNeeded):
        await propose.supersede(second, granted["id"], {"days": 60})
    ended = await liaise.revoke(officer, granted["id"], "over")
    assert ended["state"] == "REVOKED"
    auditor = proved(strict.visit(SE, "auditor", Role.OVERSIGHT))
    assert (await identity(auditor, len(await strict.log(SE)) - 1, "COMPLAINT"))["subject"] == "officer-a"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (UNKNOWN, "did not say when"),
        (Authentication(at=700, acr="card"), "300 s ago, this takes it within 300"),
        (Authentication(at=701, acr=""), "this takes mfa, card"),
        (Authentication(at=701, acr="card "), "this takes mfa, card"),
    ],
)
def test_what_lacks_is_said(known: Authentication, said: str) -> None:
    rule = SignInPart(issuer="https://idp", step_up_seconds=300, step_up_acr=["mfa", "card"])
    with pytest.raises(StepUpNeeded, match=said):
        check_proof(rule, known, 1000)
    check_proof(rule, Authentication(at=701, acr="mfa"), 1000)
    check_proof(SignInPart(issuer="https://idp"), Authentication(at=401), 1000)
