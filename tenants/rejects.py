"""The rejects file of a load: `<source>.rejects.jsonl` beside the source, whole or absent.

Where nothing can be written beside the source (a medium or an export of somebody else's), it lies aside.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import orjson
from sqlalchemy import Connection, Table, select

from tenants.tables import RejectRow

REJECT: Table = RejectRow.metadata.tables["reject"]


def write_rejects(
    connection: Connection, source: Path, number: int, aside: Path | None = None
) -> Path | None:
    """Write what load `number` of `source` rejected; `None`, and no file, when that is nothing.

    It goes into the folder `aside`, made when it is needed, if the source's takes no file.
    """
    rows = connection.execution_options(stream_results=True).execute(
        select(REJECT).where(REJECT.c.source == number).order_by(REJECT.c.line, REJECT.c.ordinal)
    )
    lines = (
        orjson.dumps({
            "file": source.name, "line": row.line, "field": row.field, "code": row.code, "reason": row.reason,
            "kept": row.kept,
        })
        for row in rows
    )  # fmt: skip
    return replace_lines(_folder(source.parent, aside) / f"{source.name}.rejects.jsonl", lines)


def _folder(beside: Path, aside: Path | None) -> Path:
    """The folder of the source if a file can be made there, else the one aside; it is tried."""
    if aside is None:
        return beside
    try:
        with tempfile.TemporaryFile(dir=beside):
            return beside
    except OSError:
        aside.mkdir(mode=0o700, exist_ok=True)
        return aside


def replace_lines(target: Path, lines: Iterable[bytes]) -> Path | None:
    """Put `lines` at `target` in one step, durable; take `target` away when there are none."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        name = Path(file.name)
        try:
            written = sum(file.write(line + b"\n") for line in lines)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            name.unlink()
            raise
    if written:
        name.replace(target)
        return target
    name.unlink()
    target.unlink(missing_ok=True)
    return None
