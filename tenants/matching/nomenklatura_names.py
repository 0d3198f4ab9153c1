"""Names by nomenklatura's logic-v2. Importing this takes seconds: only a worker process does.

nomenklatura keeps its analysis of a name under the entity's id alone, so the id given to it is the digest of
the whole comparable: another version, or another view of the same one, is another entity to it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from followthemoney import EntityProxy
from nomenklatura.matching.logic_v2.model import LogicV2
from nomenklatura.matching.logic_v2.names.match import name_match

from tenants.matching.comparable import Comparable
from tenants.matching.evidence import letters
from tenants.matching.names import NameScore
from tenants.model import EntityModel, Kind
from tenants.names import latinise

MOST_NAMES = 20
MOST_KEPT = 20_000


class NomenklaturaNames:
    """`NameScores` in this process."""

    def __init__(self, model: EntityModel) -> None:
        self._model = model
        self._config = LogicV2.default_config()
        self._kept: OrderedDict[str, tuple[EntityProxy, dict[str, str]]] = OrderedDict()

    def scores(self, pairs: Sequence[tuple[Comparable, Comparable]]) -> Sequence[NameScore | None]:
        """Of each pair the better of the two directions; misspellings also by the letters they share."""
        return [self._score(left, right) for left, right in pairs]

    def proxy(self, comparable: Comparable) -> EntityProxy:
        """What nomenklatura compares, under an id that no other version or view of the record has."""
        return self._entity(comparable)[0]

    def _score(self, left: Comparable, right: Comparable) -> NameScore | None:
        (first, mine), (second, theirs) = self._entity(left), self._entity(right)
        if not mine or not theirs:
            return None
        found = [
            NameScore(result.score, *((result.query or "", result.candidate or "")[:: 1 if forth else -1]))
            for forth, result in (
                (True, name_match(first, second, self._config)),
                (False, name_match(second, first, self._config)),
            )
        ]
        found += [
            NameScore(letters(mine[a], theirs[b]), a, b)
            for a in mine
            for b in theirs
            if mine[a] and theirs[b]
        ]
        return max(found, key=lambda each: (each.score, each.left, each.right))

    def _entity(self, comparable: Comparable) -> tuple[EntityProxy, dict[str, str]]:
        found = self._kept.get(comparable.key)
        if found is None:
            found = self._kept[comparable.key] = self._made(comparable)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _made(self, comparable: Comparable) -> tuple[EntityProxy, dict[str, str]]:
        kind = self._model.kinds[comparable.schema]
        proxy = EntityProxy(self._model.ftm[kind.name], {"id": comparable.key})
        for name, value in _named(comparable, kind):
            proxy.unsafe_add(kind.properties[name], value)
        whole = [value for name, value in _named(comparable, kind) if name not in PARTS]
        return proxy, {value: latinise(value) for value in whole}


PARTS = frozenset({"firstName", "secondName", "middleName", "fatherName", "motherName", "lastName"})
"""Parts of a name: compared by the matcher, not letter by letter as if they were whole names."""


def _named(comparable: Comparable, kind: Kind) -> Iterator[tuple[str, str]]:
    wanted = [*sorted(kind.names), *sorted(PARTS & kind.properties.keys())]
    for name in dict.fromkeys(wanted):
        for value in comparable.properties.get(name, ())[:MOST_NAMES]:
            yield name, value
