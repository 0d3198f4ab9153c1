"""FollowTheMoney JSON lines, each with its envelope: what `entente load` takes when told no format."""

from collections.abc import Iterator

import orjson

from tenants.errors import RecordRejected, Rejected
from tenants.formats.port import LEFT_OUT, Format, Parcel, Row, Written
from tenants.jsonl_source import parse


class FtmLines:
    """See `Codec`. The envelope is ours; other readers of FollowTheMoney pass over it."""

    format = Format.FTM
    left_out = ("ABOUT", *LEFT_OUT)

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """One line for each record."""
        lines = (orjson.dumps(each.row).decode() + "\n" for each in parcel.items)
        return (Written(".ftm.jsonl", "application/x-ndjson", "".join(lines)),)

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """One row for each line that is not blank."""
        for line in content.split(b"\n"):
            if line.strip():
                yield _row(line)


def _row(line: bytes) -> Row | Rejected:
    try:
        found = parse(line)
    except RecordRejected as rejected:
        return rejected
    if not isinstance(found, dict):
        return RecordRejected("NOT_A_RECORD", "", f"{type(found).__name__} instead of an object")
    return found
