"""Mandates: one justification for many questions in a case, gone for all of them when it is closed."""

import pytest

from gateway.ask import Asking, ask
from gateway.errors import MandateNotValid
from gateway.mandates import close, mine
from policy.terms import LegalBasis, Operation, Purpose, SubjectCategory
from tests.flow.test_grants import BOX
from tests.world import World


async def test_reused_within_a_case_and_closed_for_every_question_at_once(world: World) -> None:
    visit = world.visit("fr.ofast")
    mandate = await world.mandate(visit)
    for _ in range(2):
        assert (await ask(visit, Asking(Operation.LOOKUP, BOX, mandate)))["nodes"]
    size = len(world.wire)
    await close(visit, mandate)
    assert not mine(visit)
    for operation, variables in (
        (Operation.LOOKUP, BOX),
        (Operation.SEARCH, {"text": "Lindqvist"}),
        (Operation.ENTITY, {"id": "se-ct-1"}),
    ):
        with pytest.raises(MandateNotValid, match="was closed at"):
            await ask(visit, Asking(operation, variables, mandate))
    with pytest.raises(MandateNotValid, match="was closed at"):
        await close(visit, mandate)
    assert len(world.wire) == size, "no partner heard of it"
    other = await world.mandate(visit, minutes=1)
    world.later(61)
    with pytest.raises(MandateNotValid, match="expired at"):
        await ask(visit, Asking(Operation.LOOKUP, BOX, other))
    with pytest.raises(MandateNotValid, match="none that"):
        await ask(world.visit("fr.ofast", "analyst-2"), Asking(Operation.LOOKUP, BOX, other))


async def test_cross_checking_reaches_suspects_and_likely_offenders_only(world: World) -> None:
    checking = {"purpose": Purpose.CROSS_CHECKING, "legal_basis": LegalBasis.PRUM2_26}
    for category in SubjectCategory:
        if category is SubjectCategory.UNCATEGORISED:
            continue
        size = len(world.wire)
        picture = await world.ask("fr.ofast", Operation.LOOKUP, BOX, subject_category=category, **checking)
        reached = category in {
            SubjectCategory.SUSPECT_OR_CONVICTED,
            SubjectCategory.LIKELY_OFFENDER,
            SubjectCategory.NOT_A_PERSON,
        }
        home = next(each for each in picture["nodes"] if each["node"] == "fr.ofast")
        assert (len(world.wire) > size) == reached, category
        assert (home["reasons"] == ["CATEGORY_NOT_COVERED"]) != reached, category
