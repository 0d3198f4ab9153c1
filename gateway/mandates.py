"""The use case of mandates: an analyst opens one for a case, asks under it, and ends it."""

from collections.abc import Mapping
from typing import Any

from audit.entry import Entry, Kind
from gateway.errors import MandateNotValid
from gateway.facts import moment, of_mandate
from gateway.node import Node
from gateway.visit import Visit
from policy.mandate import Actor, Mandate
from policy.terms import Role
from sharing.errors import MandateUnknown
from sharing.mandates import Justification, new_mandate


async def open_(visit: Visit, why: Justification, minutes: int | None) -> Mapping[str, Any]:
    """Open a mandate for the node's usual time, or for fewer `minutes`; it is logged before it exists."""
    node, now = visit.node, visit.node.now()
    longest = node.settings.limits.mandate_seconds
    life = longest if minutes is None else min(longest, minutes * 60)
    mandate = new_mandate(visit.require(Role.ANALYST), why, now=now, life=life)
    await node.log.append(_entry(node, mandate, "MANDATE_OPENED"))
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


def _entry(node: Node, mandate: Mandate, action: str) -> Entry:
    facts = of_mandate(node, mandate) | {
        "action": action,
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "expires_at": moment(mandate.expires_at),
    }
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest)
