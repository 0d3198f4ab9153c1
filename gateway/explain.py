"""The use case of explaining: who could see one record, through which grant and rule, and why not otherwise.

1. A liaison officer of the node asks. 2. For each grant to a partner the law decides on this record, as for
the person that the grant is made for. 3. All decisions stand in the log before any look. 4. `admit`, and the
same view that answers. 5. Where a grant shows nothing, the rules that withhold the row are told one by one.

Only the owner hears this: a requester sees codes, and of a hidden record nothing at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.errors import VariablesRejected
from gateway.explain_reasons import masks_shown, reasons_shown, rows_shown
from gateway.facts import TIERS, of_mandate, of_verdict, retain_until
from gateway.node import Node
from gateway.trusted import question_of
from gateway.visit import Visit
from policy.decision import Access, Permit, Refusal, admit
from policy.explaining import withheld_by
from policy.grants import GrantTerms
from policy.mandate import Actor, Mandate
from policy.terms import Aim, LegalBasis, Mode, Operation, Purpose, Reason, Role, SubjectCategory
from sharing.encoding import fresh
from tenants.view import Found

LIFE = 60
PAGE = 200
MOST_GRANTS = 200
WITHOUT_CASE = "EXPLANATION"
"""The case of the mandate where a grant is for every case."""
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Tried:
    """One partner, one grant, and what the law says."""

    partner: str
    terms: GrantTerms
    mandate: Mandate
    verdict: Permit | Refusal


async def explain_record(visit: Visit, record_id: str, partner: str | None) -> list[Shown]:
    """One line for each grant to `partner` (or to any), by partner and grant; no grant is a line as well.

    `VariablesRejected` for an id that no record can have, and over 200 grants: then name the partner.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)  # 1
    document = node.documents.named(Operation.ENTITY)
    selection = node.documents.selection(document, {"id": record_id})
    question = question_of(document, selection, {"id": record_id})
    tried = []
    for name, terms in _grants(node, partner):
        mandate = _mandate(name, terms, node.now())
        consents = node.consents.onward(node.id, name, mandate.purpose, node.now())
        verdict = await node.judge.may_answer(
            mandate, question, name, (terms,), consents, now=node.now()
        )  # 2
        tried.append(_Tried(name, terms, mandate, verdict))
    receipts = await node.log.append_many([_entry(node, officer, record_id, each) for each in tried])  # 3
    lines = []
    for each, receipt in zip(tried, receipts, strict=True):
        if isinstance(each.verdict, Refusal):
            lines.append(_refused(each, each.verdict))
            continue
        access = admit(each.verdict, receipt)  # 4
        found = await node.view.read(access, selection)
        lines.append(await _decided(node, each, access, found, record_id))
    silent = {partner} if partner else {each.id for each in node.post.directory.nodes} - {node.id}
    silent -= {each.partner for each in tried}
    return lines + [_without(name) for name in sorted(silent)]


def _grants(node: Node, partner: str | None) -> list[tuple[str, GrantTerms]]:
    """The newest version of every grant, once for each of its recipients but the node itself."""
    known = {each.id for each in node.post.directory.nodes}
    if partner is not None and partner not in known:
        raise VariablesRejected(f"partner {partner[:80]}: is not in the directory")
    found: list[tuple[str, GrantTerms]] = []
    after, page = "", node.books.grants.list(after="", limit=PAGE)
    while page:
        for grant in page:
            names = {partner} if partner else known - {node.id}
            found += [(name, grant.terms) for name in sorted(names & set(grant.terms.recipients))]
        if len(found) > MOST_GRANTS:
            raise VariablesRejected(f"grants: more than {MOST_GRANTS}; name a partner")
        after = page[-1].terms.id
        page = node.books.grants.list(after=after, limit=PAGE)
    return sorted(found, key=lambda each: (each[0], each[1].ref))


def _mandate(partner: str, terms: GrantTerms, now: int) -> Mandate:
    """The mandate of a person for whom the grant is made; what it leaves empty covers nobody, and is told."""
    role = terms.roles[0] if terms.roles else Role.ANALYST
    unit = terms.units[0] if terms.units else ""
    actor = Actor(partner, f"explained-{fresh()}", frozenset({role}), unit)
    return Mandate(
        id=f"explained-{fresh()}",
        actor=actor,
        purpose=terms.purposes[0] if terms.purposes else Purpose.INFORMATION_EXCHANGE,
        legal_basis=terms.legal_bases[0] if terms.legal_bases else LegalBasis.NATIONAL,
        case=terms.cases[0] if terms.cases else WITHOUT_CASE,
        offence=WITHOUT_CASE,
        subject_category=SubjectCategory.SUSPECT_OR_CONVICTED,
        aim=Aim.MORE_DATA_ON_KNOWN,
        opened_at=now,
        expires_at=now + LIFE,
    )


def _entry(node: Node, officer: Actor, record_id: str, tried: _Tried) -> Entry:
    verdict = tried.verdict
    facts: dict[str, JSON] = of_mandate(node, tried.mandate) | of_verdict(verdict)
    facts |= {
        "action": "RECORD_EXPLAINED",
        "reader": node.post.keys.pseudonym(node.id, officer.subject),
        "unit": officer.unit,
        "partner": tried.partner,
        "grant": tried.terms.ref,
        "target": node.digests.of_value({"id": record_id}),
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    subject = verdict.digest if isinstance(verdict, Permit) else ""
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=subject, sealed=officer.subject.encode())


def _refused(tried: _Tried, refusal: Refusal) -> Shown:
    """The grant does not reach any record; a refusal says by which of its rules."""
    reasons = reasons_shown(refusal.rules, [each.value for each in refusal.reasons])
    return _line(tried, shown=False, tier=Mode.NONE, masked=(), reasons=reasons)


async def _decided(node: Node, tried: _Tried, access: Access, found: Found, record_id: str) -> Shown:
    branch = access.permit.branches[0]
    if found.hit:
        return _line(tried, shown=True, tier=branch.mode, masked=found.masked, reasons=[])
    row = await node.view.columns(access, record_id)
    withheld = () if row is None else withheld_by(branch.filter, row)
    reasons = rows_shown(withheld)
    if not reasons:  # 5: no rule of the row: there is none, or it is an edge with an end that is not shown
        rule = "no-such-record" if row is None else "end-not-shown"
        reasons = [{"code": Reason.NO_GRANT.value, "rule": rule}]
    return _line(tried, shown=False, tier=Mode.NONE, masked=(), reasons=reasons)


def _line(tried: _Tried, *, shown: bool, tier: Mode, masked: tuple[str, ...], reasons: list[Shown]) -> Shown:
    return {
        "partner": tried.partner,
        "grant": tried.terms.ref,
        "shown": shown,
        "tier": TIERS[tier],
        "masked": masks_shown(masked, tried.terms),
        "reasons": reasons,
        "decision": tried.verdict.id,
        "revision": tried.verdict.revision,
    }


def _without(partner: str) -> Shown:
    """A partner to whom no grant is made."""
    reasons = [{"code": Reason.NO_GRANT.value, "rule": "no-grant"}]
    return {
        "partner": partner,
        "grant": None,
        "shown": False,
        "tier": TIERS[Mode.NONE],
        "masked": [],
        "reasons": reasons,
        "decision": None,
        "revision": None,
    }
