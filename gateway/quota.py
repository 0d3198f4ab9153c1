"""What a question costs at the node that is asked, and what its answer costs: budgets of node and grants.

A question is charged once its intent stands in the log, so that a replayed one costs nothing; what is shown
is charged before it is logged as disclosed. Whoever cannot be charged gets nothing. A question over a threat
to life has budgets of its own, and its rows are free: no lookup of the day before may stand in its way. Where
a permit rests on a grant whose quota is spent, the whole question is over quota: a part would look like all.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from audit.canonical import JSON
from audit.errors import AuditError
from audit.findings import Finding, Refs
from audit.severity import Severity
from gateway.node import Node
from gateway.settings import QuestionsPart, QuotaPart
from policy.decision import Permit, Refusal
from policy.grants import GrantTerms
from policy.mandate import Mandate
from policy.quota import (
    Account,
    Allowed,
    Budget,
    Charge,
    Guard,
    OverQuota,
    Scope,
    Span,
    Unit,
    account,
)
from policy.terms import Mode, Operation, Purpose, Reason
from tenants.view import Found

SEARCHES = frozenset({Operation.LOOKUP, Operation.SEARCH, Operation.PROFILE})
LISTED = frozenset({Mode.CORE, Mode.RECORD})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: the node that asks, the person's pseudonym, the case; and the question, for findings.

    `limited` are the candidate grants that have a quota, by ref: those that a permit rests on pay too.
    """

    node: Node = field(repr=False)
    partner: str
    mandate: Mandate
    request: str
    query_id: str
    now: int
    limited: Mapping[str, GrantTerms] = field(repr=False)

    @property
    def emergency(self) -> bool:
        """Whether the question is over a threat to life."""
        return self.mandate.purpose is Purpose.THREAT_TO_LIFE

    @property
    def owners(self) -> dict[Scope, str]:
        """Whose budgets: no two partners share a person's or a case's."""
        case = self.node.digests.of(f"{self.partner}/{self.mandate.case}".encode())
        return {
            Scope.PARTNER: self.partner,
            Scope.PERSON: f"{self.partner}/{self.mandate.actor.subject}",
            Scope.CASE: case,
        }


@dataclass(frozen=True, slots=True)
class Toll:
    """What was charged: what is left of the nearest budget, or when the one that is spent renews."""

    left: int | None = None
    renews_at: int | None = None

    @property
    def facts(self) -> dict[str, JSON]:
        """As a leaf holds it."""
        return {} if self.left is None else {"quota_left": self.left}


def asked(payer: Payer, verdict: Permit | Refusal) -> tuple[Permit | Refusal, Toll]:
    """Charge a question: the verdict on it, or a refusal when it is over a budget or cannot be counted."""
    settings, unit = payer.node.settings.quota, Unit.QUESTIONS
    part = settings.questions
    if payer.emergency:
        unit, part = Unit.EMERGENCIES, settings.emergencies
    misses = Charge(_misses(payer), 0)
    guard = Guard(settings.misses, settings.miss_percent, settings.lowered_hour)
    rests_on = dict.fromkeys(verdict.grants, 1) if isinstance(verdict, Permit) else {}
    charges = [*_charges(payer, part, unit, 1), *_of_grants(payer, rests_on, unit), misses]
    refusal, toll = _charged(payer, charges, verdict, guard)
    return refusal or verdict, toll


def shown(payer: Payer, permit: Permit, found: Found) -> tuple[Refusal | None, Toll]:
    """Charge what an answer shows, or that a search found nothing; a refusal when that is over a budget.

    A grant pays for the listed records that it let through; records that are only counted are free. Whose
    surroundings are counted, themselves not listed, are charged as if they were: to every listing grant.
    """
    rows = found.count if found.given else found.around
    if payer.emergency:
        return None, Toll()
    if not found.hit and permit.question.operation in SEARCHES:
        refusal, _ = _charged(payer, [Charge(_misses(payer), 1)], permit)
        return refusal, Toll()
    if not rows:
        return None, Toll()
    own = _charges(payer, payer.node.settings.quota.rows, Unit.ROWS, rows)
    return _charged(payer, [*own, *_of_grants(payer, _let_through(payer, permit, found), Unit.ROWS)], permit)


def limited(candidates: Sequence[GrantTerms]) -> Mapping[str, GrantTerms]:
    """Those of the candidates that have a quota, by ref."""
    return {each.ref: each for each in candidates if each.quota.limits}


def _of_grants(payer: Payer, amounts: Mapping[str, int], unit: Unit) -> Iterator[Charge]:
    """What the grants with a quota are charged; all versions of a grant have one account for each partner."""
    for ref, amount in amounts.items():
        terms = payer.limited.get(ref)
        if terms is None or not amount:
            continue
        for budget in terms.quota.budgets(unit):
            yield budget.charge(f"{payer.partner}/{terms.id}", amount, payer.now)


def _let_through(payer: Payer, permit: Permit, found: Found) -> dict[str, int]:
    """How many of the listed records each grant with a quota let through."""
    places = {
        place: branch.grant
        for place, branch in enumerate(permit.branches)
        if branch.grant in payer.limited and branch.mode in LISTED
    }
    if not found.given:
        return dict.fromkeys(places.values(), found.around)
    bits = [each[2] for each in orjson.loads(b"[%b]" % found.given)] if places else []
    return {ref: sum(each >> place & 1 for each in bits) for place, ref in places.items()}


def _charges(payer: Payer, part: QuestionsPart, unit: Unit, amount: int) -> Iterator[Charge]:
    for scope, whose in payer.owners.items():
        for span in Span:
            most = int(getattr(part, f"{scope}_{span}".lower()))
            yield Budget(scope, unit, span, most).charge(whose, amount, payer.now)


def _misses(payer: Payer) -> Account:
    return account(Scope.PERSON, payer.owners[Scope.PERSON], Unit.MISSES, Span.DAY, payer.now)


def _charged(
    payer: Payer, charges: Sequence[Charge], verdict: Permit | Refusal, guard: Guard | None = None
) -> tuple[Refusal | None, Toll]:
    def refusal(reason: Reason, rule: str) -> Refusal:
        return Refusal(verdict.id, payer.partner, (reason,), (rule,), verdict.revision, payer.now)

    node = payer.node
    try:
        result = node.quota.spend(charges, guard)
        _tell(node, list(_noticed(payer, charges, result)))
    except Exception:  # whatever breaks here must end in a refusal, never in an answer
        log.exception("quota of %s", node.id)
        return refusal(Reason.POLICY_UNAVAILABLE, "quota-counter"), Toll()
    if isinstance(result, OverQuota):
        return refusal(Reason.QUOTA, result.account.rule), Toll(0, result.renews_at)
    return None, Toll(result.left)


def _tell(node: Node, findings: Sequence[Finding]) -> None:
    """Keep the findings; a book that is down costs the alarm, not the answer."""
    if not findings:
        return
    try:
        node.oversight.findings.add(findings)
    except AuditError as error:
        log.error("%s: quota findings not kept: %s: %s", node.id, error.code, error)  # noqa: TRY400  # no trace needed


def _noticed(payer: Payer, charges: Sequence[Charge], result: Allowed | OverQuota) -> Iterator[Finding]:
    """What this charge has brought to light: a mark that it passed, or a refusal too many."""
    settings = payer.node.settings.quota
    if isinstance(result, OverQuota):
        if result.refusals == settings.alarm_refusals:
            text = f"{result.account.rule}: refused {result.refusals} times today"
            yield _finding(payer, "QUOTA_ALARM", Severity.MEDIUM, f"{result.account.key} refused", text)
        return
    for each in charges:
        spent, mark = result.spent[each.account], each.most * settings.alarm_percent
        if each.amount and (spent - each.amount) * 100 < mark <= spent * 100:
            text = f"{each.account.rule}: {spent} of {each.most} spent"
            yield _finding(payer, "QUOTA_ALARM", Severity.LOW, each.account.key, text)
    yield from _enumerating(payer, settings, charges, result)


def _enumerating(
    payer: Payer, settings: QuotaPart, charges: Sequence[Charge], result: Allowed
) -> Iterator[Finding]:
    """The finding that a person's misses have raised the guard; the same one for the whole day."""
    whose = payer.owners[Scope.PERSON]
    misses = _misses(payer)
    questions = account(Scope.PERSON, whose, Unit.QUESTIONS, Span.DAY, payer.now)
    guard = Guard(settings.misses, settings.miss_percent, settings.lowered_hour)
    now = sum(each.amount for each in charges if each.account == questions)
    if not now:
        return
    missed, number = result.spent[misses], result.spent[questions] - now
    if guard.raised(missed, number):
        text = f"ENUMERATION: {missed} of {number} questions of the day without a hit"
        yield _finding(payer, "ENUMERATION", Severity.HIGH, misses.key, text)


def _finding(payer: Payer, rule: str, severity: Severity, about: str, text: str) -> Finding:
    refs = Refs(
        request=payer.request,
        query_id=payer.query_id,
        asker=payer.mandate.actor.subject,
        partner=payer.partner,
    )
    return Finding.of(rule, severity, datetime.fromtimestamp(payer.now, UTC), about, text, refs)
