"""Blocking: which pairs are compared at all. Pairs that share a key; a key that too many share is none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rigour.text.phonetics import metaphone

from tenants.matching.comparable import Comparable, Family, alike, family
from tenants.matching.evidence import STRONG
from tenants.model import EntityModel
from tenants.names import words

MOST_ALIKE = 60
"""Records that may share a key before it says nothing."""

MOST_WORDS = 8
_YEAR, _DAY = 4, 10


def candidate_pairs(
    model: EntityModel, records: Iterable[Comparable], *, within: bool = False
) -> list[tuple[Comparable, Comparable]]:
    """Pairs worth a comparison, sorted by handles, each once, whatever the order of `records`.

    `within`: also pairs of one node. Schemata that cannot be one thing make no pair.
    """
    known = sorted(records, key=lambda each: (each.handle, each.version))
    shared: dict[str, list[Comparable]] = defaultdict(list)
    for record in known:
        found = family(model, record.schema)
        for key in set(keys(record, found)) if found else ():
            shared[key].append(record)
    pairs: dict[tuple[str, str], tuple[Comparable, Comparable]] = {}
    for same in shared.values():
        if len(same) > MOST_ALIKE:
            continue
        for place, left in enumerate(same):
            for right in same[place + 1 :]:
                if left.handle != right.handle and (within or left.node != right.node):
                    pairs[left.handle, right.handle] = left, right
    return [pair for _, pair in sorted(pairs.items()) if alike(model, pair[0].schema, pair[1].schema)]


def keys(record: Comparable, found: Family) -> Iterator[str]:
    """What a record may be found by: identifiers, sounds of its names, birth date, address."""
    for kind, normal in record.identifiers:
        if kind in STRONG or kind == "document":
            yield f"{kind} {normal}"
    names = record.values("name", "alias", "previousName", "weakAlias")
    told = [words(name)[:MOST_WORDS] for name in names]
    if found is Family.PERSON:
        yield from _of_person(record, [*told, *_parts(record)])
    else:
        for each in told:
            yield "name " + " ".join(sorted(_sound(word) for word in each))
            if each:
                yield "first " + _sound(max(each, key=len))


def _parts(record: Comparable) -> list[list[str]]:
    """First and last name as a name, where they are told apart."""
    return [
        [*words(a), *words(b)]
        for a, b in zip(record.values("firstName"), record.values("lastName"), strict=False)
    ]


def _of_person(record: Comparable, names: list[list[str]]) -> Iterator[str]:
    days = record.values("birthDate")
    for each in names:
        sounds = sorted({_sound(word) for word in each})
        yield "name " + " ".join(sounds)
        yield from (f"name-year {sound} {day[:_YEAR]}" for sound in sounds for day in days)
        yield from (f"name-place {sound} {place}" for sound in sounds for place in _places(record))
        yield from (f"sound {a} {b}" for n, a in enumerate(sounds) for b in sounds[n + 1 :])
    yield from (f"day {day}" for day in days if len(day) >= _DAY)
    yield from (f"address {place}" for place in record.values("address"))


def _places(record: Comparable) -> Iterator[str]:
    """The numbers of an address: house and postal code tell one from another better than words."""
    for value in record.values("address"):
        yield from (word for word in words(value) if word.isdigit() and len(word) >= 4)  # noqa: PLR2004  # a postal code


def _sound(word: str) -> str:
    return metaphone(word) or word
