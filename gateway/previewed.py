"""What a preview compares: records as two answers show them, what is gained or lost between them. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policy.decision import Permit
from tenants.census import Census

_NAMES = frozenset({"caption", "caseRef", "handlingText", "authority"})
REST = "*"


class Difference(StrEnum):
    """What becomes of a record."""

    APPEARS = "APPEARS"
    DISAPPEARS = "DISAPPEARS"
    CHANGES = "CHANGES"


@dataclass(frozen=True, slots=True)
class RecordDifference:
    """One record that is not shown as before, with what of it is shown anew and no longer."""

    id: str
    schema: str
    what: Difference
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def shown(self) -> Mapping[str, Any]:
        """As the desk's schema tells it."""
        told = {"id": self.id, "schema": self.schema, "what": self.what.value}
        return told | {"gained": list(self.gained), "lost": list(self.lost)}


def records_of(payloads: Iterable[bytes]) -> dict[str, Mapping[str, Any]]:
    """The records in answers, by id."""
    return {str(each["id"]): each for payload in payloads for each in json.loads(payload).get("records", ())}


def differences(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[RecordDifference]:
    """Every record that appears, disappears, or of which other parts are shown, by id."""
    return list(_differences(before, after))


def _differences(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[RecordDifference]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        had, has = _parts(old), _parts(new)
        gained, lost = tuple(sorted(has - had)), tuple(sorted(had - has))
        schema = str((new or old or {})["schema"])
        if old is None:
            yield RecordDifference(name, schema, Difference.APPEARS, gained, ())
        elif new is None:
            yield RecordDifference(name, schema, Difference.DISAPPEARS, (), lost)
        elif gained or lost:
            yield RecordDifference(name, schema, Difference.CHANGES, gained, lost)


def _parts(record: Mapping[str, Any] | None) -> frozenset[str]:
    """The names of what is shown of a record: its properties, and fields of ours that a mask can hide."""
    if record is None:
        return frozenset()
    properties = {str(each["name"]) for each in record.get("properties", ())}
    return frozenset(properties | {name for name in _NAMES if record.get(name) is not None})


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a side lists, by id: the schema, and what its grants show (a key, equal for equal sight)."""

    records: Mapping[str, tuple[str, object]]
    more: bool

    @classmethod
    def of(cls, census: Census, permit: Permit) -> "Whole":
        """The side of a census that was taken under `permit`."""
        modes = {branch.grant: branch.mode for branch in permit.branches}
        keys: dict[tuple[str, ...], object] = {}

        def key(grants: tuple[str, ...]) -> object:
            if grants not in keys:
                named = {name for name, refs in permit.shows.items() if set(grants) & set(refs)}
                hidden = frozenset(permit.shows) - named
                keys[grants] = (
                    max(modes[each].rank for each in grants),
                    REST in named,
                    frozenset(named),
                    hidden,
                )
            return keys[grants]

        return cls(
            {name: (each.schema, key(each.grants)) for name, each in census.listed.items()}, census.more
        )


EMPTY = Whole({}, more=False)


def changed(before: Whole, after: Whole) -> list[tuple[str, Difference]]:
    """Every listed record that appears, disappears, or that grants do not show alike, by id."""
    found = []
    for name in sorted({*before.records, *after.records}):
        old, new = before.records.get(name), after.records.get(name)
        if old is None or new is None:
            found.append((name, Difference.APPEARS if new else Difference.DISAPPEARS))
        elif old != new:
            found.append((name, Difference.CHANGES))
    return found


def in_order(before: Whole, after: Whole) -> list[str]:
    """All ids of both sides: first those that `changed` names, then those shown after, each by id."""
    first = [name for name, _ in changed(before, after)]
    return [*first, *sorted(after.records.keys() - set(first))]


def counts_of(records: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Records by schema and tier."""
    counted = Counter((str(each["schema"]), str(each["mode"])) for each in records.values())
    return [
        {"schema": schema, "tier": mode, "records": number}
        for (schema, mode), number in sorted(counted.items())
    ]


def tally(whats: Iterable[Difference]) -> dict[str, Any]:
    """How many records each thing becomes of."""
    counted = Counter(whats)
    return {
        "appear": counted[Difference.APPEARS],
        "disappear": counted[Difference.DISAPPEARS],
        "change": counted[Difference.CHANGES],
    }


def difference_shown(found: Sequence[RecordDifference], *, complete: bool) -> dict[str, Any]:
    """The difference as the desk's schema tells it."""
    records = [each.shown for each in found]
    return tally(each.what for each in found) | {"complete": complete, "records": records}
