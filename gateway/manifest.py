"""What a backup says of itself: its parts with their digests, and where the log stood.

`manifest.json` is JSON in UTF-8. It is written last: a folder without one is no backup. Nothing in it is
signed; who fears that somebody changes the backup writes down the manifest's own digest.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import BackupRefused

NAME: Final = "manifest.json"
KEYS: Final = "keys.jwe"
INSIDE: Final = "home/"
"""What the path of each file of the home begins with."""
DUMPS: Final = "databases/"
"""What the path of each dump of a database on a server begins with."""

_HEX = r"^[0-9a-f]{64}$"


def _within(path: str) -> str:
    """Refuse a path that could lead out of the folder it is put into."""
    steps = path.split("/")
    if any(step in {"", ".", ".."} for step in steps) or "\\" in path or not path.isprintable():
        raise ValueError(f"path {path[:80]!r} leads out of its folder")
    return path


Within = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_within)]
"""A path of printable text below a folder, its steps separated by `/`."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Part(_Told):
    """One file: its path in the backup, its length in bytes, its SHA-256, and who may touch it."""

    path: Within
    size: int = Field(ge=0)
    sha256: str = Field(pattern=_HEX)
    mode: str = Field(pattern=r"^[4-7][0-7]{2}$")


class LogHead(_Told):
    """Where a log stood: its origin, its size in leaves, its root, and when that was read (RFC 3339)."""

    origin: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=0)
    root: str = Field(pattern=_HEX)
    at: str = Field(min_length=1, max_length=40)


class Elsewhere(_Told):
    """A database outside the home, by its rooms, and the commands that save it and bring it back."""

    rooms: tuple[str, ...] = Field(strict=False)
    save: str
    bring_back: str


class Dump(_Told):
    """A database on a server in `pg_dump`'s custom format, in the part `path`; it holds these rooms.

    `versions` are theirs as `entente database` counts, empty for a room that has no tables yet; `server` and
    `program` the major versions of the server and of `pg_dump`; `owner` whose the tables are, `roles` who has
    privileges on them.
    """

    path: Within
    rooms: tuple[str, ...] = Field(strict=False, min_length=1)
    versions: Mapping[str, str]
    server: int = Field(ge=1)
    program: int = Field(ge=1)
    owner: str = Field(min_length=1)
    roles: tuple[str, ...] = Field(default=(), strict=False)


class OnToken(_Told):
    """A private key that no backup holds: the file that refers to it, its PKCS#11 address and its vkey."""

    path: Within
    uri: str = Field(pattern=r"^pkcs11:", max_length=1024)
    vkey: str = Field(min_length=1, max_length=1024)


class Manifest(_Told):
    """All of `manifest.json`. `checkpoint` is the newest signed one that the log has kept, empty for none."""

    format: Literal["entente-backup/v1"] = "entente-backup/v1"
    node: str = Field(min_length=1, max_length=255)
    log: LogHead
    checkpoint: str = ""
    parts: tuple[Part, ...] = Field(strict=False)
    databases: tuple[Dump, ...] = Field(default=(), strict=False)
    elsewhere: tuple[Elsewhere, ...] = Field(default=(), strict=False)
    on_token: tuple[OnToken, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        """Refuse two parts of one path, and a path that is neither the keys, nor below `home/`, nor a dump's.

        A dump has a part, and a room is in one dump.
        """
        paths, dumps = [each.path for each in self.parts], [each.path for each in self.databases]
        if len(set(paths)) != len(paths):
            raise ValueError("two parts have one path")
        if strange := [each for each in paths if not each.startswith(INSIDE) and each not in {KEYS, *dumps}]:
            raise ValueError(f"part {strange[0][:80]!r} is no file of a home")
        if strange := [each for each in dumps if not each.startswith(DUMPS) or each not in paths]:
            raise ValueError(f"dump {strange[0][:80]!r} is no part")
        rooms = [room for each in self.databases for room in each.rooms]
        if len(set(rooms)) != len(rooms) or len(set(dumps)) != len(dumps):
            raise ValueError("two dumps hold one room, or have one path")
        return self

    @property
    def home(self) -> tuple[Part, ...]:
        """The parts that are files of the home."""
        return tuple(each for each in self.parts if each.path.startswith(INSIDE))

    def part(self, path: str) -> Part:
        """The part of this path."""
        return next(each for each in self.parts if each.path == path)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `text` wrote; `BackupRefused` for anything else."""
        try:
            return cls.model_validate(json.loads(data.decode("utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(each) for each in first["loc"]) or "manifest"
            raise BackupRefused(f"{NAME}: {where[:120]}: {first['msg']}") from error
        except (ValueError, RecursionError) as error:
            raise BackupRefused(f"{NAME}: is not JSON in UTF-8") from error

    @property
    def text(self) -> bytes:
        """The bytes of the file."""
        return (json.dumps(self.model_dump(), indent=1, ensure_ascii=False) + "\n").encode()
