"""A `PictureStore` in memory: for tests and for trying things out; it forgets everything with the process."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sharing.contributions import Contribution, Member
from sharing.pictures import PAPERS, first_papers


class MemoryPictures:
    """Contributions by id, with the time of receipt, and stubs by picture and id."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, Contribution]] = {}
        self._stubs: dict[str, dict[str, str]] = {}

    def add(self, *contributions: Contribution, at: int) -> frozenset[str]:
        """See `PictureBook.add`."""
        new = {each.id: (at, each) for each in contributions if each.id not in self._kept}
        self._kept |= new
        return frozenset(new)

    def of(self, picture: str, until: int | None = None) -> list[Contribution]:
        """See `PictureBook.of`."""
        found = [
            (at, each.id, each)
            for at, each in self._kept.values()
            if each.content.picture == picture and (until is None or at <= until)
        ]
        return [each for _, _, each in sorted(found, key=lambda row: row[:2])]

    def pictures(self, member: Member | None = None, *, node: str = "") -> list[Contribution]:
        """See `PictureBook.pictures`."""
        return first_papers(_papers(each for _, each in self._kept.values()), member, node)

    def get(self, ids: Collection[str]) -> list[Contribution]:
        """See `PictureBook.get`."""
        return [self._kept[each][1] for each in sorted(set(ids)) if each in self._kept]

    def stubs(self, picture: str) -> dict[str, str]:
        """See `PictureBook.stubs`."""
        return {key: reason for key, reason in self._stubs.get(picture, {}).items() if key not in self._kept}

    def ids(self, picture: str) -> frozenset[str]:
        """See `PictureStore.ids`."""
        return frozenset(each.id for each in self.of(picture))

    def papers(self, picture: str) -> list[Contribution]:
        """See `PictureStore.papers`."""
        return sorted(_papers(self.of(picture)), key=lambda each: each.id)

    def authors(self, picture: str) -> Counter[Member]:
        """See `PictureStore.authors`."""
        return Counter(each.content.author for each in self.of(picture))

    def withhold(self, picture: str, stubs: Mapping[str, str]) -> None:
        """See `PictureStore.withhold`."""
        self._stubs[picture] = {**stubs, **self._stubs.get(picture, {})}


def _papers(contributions: Iterable[Contribution]) -> list[Contribution]:
    return [each for each in contributions if each.content.act in PAPERS]
