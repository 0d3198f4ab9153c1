"""A `PictureStore` in SQL, SQLite or PostgreSQL; every statement is verified before it is believed.

What was verified once is remembered in this process, for the same keys of its author's node: reading a
picture of ten thousand contributions then costs one index scan of ids.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from sqlalchemy import Engine, Executable, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from sharing.contributions import Contribution, KeysOf, Member, open_contribution
from sharing.errors import ContributionRefused
from sharing.picture_tables import ContributionRow, StubRow
from sharing.pictures import PAPERS, first_papers

_LOG: Final = logging.getLogger(__name__)
_REMEMBERED: Final = 50_000
_AT_ONCE: Final = 500
"""Ids in one statement, below what any driver takes."""

_WHICH: Final = (col(ContributionRow.id), col(ContributionRow.node))


class SqlPictures:
    """Contributions in the tables of `sharing.picture_tables`; `keys_of` tells a node's grant keys today."""

    def __init__(self, engine: Engine, keys_of: KeysOf) -> None:
        self._engine = engine
        self._keys_of = keys_of
        self._verified: dict[str, tuple[frozenset[str], Contribution]] = {}
        self._lock = Lock()

    def add(self, *contributions: Contribution, at: int) -> frozenset[str]:
        """See `PictureBook.add`; of two processes that add one, one wins and the other looks again."""
        given = {each.id: each for each in contributions}
        try:
            new = self._add(given, at)
        except IntegrityError:
            new = self._add(given, at)
        self._remember(given[each] for each in new)
        return new

    def _add(self, given: Mapping[str, Contribution], at: int) -> frozenset[str]:
        with self._engine.begin() as connection:
            known = set()
            for some in _parts(given):
                query = select(col(ContributionRow.id)).where(col(ContributionRow.id).in_(some))
                known |= set(connection.scalars(query))
            new = [_columns(each, at) for key, each in given.items() if key not in known]
            if new:
                connection.execute(insert(ContributionRow), new)
        return frozenset(given.keys() - known)

    def of(self, picture: str, until: int | None = None) -> list[Contribution]:
        """See `PictureBook.of`."""
        query = select(*_WHICH).where(col(ContributionRow.picture) == picture)
        if until is not None:
            query = query.where(col(ContributionRow.received_at) <= until)
        return self._believed(query.order_by(col(ContributionRow.received_at), col(ContributionRow.id)))

    def pictures(self, member: Member | None = None, *, node: str = "") -> list[Contribution]:
        """See `PictureBook.pictures`."""
        acts = [each.value for each in PAPERS]
        papers = self._believed(select(*_WHICH).where(col(ContributionRow.act).in_(acts)))
        return first_papers(papers, member, node)

    def get(self, ids: Collection[str]) -> list[Contribution]:
        """See `PictureBook.get`."""
        asked = [select(*_WHICH).where(col(ContributionRow.id).in_(some)) for some in _parts(set(ids))]
        found = [each for query in asked for each in self._believed(query)]
        return sorted(found, key=lambda each: each.id)

    def stubs(self, picture: str) -> dict[str, str]:
        """See `PictureBook.stubs`."""
        here = select(col(ContributionRow.id)).where(col(ContributionRow.picture) == picture)
        query = select(col(StubRow.id), col(StubRow.reason)).where(
            col(StubRow.picture) == picture, col(StubRow.id).not_in(here)
        )
        return {row[0]: row[1] for row in self._rows(query)}

    def ids(self, picture: str) -> frozenset[str]:
        """See `PictureStore.ids`."""
        query = select(col(ContributionRow.id)).where(col(ContributionRow.picture) == picture)
        return frozenset(row[0] for row in self._rows(query))

    def papers(self, picture: str) -> list[Contribution]:
        """See `PictureStore.papers`."""
        acts = [each.value for each in PAPERS]
        query = select(*_WHICH).where(
            col(ContributionRow.act).in_(acts), col(ContributionRow.picture) == picture
        )
        return self._believed(query.order_by(col(ContributionRow.id)))

    def authors(self, picture: str) -> dict[Member, int]:
        """See `PictureStore.authors`."""
        who = (col(ContributionRow.node), col(ContributionRow.person))
        query = select(*who, func.count()).where(col(ContributionRow.picture) == picture).group_by(*who)
        return {Member(row[0], row[1]): row[2] for row in self._rows(query)}

    def withhold(self, picture: str, stubs: Mapping[str, str]) -> None:
        """See `PictureStore.withhold`; of two processes that keep one, one wins and the other looks again."""
        try:
            self._withhold(picture, stubs)
        except IntegrityError:
            self._withhold(picture, stubs)

    def _withhold(self, picture: str, stubs: Mapping[str, str]) -> None:
        with self._engine.begin() as connection:
            known = set(connection.scalars(select(col(StubRow.id)).where(col(StubRow.picture) == picture)))
            new = [
                {"picture": picture, "id": key, "reason": reason}
                for key, reason in stubs.items()
                if key not in known
            ]
            if new:
                connection.execute(insert(StubRow), new)

    def _believed(self, query: Executable) -> list[Contribution]:
        """Contributions by their ids and nodes, in the order of the query, each as it was verified."""
        rows = self._rows(query)
        under = self._under({row[1] for row in rows})
        found: dict[str, Contribution] = {}
        for key, node in rows:
            verified = self._verified.get(key)
            if verified is not None and verified[0] == under[node]:
                found[key] = verified[1]
        for some in _parts(row[0] for row in rows if row[0] not in found):
            opened = self._opened(some)
            self._remember(opened)
            found |= {each.id: each for each in opened}
        return [found[row[0]] for row in rows if row[0] in found]

    def _under(self, nodes: Collection[str]) -> dict[str, frozenset[str]]:
        """The key ids of each node, today."""
        return {node: frozenset(self._keys_of(node)) for node in nodes}

    def _opened(self, ids: Sequence[str]) -> list[Contribution]:
        """Those of the rows whose statements hold; of the others the process log says which and why."""
        found = []
        for row in self._rows(select(ContributionRow.__table__).where(col(ContributionRow.id).in_(ids))):  # type: ignore[attr-defined]  # SQLModel's table
            try:
                opened = open_contribution(row.statement, self._keys_of(row.node))
                _same(_columns(opened, row.received_at), row._mapping)  # noqa: SLF001  # a row's public mapping
            except ContributionRefused as error:
                _LOG.error("contribution %s of %s: %s", row.id, row.node, error.code)
                continue
            found.append(opened)
        return found

    def _remember(self, verified: Iterable[Contribution]) -> None:
        """Keep in this process what was opened under the keys of today, and forget what came first."""
        those = list(verified)
        under = self._under({each.content.author.node for each in those})
        with self._lock:
            self._verified |= {each.id: (under[each.content.author.node], each) for each in those}
            while len(self._verified) > _REMEMBERED:
                self._verified.pop(next(iter(self._verified)))

    def _rows(self, query: Executable) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()


def _same(signed: Mapping[str, object], stored: Mapping[str, Any]) -> None:
    if signed != dict(stored):
        raise ContributionRefused(f"contribution {stored['id']}: the row is not what {signed['node']} signed")


def _columns(contribution: Contribution, at: int) -> dict[str, object]:
    content = contribution.content
    return {
        "id": contribution.id,
        "picture": content.picture,
        "act": content.act.value,
        "node": content.author.node,
        "person": content.author.person,
        "received_at": at,
        "statement": contribution.statement,
    }


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    every = list(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
