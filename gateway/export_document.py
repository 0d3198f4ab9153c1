"""What an export says: every value beside its source, codes, evaluation and receipt, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.facts import moment
from gateway.node import Node
from policy.handling import DataUse, Mark, high_water
from policy.mandate import Mandate
from sharing.consents import Consent
from sharing.encoding import fresh
from tenants.formats.port import Format

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exporting:
    """What is to be exported for what use.

    `to` are units, services or courts, `persons` the individual recipients (TLP RED), `acknowledged` the
    digest under which the texts of H3 were shown, `request_reason` a code: ask for the consents missing.
    `formats` are those of other programs, beside the JSON, the page and the table. `country` (ISO 3166
    alpha-2) is that of the court for JUDICIAL use.
    """

    handles: tuple[str, ...]
    mandate: str
    use: DataUse
    to: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    acknowledged: str = ""
    request_reason: str = ""
    formats: tuple[Format, ...] = ()
    country: str = ""


@dataclass(slots=True)
class Found:
    """What was answered anew, and what came of each record; `lacking` are handles without a consent."""

    claims: list[Shown] = field(default_factory=list)
    nodes: list[Shown] = field(default_factory=list)
    missing: list[Shown] = field(default_factory=list)
    consents: dict[str, Consent] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)

    @property
    def mark(self) -> Mark | None:
        """The high-water mark of the records in it, if there are any."""
        return high_water(map(mark_of, self.claims)) if self.claims else None


def document_of(
    node: Node, wanted: Exporting, mandate: Mandate, found: Found, texts: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """The export as data; `texts` are those of H3 that were acknowledged."""
    return {
        "export": f"x-{fresh()}",
        "madeAt": moment(node.now()),
        "node": node.id,
        "by": node.post.keys.pseudonym(node.id, mandate.actor.subject),
        "use": wanted.use.value,
        "to": list(wanted.to),
        "persons": list(wanted.persons),
        "country": wanted.country,
        "mandate": {
            "purpose": mandate.purpose.value,
            "legalBasis": mandate.legal_basis.value,
            "case": mandate.case,
            "offence": mandate.offence,
            "subjectCategory": mandate.subject_category.value,
            "aim": mandate.aim.value,
        },
        "highWater": mark_shown(found.mark),
        "nodes": found.nodes,
        "records": found.claims,
        "values": [value for claim in found.claims for value in _values(claim)],
        "missing": found.missing,
        "acknowledged": texts,
        "consents": [{"ref": ref, "statement": each.statement} for ref, each in found.consents.items()],
    }


def mark_of(claim: Shown) -> Mark:
    """The mark of a claim in the desk's words."""
    record = claim["record"]
    source, information, tlp = (record.get(name) or "" for name in ("source", "information", "tlp"))
    return Mark.read(record["handling"], source, information, tlp)


def mark_shown(mark: Mark | None) -> Shown | None:
    """A mark as the desk's schema tells it."""
    if mark is None:
        return None
    return {"handling": codes(mark), "evaluation": mark.evaluation, "tlp": mark.tlp.value}


def codes(mark: Mark) -> list[str]:
    """The handling codes of a mark, by name."""
    return sorted(each.value for each in mark.handling)


def _values(claim: Shown) -> list[Shown]:
    record, mark = claim["record"], mark_of(claim)
    said = {
        "handle": claim["handle"],
        "source": claim["node"],
        "owner": record.get("owner") or claim["node"],
        "handling": codes(mark),
        "evaluation": mark.evaluation,
        "tlp": mark.tlp.value,
        "receipt": claim["receipt"],
    }
    return [
        {**said, "property": each["name"], "value": value}
        for each in record["properties"]
        for value in each["values"]
    ]
