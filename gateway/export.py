"""The use case of exports: records are fetched anew, held to their handling codes, and written into one file.

1 Check what is asked, and that the own log held when it was last checked. 2 Ask for every record anew, under
the mandate, as the person: nothing comes from a copy. 3 Hold each to its codes for this use, with the
consents in force now, and to what courts said of it as evidence (ADR 0413). 4 Ask for the consents that are
missing, if that is wanted. 5 Write, also in formats of other programs. 6 Log. 7 Give. What is left out is
named, by handle, provider, codes and reason only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from gateway import consents
from gateway.consents import MOST_NAMED, NAMED, Wanting
from gateway.errors import VariablesRejected
from gateway.export_document import Exporting, Found, codes, document_of, mark_shown
from gateway.export_formats import files
from gateway.export_page import page
from gateway.export_records import asked_anew, held_to_codes, texts_of
from gateway.export_table import table
from gateway.facts import many, of_mandate, retain_until
from gateway.log_check import check_exports
from gateway.mandates import held
from gateway.visit import Visit
from policy.handling import Barred, DataUse
from policy.mandate import Mandate
from policy.terms import Reason, Role
from sharing.encoding import digest

MOST_HANDLES = 50
MOST_PERSONS = 20
LONGEST_NAME = 200
COUNTRY = re.compile(r"[A-Z]{2}")
_LOGGED = frozenset({*Reason, *Barred})
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What leaves: the data whose digest is logged, and the formats in which it is written beside its own."""

    content: bytes
    formats: Sequence[str]


async def export(visit: Visit, wanted: Exporting) -> Shown:
    """The file and what is missing from it; the steps are the module's."""
    node = visit.node
    mandate = held(node, wanted.mandate, visit.require(Role.ANALYST))
    check(wanted)  # 1
    visit.proven()
    await check_exports(node, mandate)
    answered = await asked_anew(visit, wanted.mandate, wanted.handles)  # 2
    texts = texts_of(answered)
    acknowledgement = digest(encode(texts)) if texts else ""
    read = wanted.acknowledged == acknowledgement
    found = held_to_codes(node, wanted, mandate, answered, acknowledged=read)  # 3
    asked = await _requested(visit, wanted, found.lacking)  # 4
    document = document_of(node, wanted, mandate, found, texts if read else [])
    made = files(document, wanted.formats)
    document["files"] = [{name: each[name] for name in each if name != "content"} for each in made]
    content = orjson.dumps(document, option=orjson.OPT_INDENT_2)  # 5
    await node.log.append(exported(visit, wanted, mandate, found, Given(content, wanted.formats)))  # 6
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


def check(wanted: Exporting) -> None:
    """Raise `VariablesRejected` unless number, use, recipients and persons are of this form."""
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


async def _requested(visit: Visit, wanted: Exporting, handles: Sequence[str]) -> list[Shown]:
    if not wanted.request_reason or not handles:
        return []
    wanting = Wanting(tuple(handles), wanted.use, wanted.mandate, wanted.request_reason, wanted.to)
    return await consents.request(visit, wanting)


def exported(visit: Visit, wanted: Exporting, mandate: Mandate, found: Found, given: Given) -> Entry:
    """What is logged before it is given: under which mandate, for whom, how much, under which codes."""
    node = visit.node
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "action": "EXPORTED",
        "use": wanted.use.value,
        "asker": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "records": len(found.claims),
        "rejected": len(found.missing),
        "reasons": sorted({each["reason"] for each in found.missing if each["reason"] in _LOGGED}),
        "recipients": list(wanted.to),
        "answer_digest": node.digests.of(given.content),
        "retain_until": retain_until(node.now()),
    }
    facts |= many("counterparts", sorted({each["receipt"] for each in found.claims if each["receipt"]}))
    if given.formats:
        facts["formats"] = sorted(set(given.formats))
    if (mark := found.mark) is not None:
        facts |= {"handling": codes(mark), "evaluation": [mark.evaluation], "tlp": mark.tlp.value}
    told: dict[str, JSON] = {
        "subject": mandate.actor.subject,
        "case": mandate.case,
        "persons": list(wanted.persons),
    }
    told |= {"handles": [each["handle"] for each in found.claims], "consents": sorted(found.consents)}
    return Entry(
        Kind.ADMINISTRATION, node.id, facts, subject=digest(given.content), sealed=orjson.dumps(told)
    )
