"""Files that a person names: read with a limit, written whole or not at all."""

import os
import tempfile
from pathlib import Path

from audit.errors import FormatRefused

MAX_TEXT = 4_000_000


def read_text(path: Path) -> str:
    """Return a file's text; `FormatRefused` if it is not there, not UTF-8, or over four million bytes."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEXT + 1)
        if len(data) > MAX_TEXT:
            raise FormatRefused(f"{path.name}: more than {MAX_TEXT} bytes")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatRefused(f"{path.name}: cannot be read as text") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; `FormatRefused` if it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FormatRefused(f"{path.name}: cannot be written") from error
