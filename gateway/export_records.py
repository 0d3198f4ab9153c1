"""The records of an export or a report: each asked for anew, then held to its codes and to courts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.ask import Asking, Unasked, inquire, split_handle
from gateway.export_document import Exporting, Found, codes, mark_of
from gateway.node import Node
from gateway.provenance_shown import excluded
from gateway.show import picture_shown, refusal_shown
from gateway.visit import Visit
from policy.handling import Barred, Conditions, DataUse, withheld
from policy.mandate import Mandate
from policy.terms import Handling, Operation, Reason
from sharing.consents import Consent, Used
from sharing.merge import Claim

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A record's handle, what its node answered, and the record in it if it showed that one."""

    handle: str
    shown: Shown
    claim: Claim | None


async def asked_anew(visit: Visit, mandate: str, handles: Iterable[str]) -> list[Answered]:
    """What each record's node shows now, under the mandate; nothing comes from a copy."""
    return [await _asked(visit, mandate, each) for each in dict.fromkeys(handles)]


async def _asked(visit: Visit, mandate: str, handle: str) -> Answered:
    home, record = split_handle(handle)
    found = await inquire(visit, Asking(Operation.ENTITY, {"id": record}, mandate, [home]))
    if isinstance(found, Unasked):
        return Answered(handle, refusal_shown(visit.node.id, found.request, found.refusal), None)
    claim = next((each for each in found.claims if each.handle == handle), None)
    return Answered(handle, picture_shown(found), claim)


def texts_of(answered: Sequence[Answered]) -> list[list[str]]:
    """Handle and text of every record under H3, by handle; one without a text is to be acknowledged too."""
    return sorted(
        [claim["handle"], claim["record"].get("handlingText") or ""]
        for each in answered
        for claim in each.shown["claims"]
        if Handling.H3 in mark_of(claim).handling
    )


def barred(claim: Shown, wanted: Exporting) -> Barred | None:
    """Why a record is not given to a court of that country as evidence; None when nothing bars it.

    Excluded there; or excluded somewhere, and for which country it is meant is not said. For any other use
    the record carries what was ruled.
    """
    if wanted.use is not DataUse.JUDICIAL:
        return None
    countries = excluded(claim["provenance"])
    if wanted.country:
        return Barred.EVIDENCE_EXCLUDED if wanted.country in countries else None
    return Barred.COUNTRY_NOT_STATED if countries else None


def held_to_codes(
    node: Node,
    wanted: Exporting,
    mandate: Mandate,
    answered: Sequence[Answered],
    *,
    acknowledged: bool,
) -> Found:
    """Each record with the consent that permits it, or named as missing with the reason."""
    found = Found()
    in_force: dict[str, Sequence[Consent]] = {}
    for one in answered:
        handle, picture = one.handle, one.shown
        found.nodes += [{"query": picture["queryId"], **_status(each)} for each in picture["nodes"]]
        claim = next((each for each in picture["claims"] if each["handle"] == handle), None)
        if claim is None:
            said = " ".join(each["status"] for each in picture["nodes"])
            found.missing.append(_missing(handle, (), said))
            continue
        provider, mark = claim["node"], mark_of(claim)
        if provider not in in_force:
            in_force[provider] = node.consents.in_force(provider, node.id, node.now())
        used = _used(claim, wanted, mandate)
        consent = next((each for each in in_force[provider] if each.terms.covers(used, node.now())), None)
        conditions = Conditions(consent is not None, acknowledged, bool(wanted.persons))
        reason = withheld(mark, wanted.use, conditions)
        if reason is not None:
            found.missing.append(_missing(handle, codes(mark), reason.value))
            found.lacking += [handle] if reason is not Reason.HANDLING_CODE else []
            continue
        if barrier := barred(claim, wanted):
            found.missing.append(_missing(handle, codes(mark), barrier.value))
            continue
        found.claims.append(claim)
        if consent is not None:
            found.consents[consent.terms.ref] = consent
    return found


def _used(claim: Shown, wanted: Exporting, mandate: Mandate) -> Used:
    record = claim["record"]
    return Used(
        record=record["id"],
        dataset=record.get("dataset") or "",
        case=record.get("caseRef") or "",
        grants=tuple(record["grants"]),
        use=wanted.use,
        purpose=mandate.purpose,
        to=wanted.to,
    )


def _missing(handle: str, codes: Sequence[str], reason: str) -> Shown:
    return {"handle": handle, "provider": split_handle(handle)[0], "codes": list(codes), "reason": reason}


def _status(status: Shown) -> Shown:
    return {name: status[name] for name in ("node", "status", "reasons", "askedAt", "repliedAt", "receipt")}
