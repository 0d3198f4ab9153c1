"""The mark of a log that came back from a backup: nothing grows it before its witnesses have agreed.

The restore puts the mark into the home before anything else is there; `gateway.releasing` takes it away. It
names the log, so a new log that is begun in the old one's place (`entente keys compromised`) is free.
"""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from audit.errors import Quarantined
from gateway.manifest import LogHead

FILE: Final = "log.quarantine"


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
