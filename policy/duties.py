"""Separation of duties: which roles nobody holds together, which steps take another person than the last.

Two tables, and nothing else in the product says who may not be both. A sign-in is held to the first one,
every step that needs another person to the second. The evidence, which knows no law, keeps one rule of its
own: who proposed an erasure does not approve it (`audit.erasures`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy.terms import Role


@dataclass(frozen=True, slots=True)
class Apart:
    """Two roles that no person holds together, and why."""

    one: Role
    other: Role
    why: str


APART: Final = (
    Apart(Role.OVERSIGHT, Role.ANALYST, "nobody oversees their own questions"),
    Apart(Role.OVERSIGHT, Role.LIAISON, "nobody oversees their own grants"),
    Apart(Role.OVERSIGHT, Role.ADMINISTRATOR, "nobody approves an erasure that their own side proposed"),
    Apart(Role.ADMINISTRATOR, Role.ANALYST, "who runs the node sees no operational content"),
    Apart(Role.ADMINISTRATOR, Role.LIAISON, "who runs the node grants nothing"),
)


class Step(StrEnum):
    """A step that takes another person than those who did the steps before it."""

    GRANT_APPROVAL = "GRANT_APPROVAL"
    ITEM_APPROVAL = "ITEM_APPROVAL"
    EMERGENCY_REVIEW = "EMERGENCY_REVIEW"


BY_ANOTHER: Final = {
    Step.GRANT_APPROVAL: "needs a second officer, who approved it cannot approve again",
    Step.ITEM_APPROVAL: "another officer must approve than who has",
    Step.EMERGENCY_REVIEW: "whoever asked cannot review it",
}


def kept_apart(roles: Collection[Role]) -> Apart | None:
    """The first two of `roles` that nobody holds together; None if one person may hold them all."""
    return next((each for each in APART if each.one in roles and each.other in roles), None)


def must_be_another(step: Step, person: str, before: Collection[str]) -> str | None:
    """Why `person` may not do the step after those `before`; None if they may. Persons are opaque ids."""
    return BY_ANOTHER[step] if person in before else None
