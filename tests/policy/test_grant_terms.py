"""One grant's terms against another's: what counts as narrower, and what overlaps."""

import random
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.grants import GrantTerms, narrows, overlaps
from policy.terms import LegalBasis, Mode, Purpose, Role
from tests.policy.draws import NAMES, SCHEMATA, grant_of
from tests.policy.law import HOME, NOW, grant

WIDE = grant(
    cases=("C-1", "C-2"), units=("u-3", "u-4"), record_ids=("r-1", "r-2"), masked=("notes",), max_rows=100
)

TERMS = [
    "recipients",
    "roles",
    "categories",
    "dataset",
    "schemata",
    "cases",
    "units",
    "record_ids",
    "masked",
    "mode",
    "max_rows",
    "not_before",
    "expires_at",
    "revoked_at",
]


def covered(terms: GrantTerms) -> set[tuple[Any, ...]]:
    """An independent reading of the terms: everything they cover, out of a small world."""
    if terms.revoked_at is not None:
        return set()
    lists = (
        terms.recipients,
        terms.roles,
        terms.purposes,
        terms.legal_bases,
        terms.categories,
        [each for each in ("cases", "ports") if terms.dataset in {each, "*"}],
        [each for each in (*SCHEMATA, "Other") if each in terms.schemata or "*" in terms.schemata],
        terms.cases or ("any", "FR-2026-0418", "SE-7"),
        terms.units or ("any", "u-3", "u-4"),
        terms.record_ids or ("any", "r-1", "r-2", "a/b:c*"),
    )
    tops = (
        [each for each in (*NAMES, "other") if each not in terms.masked and "*" not in terms.masked],
        range(1, terms.mode.rank + 1),
        [each for each in (1, 9, 10, 100, 200) if each <= terms.max_rows],
        [
            each
            for each in range(NOW - 61 * 60, NOW + 61 * 60, 60)
            if terms.not_before <= each < terms.expires_at
        ],
    )
    whole = product(*(sorted({str(item) for item in each}) for each in lists))
    return {("rows", *each) for each in whole} | {
        (number, item) for number, each in enumerate(tops) for item in each
    }


@given(seed=st.integers(0, 2**32), names=st.sets(st.sampled_from(TERMS), min_size=1, max_size=3))
def test_what_is_narrower_covers_nothing_new(seed: int, names: set[str]) -> None:
    rng = random.Random(seed)
    plain: dict[str, Any] = {"purposes": (Purpose.CROSS_CHECKING,), "legal_bases": (LegalBasis.NATIONAL,)}
    old, other = (replace(grant_of(rng, 1), **plain) for _ in range(2))
    new = replace(old, **{name: getattr(other, name) for name in sorted(names)})
    if narrows(old, new):
        assert covered(new) <= covered(old)
    assert narrows(old, replace(old, version=old.version + 1)), "the same terms are not wider"
    assert narrows(old, replace(old, revoked_at=NOW)), "an end is never wider"


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": (HOME,)},
        {"cases": ("C-1",)},
        {"units": ("u-4",)},
        {"record_ids": ("r-2",)},
        {"masked": ("notes", "phone")},
        {"masked": ("*",)},
        {"mode": Mode.HIT},
        {"max_rows": 1},
        {"not_before": WIDE.not_before + 1},
        {"expires_at": WIDE.expires_at - 1},
        {"revoked_at": NOW},
    ],
)
def test_one_term_narrower_and_the_way_back_wider(changes: dict[str, Any]) -> None:
    new = replace(WIDE, **changes)
    assert narrows(WIDE, new)
    assert narrows(new, WIDE) == (new == WIDE)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "g-other"},
        {"owner": "xx.other"},
        {"recipients": (*WIDE.recipients, "xx.other")},
        {"roles": tuple(Role)},
        {"purposes": tuple(Purpose)},
        {"dataset": "other"},
        {"schemata": (*WIDE.schemata, "Other")},
        {"cases": ()},
        {"cases": ("C-3",)},
        {"units": ()},
        {"record_ids": ()},
        {"masked": ()},
        {"max_rows": 101},
    ],
)
def test_one_term_wider(changes: dict[str, Any]) -> None:
    old = replace(WIDE, dataset="cases", schemata=("Person",), roles=(Role.ANALYST,), purposes=())
    assert not narrows(old, replace(old, **changes))
    assert not narrows(replace(WIDE, masked=("*",)), WIDE)


def test_star_covers_every_name() -> None:
    star = replace(WIDE, dataset="*", schemata=("*",))
    assert narrows(star, replace(star, dataset="cases", schemata=("Person",)))
    assert not narrows(replace(WIDE, schemata=("Person",)), replace(WIDE, schemata=("*",)))


def test_overlap_needs_something_of_everything_in_common() -> None:
    old = replace(WIDE, dataset="cases", schemata=("Person",))
    assert overlaps(old, replace(old, masked=(), mode=Mode.HIT))
    assert overlaps(old, replace(old, dataset="*", schemata=("*",), cases=(), record_ids=()))
    for changes in (
        {"recipients": ("xx.other",)},
        {"dataset": "ports"},
        {"schemata": ("Vessel",)},
        {"cases": ("C-3",)},
        {"record_ids": ("r-3",)},
    ):
        assert not overlaps(old, replace(old, **changes)), changes
        assert not overlaps(replace(old, **changes), old), changes
