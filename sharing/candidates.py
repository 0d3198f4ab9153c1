"""Which grants a decision reads, out of any number: the choice that `GrantBook.candidates` makes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy.grants import GrantTerms
from policy.question import Question

MAX_CANDIDATES = 50
MAX_OTHER = 5
MAX_ENDED = 5
_MOST_DATASETS = 2
_MOST_SCHEMATA = 8


@dataclass(frozen=True, slots=True)
class Touch:
    """What a grant must touch to be a candidate at all: datasets and schemata by name, empty for all."""

    datasets: tuple[str, ...] = ()
    schemata: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: Question | None) -> "Touch":
        """What `question` names; more names than a few narrow nothing here (the law still does)."""
        if question is None:
            return cls()
        return cls(_few(question.datasets, _MOST_DATASETS), _few(question.schemata, _MOST_SCHEMATA))

    def touched(self, terms: GrantTerms) -> bool:
        """Whether the grant is for one of the datasets and one of the schemata."""
        return _meets({terms.dataset}, self.datasets) and _meets(set(terms.schemata), self.schemata)


def until(terms: GrantTerms) -> int:
    """When a grant ends or ended: its expiry, or its revocation if that came first (Unix seconds)."""
    return terms.expires_at if terms.revoked_at is None else min(terms.revoked_at, terms.expires_at)


def chosen(
    grants: Iterable[GrantTerms], partner: str, now: int, case: str = "", question: Question | None = None
) -> tuple[GrantTerms, ...]:
    """At most 50 of the newest versions `grants`, best first, as `GrantBook.candidates` says.

    Of those that touch the question: in force for the case or any case, then at most five in force for other
    cases, then at most five ended ones; each the latest-ending first.
    """
    touch = Touch.of(question)
    mine = sorted(
        (each for each in grants if partner in each.recipients and touch.touched(each)),
        key=lambda each: (until(each), each.id),
        reverse=True,
    )
    live = [each for each in mine if until(each) > now]
    fitting = [each for each in live if not case or not each.cases or case in each.cases]
    other = [each for each in live if case and each.cases and case not in each.cases]
    ended = [each for each in mine if until(each) <= now]
    return (*fitting, *other[:MAX_OTHER], *ended[:MAX_ENDED])[:MAX_CANDIDATES]


def with_change(  # noqa: PLR0913  # the choice's own arguments, and the change
    candidates: Sequence[GrantTerms],
    change: GrantTerms,
    partner: str,
    now: int,
    *,
    case: str = "",
    question: Question | None = None,
) -> tuple[GrantTerms, ...]:
    """The candidates if `change` were the newest version of its grant; none of the others changes.

    Where as many were read as are ever read and one of them goes, the next one is not known and not there.
    """
    others = [each for each in candidates if each.id != change.id]
    return chosen((*others, change), partner, now, case, question)


def _few(names: Iterable[str], most: int) -> tuple[str, ...]:
    told = tuple(sorted(set(names)))
    return told if len(told) <= most else ()


def _meets(granted: set[str], asked: tuple[str, ...]) -> bool:
    return not asked or "*" in granted or not granted.isdisjoint(asked)
