"""Labelled data: FEBRL, synthetic persons whose numbers tell which records are one person.

Read through the mapping and the cleaning of a load, so that what is compared is what a node holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tenants.errors import Rejected
from tenants.mapped_source import read_mapped
from tenants.mapping import load_mapping
from tenants.matching.comparable import Comparable
from tenants.model import EntityModel
from tenants.record import Reader

MAPPING = Path("deploy/mappings/febrl-persons.yaml")
_PERSON = re.compile(r"rec-(\d+)-")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records and, by handle, which person each is. `rejected` counts rows that no node would hold."""

    records: tuple[Comparable, ...]
    person: Mapping[str, str]
    rejected: int

    def same(self, left: str, right: str) -> bool:
        """Whether two handles are one person."""
        return self.person[left] == self.person[right]

    def pairs(self, *, within: bool) -> int:
        """How many pairs of one person there are, between nodes or also within one."""
        groups: dict[str, list[str]] = {}
        for record in self.records:
            groups.setdefault(self.person[record.handle], []).append(record.node)
        return sum(
            within or left != right
            for nodes in groups.values()
            for place, left in enumerate(nodes)
            for right in nodes[place + 1 :]
        )


def febrl(model: EntityModel, files: Iterable[tuple[str, Path]]) -> Labelled:
    """The persons of FEBRL files, each file at the node named with it."""
    records: list[Comparable] = []
    person: dict[str, str] = {}
    rejected = 0
    for node, path in files:
        for found in _read(model, node, path):
            if found is None:
                rejected += 1
                continue
            records.append(found)
            label = _PERSON.search(found.handle)
            person[found.handle] = label.group(1) if label else found.handle
    return Labelled(tuple(records), person, rejected)


def _read(model: EntityModel, node: str, path: Path) -> Iterator[Comparable | None]:
    mapping = load_mapping(MAPPING)
    reader = Reader(model, node, mapping.defaults)
    for read in read_mapped(path, mapping, 0):
        for row in read.rows if not isinstance(read.rows, bytes | Rejected) else ():
            try:
                yield comparable(node, reader, row)
            except Rejected:
                yield None


def comparable(node: str, reader: Reader, row: object) -> Comparable:
    """A row as its node would show it."""
    record = reader.read(row)
    identifiers = tuple((item.kind, item.normal) for _, item in record.identifiers)
    return Comparable(f"{node}/{record.id}", 1, record.kind.name, record.properties, identifiers)
