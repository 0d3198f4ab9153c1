"""The port of formats: what is carried, what a codec promises, and what a file may be at most.

Whether a record may leave, under which codes and with whose consent, is decided before (`gateway.export`); a
codec writes every record that it is given. What it writes is read back as the same rows, whatever their
order: `tests/tenants/test_formats.py` holds every codec to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from tenants.errors import Rejected

#: A record as the loader takes it: `id`, `schema`, `properties` (name to texts) and `envelope`.
Row = Mapping[str, Any]
LARGEST: Final = 64 << 20
"""Bytes of a file that is read as a whole."""
LEFT_OUT: Final = ("CONSENTS", "GRANTS", "MASKED_NAMES", "MISSING", "NODES", "RECEIPTS", "VERSIONS")
"""What no format carries: it stands in the export's own JSON, beside every file."""
TWICE: Final = "IDS_TWICE"
"""Two services call different records by one id: read back, the later takes the place of the earlier."""


class Format(StrEnum):
    """What records can be written as."""

    FTM = "FTM"
    GRAPHML = "GRAPHML"
    GEXF = "GEXF"
    CHART = "CHART"
    STIX = "STIX"
    MISP = "MISP"
    GEOJSON = "GEOJSON"
    CASE = "CASE"


@dataclass(frozen=True, slots=True)
class Item:
    """A record that the node `node` showed. Properties and envelope hold no empty list or text."""

    node: str
    row: Row

    @property
    def handle(self) -> str:
        """`<node>/<id>`: no two items of a parcel have the same."""
        return f"{self.node}/{self.row['id']}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Records on their way, and what the whole says of itself: who made it, when, under which codes."""

    items: tuple[Item, ...]
    about: Mapping[str, str] = field(default_factory=dict)


def behind(left_out: Iterable[str], parcel: Parcel) -> list[str]:
    """What of this parcel a format leaves behind that leaves `left_out` of any, as sorted codes."""
    ids = [each.row["id"] for each in parcel.items]
    return sorted([*left_out, *([TWICE] if len(set(ids)) < len(ids) else [])])


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a parcel: how its name ends, its media type, its text in UTF-8."""

    ending: str
    media_type: str
    content: str


class Codec(Protocol):
    """A format, both ways."""

    @property
    def format(self) -> Format:
        """Which one it is."""
        ...

    @property
    def left_out(self) -> tuple[str, ...]:
        """What of an export it does not carry, as codes; `deploy/docs/formats.md` says each in words."""
        ...

    def write(self, parcel: Parcel) -> tuple[Written, ...]:
        """The parcel as files; each of them alone can be read."""
        ...

    def read(self, content: bytes) -> Iterator[Row | Rejected]:
        """Every record of a file, or why there is none, in the order of the file.

        `content` has at most `LARGEST` bytes. Raises `SourceRejected` when it is no file of this format.
        """
        ...
