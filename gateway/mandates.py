"""The use case of mandates: an analyst opens one for a case, asks under it, and ends it."""

import json
from collections.abc import Mapping
from typing import Any

from audit.entry import Entry, Kind
from gateway.emergencies import check_said
from gateway.errors import MandateNotValid
from gateway.facts import moment, of_mandate, retain_until
from gateway.node import Node
from gateway.visit import Visit
from policy.emergency import LONGEST, Emergency
from policy.mandate import Actor, Mandate
from policy.terms import Role
from sharing.errors import MandateUnknown
from sharing.mandates import Justification, new_mandate

DAY = 86_400


async def open_(
    visit: Visit, why: Justification, minutes: int | None, emergency: Emergency | None = None
) -> Mapping[str, Any]:
    """Open a mandate for the node's usual time, or for fewer `minutes`; it is logged before it exists.

    One for a threat to life says what the `emergency` is, and lives an hour at most.
    """
    check_said(why, emergency)
    node, now = visit.node, visit.node.now()
    longest = min(node.settings.limits.mandate_seconds, LONGEST if emergency else DAY)
    life = longest if minutes is None else min(longest, minutes * 60)
    mandate = new_mandate(visit.require(Role.ANALYST), why, now=now, life=life)
    await node.log.append(_entry(node, mandate, "MANDATE_OPENED", emergency))
    node.books.mandates.add(mandate)
    return shown(mandate)


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
