"""Mandates: one justification for many questions in a case, gone for all of them when it is closed."""

from itertools import product

import pytest

from gateway.ask import Asking, ask
from gateway.errors import MandateNotPermitted, MandateNotValid
from gateway.mandates import close, mine, open_
from policy.bundle import Bundle
from policy.emergency import Emergency, Threat
from policy.terms import Aim, LegalBasis, Operation, Purpose, SubjectCategory
from sharing.errors import MandateRefused
from sharing.mandates import Justification
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


LAW = Bundle.packaged().data["law"]
EMERGENCY = Emergency(Threat.KIDNAPPING, "a child was seen")


def why(purpose: Purpose, basis: LegalBasis, category: SubjectCategory) -> Justification:
    return Justification(purpose, basis, "FR-1", "DRUG_TRAFFICKING", category, Aim.MORE_DATA_ON_KNOWN)


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_mandate_that_could_never_be_used_is_not_opened(world: World, purpose: Purpose) -> None:
    visit, said = world.visit("fr.ofast"), EMERGENCY if purpose is Purpose.THREAT_TO_LIFE else None
    for basis, category in product(LegalBasis, SubjectCategory):
        wrong = {
            "basis-unfit": basis.value not in LAW["bases"][purpose],
            "category-out-of-reach": category.value not in LAW["reach"][purpose],
        }
        size = visit.node.log.head.size
        if category is SubjectCategory.UNCATEGORISED:
            with pytest.raises(MandateRefused, match="a subject category is needed"):
                await open_(visit, why(purpose, basis, category), None, said)
        elif any(wrong.values()):
            with pytest.raises(MandateNotPermitted, match=f"{purpose} by {basis} about {category}") as told:
                await open_(visit, why(purpose, basis, category), None, said)
            assert {rule for rule in wrong if rule in str(told.value)} == {
                rule for rule, broken in wrong.items() if broken
            }
            assert visit.node.log.head.size == size + 1
        else:
            opened = await open_(visit, why(purpose, basis, category), 1, said)
            assert [each["id"] for each in mine(visit)] == [opened["id"]]
            await close(visit, opened["id"])
    assert not mine(visit), "no refused mandate exists"


async def test_a_refused_mandate_is_logged_without_saying_who(world: World) -> None:
    visit = world.visit("fr.ofast")
    unfit = why(Purpose.CROSS_CHECKING, LegalBasis.PRUM2_26, SubjectCategory.WITNESS)
    with pytest.raises(MandateNotPermitted, match=r"CATEGORY_NOT_COVERED \(rule category-out-of-reach\)"):
        await open_(visit, unfit, None)
    leaf = (await world.log("fr.ofast"))[-1]
    assert (leaf["action"], leaf["reasons"]) == ("MANDATE_REFUSED", ["CATEGORY_NOT_COVERED"])
    assert leaf["rules"] == ["category-out-of-reach"]
    assert "analyst-1" not in str(leaf)
    assert leaf["retain_until"]
