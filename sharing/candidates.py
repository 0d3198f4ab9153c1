"""Which grants a decision reads, out of any number: the choice that `GrantBook.candidates` makes. Pure."""

from collections.abc import Iterable, Sequence

from policy.grants import GrantTerms

MAX_CANDIDATES = 50
MAX_ENDED = 10


def until(terms: GrantTerms) -> int:
    """When a grant ends or ended: its expiry, or its revocation if that came first (Unix seconds)."""
    return terms.expires_at if terms.revoked_at is None else min(terms.revoked_at, terms.expires_at)


def chosen(grants: Iterable[GrantTerms], partner: str, now: int, case: str = "") -> tuple[GrantTerms, ...]:
    """At most 50 of the newest versions `grants`, best first, as `GrantBook.candidates` says.

    In force for the case or any case, then in force for other cases, then at most ten ended ones; each the
    latest-ending first.
    """
    mine = sorted(
        (each for each in grants if partner in each.recipients),
        key=lambda each: (until(each), each.id),
        reverse=True,
    )
    live = [each for each in mine if until(each) > now]
    fitting = [each for each in live if not case or not each.cases or case in each.cases]
    other = [each for each in live if case and each.cases and case not in each.cases]
    ended = [each for each in mine if until(each) <= now]
    return (*fitting, *other, *ended[:MAX_ENDED])[:MAX_CANDIDATES]


def with_change(
    candidates: Sequence[GrantTerms], change: GrantTerms, partner: str, now: int, case: str = ""
) -> tuple[GrantTerms, ...]:
    """The candidates if `change` were the newest version of its grant; none of the others changes.

    Where 50 candidates were read and one of them goes, the 51st is not known and not there.
    """
    others = [each for each in candidates if each.id != change.id]
    return chosen((*others, change), partner, now, case)
