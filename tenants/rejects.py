"""The rejects file of a load: `<source>.rejects.jsonl` beside the source, whole or absent."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import orjson
from sqlalchemy import Connection, Table, select

from tenants.tables import RejectRow

REJECT: Table = RejectRow.metadata.tables["reject"]


def write_rejects(connection: Connection, source: Path, number: int) -> Path | None:
    """Write what load `number` of `source` rejected; `None`, and no file, when that is nothing."""
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
    return replace_lines(source.with_name(f"{source.name}.rejects.jsonl"), lines)


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
