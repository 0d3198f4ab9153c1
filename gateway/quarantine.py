"""The marks of what came back from a backup: its log does not grow, and its witness does not cosign.

The restore puts both into the home before anything else is there. That of the log goes when its witnesses
have agreed (`gateway.releasing`); it names the log, so a new log that is begun in the old one's place
(`entente keys compromised`) is free. That of the witness names its key: what the node has seen of its
partners' logs is as old as the backup, and under that key it may have cosigned more. A new key is free.
"""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import Quarantined
from gateway.manifest import LogHead

FILE: Final = "log.quarantine"
WITNESS_FILE: Final = "witness.quarantine"


class WitnessMark(BaseModel):
    """The public key of a witness that came back, and when (RFC 3339)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    vkey: str = Field(min_length=1, max_length=1000)
    at: str = Field(min_length=1, max_length=40)


def held_witness(home: Path, vkey: str) -> WitnessMark | None:
    """When the witness of this public key came back from a backup; None if it may cosign.

    `Quarantined` for a mark that cannot be read.
    """
    path = home / WITNESS_FILE
    if not path.exists():
        return None
    try:
        mark = WitnessMark.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise Quarantined(
            f"witness of {home}: {WITNESS_FILE} cannot be read; restore the backup again"
        ) from error
    return mark if mark.vkey == vkey else None


def marked(home: Path, origin: str) -> LogHead | None:
    """Where the log `origin` stood in the backup it came from; None if none has to agree to it.

    `Quarantined` for a mark that cannot be read: what it says of the log is not known.
    """
    path = home / FILE
    if not path.exists():
        return None
    try:
        mark = LogHead.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise Quarantined(f"log {origin}: {FILE} cannot be read; restore the backup again") from error
    return mark if mark.origin == origin else None


def refuse_marked(home: Path, origin: str) -> None:
    """Raise `Quarantined` if the log `origin` has come back from a backup and nobody has agreed to it yet."""
    mark = marked(home, origin)
    if mark is not None:
        raise Quarantined(
            f"log {origin}: came back from a backup at size {mark.size} ({mark.at}); its witnesses may have "
            f"seen more. Run `entente release {home}`"
        )
