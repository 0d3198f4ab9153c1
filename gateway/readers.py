"""Who else may read the node's log: registered readers, each with a token of 256 random bits.

`readers.json` in the home holds name, role, SHA-256 of the token and expiry; the token itself is shown once,
when it is made. The file is read anew when it changes, so a removal holds from the next request on.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path

from audit.fields import CODE
from gateway.errors import GatewayError
from policy.log_readers import LogReader

FILE = "readers.json"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)
MAX_TOKEN = 128
_TOKEN_BYTES = 32
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MAX_FILE = 1_000_000


class ReadersRejected(GatewayError):
    """The readers' file, or a change to it, is not taken; a file that cannot be read lets nobody in."""

    code = "READERS_REJECTED"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Registered:
    """A reader: `digest` is the SHA-256 of the token in hex, `expires_at` Unix seconds.

    `justification` is the code that stands for one who gives none with a request; it may be empty.
    """

    name: str
    role: LogReader
    digest: str
    expires_at: int
    justification: str = ""

    def __post_init__(self) -> None:
        """Refuse a form that the log or a comparison could not take."""
        if not NAME.fullmatch(self.name):
            raise ReadersRejected(f"reader {self.name[:80]!r}: a name has a-z, 0-9, '.' and '-', at most 64")
        if not _DIGEST.fullmatch(self.digest) or type(self.expires_at) is not int:
            raise ReadersRejected(f"reader {self.name}: token digest or expiry is not in its form")
        if self.justification and not CODE(self.justification):
            raise ReadersRejected(f"reader {self.name}: justification {self.justification[:80]!r} is no code")


@dataclass(slots=True)
class ReaderBook:
    """The registered readers of one home; without a file there are none."""

    path: Path | None = None
    _seen: tuple[int, int] = (0, 0)
    _readers: tuple[Registered, ...] = field(default=())

    def all(self) -> tuple[Registered, ...]:
        """Everyone registered, expired ones too; `ReadersRejected` if the file cannot be understood."""
        if self.path is None:
            return ()
        try:
            told = self.path.stat()
            if (told.st_ino, told.st_mtime_ns) != self._seen:
                self._readers = _parse(self.path)
                self._seen = (told.st_ino, told.st_mtime_ns)
        except FileNotFoundError:
            self._readers, self._seen = (), (0, 0)
        except OSError as error:
            raise ReadersRejected(f"{self.path.name}: cannot be read ({error.strerror})") from error
        return self._readers

    def find(self, token: str, now: float) -> Registered | None:
        """The reader whose token this is, if it has not expired at `now`."""
        digest = _digest(token[:MAX_TOKEN])
        held = [each for each in self.all() if hmac.compare_digest(each.digest, digest)]
        return next((each for each in held if now < each.expires_at), None)

    def add(self, name: str, role: LogReader, expires_at: int, justification: str = "") -> str:
        """Register a reader and return its token, which is kept nowhere."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        reader = Registered(name, role, _digest(token), expires_at, justification)
        if any(each.name == name for each in self.all()):
            raise ReadersRejected(f"reader {name}: is registered already; remove it first")
        self._write((*self.all(), reader))
        return token

    def remove(self, name: str) -> None:
        """Take a reader off; its token is worth nothing from now on."""
        left = tuple(each for each in self.all() if each.name != name)
        if len(left) == len(self.all()):
            raise ReadersRejected(f"reader {name}: is not registered")
        self._write(left)

    def _write(self, readers: tuple[Registered, ...]) -> None:
        """Put the file in place whole, readable by its owner only."""
        if self.path is None:
            raise ReadersRejected("readers: this node has no home to keep them in")
        text = json.dumps({"readers": [asdict(each) for each in readers]}, indent=2)
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ReadersRejected(f"{self.path.name}: cannot be written ({error.strerror})") from error


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _parse(path: Path) -> tuple[Registered, ...]:
    data = path.read_bytes()
    try:
        if len(data) > _MAX_FILE:
            raise ReadersRejected(f"{path.name}: {len(data)} bytes, at most {_MAX_FILE} are read")
        rows = json.loads(data)["readers"]
        return tuple(Registered(**row | {"role": LogReader(row["role"])}) for row in rows)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReadersRejected(f"{path.name}: is not a file of readers ({error})") from error
