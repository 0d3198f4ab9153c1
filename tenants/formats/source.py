"""A file of another program as a source of rows; what is read of it as a whole is capped first."""

from collections.abc import Iterator
from pathlib import Path

from tenants.errors import Rejected, SourceRejected
from tenants.formats.port import LARGEST, Codec
from tenants.jsonl_source import Read


def read_format(path: Path, codec: Codec, line: int) -> Iterator[Read]:
    """The records behind number `line`, counted from 1; raises `SourceRejected`."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise SourceRejected("SOURCE_TOO_LARGE", "", f"{path}: over {LARGEST} bytes")
    for number, row in enumerate(codec.read(content), start=1):
        if number > line:
            yield Read(number, len(content), row if isinstance(row, Rejected) else [row])
