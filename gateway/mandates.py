"""The use case of mandates: an analyst opens one for a case, asks under it, and ends it.

1. The justification has all its parts, and the mandate a life that the node allows. 2. The law decides on it
with a question that asks for nothing, as it will on every question under it: a combination of purpose, legal
basis, category, offence and aim that could never be used is refused at once, with its reason and rule. 3. It
is logged, permitted or not. 4. Only then it exists. Every question under it is decided anew.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from audit.entry import Entry, Kind
from gateway.emergencies import check_said
from gateway.errors import MandateNotPermitted, MandateNotValid
from gateway.facts import moment, of_mandate, of_verdict, retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.bundle import Bundle
from policy.decision import Refusal
from policy.emergency import LONGEST, Emergency
from policy.mandate import Actor, Mandate, digest_of
from policy.question import Question
from policy.terms import Operation, Role
from sharing.errors import MandateUnknown
from sharing.mandates import Justification, new_mandate

DAY = 86_400


async def open_(
    visit: Visit, why: Justification, minutes: int | None, emergency: Emergency | None = None
) -> Mapping[str, Any]:
    """Open a mandate for the node's usual time, or for fewer `minutes`; `MandateNotPermitted` by the law.

    One for a threat to life says what the `emergency` is, and lives an hour at most.
    """
    check_said(why, emergency)
    node, now = visit.node, visit.node.now()
    longest = min(node.settings.limits.mandate_seconds, LONGEST if emergency else DAY)
    life = longest if minutes is None else min(longest, minutes * 60)
    mandate = new_mandate(visit.require(Role.ANALYST), why, now=now, life=life)  # 1
    await permitted(node, mandate)  # 2, 3
    await node.log.append(_entry(node, mandate, "MANDATE_OPENED", emergency))  # 3
    node.books.mandates.add(mandate)  # 4
    return shown(mandate)


async def permitted(node: Node, mandate: Mandate) -> None:
    """Hold the mandate to the law of this moment; `MandateNotPermitted`, logged, if nothing may be done."""
    verdict = await node.judge.may_ask(mandate, _of_nothing(node), now=node.now())
    if isinstance(verdict, Refusal):
        await node.log.append(_refused(node, mandate, verdict))
        raise MandateNotPermitted(_why(mandate, verdict))


async def close(visit: Visit, mandate_id: str) -> bool:
    """End a mandate of the caller; it is logged first."""
    node = visit.node
    mandate = held(node, mandate_id, visit.require(Role.ANALYST))
    await node.log.append(_entry(node, mandate, "MANDATE_CLOSED"))
    node.books.mandates.revoke(mandate.id, node.now())
    return True


def mine(visit: Visit) -> list[Mapping[str, Any]]:
    """The caller's mandates that still hold."""
    actor = visit.require(Role.ANALYST)
    return [shown(each) for each in visit.node.books.mandates.of(actor.subject, visit.node.now())]


def held(node: Node, mandate_id: str, actor: Actor) -> Mandate:
    """The actor's mandate of that id, as long as it holds; `MandateNotValid` otherwise."""
    try:
        return node.books.mandates.get(mandate_id, actor.subject, node.now())
    except MandateUnknown as error:
        raise MandateNotValid(f"mandate {mandate_id[:40]!r}: {error}") from error


def shown(mandate: Mandate) -> Mapping[str, Any]:
    """A mandate as the desk's schema tells it."""
    return {
        "id": mandate.id,
        "purpose": mandate.purpose.value,
        "legalBasis": mandate.legal_basis.value,
        "case": mandate.case,
        "offence": mandate.offence,
        "subjectCategory": mandate.subject_category.value,
        "aim": mandate.aim.value,
        "openedAt": moment(mandate.opened_at),
        "expiresAt": moment(mandate.expires_at),
    }


def _of_nothing(node: Node) -> Question:
    """A question that asks for nothing: of one record, whose id is not said."""
    return Question(Operation.ENTITY, node.documents.named(Operation.ENTITY).id, digest_of({}))


def _why(mandate: Mandate, refusal: Refusal) -> str:
    reasons, rules = (" ".join(each) for each in (refusal.reasons, refusal.rules))
    asked = f"{mandate.purpose} by {mandate.legal_basis} about {mandate.subject_category}"
    fits = "".join(f"; {mandate.purpose} {each}" for each in _fitting(mandate, refusal))
    return f"mandate for {mandate.case}: {asked} is refused: {reasons} (rule {rules}){fits}"


def _fitting(mandate: Mandate, refusal: Refusal) -> Iterator[str]:
    """What the law's tables would take instead."""
    law = Bundle.packaged().data["law"]
    if "basis-unfit" in refusal.rules:
        yield f"rests on {' '.join(law['bases'][mandate.purpose])}"
    if "category-out-of-reach" in refusal.rules:
        yield f"reaches {' '.join(law['reach'][mandate.purpose])}"


def _refused(node: Node, mandate: Mandate, refusal: Refusal) -> Entry:
    facts = of_mandate(node, mandate) | of_verdict(refusal)
    facts |= {
        "action": "MANDATE_REFUSED",
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    sealed = json.dumps({"subject": mandate.actor.subject}, ensure_ascii=False).encode()
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest, sealed=sealed)


def _entry(node: Node, mandate: Mandate, action: str, emergency: Emergency | None = None) -> Entry:
    facts = of_mandate(node, mandate) | {
        "action": action,
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "expires_at": moment(mandate.expires_at),
    }
    if emergency is None:
        return Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest)
    facts |= {
        "reasons": [emergency.threat.value],
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    told = {"subject": mandate.actor.subject, "reason": emergency.text}
    sealed = json.dumps(told, ensure_ascii=False).encode()
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest, sealed=sealed)
