"""What a backup says of itself: its parts with their digests, and where the log stood.

`manifest.json` is JSON in UTF-8. It is written last: a folder without one is no backup. Nothing in it is
signed; who fears that somebody changes the backup writes down the manifest's own digest.
"""

import json
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import BackupRefused

NAME: Final = "manifest.json"
KEYS: Final = "keys.jwe"
INSIDE: Final = "home/"
"""What the path of each file of the home begins with."""

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


class Manifest(_Told):
    """All of `manifest.json`. `checkpoint` is the newest signed one that the log has kept, empty for none."""

    format: Literal["entente-backup/v1"] = "entente-backup/v1"
    node: str = Field(min_length=1, max_length=255)
    log: LogHead
    checkpoint: str = ""
    parts: tuple[Part, ...] = Field(strict=False)
    elsewhere: tuple[Elsewhere, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        """Refuse two parts of one path, and a path that is neither the keys nor below `home/`."""
        paths = [each.path for each in self.parts]
        if len(set(paths)) != len(paths):
            raise ValueError("two parts have one path")
        if strange := [each for each in paths if each != KEYS and not each.startswith(INSIDE)]:
            raise ValueError(f"part {strange[0][:80]!r} is no file of a home")
        return self

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
