"""Which node the person at this terminal works at, and as whom: told once with `entente signin`.

An address and a subject id are kept, no password and no token; after `entente signin --browser` also the key
of that session, beside it and for this user alone. An option goes before the environment (`ENTENTE_NODE`,
`ENTENTE_AS`), and both go before the file (`ENTENTE_PROFILE`, by default in the user's own configuration).
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from gateway.errors import SettingsRejected

MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Profile:
    """The node's address and the person's subject id; empty where nothing is known."""

    node: str = ""
    subject: str = ""


def place() -> Path:
    """Where the profile of this user lies."""
    told = os.environ.get("ENTENTE_PROFILE")
    return Path(told) if told else Path(click.get_app_dir("entente")) / "profile.json"


def remembered() -> Profile:
    """What was remembered last; empty if nothing was. `SettingsRejected` when the file is not ours."""
    path = place()
    try:
        with path.open("rb") as opened:
            told = json.loads(opened.read(MOST_BYTES))
        return Profile(str(told["node"]), str(told["subject"]))
    except FileNotFoundError:
        return Profile()
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise SettingsRejected(
            f"{path}: cannot be read as a profile ({error}); `entente signin --forget` removes it"
        ) from error


def remember(profile: Profile) -> Path:
    """Keep it for the next commands; returns where."""
    path = place()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(profile)), encoding="utf-8")
    except OSError as error:
        raise SettingsRejected(f"{path}: cannot be written ({error.strerror})") from error
    return path


def forget() -> None:
    """Remember nothing."""
    place().unlink(missing_ok=True)
    _session_place().unlink(missing_ok=True)


def keep_session(profile: Profile, key: str) -> None:
    """Keep a session's key for the next commands, in a file of mode 0600."""
    where = _session_place()
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        where.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(where, flags, 0o600), "w", encoding="utf-8") as opened:
            json.dump(asdict(profile) | {"key": key}, opened)
    except OSError as error:
        raise SettingsRejected(f"{where}: cannot be written ({error.strerror})") from error


def kept_session(node: str, subject: str) -> str | None:
    """The key of the session kept for this person at this node; None where none is, or another person's."""
    try:
        with _session_place().open("rb") as opened:
            told = json.loads(opened.read(MOST_BYTES))
        found = (told["node"].rstrip("/"), told["subject"]) == (node.rstrip("/"), subject)
        return str(told["key"]) if found else None
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _session_place() -> Path:
    return place().with_name(f"{place().stem}.session")
