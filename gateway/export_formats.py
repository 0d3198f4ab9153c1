"""An export in the formats of other programs: what was permitted, and what each leaves out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import orjson

from policy.provenance import read_provenance, read_rulings
from policy.retention import COPY
from sharing.encoding import digest
from tenants.formats.known import codecs
from tenants.formats.port import Codec, Format, Item, Parcel, behind
from tenants.model import load_model

Shown = Mapping[str, Any]
_ENVELOPE = {
    "dataset": "dataset", "case": "caseRef", "subject_category": "subjectCategory", "handling": "handling",
    "handling_text": "handlingText", "source": "source", "information": "information", "tlp": "tlp",
    "assessment": "assessment",
}  # fmt: skip
"""A field of the envelope, and how the desk names it in an answer."""


@cache
def known() -> Mapping[Format, Codec]:
    """Every codec, for the entity model of this program."""
    return codecs(load_model())


def files(document: Shown, formats: Sequence[Format]) -> list[Shown]:
    """The files of an export document, each named and with its digest and what it leaves out."""
    parcel = parcel_of(document)
    return [
        {
            "format": each.value,
            "ending": written.ending,
            "mediaType": written.media_type,
            "digest": digest(written.content.encode()),
            "leftOut": behind(known()[each].left_out, parcel),
            "content": written.content,
        }
        for each in dict.fromkeys(formats)
        for written in known()[each].write(parcel)
    ]


def parcel_of(document: Shown) -> Parcel:
    """The records of an export document, with what the document says of itself."""
    mark = document["highWater"] or {"handling": [], "evaluation": "", "tlp": ""}
    about = {name: document[name] for name in ("export", "madeAt", "node", "use")}
    about |= {"case": document["mandate"]["case"], "purpose": document["mandate"]["purpose"]}
    about |= {"handling": " ".join(mark["handling"]), "evaluation": mark["evaluation"], "tlp": mark["tlp"]}
    until = COPY.after(date.fromisoformat(document["madeAt"][:10])).isoformat()
    items = tuple(Item(claim["node"], _row(claim, until)) for claim in document["records"])
    return Parcel(items, {name: value for name, value in about.items() if value})


def _provenance(record: Shown) -> Mapping[str, object]:
    """What is stated of it as evidence, with the rulings that came later among the others."""
    stated = read_provenance(record.get("provenance") or "{}")
    later = read_rulings(record.get("findings") or "[]")
    rulings = dict.fromkeys([*stated.rulings, *later])
    told = replace(stated, authority=record.get("authority") or stated.authority, rulings=tuple(rulings))
    found: Mapping[str, object] = orjson.loads(told.text or "{}")
    return found


def _row(claim: Shown, until: str) -> Shown:
    """A record as it may be loaded elsewhere: its copy is kept `until` a day, at most."""
    record = claim["record"]
    envelope: dict[str, object] = {"owner": record.get("owner") or claim["node"], "retain_until": until}
    envelope |= {name: record[field] for name, field in _ENVELOPE.items() if record.get(field)}
    if stated := _provenance(record):
        envelope["provenance"] = stated
    properties = {each["name"]: [text for text in each["values"] if text] for each in record["properties"]}
    said = {name: values for name, values in properties.items() if values}
    return {"id": record["id"], "schema": record["schema"], "properties": said, "envelope": envelope}
