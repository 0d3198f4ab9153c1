"""Signals: rules that point oversight at exchanges worth a look. Pure: questions in, findings out.

A signal proves nothing. Each rule says what it means and what it cannot tell, and quotes its base rate: how
many of how many it raised, so that nobody takes the ordinary for the rare. What belongs together (a person's
questions of one day) is one finding.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from types import MappingProxyType

from audit.findings import Finding, Refs
from audit.probing import purpose_shopping, quota_probing, refused_then_success
from audit.questions import Question
from audit.seen import Found, Seen, about_questions
from audit.severity import Severity

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it means, what it cannot tell, what its base rate counts, and how it looks."""

    id: str
    meaning: str
    limits: str
    of: str
    look: Callable[[Seen], Found]


@dataclass(frozen=True, slots=True)
class Raised:
    """What one rule raised."""

    rule: Rule
    found: Found


def raised(seen: Seen, only: str = "") -> list[Raised]:
    """Return what each rule raises, or the one rule named."""
    return [Raised(rule, rule.look(seen)) for rule in RULES.values() if only in {"", rule.id}]


def no_case(seen: Seen) -> Found:
    """Questions without a case: one finding for each person and day."""
    asked = seen.asked
    without = [each for each in asked if not each.row.case]
    return Found(_by_day("NO_CASE", Severity.MEDIUM, without), len(without), len(asked))


def self_lookup(seen: Seen) -> Found:
    """Own people who asked for a mark of their own: one finding for each question."""
    own = [each for each in seen.asked if each.own]
    hits = [each for each in own if each.row.self_lookup]
    findings = [about_questions("SELF_LOOKUP", Severity.HIGH, each.about, [each]) for each in hits]
    return Found(findings, len(hits), len(own))


def off_hours(seen: Seen) -> Found:
    """Questions at night and on weekends by the node's own clock: one finding for each person and day."""
    asked = seen.asked
    late = [each for each in asked if _late(seen, each)]
    return Found(_by_day("OFF_HOURS", Severity.INFO, late), len(late), len(asked))


def _late(seen: Seen, question: Question) -> bool:
    local, limits = question.at.astimezone(seen.zone), seen.thresholds
    return local.weekday() >= _SATURDAY or not limits.opens <= local.hour < limits.closes


def volume(seen: Seen) -> Found:
    """Days on which a person asked far more than usual; the base rate counts persons' active days."""
    first, last = seen.since.astimezone(UTC).date().isoformat(), seen.until.astimezone(UTC).isoformat()
    active = {key: number for key, number in seen.counts.items() if first <= key[1] <= last}
    history: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (asker, day), number in sorted(seen.counts.items(), key=lambda item: item[0][1]):
        history[asker].append((day, number))
    earlier = [number for (_, day), number in seen.counts.items() if day < first]
    findings = []
    for (asker, day), number in sorted(active.items()):
        before = [count for other, count in history[asker] if other < day][-seen.thresholds.volume_days :]
        usual = before if len(before) >= seen.thresholds.volume_known else earlier
        limit = _limit(seen, usual)
        if number > limit:
            findings.append(_too_many(asker, day, number, limit))
    return Found(findings, len(findings), len(active))


def _limit(seen: Seen, usual: Sequence[int]) -> int:
    """How many questions a day are ordinary, given what is usual; nothing known means the least."""
    if not usual:
        return seen.thresholds.volume_least
    middle = median(usual)
    spread = median([abs(each - middle) for each in usual])
    limit = middle + seen.thresholds.volume_spread * max(spread, 1)
    return max(int(limit), seen.thresholds.volume_least)


def _too_many(asker: str, day: str, number: int, limit: int) -> Finding:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    text = f"VOLUME: {number} questions on {day}, ordinary are up to {limit}"
    return Finding.of("VOLUME", Severity.MEDIUM, at, f"{asker} {day}", text, Refs(asker=asker))


def _by_day(rule: str, severity: Severity, questions: Iterable[Question]) -> list[Finding]:
    """One finding for each person and day."""
    groups: dict[str, list[Question]] = defaultdict(list)
    for each in questions:
        groups[f"{each.row.asker} {each.row.day}"].append(each)
    return [about_questions(rule, severity, about, group) for about, group in groups.items()]


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            Rule(
                "NO_CASE",
                "Questions without a case reference, or with a placeholder such as `test` in its place.",
                "A true-looking reference can be invented; compare with the service's own case register.",
                "questions",
                no_case,
            ),
            Rule(
                "SELF_LOOKUP",
                "A person asked for a mark of their own: name, subject id, e-mail or telephone number.",
                "It does not see relatives, neighbours, or marks that the sign-in does not know.",
                "questions of own people",
                self_lookup,
            ),
            Rule(
                "OFF_HOURS",
                "Questions at night or on a weekend by the node's own clock.",
                "Shifts and emergencies are ordinary; look at the share before you look at a person.",
                "questions",
                off_hours,
            ),
            Rule(
                "VOLUME",
                "Far more questions on a day than the person's own last active days let expect.",
                "A large case does this too; a slow and steady excess is not seen.",
                "active days of persons",
                volume,
            ),
            Rule(
                "REFUSED_THEN_SUCCESS",
                "Several refusals by a node of the same question, or in the same case, then an answer.",
                "A grant that was given meanwhile, on request, looks the same.",
                "questions",
                refused_then_success,
            ),
            Rule(
                "PURPOSE_SHOPPING",
                "A question that a node refused was answered under another purpose or case.",
                "A mistaken purpose that was put right looks the same; read both mandates.",
                "questions",
                purpose_shopping,
            ),
            Rule(
                "QUOTA_PROBING",
                "Repeated questions over quota, or day after day just below where the quota was met.",
                "Hard work on a busy case meets quotas too.",
                "persons who asked",
                quota_probing,
            ),
        )
    }
)
"""The rules by id."""
