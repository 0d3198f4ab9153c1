"""Grants, proposals and steps as the desk's schema tells them."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from gateway.facts import moment
from gateway.node import Node
from policy.grants import GrantTerms
from policy.quota import Quota
from sharing.grants import Approval, Grant, GrantState
from sharing.proposals import Proposal, ProposalState
from sharing.templates import Template
from sharing.wording import Language, sentence

Shown = Mapping[str, Any]


def shown(node: Node, grant: Grant, newest: int | None = None) -> Shown:
    """A grant as it is now; `newest` is its newest version, if it is not this one."""
    state = grant.state(newest or grant.terms.version, node.now())
    return terms_shown(node, grant.terms, grant.approvals, state)


def terms_shown(
    node: Node, terms: GrantTerms, approvals: Sequence[Approval], state: GrantState | ProposalState
) -> Shown:
    """Terms and who approved them; `sentences` says them in each language."""
    zone, officers = ZoneInfo(node.settings.log.time_zone), max(1, len(approvals))
    return {
        "id": terms.id,
        "ref": terms.ref,
        "state": state.value,
        "recipients": list(terms.recipients),
        "dataset": terms.dataset,
        "schemata": list(terms.schemata),
        "tier": terms.mode.value,
        "masked": list(terms.masked),
        "cases": list(terms.cases),
        "units": list(terms.units),
        "recordIds": list(terms.record_ids),
        "purposes": [each.value for each in terms.purposes],
        "legalBases": [each.value for each in terms.legal_bases],
        "categories": [each.value for each in terms.categories],
        "roles": [each.value for each in terms.roles],
        "maxRows": terms.max_rows,
        "quota": quota_shown(terms.quota),
        "notBefore": moment(terms.not_before),
        "expiresAt": moment(terms.expires_at),
        "revokedAt": None if terms.revoked_at is None else moment(terms.revoked_at),
        "approvedBy": [each.officer for each in approvals],
        "sentences": {each: sentence(terms, officers, each, zone) for each in Language},
    }


def proposal_shown(node: Node, proposal: Proposal) -> Shown:
    """A proposal; its sentence names the officers that it takes, not those it has."""
    state = proposal.at(node.now())
    grant = terms_shown(node, proposal.terms, proposal.approvals, state)
    zone = ZoneInfo(node.settings.log.time_zone)
    said = {each: sentence(proposal.terms, proposal.officers, each, zone) for each in Language}
    return {
        "id": proposal.id,
        "state": state.value,
        "author": proposal.author,
        "digest": proposal.digest,
        "officersNeeded": proposal.officers,
        "officersMissing": proposal.missing,
        "lapsesAt": moment(min(proposal.lapses_at, proposal.terms.expires_at)),
        "grant": dict(grant) | {"sentences": said},
    }


def quota_shown(quota: Quota) -> Shown | None:
    """A grant's limits, or that it has none."""
    if not quota.limits:
        return None
    return {
        "questionsHour": quota.questions_hour,
        "questionsDay": quota.questions_day,
        "rowsHour": quota.rows_hour,
        "rowsDay": quota.rows_day,
    }


def template_shown(template: Template) -> Shown:
    """A template with its words in each language."""
    terms = template.terms
    return {
        "id": template.id,
        "given": list(template.given),
        "texts": {language: dict(text) for language, text in template.texts.items()},
        "terms": {
            "schemata": list(terms.schemata),
            "tier": terms.tier.value,
            "purposes": [each.value for each in terms.purposes],
            "legalBases": [each.value for each in terms.legal_bases],
            "categories": [each.value for each in terms.categories],
            "roles": [each.value for each in terms.roles],
            "masked": list(terms.masked),
            "days": terms.days,
            "quota": quota_shown(terms.quota.given),
        },
    }


def told(  # noqa: PLR0913  # one argument for each thing that a step says
    node: Node,
    terms: GrantTerms,
    approvals: Sequence[Approval],
    *,
    act: str,
    state: GrantState | ProposalState,
    dry_run: bool,
) -> Shown:
    """What a step did, or with `dry_run` would do: the terms and the state that result."""
    return {
        "dryRun": dry_run,
        "act": act,
        "id": terms.id,
        "ref": terms.ref,
        "state": state.value,
        "proposal": None,
        "digest": None,
        "lapsesAt": None,
        "narrows": terms.revoked_at is not None,
        "officersMissing": 0,
        "supersedes": None if terms.version == 1 else f"{terms.id}@{terms.version - 1}",
        "overlapping": [],
        "grant": terms_shown(node, terms, approvals, state),
    }
