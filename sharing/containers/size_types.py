"""Size and type codes of containers (ISO 6346), and whether two of them can be of one box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from sharing.wording import Language

LENGTH = 4


class _SizeTypes(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    length: Mapping[str, float]
    height: Mapping[str, float]
    group: Mapping[str, str | Sequence[str]]
    type: Mapping[str, Mapping[Language, str]]


@dataclass(frozen=True, slots=True)
class SizeType:
    """A code that reads; lengths in metres, `kind` the type's letter or that of its group."""

    code: str
    length: float
    height: float
    kind: str

    def said(self, language: Language) -> str:
        """The code in words."""
        return f"{self.length:.2f} x {self.height:.2f} m, {_table().type[self.kind][language]}"


def read_size_type(text: str) -> SizeType | None:
    """The code that `text` spells; None where it is none."""
    code, table = "".join(text.split()).upper(), _table()
    if len(code) != LENGTH:
        return None
    length, height = table.length.get(code[0]), table.height.get(code[1])
    kind = _members(code[2:])[0][0] if code[2:] in table.group else code[2]
    if length is None or height is None or kind not in table.type or not code[3].isalnum():
        return None
    return SizeType(code, length, height, kind)


def compatible(one: SizeType, other: SizeType) -> bool:
    """Whether one box can bear both: the same size, and types of which one is the other's group."""
    if one.code == other.code:
        return True
    if one.code[:2] != other.code[:2]:
        return False
    left, right = (_members(each.code[2:]) for each in (one, other))
    return any(a.startswith(b) or b.startswith(a) for a in left for b in right)


def _members(characters: str) -> Sequence[str]:
    """The types that the last two characters stand for, by how each begins."""
    group = _table().group.get(characters)
    return [characters] if group is None else [group] if isinstance(group, str) else group


@cache
def _table() -> _SizeTypes:
    path = resources.files("sharing").joinpath("catalogues", "size_types.yaml")
    return _SizeTypes.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
