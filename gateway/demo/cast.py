"""Who and what takes part in the demo: its folder, ports, nodes, and the repository's files behind it."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gateway.errors import SettingsRejected
from gateway.home import Home, Profile
from gateway.reception import Person

FEDERATION = "entente.demo"
SERVICES = (
    ("fr.ofast", "OFAST (demo)", "FR", "spoc.ofast@demo.example"),
    ("se.polisen", "Polisen (demo)", "SE", "spoc.polisen@demo.example"),
    ("eu.europol", "Europol (demo)", "NL", "spoc.europol@demo.example"),
)
SOURCES = Path(__file__).parents[2] / "deploy"


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's folder and ports: the identity provider at `base`, the nodes behind it."""

    path: Path
    base: int
    engine: str
    stores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def keep(self) -> None:
        """Write down how the demo was made, for later starts."""
        told = {"base": self.base, "engine": self.engine, "stores": self.stores}
        (self.path / "stage.json").write_text(json.dumps(told), encoding="utf-8")

    def kept(self) -> "Stage":
        """The stage as it was made."""
        told = read_json(self.path / "stage.json")
        return Stage(self.path, **told)

    @property
    def issuer(self) -> str:
        """The demo's identity provider."""
        return f"http://127.0.0.1:{self.base}"

    @property
    def opa_address(self) -> str:
        """The demo's OPA, where that is the engine."""
        return f"http://127.0.0.1:{self.base + len(SERVICES) + 1}"

    @property
    def homes(self) -> Mapping[str, Home]:
        """Each node's home."""
        return {node: Home(self.path / node) for node, *_ in SERVICES}

    def profiles(self, examples: Sequence[str] = ()) -> Sequence[Profile]:
        """The nodes as `entente init` would be told of them; their search offers `examples`."""
        policy = {"engine": self.engine, "opa": find_opa() or "opa", "cache": "../policy"}
        policy |= {"opa_address": self.opa_address} if self.engine == "opa" else {}
        return [
            Profile(
                id=node,
                name=name,
                country=country,
                spoc=spoc,
                port=self.base + 1 + place,
                demo=True,
                desk=self.desk(node),
                issuer=self.issuer,
                people=self.offered(),
                examples=tuple(examples),
                policy=policy,
                store=self.stores.get(node, {}),
                witness={"policy": "trust.policy"},
            )
            for place, (node, name, country, spoc) in enumerate(SERVICES)
        ]

    def address(self, node: str) -> str:
        """Where a node of the demo listens."""
        return next(each.public_address for each in self.profiles() if each.id == node)

    def desk(self, node: str) -> str:
        """Where browsers find it: under a name of its own, for they keep one set of cookies for all ports."""
        place = next(place for place, service in enumerate(SERVICES) if service[0] == node)
        return f"http://{node.replace('.', '-')}.localhost:{self.base + 1 + place}"

    def offered(self) -> tuple[Person, ...]:
        """Whom the sign-in pages offer: everybody of the demo, at the node where they belong."""
        units = read_json(SOURCES / "demo" / "people.json")["units"]
        return tuple(
            Person(
                hint=each["subject"],
                name=each["name"],
                roles=each["roles"],
                unit=units[each["unit"]]["name"],
                language=each["language"],
                node=each["node"],
                desk=self.desk(each["node"]),
            )
            for each in people()
        )


def find_opa() -> str | None:
    """The OPA of this checkout, or the one on PATH."""
    ours = SOURCES.parent / ".entente" / "bin" / "opa"
    return str(ours) if os.access(ours, os.X_OK) else shutil.which("opa")


def people() -> Sequence[Mapping[str, Any]]:
    """The demo's people: subject, name, node, roles, unit."""
    listed: Sequence[Mapping[str, Any]] = read_json(SOURCES / "demo" / "people.json")["people"]
    return listed


def tour() -> Sequence[str]:
    """What the console's guided tour is about, step by step, in English."""
    catalogue = SOURCES.parent / "gateway" / "console" / "src" / "text" / "tour.yaml"
    steps = yaml.safe_load(catalogue.read_text(encoding="utf-8"))["steps"]
    return [step["title"]["en"] for step in steps.values()]


def read_json(path: Path) -> Any:  # noqa: ANN401  # any JSON value
    """A JSON file of the demo; `SettingsRejected` when this installation has none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsRejected(f"{path.name}: the demo runs from a checkout of the repository") from error
