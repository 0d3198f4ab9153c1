"""Rego that is not the installation's own, read from a folder or a `.tar.gz`, to be tried and never enacted.

Only sources and tables are taken, by their file names, wherever they lie in the archive; nothing is unpacked.
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from policy.bundle import Bundle, is_law
from policy.errors import EngineFailed

MOST_FILES: Final = 64
MOST_BYTES: Final = 1_048_576


def read_trial(path: Path) -> Bundle:
    """The Rego at `path`; `EngineFailed` names what is too large, twice there or missing."""
    files: dict[str, bytes] = {}
    try:
        for name, content in _from_folder(path) if path.is_dir() else _from_archive(path):
            if name in files or len(files) == MOST_FILES or len(content) > MOST_BYTES:
                raise EngineFailed(
                    f"bundle {path}: {name:.80} is there twice, of more than {MOST_BYTES} bytes, or the file "
                    f"after {MOST_FILES}"
                )
            files[name] = content
    except (OSError, EOFError, tarfile.TarError) as error:
        raise EngineFailed(f"bundle {path}: cannot be read: {error}") from error
    return Bundle.of(files)


def _from_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for each in sorted(path.iterdir()):
        if is_law(each.name) and each.is_file():
            with each.open("rb") as opened:
                yield each.name, opened.read(MOST_BYTES + 1)


def _from_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            content = archive.extractfile(member) if member.isfile() and is_law(name) else None
            if content is not None:
                yield name, content.read(MOST_BYTES + 1)
