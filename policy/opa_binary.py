"""The OPA binary as a tool: it compiles, packs and signs the Rego. What serves decisions is `opa_engine`."""

import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from policy.errors import EngineFailed

SECONDS: Final = 120


def find_opa(opa: str) -> str:
    """The path of the binary `opa` (a path, or a name on PATH); `EngineFailed` when there is none."""
    found = shutil.which(opa)
    if found is None:
        raise EngineFailed(f"no OPA at {opa!r}: it compiles and signs the Rego")
    return found


def opa_version(found: str) -> str:
    """What the binary says of itself; `EngineFailed` unless it is a version.

    It is asked once as long as its file stays the same: to start it takes a fifth of a second.
    """
    try:
        about = Path(found).stat()
    except OSError as error:
        raise EngineFailed(f"{found}: does not run: {error}") from error
    return _version(found, (about.st_ino, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=8)
def _version(found: str, _file: tuple[int, int, int]) -> str:
    first = run_opa([found, "version"]).splitlines()[:1]
    version = "".join(first).removeprefix("Version: ")
    if not version.replace(".", "").replace("-", "").isalnum():
        raise EngineFailed(f"{found}: tells no version: {version!r:.60}")
    return version


def run_opa(command: Sequence[str], where: Path | None = None) -> str:
    """What the command prints, run in the folder `where`.

    `EngineFailed` with its last words when it fails or takes `SECONDS`.
    """
    try:
        done = subprocess.run(  # noqa: S603  # the operator's OPA, no shell, our own arguments
            command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=where
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        raise EngineFailed(f"{command[0]}: does not run: {error}") from error
    if done.returncode != 0:
        raise EngineFailed(
            f"{command[0]} {command[1]}: exit {done.returncode}: {(done.stderr + done.stdout).strip():.500}"
        )
    return done.stdout
