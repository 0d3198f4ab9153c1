"""A file that is read while it stays what it was: its digest before, and again after."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenants.errors import SourceRejected


@contextmanager
def unchanged(path: Path) -> Iterator[tuple[str, int]]:
    """`sha256:<hex>` and size in bytes of what the block reads.

    `SourceRejected`: `SOURCE_UNREADABLE`; `SOURCE_CHANGED` when it is another file at the end of the block.
    """
    digest, size = _digest(path)
    yield digest, size
    if _digest(path)[0] != digest:
        raise SourceRejected("SOURCE_CHANGED", "", f"{path} changed while it was read")


def _digest(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return f"sha256:{digest}", file.tell()
    except OSError as error:
        raise SourceRejected("SOURCE_UNREADABLE", "", f"{path}: {error.strerror}") from error
