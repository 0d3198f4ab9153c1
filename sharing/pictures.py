"""The book of pictures: every contribution that this node has made or got, and when it got it.

Nothing is ever taken out or changed: an id is the digest of what was signed, so under one id there is one
content. What a picture shows is `sharing.picture.state` of what `of` gives; with `until`, what this node knew
on that day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from sharing.contributions import Act, Contribution, Member
from sharing.picture import members, opened

PAPERS = frozenset({Act.OPENED, Act.JOINED})
"""The acts that say who belongs to a picture."""


class PictureBook(Protocol):
    """What whoever works on pictures needs. Safe for several processes of a node."""

    def add(self, *contributions: Contribution, at: int) -> frozenset[str]:
        """Keep those that are not there, durably, all or none, as received at `at`; the ids that are new.

        `at` is Unix seconds by the node's own clock. The same again changes nothing.
        """

    def of(self, picture: str, until: int | None = None) -> Sequence[Contribution]:
        """Its contributions that were here at `until`, the order is that of receipt, then of ids.

        Empty for a picture that is not known. What its author's keys of today do not verify is left out.
        """

    def pictures(self, member: Member | None = None, *, node: str = "") -> Sequence[Contribution]:
        """The OPENED of every picture, or those that a member, or one of a node, belongs to; newest first."""

    def get(self, ids: Collection[str]) -> Sequence[Contribution]:
        """Those of the ids that are here, by id."""

    def stubs(self, picture: str) -> Mapping[str, str]:
        """Contributions that are not here because another node may not show them: its reason code, by id."""


class PictureStore(PictureBook, Protocol):
    """What whoever delivers and compares works with."""

    def ids(self, picture: str) -> frozenset[str]:
        """The ids of all its contributions."""

    def papers(self, picture: str) -> Sequence[Contribution]:
        """Its OPENED and JOINED contributions, by id."""

    def authors(self, picture: str) -> Mapping[Member, int]:
        """How many contributions of each author it has."""

    def withhold(self, picture: str, stubs: Mapping[str, str]) -> None:
        """Keep, durably, why contributions are not here; the first reason for one stays."""


def first_papers(papers: Iterable[Contribution], member: Member | None, node: str) -> list[Contribution]:
    """The OPENED of each picture whose papers these are, newest first; as `PictureBook.pictures` says.

    The newest is the one whose author says the latest time; of equal ones the lower picture id comes first.
    """
    by_picture: dict[str, list[Contribution]] = {}
    for each in papers:
        by_picture.setdefault(each.content.picture, []).append(each)
    found = []
    for parts in by_picture.values():
        first, named = opened(parts), members(parts)
        if first and member in {None, *named} and node in {"", *(one.node for one in named)}:
            found.append(first)
    return sorted(found, key=lambda each: (-each.content.at, each.content.picture))
