"""Rules about attempts: who tries until a node answers, and who feels for a quota. Pure."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.findings import Finding, Refs
from audit.questions import OWN, Question
from audit.seen import Found, Seen, about_questions
from audit.severity import Severity

_REFUSED = frozenset({"REFUSED", "OVER_QUOTA"})
_GIVEN = frozenset({"ANSWERED", "NO_HIT"})


@dataclass(frozen=True, slots=True)
class _Try:
    """A question at one node, and whether that node refused it."""

    question: Question
    node: str
    refused: bool


def refused_then_success(seen: Seen) -> Found:
    """Refusals by one node of one question, or in one case, and then its answer, all within a day."""
    rule, needed = "REFUSED_THEN_SUCCESS", seen.thresholds.refusals
    findings: dict[str, Finding] = {}
    for key, severity in ((_same_question, Severity.MEDIUM), (_same_case, Severity.LOW)):
        for tries in _sequences(seen, key):
            for last, refused in _answers(seen, tries):
                if len(refused) >= needed and seen.covers(last):
                    findings.setdefault(
                        last.about, about_questions(rule, severity, last.about, [*refused, last])
                    )
    return Found(list(findings.values()), len(findings), len(seen.asked))


def purpose_shopping(seen: Seen) -> Found:
    """A question that one node refused and then answered under another purpose or case, within a day."""
    rule = "PURPOSE_SHOPPING"
    findings: dict[str, Finding] = {}
    for tries in _sequences(seen, _same_question):
        for last, refused in _answers(seen, tries):
            other = [each for each in refused if _why(each) != _why(last)]
            if other and seen.covers(last):
                findings.setdefault(
                    last.about, about_questions(rule, Severity.MEDIUM, last.about, [*other, last])
                )
    return Found(list(findings.values()), len(findings), len(seen.asked))


def _same_question(question: Question) -> str:
    return question.row.query_digest


def _same_case(question: Question) -> str:
    return question.row.case


def _why(question: Question) -> tuple[str, str]:
    return question.row.purpose, question.row.case


def _sequences(seen: Seen, key: Callable[[Question], str]) -> Iterator[Sequence[_Try]]:
    """Each person's tries at each node that share a key, in the order of the log.

    What the own law refused was refused at every node.
    """
    found: dict[tuple[str, str], list[_Try]] = defaultdict(list)
    for question in seen.questions:
        for node, status in question.outcomes.items():
            if key(question) and status in _REFUSED | _GIVEN:
                place = (question.row.asker, key(question))
                found[place].append(_Try(question, node, status in _REFUSED))
    for tries in found.values():
        nodes = {each.node for each in tries}
        for node in nodes - {OWN} or nodes:
            yield [each for each in tries if each.node in {node, OWN}]


def _answers(seen: Seen, tries: Sequence[_Try]) -> Iterator[tuple[Question, list[Question]]]:
    """Yield each answer with the refusals since the answer before it that are young enough."""
    refused: list[Question] = []
    for each in tries:
        if each.refused:
            refused.append(each.question)
            continue
        start = each.question.at - seen.thresholds.within
        yield each.question, [one for one in refused if one.at >= start]
        refused = []


def quota_probing(seen: Seen) -> Found:
    """Persons who were over quota again and again within a day, or then stayed just below it for days."""
    persons: dict[str, list[Question]] = defaultdict(list)
    for each in seen.questions:
        persons[each.row.asker].append(each)
    findings: list[Finding] = []
    for asker, asked in persons.items():
        findings += _repeated(seen, asked)
        findings += _just_below(seen, asker, asked)
    active = {each.row.asker for each in seen.asked}
    return Found(findings, len({each.refs.asker for each in findings}), len(active))


def _over(question: Question) -> bool:
    return "OVER_QUOTA" in question.outcomes.values() or "QUOTA" in question.reasons


def _repeated(seen: Seen, asked: Sequence[Question]) -> Iterator[Finding]:
    """One finding for each day on which the quota was met often enough."""
    recent: deque[Question] = deque()
    told: set[str] = set()
    for last in filter(_over, asked):
        recent.append(last)
        while recent[0].at < last.at - seen.thresholds.within:
            recent.popleft()
        if len(recent) >= seen.thresholds.quota_hits and seen.covers(last) and last.row.day not in told:
            told.add(last.row.day)
            about = f"{last.row.asker} {last.row.day}"
            yield about_questions("QUOTA_PROBING", Severity.MEDIUM, about, recent)


def _just_below(seen: Seen, asker: str, asked: Sequence[Question]) -> Iterator[Finding]:
    """One finding when, after the quota was met once, enough days end a little below that number."""
    met = next((each for each in asked if _over(each)), None)
    if met is None:
        return
    quota = sum(1 for each in asked if each.row.day == met.row.day and not _over(each))
    least = max(1, -(-quota * seen.thresholds.quota_percent // 100))
    later = {day: count for (who, day), count in seen.counts.items() if who == asker and day > met.row.day}
    close = sorted(day for day, count in later.items() if least <= count <= quota)
    if len(close) >= seen.thresholds.quota_days and close[-1] >= seen.since.date().isoformat():
        text = f"QUOTA_PROBING: {len(close)} days with {least} to {quota} questions after the quota was met"
        refs = Refs(tuple(met.indexes), asker=asker)
        yield Finding.of("QUOTA_PROBING", Severity.LOW, met.at, f"{asker} below {met.about}", text, refs)
