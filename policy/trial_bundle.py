"""Rego that is not the installation's own, tried and never enacted: from a folder, a `.tar.gz` or texts.

Only sources and tables are taken, by their file names, wherever they lie in the archive; nothing is unpacked.
"""

import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from policy.bundle import Bundle, is_law
from policy.errors import EngineFailed

MOST_FILES: Final = 64
MOST_BYTES: Final = 1_048_576
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\.(?:rego|json)")


def read_trial(path: Path) -> Bundle:
    """The Rego at `path`; `EngineFailed` names what is too large, twice there or missing."""
    return trial_of(trial_files(path))


def trial_files(path: Path) -> dict[str, bytes]:
    """The files of the law at `path`, byte for byte; `EngineFailed` as `read_trial`."""
    try:
        return _gathered(path, _from_folder(path) if path.is_dir() else _from_archive(path))
    except (OSError, EOFError, tarfile.TarError) as error:
        raise EngineFailed(f"bundle {path}: cannot be read: {error}") from error


def trial_of(files: Mapping[str, bytes]) -> Bundle:
    """The Rego in the files of a law; `EngineFailed` if they are none."""
    try:
        return Bundle.of(files)
    except RecursionError as error:
        raise EngineFailed("bundle: data.json is nested too deeply") from error


def trial_sent(texts: Iterable[tuple[str, str]]) -> Bundle:
    """The Rego in named texts that somebody sent; `EngineFailed` as `read_trial`."""
    encoded = ((name, text.encode("utf-8", "surrogatepass")) for name, text in texts)
    return trial_of(_gathered("sent", encoded))


def _gathered(source: object, found: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, content in found:
        if not (_NAME.fullmatch(name) and is_law(name)):
            raise EngineFailed(f"bundle {source}: {name!r:.80} is no name of a source or of data.json")
        if name in files or len(files) == MOST_FILES or len(content) > MOST_BYTES:
            raise EngineFailed(
                f"bundle {source}: {name:.80} is there twice, of more than {MOST_BYTES} bytes, or the file "
                f"after {MOST_FILES}"
            )
        files[name] = content
    return files


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
