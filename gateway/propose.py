"""The use case of proposals: draft, edit, propose, approve as a further officer, withdraw, supersede.

Drafts change nothing and are not logged. Every other step is logged before it is kept, and with the last
approval the grant comes into force: log, then the proposal is closed, then the grant is stored; whoever
breaks off in between leaves an entry without effect, never an effect without an entry. With `dry_run` each
step tells what it would do and neither logs nor keeps anything. What may give something away takes a fresh
proof of who is there (`Visit.proven`); a draft, a narrowing, a withdrawal and the end of a grant do not.
"""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from audit.approval import Paper
from gateway import liaise
from gateway.approving import GRANT, with_key
from gateway.grant_entries import administered
from gateway.grant_shown import proposal_shown, told
from gateway.key_given import GivenAssertion
from gateway.node import Node
from gateway.visit import Visit
from policy.duties import Step
from policy.grants import GrantTerms
from policy.mandate import Actor
from policy.terms import Role
from sharing.encoding import fresh
from sharing.errors import GrantRefused, ProposalRefused
from sharing.grants import GrantState
from sharing.proposals import Proposal, ProposalState, new_draft
from sharing.templates import template

DAY = 86_400
HOUR = 3600
Shown = Mapping[str, Any]
Given = Mapping[str, Any]


def draft(visit: Visit, given: Given, days: int, *, dry_run: bool = False) -> Shown:
    """Terms of a new grant, from now for `days`, for their author to edit until they are proposed."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    made = _new(node, officer, given, days)
    if not dry_run:
        node.books.proposals.add(made)
    return _told(node, made, "DRAFT", dry_run=dry_run, kept=not dry_run)


def draft_from(visit: Visit, template_id: str, given: Given, *, dry_run: bool = False) -> Shown:
    """A draft from a template and what it leaves open; `TemplateRefused` names what is missing."""
    visit.require(Role.LIAISON)
    terms = template(template_id).filled(given)
    days = terms.pop("days")
    return draft(visit, terms, days, dry_run=dry_run)


def edit(visit: Visit, proposal_id: str, changes: Given, *, dry_run: bool = False) -> Shown:
    """Change the terms of an own draft; `days` count from now."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    before = node.books.proposals.get(proposal_id)
    terms = _changed(node, before.terms, changes)
    after = before.edited(officer.subject, terms, _officers(node, terms), node.now())
    if not dry_run:
        node.books.proposals.step(after)
    return _told(node, after, "EDIT", dry_run=dry_run)


async def propose(visit: Visit, given: Given, days: int, *, dry_run: bool = False) -> Shown:
    """Draft and propose in one step."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    return await _at_once(visit, _new(node, officer, given, days), "PROPOSE", dry_run=dry_run)


async def propose_draft(visit: Visit, proposal_id: str, *, dry_run: bool = False) -> Shown:
    """Freeze an own draft; its author's approval is the first. Where one is enough, it is in force."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    before = node.books.proposals.get(proposal_id)
    after = before.proposed(officer.subject, node.now(), _life(node))
    return await _carried(visit, after, "PROPOSE", dry_run=dry_run)


async def approve(
    visit: Visit,
    proposal_id: str,
    digest: str | None = None,
    given: GivenAssertion | None = None,
    *,
    dry_run: bool = False,
) -> Shown:
    """Approve another officer's proposal; `digest` is of what this officer saw, `given` their key's word.

    With the last approval it is in force at once. `NotAllowed` to the proposer; `KeyRefused` without the key
    that it takes.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    before = node.books.proposals.get(proposal_id)
    visit.as_another(
        Step.GRANT_APPROVAL, f"proposal {before.id}", [each.officer for each in before.approvals]
    )
    after = before.approved(officer.subject, digest or before.digest, node.now())
    if dry_run:
        return await _carried(visit, after, "APPROVE", dry_run=True)
    _proven(visit, after)
    _follows(node, after)
    paper = with_key(visit, GRANT, before.id, before.said, given)
    after = before.approved(officer.subject, after.digest, node.now(), paper.digest if paper else "")
    return await _carried(visit, after, "APPROVE", dry_run=False, paper=paper)


async def withdraw(visit: Visit, proposal_id: str, reason: str, *, dry_run: bool = False) -> Shown:
    """Take a draft or a proposal back; any liaison officer may."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    after = node.books.proposals.get(proposal_id).withdrawn(node.now())
    if not dry_run:
        await node.log.append(administered(node, "GRANT_WITHDRAWN", after, officer, reason))
        node.books.proposals.step(after)
    return _told(node, after, "WITHDRAW", dry_run=dry_run)


async def supersede(visit: Visit, grant_id: str, changes: Given, *, dry_run: bool = False) -> Shown:
    """Propose the next version of a grant; one that only narrows it is in force at once.

    `changes` hold the terms that change; `days` count from now. `GrantRefused` when it is revoked: what has
    ended is granted anew, not changed.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    current = node.books.grants.current(grant_id)
    if current.terms.revoked_at is not None:
        raise GrantRefused(f"grant {current.terms.ref}: is revoked, a new one must be drafted")
    following = replace(current.terms, version=current.terms.version + 1)
    terms = _changed(node, following, changes)
    made = new_draft(terms, officer.subject, _officers(node, terms), node.now(), supersedes=current.digest)
    return await _at_once(visit, made, "SUPERSEDE", dry_run=dry_run)


def waiting(visit: Visit) -> list[Shown]:
    """Drafts and proposals that wait, the first to lapse first."""
    visit.require(Role.LIAISON)
    return [proposal_shown(visit.node, each) for each in visit.node.books.proposals.waiting(visit.node.now())]


def one(visit: Visit, proposal_id: str) -> Shown:
    """One proposal, whatever has become of it."""
    visit.require(Role.LIAISON)
    return proposal_shown(visit.node, visit.node.books.proposals.get(proposal_id))


async def _at_once(visit: Visit, made: Proposal, act: str, *, dry_run: bool) -> Shown:
    """Keep a draft and propose it; nothing is kept without the proof that proposing takes."""
    node = visit.node
    if not dry_run:
        _proven(visit, made)
    after = made.proposed(made.author, node.now(), _life(node))
    if not dry_run:
        node.books.proposals.add(made)
    return await _carried(visit, after, act, dry_run=dry_run, kept=not dry_run)


def _proven(visit: Visit, proposal: Proposal) -> None:
    """What may give more than before takes a fresh proof; narrowing takes none, it must be the easiest."""
    if not liaise.is_narrower(visit.node, proposal.terms):
        visit.proven()


async def _carried(  # noqa: PLR0913  # one argument for each thing that a step is told
    visit: Visit,
    after: Proposal,
    act: str,
    *,
    dry_run: bool,
    kept: bool = True,
    paper: Paper | None = None,
) -> Shown:
    """Keep one more approval; with the last one, put the grant in force.

    What the officer's key signed is logged with the approval, also with the last one.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    if not dry_run:
        _proven(visit, after)
    _follows(node, after)
    if (after.missing or paper) and not dry_run:
        action = "GRANT_PROPOSED" if len(after.approvals) == 1 else GRANT
        await node.log.append(administered(node, action, after, officer, paper=paper))
    if after.missing and not dry_run:
        node.books.proposals.step(after)
    elif not after.missing:
        after = after.complete()
        if not dry_run:
            done = after
            await liaise.enact(
                node, done.terms, done.approvals, claim=lambda: node.books.proposals.step(done)
            )
    return _told(node, after, act, dry_run=dry_run, kept=kept)


def _told(node: Node, after: Proposal, act: str, *, dry_run: bool, kept: bool = True) -> Shown:
    terms, state = after.terms, after.at(node.now())
    shown: GrantState | ProposalState = state
    if state is ProposalState.APPROVED:
        shown = GrantState.ACTIVE if terms.not_before <= node.now() else GrantState.NOT_YET
    said = told(node, terms, after.approvals, act=act, state=shown, dry_run=dry_run)
    proposal = proposal_shown(node, after)
    return dict(said) | {
        "proposal": after.id if kept else None,
        "digest": after.digest,
        "lapsesAt": proposal["lapsesAt"],
        "narrows": after.supersedes != "" and after.officers < node.settings.sharing.officers,
        "officersMissing": after.officers - len(after.approvals),
        "overlapping": liaise.overlapping(node, terms),
        "grant": dict(proposal["grant"]) | {"state": shown.value},
    }


def _new(node: Node, officer: Actor, given: Given, days: int) -> Proposal:
    now = node.now()
    terms = GrantTerms(
        id=f"g-{fresh()}", version=1, owner=node.id, not_before=now, expires_at=now + days * DAY, **given
    )
    _check(node, terms)
    return new_draft(terms, officer.subject, node.settings.sharing.officers, now)


def _changed(node: Node, terms: GrantTerms, changes: Given) -> GrantTerms:
    said = dict(changes)
    days = said.pop("days", None)
    if days is not None:
        said["expires_at"] = node.now() + days * DAY
    changed = replace(terms, **said)
    _check(node, changed)
    return changed


def _check(node: Node, terms: GrantTerms) -> None:
    """`GrantRefused` unless the terms could be signed, and name nodes, kinds and properties that there are.

    A grant that is misspelt shows nothing, a mask that is misspelt hides nothing, and nobody would be told.
    """
    liaise.rule(node).check(terms)
    partners = [each.id for each in node.post.directory.nodes]
    for word, names, there in (
        ("recipient", terms.recipients, partners),
        ("schema", terms.schemata, ["*", *sorted(node.schemata)]),
        ("masked property", terms.masked, ["*", *_maskable(node, terms)]),
    ):
        for name in names:
            if name not in there:
                near = ", ".join(get_close_matches(name, there)) or ", ".join(there[:10])
                raise GrantRefused(f"grant terms: {word} {name[:80]!r} is none that {node.id} knows; {near}?")


def _maskable(node: Node, terms: GrantTerms) -> list[str]:
    """The properties that records of the terms' schemata may have."""
    kinds = node.properties if "*" in terms.schemata else terms.schemata
    return sorted(frozenset().union(*(node.properties.get(each, frozenset()) for each in kinds)))


def _officers(node: Node, terms: GrantTerms) -> int:
    """One where the terms only narrow what is in the book, otherwise as many as the node's rule says."""
    return 1 if liaise.is_narrower(node, terms) else node.settings.sharing.officers


def _life(node: Node) -> int:
    return node.settings.sharing.proposal_hours * HOUR


def _follows(node: Node, proposal: Proposal) -> None:
    """`ProposalRefused` when the version that it follows is no longer the newest one."""
    if proposal.supersedes and node.books.grants.current(proposal.terms.id).digest != proposal.supersedes:
        raise ProposalRefused(
            f"proposal {proposal.id}: follows {proposal.supersedes}, {proposal.terms.id} was changed since"
        )
