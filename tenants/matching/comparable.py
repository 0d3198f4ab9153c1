"""What is compared: a record of any node, as far as it was shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tenants.model import EntityModel


class Family(StrEnum):
    """Which kinds of evidence count, and how much."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    THING = "THING"


@dataclass(frozen=True, slots=True)
class Comparable:
    """One version of one record. `identifiers` are (kind, normal form); a masked property is not there.

    `key` is a digest of all that is compared: two views of one record under different masks differ in it,
    so that nothing worked out for one is ever taken for the other.
    """

    handle: str
    version: int
    schema: str
    properties: Mapping[str, tuple[str, ...]] = field(repr=False)
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = [self.handle, self.version, self.schema, sorted(self.properties.items()), self.identifiers]
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        object.__setattr__(self, "key", hashlib.sha256(text.encode()).hexdigest())

    @property
    def node(self) -> str:
        """Whose record it is."""
        return self.handle.partition("/")[0]

    def values(self, *names: str) -> tuple[str, ...]:
        """The values of the properties, in their order, each once."""
        return tuple(dict.fromkeys(value for name in names for value in self.properties.get(name, ())))


def family(model: EntityModel, schema: str) -> Family | None:
    """The family of a schema; None for links and for what this model does not know: they are not compared."""
    kind = model.kinds.get(schema)
    if kind is None or kind.edge or kind.abstract:
        return None
    if kind.person:
        return Family.PERSON
    found = model.ftm.get(schema)
    return Family.ORGANISATION if found is not None and found.is_a("LegalEntity") else Family.THING


def alike(model: EntityModel, left: str, right: str) -> Family | None:
    """The family in which two schemata are compared; None where they cannot be one thing.

    One must extend the other (a Company may be what another node calls an Organization), or both extend one
    schema that is compared as such.
    """
    first, second = model.ftm.get(left), model.ftm.get(right)
    if first is None or second is None:
        return None
    found = family(model, left), family(model, right)
    if found[0] is None or found[1] is None:
        return None
    if first == second or first.is_a(second) or second.is_a(first):
        return found[0] if found[0] is not Family.ORGANISATION else found[1]
    return found[0] if found[0] == found[1] is Family.ORGANISATION else None
