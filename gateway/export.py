"""The use case of exports: records are fetched anew, held to their handling codes, and written into one file.

1 Check what is asked, and that the own log held when it was last checked. 2 Ask for every record anew, under
the mandate, as the person: nothing comes from a copy. 3 Hold each to its codes for this use, with the
consents in force now, and to what courts said of it as evidence (ADR 0413). 4 Ask for the consents that are
missing, if that is wanted. 5 Write, also in formats of other programs. 6 Log. 7 Give. What is left out is
named, by handle, provider, codes and reason only.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from gateway import consents
from gateway.ask import Asking, ask, split_handle
from gateway.consents import MOST_NAMED, NAMED, Wanting
from gateway.errors import VariablesRejected
from gateway.export_document import Exporting, Found, codes, document_of, mark_of, mark_shown
from gateway.export_formats import files
from gateway.export_page import page
from gateway.export_table import table
from gateway.facts import many, of_mandate, retain_until
from gateway.log_check import check_exports
from gateway.mandates import held
from gateway.node import Node
from gateway.provenance_shown import excluded
from gateway.visit import Visit
from policy.handling import Conditions, DataUse, withheld
from policy.mandate import Mandate
from policy.terms import Handling, Operation, Reason, Role
from sharing.consents import Consent, Used
from sharing.encoding import digest

MOST_HANDLES = 50
MOST_PERSONS = 20
LONGEST_NAME = 200
COUNTRY = re.compile(r"[A-Z]{2}")
EXCLUDED, COUNTRY_NOT_STATED = "EVIDENCE_EXCLUDED", "COUNTRY_NOT_STATED"
_LOGGED = frozenset({*Reason, EXCLUDED, COUNTRY_NOT_STATED})
Shown = Mapping[str, Any]


async def export(visit: Visit, wanted: Exporting) -> Shown:
    """The file and what is missing from it; the steps are the module's."""
    node = visit.node
    mandate = held(node, wanted.mandate, visit.require(Role.ANALYST))
    _check(wanted)  # 1
    await check_exports(node, mandate)
    answered = [
        (handle, await _asked(visit, wanted, handle)) for handle in dict.fromkeys(wanted.handles)
    ]  # 2
    texts = _texts(answered)
    acknowledgement = digest(encode(texts)) if texts else ""
    read = wanted.acknowledged == acknowledgement
    found = _held_to_codes(node, wanted, mandate, answered, acknowledged=read)  # 3
    asked = await _requested(visit, wanted, found.lacking)  # 4
    document = document_of(node, wanted, mandate, found, texts if read else [])
    made = files(document, wanted.formats)
    document["files"] = [{name: each[name] for name in each if name != "content"} for each in made]
    content = orjson.dumps(document, option=orjson.OPT_INDENT_2)  # 5
    await node.log.append(_entry(visit, wanted, mandate, found, content))  # 6
    return {
        "id": document["export"],
        "digest": digest(content),
        "records": len(found.claims),
        "highWater": mark_shown(found.mark),
        "missing": found.missing,
        "texts": [{"handle": handle, "text": text} for handle, text in texts],
        "acknowledgement": acknowledgement,
        "requests": asked,
        "content": content.decode(),
        "page": page(document, digest(content)),
        "table": table(document, digest(content)),
        "files": made,
    }  # 7


def _check(wanted: Exporting) -> None:
    if not 0 < len(wanted.handles) <= MOST_HANDLES:
        raise VariablesRejected(f"export: {len(wanted.handles)} handles, 1 to {MOST_HANDLES} are exported")
    if (wanted.use is DataUse.ONWARD and not wanted.to) or (wanted.use is DataUse.INTERNAL and wanted.to):
        raise VariablesRejected(
            f"export: use {wanted.use} for {list(wanted.to)}: ONWARD names whom, INTERNAL none"
        )
    if wanted.country and not COUNTRY.fullmatch(wanted.country):
        raise VariablesRejected(f"export: country {wanted.country[:20]!r} is no code like SE")
    if len(wanted.to) > MOST_NAMED or not all(map(NAMED.fullmatch, wanted.to)):
        raise VariablesRejected(f"export: a recipient is not of the form {NAMED.pattern}")
    if len(wanted.persons) > MOST_PERSONS or not all(
        0 < len(each) <= LONGEST_NAME for each in wanted.persons
    ):
        raise VariablesRejected(
            f"export: over {MOST_PERSONS} persons, or a name over {LONGEST_NAME} characters"
        )


async def _asked(visit: Visit, wanted: Exporting, handle: str) -> Shown:
    home, record = split_handle(handle)
    return await ask(visit, Asking(Operation.ENTITY, {"id": record}, wanted.mandate, [home]))


def barred(claim: Shown, wanted: Exporting) -> str:
    """Why a record is not given to a court of that country as evidence; empty when nothing bars it.

    Excluded there; or excluded somewhere, and for which country it is meant is not said. For any other use
    the record carries what was ruled.
    """
    if wanted.use is not DataUse.JUDICIAL:
        return ""
    countries = excluded(claim["provenance"])
    if wanted.country:
        return EXCLUDED if wanted.country in countries else ""
    return COUNTRY_NOT_STATED if countries else ""


def _texts(answered: Sequence[tuple[str, Shown]]) -> list[list[str]]:
    """Handle and text of every record under H3, by handle; one without a text is to be acknowledged too."""
    return sorted(
        [claim["handle"], claim["record"].get("handlingText") or ""]
        for _, picture in answered
        for claim in picture["claims"]
        if Handling.H3 in mark_of(claim).handling
    )


def _held_to_codes(
    node: Node,
    wanted: Exporting,
    mandate: Mandate,
    answered: Sequence[tuple[str, Shown]],
    *,
    acknowledged: bool,
) -> Found:
    """Each record with the consent that permits it, or named as missing with the reason."""
    found = Found()
    in_force: dict[str, Sequence[Consent]] = {}
    for handle, picture in answered:
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
            found.missing.append(_missing(handle, codes(mark), barrier))
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


async def _requested(visit: Visit, wanted: Exporting, handles: Sequence[str]) -> list[Shown]:
    if not wanted.request_reason or not handles:
        return []
    wanting = Wanting(tuple(handles), wanted.use, wanted.mandate, wanted.request_reason, wanted.to)
    return await consents.request(visit, wanting)


def _missing(handle: str, codes: Sequence[str], reason: str) -> Shown:
    return {"handle": handle, "provider": split_handle(handle)[0], "codes": list(codes), "reason": reason}


def _status(status: Shown) -> Shown:
    return {name: status[name] for name in ("node", "status", "reasons", "askedAt", "repliedAt", "receipt")}


def _entry(visit: Visit, wanted: Exporting, mandate: Mandate, found: Found, content: bytes) -> Entry:
    node = visit.node
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "action": "EXPORTED",
        "use": wanted.use.value,
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "records": len(found.claims),
        "rejected": len(found.missing),
        "reasons": sorted({each["reason"] for each in found.missing if each["reason"] in _LOGGED}),
        "recipients": list(wanted.to),
        "answer_digest": node.digests.of(content),
        "retain_until": retain_until(node.now()),
    }
    facts |= many("counterparts", sorted({each["receipt"] for each in found.claims if each["receipt"]}))
    if wanted.formats:
        facts["formats"] = sorted(set(wanted.formats))
    if (mark := found.mark) is not None:
        facts |= {"handling": codes(mark), "evaluation": [mark.evaluation], "tlp": mark.tlp.value}
    told: dict[str, JSON] = {
        "subject": mandate.actor.subject,
        "case": mandate.case,
        "persons": list(wanted.persons),
    }
    told |= {"handles": [each["handle"] for each in found.claims], "consents": sorted(found.consents)}
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=digest(content), sealed=orjson.dumps(told))
