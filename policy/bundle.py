"""The Rego as the package ships it: sources, tables, conformance vectors, and their Wasm by a real OPA.

The revision is a SHA-256 over the sorted sources and tables. It is written into the tables
(`data.law.revision`) before any engine loads them, and every decision quotes it back: an engine that runs
other Rego gives itself away.
"""

import hashlib
import json
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from policy.errors import EngineFailed
from policy.opa_binary import find_opa, opa_version, run_opa

#: Rules that engines evaluate, as `Engine.evaluate` names them.
RULES: Final = ("ask.decision", "answer.decision", "oversee.decision")
_NOT_LAW: Final = "_test.rego"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rego sources by file name, the tables with the revision in them, and the revision (`sha256:<hex>`)."""

    sources: Mapping[str, str]
    data: Mapping[str, Any]
    revision: str

    @classmethod
    def packaged(cls) -> "Bundle":
        """The Rego that came with this installation."""
        return cls.of(law_files())

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "Bundle":
        """The Rego in `files`, by name; `EngineFailed` if they are no sources with tables."""
        try:
            data = json.loads(files["data.json"])
            revision = data["law"]["revision"] = _revision(files)
            return cls(cls._sources(files), data, revision)
        except (KeyError, TypeError, ValueError) as error:
            raise EngineFailed(
                f"bundle: no data.json with `law`, or a text that is not UTF-8 ({error})"
            ) from error

    @staticmethod
    def _sources(files: Mapping[str, bytes]) -> Mapping[str, str]:
        return {name: text.decode() for name, text in sorted(files.items()) if name.endswith(".rego")}

    @property
    def data_json(self) -> str:
        """The tables as every engine loads them."""
        return json.dumps(self.data, sort_keys=True, ensure_ascii=False, allow_nan=False)

    def write(self, folder: Path) -> None:
        """Lay sources and tables into `folder`, for `opa run --server <folder>` and for `opa build`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.sources.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "data.json").write_text(self.data_json, encoding="utf-8")

    def wasm(self, opa: str, cache: Path) -> bytes:
        """The Rego compiled by the OPA binary `opa` (a path, or a name on PATH), from `cache` if it is there.

        The cache is keyed by revision and OPA version, and a file in it appears whole or not at all.
        Raises `EngineFailed` when there is no such binary or it does not compile.
        """
        found = find_opa(opa)
        version = opa_version(found)
        cached = cache / f"{self.revision.removeprefix('sha256:')}-opa-{version}.wasm"
        if cached.is_file():
            return cached.read_bytes()
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".build-") as work:
            compiled = self._compile(found, Path(work))
            (Path(work) / "whole").write_bytes(compiled)
            (Path(work) / "whole").replace(cached)
        return compiled

    def _compile(self, opa: str, work: Path) -> bytes:
        self.write(work / "rego")
        (work / "capabilities.json").write_text(_read("capabilities.json"), encoding="utf-8")
        entrypoints = [arg for rule in RULES for arg in ("-e", f"entente/{rule.replace('.', '/')}")]
        limits = ["--capabilities", str(work / "capabilities.json")]
        packed = work / "bundle.tar.gz"
        run_opa([opa, "build", "-t", "wasm", *limits, *entrypoints, "-o", str(packed), str(work / "rego")])
        return _unpacked(packed)


def law_files() -> dict[str, bytes]:
    """The files of this installation's law, byte for byte: what the revision is a digest of."""
    return {entry.name: entry.read_bytes() for entry in _folder().iterdir() if is_law(entry.name)}


@cache
def vectors() -> Mapping[str, Mapping[str, Any]]:
    """Conformance vectors by name: `{rule, input, decision}`; `decision` lacks the revision."""
    loaded: Mapping[str, Mapping[str, Any]] = json.loads(_read("vectors.json"))["vectors"]
    return loaded


def _folder() -> Traversable:
    return resources.files("policy").joinpath("rego")


def _read(name: str) -> str:
    return _folder().joinpath(name).read_text(encoding="utf-8")


def _unpacked(packed: Path) -> bytes:
    """The module out of a bundle that `opa build -t wasm` made."""
    try:
        with tarfile.open(packed) as archive:
            module = archive.extractfile("/policy.wasm")
            return module.read() if module else b""  # a folder or a link of that name: no module, no start
    except (KeyError, OSError, tarfile.TarError) as error:
        raise EngineFailed(f"opa build: a bundle without policy.wasm: {error}") from error


def is_law(name: str) -> bool:
    """Whether a file of that name is law: a source that is no test, or the tables."""
    return name == "data.json" or (name.endswith(".rego") and not name.endswith(_NOT_LAW))


def _revision(files: Mapping[str, bytes]) -> str:
    parts = [f"{name}\n{hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files)]
    return f"sha256:{hashlib.sha256(''.join(parts).encode()).hexdigest()}"
