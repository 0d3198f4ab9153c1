"""The entity model: FollowTheMoney's schemata and ours, assembled at start; no upstream file is copied.

What a record needs to know of its schema is worked out once per schema (`Kind`): FollowTheMoney answers such
questions by walking its hierarchy, too slow for a load.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import followthemoney
import yaml
from followthemoney.exc import FollowTheMoneyException, InvalidModel
from followthemoney.model import Model
from followthemoney.property import Property
from followthemoney.schema import Schema
from followthemoney.types import registry

from tenants.errors import ModelRejected
from tenants.identifiers import KINDS

OWN = Path(__file__).parent / "schema"
IDENTIFIERS = "identifiers.yaml"
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Kind:
    """One schema, as the loader reads it; tuples keep the schema's own order."""

    name: str
    properties: Mapping[str, Property] = field(repr=False)
    required: tuple[str, ...]
    caption: tuple[str, ...]
    ends: tuple[str, ...]  # source and target property of an edge, else empty
    identifiers: Mapping[str, str]  # property -> identifier kind
    names: frozenset[str]
    countries: frozenset[str]
    references: frozenset[str]  # entity-typed properties
    person: bool
    abstract: bool

    @property
    def edge(self) -> bool:
        """Whether records of this schema are links between two others."""
        return bool(self.ends)


@dataclass(frozen=True, slots=True)
class EntityModel:
    """All kinds by schema name, FollowTheMoney's own model of the same files, and where ours lie."""

    ftm: Model
    kinds: Mapping[str, Kind]
    own: Path

    @property
    def captions(self) -> Mapping[str, tuple[str, ...]]:
        """By schema, the properties that its caption is taken from, first choice first."""
        return {name: kind.caption for name, kind in self.kinds.items()}

    @property
    def properties(self) -> Mapping[str, frozenset[str]]:
        """By schema that records can have, the properties that they may have."""
        return {name: frozenset(kind.properties) for name, kind in self.kinds.items() if not kind.abstract}


class _Assembled(Model):
    """FollowTheMoney's model of a folder, read by libyaml where PyYAML has it: the same, much sooner."""

    __slots__ = ()

    def _load(self, filepath: str) -> None:
        told = yaml.load(Path(filepath).read_bytes(), _YAML)  # noqa: S506  # either of the two is a safe loader
        if not isinstance(told, dict):
            raise InvalidModel(f"{filepath}: is no mapping")
        for name, described in told.items():
            self.schemata[name] = Schema(self, name, described)


@cache
def load_model(own: Path = OWN) -> EntityModel:
    """The installed package's schemata and those in `own` as one; `ModelRejected` if they disagree.

    Read once in a process: some hundred YAML files.
    """
    with tempfile.TemporaryDirectory(prefix="entente-model-") as directory:
        _assemble(Path(directory), own)
        try:
            model = _Assembled(directory)
        except (FollowTheMoneyException, yaml.YAMLError, AttributeError, TypeError) as error:
            raise ModelRejected(f"schemata of {own} and of followthemoney: {error}") from error
    carriers = _carriers(own / IDENTIFIERS, model)
    return EntityModel(model, {schema.name: _kind(schema, carriers) for schema in model}, own)


def _assemble(directory: Path, own: Path) -> None:
    upstream = Path(followthemoney.__file__).parent / "schema"
    for source in (*sorted(upstream.glob("*.y*ml")), *sorted(own.glob("*.yaml"))):
        if source.name == IDENTIFIERS:
            continue
        target = directory / source.name
        if target.exists():
            raise ModelRejected(f"schema {source.name} of {source.parent} is one of followthemoney's already")
        shutil.copyfile(source, target)


def _carriers(path: Path, model: Model) -> Mapping[tuple[str, str], str]:
    """(schema, property) -> identifier kind, spread to the schemata that inherit the property."""
    carriers: dict[tuple[str, str], str] = {}
    for kind, schema, name in _listed(path):
        owner = model.get(schema)
        if kind not in KINDS or owner is None or name not in owner.properties:
            raise ModelRejected(
                f"{path.name}: {kind}: {schema}.{name} is not in the model or no kind we know"
            )
        for heir in (owner, *owner.descendants):
            carriers[heir.name, name] = kind
    return carriers


def _listed(path: Path) -> Iterator[tuple[str, str, str]]:
    for kind, lines in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for line in lines:
            schema, _, name = line.partition(".")
            yield kind, schema, name


def _kind(schema: Schema, carriers: Mapping[tuple[str, str], str]) -> Kind:
    written = {name: prop for name, prop in sorted(schema.properties.items()) if not prop.stub}
    source, target = schema.source_prop, schema.target_prop
    return Kind(
        name=schema.name,
        properties=written,
        required=tuple(_inherited(schema)),
        caption=tuple(schema.caption),
        ends=(source.name, target.name) if source is not None and target is not None else (),
        identifiers={
            name: carriers[schema.name, name] for name in written if (schema.name, name) in carriers
        },
        names=_of_type(written, "name"),
        countries=_of_type(written, "country"),
        references=_of_type(written, "entity"),
        person=schema.is_a("Person"),
        abstract=schema.abstract,
    )


def _inherited(schema: Schema) -> Iterator[str]:
    """Required properties of the schema and of all it extends, each once, in a fixed order."""
    seen = {name for part in schema.schemata for name in part.required}
    yield from sorted(seen)


def _of_type(properties: Mapping[str, Property], type_: str) -> frozenset[str]:
    wanted = registry.get(type_)
    return frozenset(name for name, prop in properties.items() if prop.type == wanted)
