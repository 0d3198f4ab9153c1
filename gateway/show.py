"""Pictures as the desk's schema tells them: plain mappings with the published names."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.facts import moment
from gateway.provenance_shown import provenance_shown
from gateway.ranking import Ranked
from policy.decision import Refusal
from policy.terms import Reason, Status
from sharing.answer_shape import Contact, Record
from sharing.merge import Claim, NodeStatus, Picture
from sharing.message import Request

Shown = Mapping[str, Any]


def picture_shown(picture: Picture, places: Iterable[Ranked] = ()) -> Shown:
    """A federated answer; `places` are those of a search."""
    return {
        "queryId": picture.query_id,
        "complete": picture.complete,
        "nodes": [_status(each) for each in picture.nodes],
        "claims": [claim_shown(each) for each in picture.claims],
        "candidates": [
            {"handles": list(each.handles), "kind": each.kind, "normal": each.normal}
            for each in picture.same_as
        ],
        "ranked": [_place(each) for each in places],
    }


def refusal_shown(node: str, request: Request, refusal: Refusal) -> Shown:
    """The answer when the own node does not let the question out: no partner was asked."""
    at = moment(request.asked_at)
    status = {
        "node": node,
        "status": Status.REFUSED.value,
        "reasons": [each.value for each in refusal.reasons],
        "detail": "",
        "count": 0,
        "askedAt": at,
        "repliedAt": moment(refusal.decided_at),
        "receipt": None,
        "contact": None,
        "more": False,
        "next": None,
        "renewsAt": None,
    }
    nothing: Shown = {"claims": [], "candidates": [], "ranked": []}
    return {"queryId": request.query_id, "complete": False, "nodes": [status], **nothing}


def _status(status: NodeStatus) -> Shown:
    return {
        "node": status.node,
        "status": status.status.value,
        "reasons": list(status.reasons),
        "detail": status.detail,
        "count": status.count,
        "askedAt": moment(status.asked_at),
        "repliedAt": moment(status.replied_at),
        "receipt": status.receipt or None,
        "contact": contact_shown(status.contact),
        "more": status.more,
        "next": status.last or None,
        "renewsAt": None if status.renews_at is None else moment(status.renews_at),
    }


def _place(place: Ranked) -> Shown:
    best = place.best
    why = [{"asked": each.asked, "held": each.held, "how": each.how} for each in (best.met if best else ())]
    return {"handle": place.handle, "score": place.score, "name": best.name if best else None, "why": why}


def contact_shown(contact: Contact | None) -> Shown | None:
    """How many, and whom to ask; None where a node said neither."""
    if contact is None:
        return None
    return {
        "count": contact.count,
        "categories": list(contact.categories),
        "spoc": contact.spoc,
        "reference": contact.reference,
    }


def claim_shown(claim: Claim) -> Shown:
    """One record as one node claims it."""
    return {
        "handle": claim.handle,
        "node": claim.node,
        "receipt": claim.receipt,
        "record": _record(claim.record),
        "provenance": provenance_shown(claim.record),
        "withheld": [{"name": each, "code": Reason.FIELD_MASKED.value} for each in claim.record.masked],
    }


def _record(record: Record) -> Shown:
    return {
        "id": record.id,
        "schema": record.schema,
        "owner": record.owner,
        "version": record.version,
        "recordedAt": record.recorded_at,
        "handling": list(record.handling),
        "grants": list(record.grants),
        "masked": list(record.masked),
        **record.texts,
        **record.codes,
        "properties": [{"name": name, "values": list(values)} for name, values in record.properties.items()],
        "identifiers": [
            {"kind": each.kind, "normal": each.normal, "original": each.original}
            for each in record.identifiers
        ],
    }
