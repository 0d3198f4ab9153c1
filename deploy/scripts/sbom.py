"""The bill of materials: every package that a lock names, as CycloneDX 1.6, the same bytes each time.

    python -m deploy.scripts.sbom <file to write>

Python: each name and version of `deploy/requirements*.lock` once, with the digest of every file that a lock
allows. npm: each name and version of the console's `package-lock.json` once, with its integrity. What runs in
a node or a browser is `required`; what only builds, tests or attacks it is `excluded`. A licence is what the
installed package of just that version says of itself, or npm's lock; where nothing says it, none is told. No
time and no chance go in: the serial number is made of the content's digest.
"""

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
RUNS = "requirements.lock"
"""The lock of what runs in a node; all others are for those who build and test."""
NPM_LOCK = "gateway/console/package-lock.json"
_PINNED = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==(?P<version>[\w.!+-]+)(?: ; .+)? \\"
)
_HASH = re.compile(r" {4}--hash=sha256:(?P<digest>[0-9a-f]{64})(?: \\)?")
_SPDX = re.compile(r"\(*[A-Za-z0-9.+-]+\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*")
_LONGEST_NAME = 100
_LICENCE = "License :: "


class LockRefused(ValueError):
    """A lock holds a line that is neither a pinned package nor a digest."""


@dataclass
class Part:
    """One package in one version: digests as (algorithm, hex), the locks that name it, its licence."""

    kind: str
    name: str
    version: str
    hashes: set[tuple[str, str]] = field(default_factory=set)
    locks: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=set)
    licences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def purl(self) -> str:
        """The package's address in every registry of its kind (package-url)."""
        group, slash, name = self.name.rpartition("/")
        return f"pkg:{self.kind}/{quote(group, safe='')}{slash}{quote(name)}@{quote(self.version, safe='')}"

    def component(self) -> dict[str, Any]:
        """The package as CycloneDX writes it."""
        scope = next(each for each in ("required", "optional", "excluded") if each in self.scopes)
        group, _, name = self.name.rpartition("/")
        return {
            "type": "library",
            "bom-ref": self.purl,
            **({"group": group} if group else {}),
            "name": name,
            "version": self.version,
            "scope": scope,
            "hashes": [{"alg": alg, "content": digest} for alg, digest in sorted(self.hashes)],
            **({"licenses": self.licences} if self.licences else {}),
            "purl": self.purl,
            "properties": [{"name": "entente:lock", "value": lock} for lock in sorted(self.locks)],
        }


def read_lock(text: str, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each package of a lock as name, version and SHA-256 digests; `LockRefused` for any other line."""
    found: tuple[str, str, list[str]] | None = None
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if pinned := _PINNED.fullmatch(line):
            if found:
                yield found
            found = (pinned["name"], pinned["version"], [])
        elif found and (digest := _HASH.fullmatch(line)):
            found[2].append(digest["digest"])
        else:
            raise LockRefused(f"{name}: neither a package nor its digest: {line[:80]!r}")
    if found:
        yield found


def python_parts(root: Path) -> dict[str, Part]:
    """All packages of the Python locks, by their address."""
    parts: dict[str, Part] = {}
    for lock in sorted((root / "deploy").glob("requirements*.lock")):
        for name, version, digests in read_lock(lock.read_text(encoding="utf-8"), lock.name):
            part = Part("pypi", name, version)
            part = parts.setdefault(part.purl, part)
            part.hashes |= {("SHA-256", each) for each in digests}
            part.locks.add(f"deploy/{lock.name}")
            part.scopes.add("required" if lock.name == RUNS else "excluded")
    for part in parts.values():
        part.licences = _installed_licence(part.name, part.version)
    return parts


def npm_parts(root: Path) -> dict[str, Part]:
    """All packages of the console's lock, by their address."""
    parts: dict[str, Part] = {}
    for place, said in _npm_lock(root).items():
        if not place or said.get("link"):
            continue
        part = Part("npm", said.get("name") or place.rpartition("node_modules/")[2], said["version"])
        part = parts.setdefault(part.purl, part)
        for integrity in said["integrity"].split():
            algorithm, _, digest = integrity.partition("-")
            hexed = base64.b64decode(digest, validate=True).hex()
            part.hashes.add((algorithm.upper().replace("SHA", "SHA-"), hexed))
        part.locks.add(NPM_LOCK)
        optional = said.get("optional") or said.get("devOptional")
        part.scopes.add("excluded" if said.get("dev") else "optional" if optional else "required")
        part.licences = _licence(said["license"]) if said.get("license") else []
    return parts


def bill(root: Path) -> bytes:
    """The whole bill of the checkout at `root`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python, npm = python_parts(root), npm_parts(root)
    parts = python | npm
    own = Part("pypi", project["name"], project["version"]).purl
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "deploy/scripts/sbom.py"}]},
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "purl": own,
            },
        },
        "components": [parts[purl].component() for purl in sorted(parts)],
        "dependencies": [
            {"ref": own, "dependsOn": sorted({*_asked_python(project, python), *_asked_npm(root)})}
        ],
    }
    serial = UUID(bytes=sha256(_written(document)).digest()[:16], version=5)
    return _written(document | {"serialNumber": f"urn:uuid:{serial}"})


def _written(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _npm_lock(root: Path) -> dict[str, dict[str, Any]]:
    text = (root / NPM_LOCK).read_text(encoding="utf-8")
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    return packages


def _asked_python(project: dict[str, Any], parts: dict[str, Part]) -> Iterator[str]:
    """The addresses of what pyproject.toml itself asks for."""
    asked = {re.split(r"[^\w.-]", each)[0].lower().replace("_", "-") for each in project["dependencies"]}
    yield from (purl for purl, part in parts.items() if part.name in asked and "required" in part.scopes)


def _asked_npm(root: Path) -> Iterator[str]:
    """The addresses of what package.json itself asks for."""
    packages = _npm_lock(root)
    for name in packages[""]["dependencies"]:
        yield Part("npm", name, packages[f"node_modules/{name}"]["version"]).purl


def _installed_licence(name: str, version: str) -> list[dict[str, Any]]:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if said.get("Version") != version:
        return []
    if expression := said.get("License-Expression"):
        return _licence(expression)
    kinds = {
        each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if each.startswith(_LICENCE)
    }
    if named := sorted(kinds - {"OSI Approved"}):
        return [{"license": {"name": each}} for each in named]
    text = (said.get("License") or "").strip()
    short = text and "\n" not in text and len(text) <= _LONGEST_NAME
    return [{"license": {"name": text}}] if short else []


def _licence(said: str) -> list[dict[str, Any]]:
    """An SPDX expression as such, anything else as a name."""
    return [{"expression": said}] if _SPDX.fullmatch(said) else [{"license": {"name": said}}]


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(bill(ROOT))
