"""The use case of liaison officers: how a grant comes into force, and how it ends.

Log before effect: a grant is in force only after its entry stands in the log, and its revocation is logged
before it counts. What waits for further officers is in `gateway.propose`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.entry import Kind
from gateway.errors import VariablesRejected
from gateway.grant_entries import granted, revoked
from gateway.grant_shown import shown, template_shown, told
from gateway.node import Node
from gateway.visit import Visit
from policy.grants import GrantTerms, narrows, overlaps
from policy.mandate import Actor
from policy.terms import Role
from sharing.errors import GrantConflict, GrantUnknown
from sharing.grants import Approval, Grant, GrantRule, GrantState
from sharing.templates import templates as packaged

PAGE = 200
ROUNDS = 5
Shown = Mapping[str, Any]


def nothing() -> None:
    """No step of its own between log and effect."""


async def enact(
    node: Node, terms: GrantTerms, approvals: tuple[Approval, ...], claim: Callable[[], None] = nothing
) -> Grant:
    """The way every grant comes into force.

    1. Signed, as the node's rule allows. 2. Logged. 3. `claim`, which may still stop it. 4. Stored.
    """
    grant = _signed(node, terms, approvals)  # 1
    await node.log.append(granted(node, grant, Kind.GRANTED))  # 2
    claim()  # 3
    node.books.grants.add(grant)  # 4
    return grant


async def revoke(visit: Visit, grant_id: str, reason: str, *, dry_run: bool = False) -> Shown:
    """End a grant now: log, then store; the next question no longer finds it in force."""
    node, officer = visit.node, visit.require(Role.LIAISON)
    current = node.books.grants.current(grant_id)
    ended = _ended(node, current, officer)
    if not dry_run:
        (ended,) = await _revoke(node, [current], officer, reason)
    return told(node, ended.terms, ended.approvals, act="REVOKE", state=GrantState.REVOKED, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom and what a bulk revocation is about: any of the three, at least one."""

    partner: str = ""
    case: str = ""
    dataset: str = ""

    def names(self, terms: GrantTerms) -> bool:
        """Whether the grant names all that is given."""
        return (
            (not self.partner or self.partner in terms.recipients)
            and (not self.case or self.case in terms.cases)
            and (not self.dataset or self.dataset == terms.dataset)
        )

    def covered_by(self, terms: GrantTerms) -> bool:
        """Whether the grant covers all that is given, named or not."""
        return (
            (not self.partner or self.partner in terms.recipients)
            and (not self.case or not terms.cases or self.case in terms.cases)
            and (not self.dataset or terms.dataset in {self.dataset, "*"})
        )


async def revoke_all(visit: Visit, reach: Reach, reason: str, *, dry_run: bool = False) -> Shown:
    """End every grant that names the partner, the case and the dataset, of those that are given.

    A grant that also names others ends for them too; `remaining` are those that go on covering what was named
    without naming it, for any case or every dataset. All entries stand in the log before the first one ends.
    """
    node, officer = visit.node, visit.require(Role.LIAISON)
    if reach == Reach():
        raise VariablesRejected("revoke: name a partner, a case or a dataset; all at once is never meant")
    live = [each for each in every(node) if each.state(each.terms.version, node.now()) in _LIVE]
    named = [each for each in live if reach.names(each.terms)]
    rest = [each for each in live if each not in named and reach.covered_by(each.terms)]
    ended = [_ended(node, each, officer) for each in named]
    if not dry_run:
        ended = await _revoke(node, named, officer, reason)
    return {
        "dryRun": dry_run,
        "revoked": [shown(node, each) for each in ended],
        "remaining": [shown(node, each) for each in rest],
    }


def grants(visit: Visit, after: str, first: int) -> list[Shown]:
    """The node's grants, newest version of each, by id."""
    visit.require(Role.LIAISON)
    found = visit.node.books.grants.list(after=after, limit=min(first, PAGE))
    return [shown(visit.node, each) for each in found]


def versions(visit: Visit, grant_id: str) -> list[Shown]:
    """All versions of one grant, the newest first; `GrantUnknown` if there is none."""
    visit.require(Role.LIAISON)
    found = visit.node.books.grants.history(grant_id)
    if not found:
        raise GrantUnknown(f"grant {grant_id[:80]!r}: not in the book")
    newest = found[-1].terms.version
    return [shown(visit.node, each, newest) for each in reversed(found)]


def templates(visit: Visit) -> list[Shown]:
    """What a grant can be filled in from, with its texts."""
    visit.require(Role.LIAISON)
    return [template_shown(each) for each in packaged().values()]


def rule(node: Node) -> GrantRule:
    """The node's rule for its grants."""
    return GrantRule.of(*node.post.keys.grant_keys, officers=node.settings.sharing.officers)


def every(node: Node) -> list[Grant]:
    """The newest version of every grant of the node."""
    found: list[Grant] = []
    while page := node.books.grants.list(after=found[-1].terms.id if found else "", limit=PAGE):
        found += page
    return found


def overlapping(node: Node, terms: GrantTerms) -> list[Shown]:
    """The node's other grants that have not ended and show the same recipients something of the same."""
    now, book = node.now(), node.books.grants
    near = {each.id: each for partner in terms.recipients for each in book.candidates(partner, now)}
    found = [book.current(each.id) for each in near.values() if each.id != terms.id and overlaps(terms, each)]
    live = [each for each in found if each.state(each.terms.version, now) in _LIVE]
    return [shown(node, each) for each in sorted(live, key=lambda each: each.terms.id)]


def is_narrower(node: Node, terms: GrantTerms) -> bool:
    """Whether the terms only narrow the grant's newest version, so that one officer may decide alone."""
    return terms.version > 1 and narrows(node.books.grants.current(terms.id).terms, terms)


_LIVE = frozenset({GrantState.ACTIVE, GrantState.NOT_YET})


def _signed(node: Node, terms: GrantTerms, approvals: tuple[Approval, ...]) -> Grant:
    """The version, if it follows the stored one; with fewer officers than the rule says, if it narrows it."""
    key = node.post.keys.grant
    stored = node.books.grants.history(terms.id)
    if terms.version != len(stored) + 1:
        raise GrantConflict(f"grant {terms.ref}: stored is version {len(stored)}")
    if stored and len(approvals) < node.settings.sharing.officers:
        return rule(node).narrow(stored[-1], terms, approvals, key)
    return rule(node).sign(terms, approvals, key)


def _ended(node: Node, grant: Grant, officer: Actor) -> Grant:
    now = node.now()
    return rule(node).revoke(grant, (Approval(officer.subject, now),), node.post.keys.grant, at=now)


async def _revoke(node: Node, named: Sequence[Grant], officer: Actor, reason: str) -> list[Grant]:
    """Log all, then store each; one that somebody changed in between is revoked as it is then.

    `GrantConflict` when somebody changes them faster than this can end them.
    """
    waiting, done = list(named), []
    for _ in range(ROUNDS):
        ended = [_ended(node, each, officer) for each in waiting]
        await node.log.append_many([revoked(node, each, officer, reason) for each in ended])
        changed = []
        for each in ended:
            try:
                node.books.grants.add(each)
                done.append(each)
            except GrantConflict:
                changed.append(node.books.grants.current(each.terms.id))
        done += [each for each in changed if each.terms.revoked_at is not None]
        waiting = [each for each in changed if each.terms.revoked_at is None]
        if not waiting:
            return done
    raise GrantConflict(
        f"grant {waiting[0].terms.ref}: was changed {ROUNDS} times while it was to be revoked"
    )
