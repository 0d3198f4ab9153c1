"""Replay: what the node's real questions of the last days would have got under other grants or other rules.

1. That the sealed papers are opened, for which period and why, stands in the log before any is. 2. Each
question is decided again, on the grants and consents as the log says they stood: the same outcome as logged,
or a cause is told. 3. It is decided once more on what is changed. 4. Where the two differ, it is counted, by
what became of what, by rule and by grant. No row is read, and no permit of a replay leaves it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from audit.canonical import JSON
from audit.entry import Entry, Kind
from audit.fields import CODE
from gateway.errors import VariablesRejected
from gateway.facts import TIERS, moment, retain_until
from gateway.node import Node
from gateway.past_consents import PastBooks, past_books
from gateway.past_questions import Lost, Past, Period, newest, past_questions
from gateway.turns import Told, Turn, others_first
from policy.decision import Permit, Refusal
from policy.filters import dump
from policy.grants import GrantTerms
from policy.judge import Judge
from policy.mandate import Actor, digest_of
from policy.terms import Reason
from sharing.candidates import with_change

DAY = 86_400
MOST_DAYS = 1_096
MOST_QUESTIONS = 10_000
MOST_IDS = 100
_BREAKAGE = frozenset(
    {Reason.POLICY_UNAVAILABLE, Reason.SHELF_UNAVAILABLE, Reason.LOG_NOT_WITNESSED, Reason.QUOTA}
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried: another version of one grant, or another judge; None leaves it as it was."""

    grant: GrantTerms | None = None
    judge: Judge | None = None

    def candidates(self, were: Sequence[GrantTerms], past: Past) -> Sequence[GrantTerms]:
        """The grants as if the change had held then; a later version changes nothing before its first."""
        new = self.grant
        if new is None or (new.version > 1 and all(each.id != new.id for each in were)):
            return were
        ended = None if new.revoked_at is None else min(new.revoked_at, past.at)
        then = replace(new, not_before=min(new.not_before, past.at), revoked_at=ended)
        return with_change(were, then, past.partner, past.at, case=past.mandate.case, question=past.question)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who replays how many days, of which partners (empty: all), for which reason (a code)."""

    actor: Actor
    justification: str
    days: int = 90
    partners: frozenset[str] = frozenset()
    most: int = MOST_QUESTIONS

    def __post_init__(self) -> None:
        """Refuse what cannot be logged or would not end."""
        if not CODE(self.justification):
            raise VariablesRejected("replay: a justification is a code: A-Z, 0-9 and _, at most 64")
        if not 1 <= self.days <= MOST_DAYS or not 1 <= self.most <= MOST_QUESTIONS:
            raise VariablesRejected(
                f"replay: {self.days} days and {self.most} questions; 1 to {MOST_DAYS} and {MOST_QUESTIONS}"
            )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one decision says; `label` in a word, `gist` everything that a partner could tell apart."""

    label: str
    gist: str
    rules: frozenset[str]
    grants: frozenset[str]
    revision: str

    @classmethod
    def of(cls, verdict: Permit | Refusal) -> "Outcome":
        """The outcome of a verdict, without its id and time."""
        if isinstance(verdict, Refusal):
            label = f"REFUSED {' '.join(each.value for each in verdict.reasons)}"
            return cls(label, label, frozenset(verdict.rules), frozenset(), verdict.revision)
        branches = sorted(
            [each.mode, list(each.masked), digest_of(dump(each.filter))] for each in verdict.branches
        )
        shows = sorted([name, len(refs) > 0] for name, refs in verdict.shows.items())
        gist = digest_of([branches, shows, verdict.max_rows, list(verdict.obligations)])
        return cls(TIERS[verdict.mode], gist, frozenset(), frozenset(verdict.grants), verdict.revision)


@dataclass(slots=True)
class Replayed:
    """The result as it grows. `unlike` are questions whose first decision is not as logged, by cause."""

    asked: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    same: int = 0
    unlike: Counter[str] = field(default_factory=Counter)
    changed: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)
    grants: Counter[str] = field(default_factory=Counter)

    def compare(self, past: Past, was: Outcome, would: Outcome) -> None:
        """Take one question."""
        cause = cause_of(past, was)
        if cause:
            self.unlike[cause] += 1
        if was.gist == would.gist:
            self.same += 1
            return
        label = would.label if would.label != was.label else f"{would.label} of other rows or fields"
        self.changed.setdefault((was.label, label), []).append(past.query_id)
        self.rules.update(rule.partition(":")[0] for rule in was.rules ^ would.rules)
        self.grants.update(was.grants ^ would.grants)

    def shown(self) -> Mapping[str, Any]:
        """As the desk's schema tells it."""
        changes = sorted(self.changed.items(), key=lambda item: (-len(item[1]), item[0]))
        return {
            "asked": self.asked,
            "replayed": self.asked - self.lost.total(),
            "notReplayable": _counts(self.lost),
            "same": self.same,
            "unlikeLogged": _counts(self.unlike),
            "changed": sum(map(len, self.changed.values())),
            "changes": [
                {"was": was, "would": would, "questions": len(ids), "queryIds": ids[-MOST_IDS:]}
                for (was, would), ids in changes
            ],
            "rules": _counts(self.rules),
            "grants": _counts(self.grants),
        }


async def replay(
    node: Node, change: Change, wanted: Wanted, told: Told | None = None, turn: Turn = others_first
) -> Replayed:
    """Replay the newest questions; `told` hears how many of how many are done."""
    now = node.now()
    since = datetime.fromtimestamp(now - wanted.days * DAY, UTC)
    await node.log.append(_look(node, wanted, now))  # 1
    rows = await newest(node, Period(since, wanted.most, wanted.partners))
    books, result = await past_books(node), Replayed()
    async for past in past_questions(node, rows):
        result.asked += 1
        if isinstance(past, Lost):
            result.lost[past.value] += 1
        else:
            result.compare(past, *await _twice(node, books, past, change))  # 4
        if told is not None:
            told(result.asked, len(rows))
        await turn()
    return result


async def _twice(node: Node, books: PastBooks, past: Past, change: Change) -> tuple[Outcome, Outcome]:
    mandate, question, partner, at = past.mandate, past.question, past.partner, past.at
    were, consents = books.stood(past)
    was = await node.judge.may_answer(mandate, question, partner, were, consents, now=at)  # 2
    judge, new = change.judge or node.judge, change.candidates(were, past)
    would = await judge.may_answer(mandate, question, partner, new, consents, now=at)  # 3
    return Outcome.of(was), Outcome.of(would)


def cause_of(past: Past, was: Outcome) -> str:
    """Why the first decision is not what was logged; empty if it is."""
    if past.outcome is None:
        return "NO_OUTCOME_LOGGED"
    if past.outcome.kind == Kind.DISCLOSED.value:
        logged = past.outcome.tier
    else:
        logged = f"REFUSED {' '.join(past.outcome.reasons)}"
    if logged == was.label:
        return ""
    if _BREAKAGE & set(past.outcome.reasons):
        return "NOT_DECIDED_BY_THE_LAW"
    return "OTHER_POLICY_REVISION" if past.revision != was.revision else "OTHER_CAUSE"


def _look(node: Node, wanted: Wanted, now: int) -> Entry:
    actor = wanted.actor
    facts: dict[str, JSON] = {
        "reader": node.post.keys.pseudonym(node.id, actor.subject),
        "unit": actor.unit,
        "action": "REPLAYED",
        "justification": wanted.justification,
        "period_from": moment(now - wanted.days * DAY),
        "period_to": moment(now),
        "retain_until": retain_until(now, Kind.LOG_READ),
    }
    return Entry(Kind.LOG_READ, node.id, facts, sealed=f"{actor.subject}\n{wanted.justification}".encode())


def _counts(counter: Counter[str]) -> list[Mapping[str, Any]]:
    return [{"name": name, "questions": number} for name, number in sorted(counter.items())]
